//! What pages do to JSON that JSON does not allow, undone: comments, CDATA, commas too many, raw line breaks.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::iter;

use crate::html::{Place, decode};

/// What may stand around or between values, outside of strings.
const WRAPPERS: [&str; 4] = ["<!--", "-->", "<![CDATA[", "]]>"];

/// A text in the ways in which it may be meant, likeliest first: as it is; repaired; and, if it has no quotes, with its
/// character references (`&quot;`) decoded, and that repaired.
pub(crate) fn readings(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let plain = iter::once(Cow::Borrowed(text));
    let mended = iter::once_with(|| Cow::Owned(repaired(text)));
    let decoded = iter::once_with(|| decode(text, Place::Text))
        .filter(move |decoded| !text.contains('"') && *decoded != text)
        .flat_map(|decoded| {
            let mended = repaired(&decoded);
            [decoded, Cow::Owned(mended)]
        });
    plain.chain(mended).chain(decoded)
}

/// The text with spaces in the place of what is taken out, so that an error still names the right line and column.
fn repaired(text: &str) -> String {
    let mut repair = Repair {
        out: String::with_capacity(text.len()),
        comma: None,
        depth: 0,
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match wrapper(rest).or_else(|| comment(rest)) {
            Some(length) => repair.blank(rest.get(..length).unwrap_or_default()),
            None if c == '"' => repair.string(rest),
            None => repair.mark(c),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    repair.out
}

struct Repair {
    out: String,
    /// Where the last comma is, if nothing but space has followed it.
    comma: Option<usize>,
    depth: usize,
}

impl Repair {
    /// A character outside of strings and comments. Returns its length, as all of these do.
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
        if !c.is_whitespace() {
            self.comma = (c == ',').then_some(self.out.len());
        }
        let is_between = self.depth == 0 && matches!(c, ',' | ';');
        self.out.push(if is_between || c == '\u{feff}' {
            ' '
        } else {
            c
        });
        c.len_utf8()
    }

    fn blank(&mut self, text: &str) -> usize {
        let blanks = text.chars().map(|c| if c == '\n' { c } else { ' ' });
        self.out.extend(blanks);
        text.len()
    }

    /// A string with its quotes: control characters in it are escaped.
    fn string(&mut self, rest: &str) -> usize {
        self.comma = None;
        self.out.push('"');
        let mut is_escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                c if c < ' ' => {
                    let _ = write!(self.out, "\\u{:04x}", u32::from(c));
                }
                c => self.out.push(c),
            }
            if c == '"' && !is_escaped {
                return at + 1;
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        rest.len()
    }
}

/// The length of a wrapper with which the text begins, also behind `//`.
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

/// The length of a comment with which the text begins.
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
            assert_eq!(repaired(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_json_means_the_same(text in r#"\[("([a-z/*,\]<!-]|\\"|\\\\)*"|[0-9]|, ?)*\]"#) {
            if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&repaired(&text)).unwrap(), value);
            }
        }

        #[test]
        fn nothing_panics(text in r#"(\PC|[\[\]{},"\\/*\n]|<!--|//|]]>){0,40}"#) {
            let _ = repaired(&text);
        }
    }
}
