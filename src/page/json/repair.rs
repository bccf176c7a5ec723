//! Repair of text that is not quite JSON: comments, CDATA, commas too many, odd escapes, words for what is no number.

use std::borrow::Cow;
use std::iter;

use super::number::{self, Wide};
use super::string;
use crate::page::html::{Place, decode};

/// Marks that may stand around values, outside of strings, and are no comments by themselves.
const WRAPPERS: [&str; 4] = ["<!--", "-->", "<![CDATA[", "]]>"];

/// Meaning of the text between `<!--` and `-->`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remarks {
    /// A remark, which is removed.
    Out,
    /// The JSON itself, hidden from old readers as scripts once were.
    Kept,
}

/// Returns a text in the ways in which it may be meant, likeliest first: as it is; repaired; repaired, if comments of HTML
/// are around what is meant; and, if it has no quotes, the same with its character references (`&quot;`) decoded.
pub(super) fn readings(text: &str, wide: Wide) -> impl Iterator<Item = Cow<'_, str>> {
    let decoded = iter::once_with(|| decode(text, Place::Text))
        .filter(move |decoded| !text.contains('"') && *decoded != text)
        .flat_map(move |decoded| {
            let all: Vec<_> = mended(&decoded, wide).map(Cow::Owned).collect();
            iter::once(decoded).chain(all)
        });
    iter::once_with(move || number::with_wide(text, wide))
        .chain(mended(text, wide).map(Cow::Owned))
        .chain(decoded)
}

fn mended(text: &str, wide: Wide) -> impl Iterator<Item = String> {
    let has_remarks = text.contains(WRAPPERS[0]);
    let kept = iter::once_with(move || repaired(text, wide, Remarks::Kept));
    iter::once_with(move || repaired(text, wide, Remarks::Out))
        .chain(kept.filter(move |_| has_remarks))
}

/// Returns the text with spaces in the place of what is taken out, so that an error still names the right line and column.
fn repaired(text: &str, wide: Wide, remarks: Remarks) -> String {
    let mut repair = Repair {
        out: String::with_capacity(text.len()),
        comma: None,
        depth: 0,
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken_out = remark(rest, remarks).or_else(|| wrapper(rest).or_else(|| comment(rest)));
        let length = match taken_out {
            Some(length) => repair.blank(rest.get(..length).unwrap_or_default()),
            None if c == '"' => repair.string(rest),
            None if number::begins(c) => repair.word(number::word(rest), wide),
            None => repair.mark(c),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    repair.out
}

struct Repair {
    out: String,
    /// Position of the last comma, if nothing but space has followed it.
    comma: Option<usize>,
    depth: usize,
}

impl Repair {
    /// Writes a character outside of strings and comments. Returns its length, as all of these functions do.
    fn mark(&mut self, c: char) -> usize {
        match c {
            '{' | '[' => self.depth += 1,
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if let Some(comma) = self.comma {
                    self.out.replace_range(comma..=comma, " ");
                }
            }
            _ => {}
        }
        let is_space = c.is_whitespace() || is_unseen(c);
        if !is_space {
            self.comma = (c == ',').then_some(self.out.len());
        }
        let is_between = self.depth == 0 && matches!(c, ',' | ';');
        // JSON knows four kinds of white space.
        let is_foreign = is_space && !matches!(c, ' ' | '\n' | '\r' | '\t');
        self.out
            .push(if is_between || is_foreign { ' ' } else { c });
        c.len_utf8()
    }

    fn blank(&mut self, text: &str) -> usize {
        let blanks = text.chars().map(|c| if c == '\n' { c } else { ' ' });
        self.out.extend(blanks);
        text.len()
    }

    fn string(&mut self, rest: &str) -> usize {
        self.comma = None;
        string::write(rest, &mut self.out)
    }

    /// Writes a number, a word such as `true`, or a name of a script.
    fn word(&mut self, word: &str, wide: Wide) -> usize {
        self.comma = None;
        self.out.push_str(&number::written(word, wide));
        word.len()
    }
}

/// Returns whether a character is invisible and means nothing between values: a byte order mark, or a mark that separates
/// records.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{1e}' | '\0')
}

/// Returns the length of a comment of HTML with which the text begins. If the text in comments is kept, that is a first
/// line which only remarks that a script is to be hidden.
fn remark(rest: &str, remarks: Remarks) -> Option<usize> {
    let inner = rest.strip_prefix(WRAPPERS[0])?;
    let open = rest.len() - inner.len();
    match remarks {
        Remarks::Out => inner
            .find(WRAPPERS[1])
            .map(|end| open + end + WRAPPERS[1].len()),
        Remarks::Kept => {
            let line = inner.lines().next().unwrap_or_default();
            let is_said = !line.contains(['{', '[', '"', '=']) && line.len() < inner.len();
            is_said.then_some(open + line.len())
        }
    }
}

/// Returns the length of a wrapper with which the text begins, also behind `//`.
fn wrapper(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("//").unwrap_or(rest);
    let after = if after.len() < rest.len() {
        after.trim_start_matches([' ', '\t'])
    } else {
        after
    };
    let wrapper = WRAPPERS
        .iter()
        .find(|wrapper| after.starts_with(**wrapper))?;
    Some(rest.len() - after.len() + wrapper.len())
}

/// Returns the length of a comment with which the text begins.
fn comment(rest: &str) -> Option<usize> {
    if let Some(inner) = rest.strip_prefix("/*") {
        return Some(inner.find("*/").map_or(rest.len(), |end| end + 4));
    }
    let is_line = rest.starts_with("//");
    is_line.then(|| rest.find('\n').unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_json_is_taken_out() {
        for (text, expected) in [
            ("<!--{}-->", "    {}   "),
            ("//<![CDATA[\n[1]\n//]]>", "           \n[1]\n     "),
            ("// <![CDATA[ [1]", "             [1]"),
            ("/*<![CDATA[*/{}/*]]>*/", "             {}       "),
            ("[1, /* a ] */ 2] // b", "[1,           2]     "),
            ("[1,\n]", "[1 \n]"),
            (r#"{"a":1,},{};"#, r#"{"a":1 } {} "#),
            ("[\"a\n\tb\"]", r#"["a\n\tb"]"#),
            (
                r#"["//", "<!--", ",]", "\",]"]"#,
                r#"["//", "<!--", ",]", "\",]"]"#,
            ),
            ("\u{feff}[]", " []"),
        ] {
            assert_eq!(
                repaired(text, Wide::Text, Remarks::Kept),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_remark_of_html_goes_or_what_is_in_it_stays() {
        for (text, out, kept) in [
            ("<!-- x -->{}", "          {}", "     x    {}"),
            ("{}<!-- 12:00 -->", "{}              ", "{}     12:00    "),
            ("<!--{}-->", "         ", "    {}   "),
            (
                "<!-- hide\n{}\n-->",
                "         \n  \n   ",
                "         \n{}\n   ",
            ),
        ] {
            assert_eq!(repaired(text, Wide::Text, Remarks::Out), out, "{text}");
            assert_eq!(repaired(text, Wide::Text, Remarks::Kept), kept, "{text}");
        }
    }

    #[test]
    fn what_json_does_not_know_becomes_what_it_knows() {
        for (text, expected) in [
            ("[NaN, -Infinity]", "[null, null     ]"),
            ("[\u{a0}1,\u{2028}2\u{200b}]", "[ 1, 2 ]"),
            (
                "[12345678901234567890123,]",
                "[\"12345678901234567890123\" ]",
            ),
            (r#"["\x41\'"]"#, r#"["\u0041'"]"#),
        ] {
            assert_eq!(repaired(text, Wide::Text, Remarks::Out), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_json_means_the_same(text in r#"\[("([a-z/*,\]<!-]|\\"|\\\\)*"|[0-9]|, ?)*\]"#) {
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&repaired(&text, Wide::Text, Remarks::Kept)).unwrap(), value);
            }
        }

        #[test]
        fn nothing_panics(text in r#"(\PC|[\[\]{},"\\/*\n]|<!--|//|]]>){0,40}"#) {
            let _ = repaired(&text, Wide::Text, Remarks::Kept);
        }
    }
}
