//! Kinds of columns, and the values that fit them.

use std::borrow::Cow;

/// Kind of values that a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::items::destination) enum Kind {
    Boolean,
    /// Whole numbers of 64 bits.
    Integer,
    Number,
    /// Numbers of any length, by their digits.
    Digits,
    /// Text, and numbers by their digits.
    Text,
    DateTime,
    Date,
    Time,
    Uuid,
    /// Any value, as JSON.
    Json,
    /// What the database makes of it.
    Other,
}

/// Value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::items::destination) enum Cell<'a> {
    Null,
    /// The column's own default: the item has no such field.
    Default,
    Boolean(bool),
    Integer(i64),
    /// A number by its digits.
    Number(&'a str),
    Text(Cow<'a, str>),
}

impl Kind {
    /// Returns the kind of a JSON text; `None` for `null`.
    pub(super) fn of(json: &str) -> Option<Self> {
        Some(match json.as_bytes().first()? {
            b'n' => return None,
            b't' | b'f' => Self::Boolean,
            b'"' => Self::Text,
            b'[' | b'{' => Self::Json,
            _ if !is_whole(json) => Self::Number,
            _ if json.parse::<i64>().is_ok() => Self::Integer,
            _ => Self::Digits,
        })
    }

    /// Returns the kind of a column that has values of both kinds.
    pub(super) fn joined(self, other: Self) -> Self {
        match (self, other) {
            (one, same) if one == same => one,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            (Self::Integer | Self::Number, Self::Digits)
            | (Self::Digits, Self::Integer | Self::Number) => Self::Digits,
            _ => Self::Json,
        }
    }

    /// Returns the value that a column of this kind gets, or what is wrong with it.
    pub(super) fn cell(self, json: &str) -> Result<Cell<'_>, &'static str> {
        if json == "null" {
            return Ok(Cell::Null);
        }
        let is_text = json.starts_with('"');
        let is_number = json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        match self {
            Self::Boolean => match json {
                "true" => Ok(Cell::Boolean(true)),
                "false" => Ok(Cell::Boolean(false)),
                _ => Err("takes true and false"),
            },
            Self::Integer if is_number => match json.parse() {
                Ok(number) => Ok(Cell::Integer(number)),
                Err(_) => Err("takes whole numbers of 64 bits"),
            },
            Self::Integer => Err("takes whole numbers"),
            Self::Number if !is_number => Err("takes numbers"),
            Self::Number if !keeps_digits(json) => Err("would round the number"),
            Self::Number => Ok(Cell::Number(json)),
            Self::Digits | Self::Text if is_number => Ok(Cell::Text(json.into())),
            // What 64 bits cannot hold is the text of its digits in many an item.
            Self::Digits if is_text && is_whole_text(json) => Ok(Cell::Text(text(json))),
            Self::Digits => Err("takes numbers"),
            _ if is_text && self != Self::Json => Ok(Cell::Text(text(json))),
            Self::Text | Self::DateTime | Self::Date | Self::Time | Self::Uuid => Err("takes text"),
            Self::Json => Ok(Cell::Text(json.into())),
            Self::Other => Ok(match json {
                "true" | "false" => Cell::Boolean(json == "true"),
                _ if is_number => match json.parse() {
                    Ok(number) => Cell::Integer(number),
                    Err(_) if !keeps_digits(json) => Cell::Text(json.into()),
                    Err(_) => Cell::Number(json),
                },
                _ => Cell::Text(json.into()),
            }),
        }
    }
}

fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// A JSON string that is a whole number.
fn is_whole_text(json: &str) -> bool {
    let inner = json.trim_matches('"');
    let digits = inner.strip_prefix('-').unwrap_or(inner);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a whole number is the same one as `f64`; fractions have the digits that `f64` gave them.
fn keeps_digits(number: &str) -> bool {
    const EXACT: i64 = 1 << 53;
    if !is_whole(number) {
        return number.parse::<f64>().is_ok_and(f64::is_finite);
    }
    number
        .parse::<i64>()
        .is_ok_and(|whole| (-EXACT..=EXACT).contains(&whole))
}

/// Returns the text of a JSON string.
fn text(json: &str) -> Cow<'_, str> {
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => inner.into(),
        // It was parsed as JSON before.
        _ => serde_json::from_str::<String>(json)
            .unwrap_or_default()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_of_numbers_are_numbers_and_others_are_json() {
        for (one, other, both) in [
            ("1", "2.5", Kind::Number),
            ("1", "18446744073709551615", Kind::Digits),
            ("2.5", "18446744073709551615", Kind::Digits),
            ("\"1\"", "1", Kind::Json),
            ("true", "1", Kind::Json),
            ("[1]", "{}", Kind::Json),
        ] {
            let (one, other) = (Kind::of(one).unwrap(), Kind::of(other).unwrap());
            assert_eq!(one.joined(other), both);
            assert_eq!(other.joined(one), both);
        }
        assert_eq!(Kind::of("null"), None);
    }

    #[test]
    fn a_value_that_would_change_does_not_fit() {
        for (kind, json) in [
            (Kind::Integer, "9223372036854775808"),
            (Kind::Integer, "2.5"),
            (Kind::Integer, "\"2\""),
            (Kind::Number, "9007199254740993"),
            (Kind::Number, "1e400"),
            (Kind::Number, "\"2.5\""),
            (Kind::Boolean, "1"),
            (Kind::Text, "true"),
            (Kind::Text, "[\"a\"]"),
            (Kind::Digits, "\"2a\""),
        ] {
            assert!(kind.cell(json).is_err(), "{kind:?} {json}");
        }
    }

    #[test]
    fn digits_and_escapes_arrive_as_they_are() {
        let wide = "340282366920938463463374607431768211455";
        assert_eq!(Kind::Digits.cell(wide), Ok(Cell::Text(wide.into())));
        assert_eq!(Kind::Text.cell("12.10"), Ok(Cell::Text("12.10".into())));
        assert_eq!(
            Kind::Text.cell(r#""a\n\"b""#),
            Ok(Cell::Text("a\n\"b".into()))
        );
        assert_eq!(Kind::Json.cell(r#""a""#), Ok(Cell::Text(r#""a""#.into())));
    }
}
