//! Strings as pages write them: raw line breaks, halves of surrogate pairs, and the escapes of JavaScript.

use std::fmt::Write as _;

/// Returns the length of the string with which the text begins, with its quotes; all of the text if it does not end.
pub(super) fn length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        if byte == b'"' && !is_escaped {
            return at + 1;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    text.len()
}

/// Writes the string with which the text begins as JSON has it, and returns its length.
///
/// Control characters are escaped. Half of a surrogate pair is U+FFFD. What JSON knows no escape for is what JavaScript
/// makes of it: `\x26`, `\u{1f600}`, `\v`, `\0`, and `\` before a mark or a line break. Before a letter or a digit
/// it may as well be meant as it stands, as in `C:\dir`, and stays the mistake that it is.
pub(super) fn write(text: &str, out: &mut String) -> usize {
    let length = length(text);
    let string = text.get(..length).unwrap_or_default();
    let is_closed = length > 1 && string.ends_with('"');
    let inner = string.get(1..length - usize::from(is_closed));
    let mut rest = inner.unwrap_or_default();
    out.push('"');
    while let Some(c) = rest.chars().next() {
        let taken = if c == '\\' {
            escape(rest, out)
        } else {
            plain(c, out);
            c.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    if is_closed {
        out.push('"');
    }
    length
}

/// Writes a character that stands for itself.
fn plain(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        c if c < ' ' => code(u32::from(c), out),
        c => out.push(c),
    }
}

fn code(unit: u32, out: &mut String) {
    let _ = write!(out, "\\u{unit:04x}");
}

/// Writes the meaning of the escape with which the text begins, and returns its length.
fn escape(text: &str, out: &mut String) -> usize {
    let after = text.get(1..).unwrap_or_default();
    let Some(c) = after.chars().next() else {
        out.push('\\');
        return 1;
    };
    match c {
        'u' => return unicode(text, out),
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => out.extend(['\\', c]),
        'x' => {
            if let Some(unit) = hex(after, 1..3) {
                code(unit, out);
                return 4;
            }
            out.push_str("\\x");
        }
        'v' => code(0x0b, out),
        '0' if !is_digit_at(after, 1) => code(0, out),
        // A line break behind it is none.
        '\r' if after.starts_with("\r\n") => return 3,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => {}
        c if c.is_ascii_alphanumeric() => out.extend(['\\', c]),
        c => plain(c, out),
    }
    1 + c.len_utf8()
}

fn is_digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

fn hex(text: &str, range: std::ops::Range<usize>) -> Option<u32> {
    let digits = text.get(range)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

/// Writes `\u0061`, a pair of them, or `\u{61}`.
fn unicode(text: &str, out: &mut String) -> usize {
    if let Some(braced) = text.strip_prefix("\\u{") {
        let found = braced.split_once('}').and_then(|(digits, _)| {
            let c = char::from_u32(hex(digits, 0..digits.len())?)?;
            Some((digits.len() + 4, c))
        });
        if let Some((length, c)) = found {
            plain(c, out);
            return length;
        }
    }
    let unit = hex(text, 2..6);
    let is_low = |unit: Option<u32>| unit.is_some_and(|unit| (0xdc00..0xe000).contains(&unit));
    match unit {
        Some(0xd800..0xdc00) => {
            let next = text.get(6..).unwrap_or_default();
            if next.starts_with("\\u") && is_low(hex(next, 2..6)) {
                out.push_str(text.get(..12).unwrap_or_default());
                return 12;
            }
            out.push_str("\\ufffd");
            6
        }
        Some(_) if is_low(unit) => {
            out.push_str("\\ufffd");
            6
        }
        Some(_) => {
            out.push_str(text.get(..6).unwrap_or_default());
            6
        }
        None => {
            out.push_str("\\u");
            2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(string: &str) -> Option<String> {
        let mut out = String::new();
        assert_eq!(write(string, &mut out), string.len());
        serde_json::from_str(&out).ok()
    }

    #[test]
    fn a_string_means_what_javascript_makes_of_it() {
        for (string, expected) in [
            (r#""it\'s""#, "it's"),
            (r#""a \x26 b\x3C""#, "a & b<"),
            (r#""\u{1F600}\u{61}""#, "😀a"),
            (r#""\v\0.""#, "\u{b}\0."),
            ("\"a\\\nb\\\r\nc\"", "abc"),
            (r#""\$\-\<\é""#, "$-<é"),
            (r#""\x22\x5c""#, "\"\\"),
            (r#""\"\\\/\b\f\n\r\t\u00e9""#, "\"\\/\u{8}\u{c}\n\r\té"),
            ("\"a\tb\nc\u{1}\"", "a\tb\nc\u{1}"),
        ] {
            assert_eq!(read(string).as_deref(), Some(expected), "{string}");
        }
    }

    #[test]
    fn half_a_pair_is_a_replacement_character() {
        for (string, expected) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\uD83D x""#, "\u{fffd} x"),
            (r#""\ude00\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
        ] {
            assert_eq!(read(string).as_deref(), Some(expected), "{string}");
        }
    }

    #[test]
    fn what_may_be_meant_as_it_stands_stays_a_mistake() {
        for string in [
            r#""C:\dir""#,
            r#""\d+""#,
            r#""\x2""#,
            r#""\01""#,
            r#""\u12""#,
            r#""\u{110000}""#,
            r#""\u{""#,
            "\"a",
            "\"a\\\"",
        ] {
            assert_eq!(read(string), None, "{string}");
        }
    }
}
