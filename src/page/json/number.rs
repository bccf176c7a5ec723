//! Numbers that 64 bits cannot hold, and words that stand for no number.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::string;

/// Way to write a whole number that 64 bits cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wide {
    /// The text of its digits.
    Text,
    /// A number, for whoever asks for a type that holds it.
    Number,
}

/// Least number of digits of a number that 64 bits cannot hold.
const LONG: usize = 19;

/// Returns whether a text has as many digits in a row as a wide number has. It looks at one byte in nineteen.
pub(super) fn has_long_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = LONG - 1;
    while at < bytes.len() {
        if is_digit(at) {
            let before = (1..LONG).take_while(|back| is_digit(at - back)).count();
            let behind = (1..LONG).take_while(|on| is_digit(at + on)).count();
            if before + 1 + behind >= LONG {
                return true;
            }
        }
        at += LONG;
    }
    false
}

/// Returns whether a text is a whole number, as JSON writes it, which neither `i64` nor `u64` holds.
pub(super) fn is_wide(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() >= LONG
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<i64>().is_err()
        && text.parse::<u64>().is_err()
}

/// Compares two whole numbers, of which at least one is wide.
pub(super) fn order(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        (text.starts_with('-'), digits.len(), digits.to_owned())
    };
    let ((is_less, length, digits), (is_other_less, other_length, others)) =
        (parts(one), parts(other));
    let by_size = (length, digits).cmp(&(other_length, others));
    match (is_less, is_other_less) {
        (false, false) => by_size,
        (true, true) => by_size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

/// Returns whether a number or a word may begin with this character.
pub(super) fn begins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_' | '$')
}

/// Returns the number or word at the beginning.
pub(super) fn word(text: &str) -> &str {
    let end = text.find(|c| !begins(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Returns what JSON writes instead of a word: `null` for what is no number (`NaN`, `Infinity`, `1e400`) or not there
/// (`undefined`), and a wide number as `wide` says.
pub(super) fn written(word: &str, wide: Wide) -> Cow<'_, str> {
    let is_nothing = match word.trim_start_matches(['+', '-']) {
        "NaN" | "Infinity" | "undefined" => true,
        number => is_too_large(number),
    };
    if is_nothing {
        return Cow::Owned(format!("{:width$}", "null", width = word.len()));
    }
    if wide == Wide::Text && is_wide(word) {
        return Cow::Owned(format!("\"{word}\""));
    }
    Cow::Borrowed(word)
}

/// Returns whether a text is a number with a fraction or an exponent that `f64` cannot hold.
fn is_too_large(number: &str) -> bool {
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.contains(['.', 'e', 'E'])
        && number.parse::<f64>().is_ok_and(f64::is_infinite)
}

/// Returns JSON with its wide numbers as texts; unchanged if it has none.
pub(super) fn with_wide(text: &str, wide: Wide) -> Cow<'_, str> {
    if wide == Wide::Number || !has_long_digits(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c == '"' {
            let length = string::length(rest);
            out.push_str(rest.get(..length).unwrap_or_default());
            length
        } else if begins(c) {
            let word = word(rest);
            if is_wide(word) {
                out.extend(["\"", word, "\""]);
            } else {
                out.push_str(word);
            }
            word.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_wide_if_64_bits_cannot_hold_it() {
        for text in [
            "18446744073709551616",
            "-9223372036854775809",
            "99999999999999999999999999",
        ] {
            assert!(is_wide(text), "{text}");
            assert!(has_long_digits(&format!("[{text}]")), "{text}");
        }
        for text in [
            "18446744073709551615",
            "-9223372036854775808",
            "00000000000000000000001",
            "99999999999999999999.5",
            "1e99",
            "-",
            "",
        ] {
            assert!(!is_wide(text), "{text}");
        }
    }

    #[test]
    fn long_rows_of_digits_are_found_wherever_they_are() {
        for before in 0..60 {
            for behind in [0, 1, 18, 40] {
                let text = |digits: usize| {
                    format!(
                        "{}{}{}",
                        "x".repeat(before),
                        "7".repeat(digits),
                        "y".repeat(behind)
                    )
                };
                assert!(has_long_digits(&text(19)), "{}", text(19));
                assert!(!has_long_digits(&text(18)), "{}", text(18));
            }
        }
    }

    #[test]
    fn wide_numbers_have_an_order() {
        let numbers = [
            "-200000000000000000000",
            "-99999999999999999999",
            "-5",
            "0",
            "18446744073709551615",
            "18446744073709551616",
            "100000000000000000000",
        ];
        for (at, one) in numbers.iter().enumerate() {
            for (place, other) in numbers.iter().enumerate() {
                assert_eq!(order(one, other), at.cmp(&place), "{one} {other}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_null() {
        for (word, expected) in [
            ("NaN", "null"),
            ("-Infinity", "null     "),
            ("undefined", "null     "),
            ("1e400", "null "),
            ("-2.5E999", "null    "),
            ("1e300", "1e300"),
            ("nan", "nan"),
            ("1e-400", "1e-400"),
        ] {
            assert_eq!(written(word, Wide::Text), expected);
        }
        let digits = "9".repeat(400);
        assert_eq!(written(&digits, Wide::Text), format!("\"{digits}\""));
        assert_eq!(written(&digits, Wide::Number), digits);
    }

    #[test]
    fn wide_numbers_become_texts_outside_of_texts() {
        let text = r#"{"a":12345678901234567890123,"b":"12345678901234567890123 \" 3","c":[-98765432109876543210 ,1]}"#;
        let expected = r#"{"a":"12345678901234567890123","b":"12345678901234567890123 \" 3","c":["-98765432109876543210" ,1]}"#;
        assert_eq!(with_wide(text, Wide::Text), expected);
        assert_eq!(with_wide(text, Wide::Number), text);
    }
}
