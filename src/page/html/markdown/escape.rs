//! Writing text so that Markdown takes it for nothing else.

use url::Url;

/// Writes text within a line to `out`, escaped; the text behind it begins with `next`.
pub(super) fn text(text: &str, next: char, out: &mut String) {
    let mut before = out.chars().next_back().unwrap_or('\n');
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(next, |(_, after)| *after);
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let is_special = match c {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => !is_within_word('_', before, rest),
            '~' => after == '~' || !before.is_whitespace(),
            '!' => after == '[' && rest.is_empty(),
            '<' => after.is_ascii_alphabetic() || "/!?".contains(after),
            '&' => is_entity(rest),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
        // Of a run within a word, the next one is within it, too.
        before = if c == '_' && !is_special { before } else { c };
    }
}

/// Returns whether a run of `mark` stands between letters or digits, where it marks nothing.
fn is_within_word(mark: char, before: char, rest: &str) -> bool {
    let after = rest.trim_start_matches(mark).chars().next();
    before.is_alphanumeric() && after.is_some_and(char::is_alphanumeric)
}

/// Returns whether the text behind a `&` could make it a reference to a character.
fn is_entity(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.get(end..).is_some_and(|rest| rest.starts_with(';')))
}

/// Words within a line that stand by themselves, such as those of a picture.
pub(super) fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    text(&collapse(words), ']', &mut out);
    out
}

fn collapse(words: &str) -> String {
    words.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line of a paragraph, which would be a heading, a list, a rule or the like if it began so.
pub(super) fn line(line: &str) -> String {
    let at = match line.as_bytes() {
        [b'>', ..] => Some(0),
        [b'#', ..] => {
            let rest = line.trim_start_matches('#');
            (line.len() - rest.len() <= 6 && ends_word(rest)).then_some(0)
        }
        [b'-' | b'+', rest @ ..] if rest.is_empty() || rest.starts_with(b" ") => Some(0),
        [b'-' | b'=' | b'|' | b':', ..] => line.bytes().all(|b| b"-=|: ".contains(&b)).then_some(0),
        [b'0'..=b'9', ..] => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_item = rest.strip_prefix(['.', ')']).is_some_and(ends_word);
            is_item.then_some(line.len() - rest.len())
        }
        _ => None,
    };
    match at.and_then(|at| line.split_at_checked(at)) {
        Some((before, rest)) => format!("{before}\\{rest}"),
        None => line.to_owned(),
    }
}

fn ends_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

/// The content of a heading: `#` at its end would be left out.
pub(super) fn heading(content: String) -> String {
    let end = content.trim_end_matches('#').len();
    match content.split_at_checked(end) {
        Some((before, marks))
            if !marks.is_empty() && (before.is_empty() || before.ends_with(' ')) =>
        {
            format!("{before}\\{marks}")
        }
        _ => content,
    }
}

/// The target of a link: a URL has hardly any spaces, but it may have brackets.
pub(super) fn target(url: &Url) -> String {
    let mut out = String::with_capacity(url.as_str().len());
    for (at, c) in url.as_str().char_indices() {
        match c {
            '(' | ')' | '\\' => out.push('\\'),
            '&' if is_entity(url.as_str().get(at + 1..).unwrap_or_default()) => out.push('\\'),
            ' ' => {
                out.push_str("%20");
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

/// The title of a link or a picture, in quotes and behind a space; nothing for none.
pub(super) fn title(title: &str) -> String {
    let title = collapse(title);
    if title.is_empty() {
        return title;
    }
    let mut out = " \"".to_owned();
    for (at, c) in title.char_indices() {
        let is_special = match c {
            '"' | '\\' => true,
            '&' => is_entity(title.get(at + 1..).unwrap_or_default()),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// Code within a line.
pub(super) fn code_span(code: &str) -> String {
    let ticks = "`".repeat(longest_run(code) + 1);
    let pad = if code.starts_with('`') || code.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{code}{pad}{ticks}")
}

/// A fence that does not occur in this code.
pub(super) fn fence(code: &str) -> String {
    "`".repeat(longest_run(code).max(2) + 1)
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
