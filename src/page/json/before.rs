//! Recognition of text around JSON: guards, assignments and the calls of functions.

use std::sync::LazyLock;

use regex::Regex;

/// Guard that keeps an answer from being run as a script by another site; semicolons may have been repaired away.
static GUARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:\)\]\}'?,?|while\s*\(\s*(?:1|true)\s*\)\s*;?|for\s*\([\s;]*\)\s*;?",
        r"|throw\s[^;<\n\[\{]*;?(?:\s*<[^>\n]*>)?|\{\s*\}\s*&&|&&&START&&&|/\*-secure-)\s*",
    ))
    .ok()
});
/// Assignment, `window["x"].y =`, or the name of a function and a bracket, also behind a check that the function exists.
static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r#"^(?:;\s*)*(?:try\s*\{{\s*)?(?:if\s*\([^(){{}}]*\)\s*)?(?:(?:typeof\s+{NAME}\s*===?\s*(?:'function'|"function")|{NAME})\s*&&\s*)?(?:(?:(?:export\s+)?(?:var|let|const)\s+)?{NAME}\s*(?:=|\()|export\s+default\s|\()\s*"#
    ))
    .ok()
});
/// Assignment of an object or a list further on in a script.
static ASSIGNED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?:^|[\s;,{{}}]){NAME}\s*=\s*[\[{{]")).ok());
const NAME: &str = r#"[\p{L}_$][\p{L}\p{N}_$]*(?:\s*\.\s*[\p{L}_$][\p{L}\p{N}_$]*|\s*\[\s*(?:"[^"\n]*"|'[^'\n]*'|\d+)\s*\])*"#;

/// Returns the length of the text before the JSON, and whether that text makes it a statement of a script.
pub(super) fn before(text: &str) -> (usize, bool) {
    let mut rest = without_space(text);
    if let Some(guard) = GUARD.as_ref().and_then(|guard| guard.find(rest)) {
        rest = without_space(rest.get(guard.end()..).unwrap_or_default());
    }
    // A comment, unless it is what keeps the list or object behind it from being run.
    if let Some(behind) = rest.strip_prefix("//").map(without_space)
        && behind.starts_with(['{', '['])
    {
        rest = behind;
    }
    let before = BEFORE.as_ref().and_then(|before| before.find(rest));
    // `true` and the like are no names.
    let length = before.map_or(0, |found| found.end());
    (text.len() - rest.len() + length, length > 0)
}

/// Returns the position of the first object or list that is assigned.
pub(super) fn assigned(script: &str) -> Option<usize> {
    let found = ASSIGNED.as_ref()?.find(script)?;
    Some(found.end() - 1)
}

/// Returns the text behind white space, byte order marks and the marks that separate records (RFC 7464).
pub(super) fn without_space(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{1e}'))
}

/// Returns whether nothing follows but the end of what is around the JSON.
pub(super) fn is_over(rest: &str) -> bool {
    let mut rest = without_space(rest);
    let ends = [
        ";",
        "*/",
        "-->",
        "//]]>",
        "// ]]>",
        "/*]]>*/",
        "]]>",
        "//-->",
        "// -->",
        "&&&END&&&",
        "\0",
    ];
    while let Some(others) = ends.iter().find_map(|end| rest.strip_prefix(end)) {
        rest = without_space(others);
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_assignments_and_calls_stand_before_json() {
        for (before_it, is_statement) in [
            (")]}'\n", false),
            (")]}',", false),
            (")]}", false),
            ("while(1);", false),
            ("for (;;);", false),
            ("throw 1; <no script>", false),
            ("throw 'not for you';", false),
            ("{} && ", false),
            ("&&&START&&&", false),
            ("/*-secure-\n", false),
            ("// ", false),
            ("\u{feff}\u{1e} ", false),
            ("cb(", true),
            (";cb(", true),
            ("(", true),
            ("typeof a.b === 'function' && a.b(", true),
            ("cb && cb(", true),
            ("try{cb(", true),
            ("if (window.cb) cb(", true),
            ("export default ", true),
            (")]}'\nvar a = ", true),
            ("window['a'].b = ", true),
        ] {
            let text = format!("{before_it}{{\"a\":1}}");
            assert_eq!(before(&text), (before_it.len(), is_statement), "{text}");
        }
        for text in ["[1]", "true", "{\"a\": \"b = {\"}", "\"a(\"", "12"] {
            assert_eq!(before(text), (0, false), "{text}");
        }
    }
}
