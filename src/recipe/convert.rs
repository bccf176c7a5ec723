//! Text as a value of a type.

use std::collections::BTreeSet;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::fmt::strtime;

use super::field::Kind;
use super::item::Value;
use super::page::Page;
use crate::page::clean::{self, Cleaner, Moment};

/// The text as a value of this type; none when it is empty, but for texts, or refers to nothing on the web.
///
/// # Errors
/// What the text is not.
pub(super) fn convert(text: &str, kind: &Kind, page: &Page<'_>) -> Result<Option<Value>, String> {
    if matches!(kind, Kind::Any | Kind::Text) {
        return Ok(Some(Value::Text(text.to_owned())));
    }
    let text = clean::visible(text);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let read = match kind {
        Kind::Integer => trimmed.parse().ok().map(Value::Integer),
        Kind::Number => trimmed
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Number),
        Kind::Boolean => boolean(trimmed).map(Value::Boolean),
        Kind::Date(None) => date(trimmed).map(Value::Text),
        Kind::Date(Some(format)) => format.read(trimmed).map(Value::Text),
        Kind::Url => {
            let url = page.resolve(trimmed);
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            return Ok(url.map(|url| Value::Text(url.into())));
        }
        Kind::Any | Kind::Text | Kind::Exists => None,
    };
    read.map(Some)
        .ok_or_else(|| format!("not {}{}", named(kind), cleaner_hint(trimmed, kind)))
}

/// Hint at the cleaner that makes a number of the text; empty when it does not.
fn cleaner_hint(text: &str, kind: &Kind) -> String {
    let name = match kind {
        Kind::Integer => "integer",
        Kind::Number => "price",
        _ => return String::new(),
    };
    let cleaned = Cleaner::named(name).and_then(|cleaner| cleaner.clean(text).ok());
    match cleaned {
        Some(_) => format!(" (clean = [{name:?}] reads it)"),
        None => String::new(),
    }
}

/// A type, for messages.
pub(super) fn named(kind: &Kind) -> &'static str {
    match kind {
        Kind::Any | Kind::Text => "a text",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean | Kind::Exists => "true or false",
        Kind::Url => "a URL",
        Kind::Date(_) => "a date",
    }
}

/// Returns whether a default value has a type.
pub(super) fn is_of(value: &Value, kind: &Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Text | Kind::Url | Kind::Date(_) => matches!(value, Value::Text(_)),
        Kind::Integer => matches!(value, Value::Integer(_)),
        Kind::Number => matches!(value, Value::Number(_) | Value::Integer(_)),
        Kind::Boolean | Kind::Exists => matches!(value, Value::Boolean(_)),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Format of the dates of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateFormat {
    /// Pattern as for `strptime`; without it, any notation that can be read in one way only.
    pub(super) pattern: Option<String>,
    pub(super) months: Option<Months>,
}

/// Names of the months in another language, in lower case: several for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Months(Vec<Vec<String>>);

impl Months {
    /// Twelve texts, each the names of one month with `|` between them; `None` when they are not twelve, or one name is of two.
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Self> {
        let names = |text: &str| -> Vec<String> {
            let names = text.split('|').map(|name| name.trim().to_lowercase());
            names.filter(|name| !name.is_empty()).collect()
        };
        let months: Vec<Vec<String>> = texts.map(names).collect();
        let all: Vec<&String> = months.iter().flatten().collect();
        let known: BTreeSet<&String> = all.iter().copied().collect();
        let is_whole = months.len() == 12 && months.iter().all(|names| !names.is_empty());
        (is_whole && known.len() == all.len()).then_some(Self(months))
    }

    /// The text with English names in the place of these; only whole words count.
    fn in_english(&self, text: &str) -> String {
        let mut english = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(char::is_alphabetic) {
            let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
            let end = from
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(from.len());
            let (word, after) = from.split_at_checked(end).unwrap_or((from, ""));
            english.push_str(before);
            let name = word.to_lowercase();
            let nth = self.0.iter().position(|names| names.contains(&name));
            let month = nth.and_then(|nth| {
                strtime::format("%B", Date::new(2000, i8::try_from(nth + 1).ok()?, 1).ok()?).ok()
            });
            // A full stop behind a name that was cut belongs to it.
            rest = match &month {
                Some(_) => after.strip_prefix('.').unwrap_or(after),
                None => after,
            };
            english.push_str(month.as_deref().unwrap_or(word));
        }
        english + rest
    }
}

impl DateFormat {
    fn read(&self, text: &str) -> Option<String> {
        let english = self.months.as_ref().map(|months| months.in_english(text));
        let text = english.as_deref().unwrap_or(text);
        match &self.pattern {
            None => date(text),
            // Names of months are whole ones here, whatever the page and the format have.
            Some(pattern) if english.is_some() => {
                clean::date_by(text, &pattern.replace("%b", "%B").replace("%h", "%B")).ok()
            }
            Some(pattern) => clean::date_by(text, pattern).ok(),
        }
    }

    /// Checks that a date format makes sense.
    ///
    /// # Errors
    /// The reason why the format makes no sense.
    pub(super) fn check(format: &str) -> Result<(), String> {
        let written = strtime::format(format, &Zoned::default());
        let written = written.map_err(|error| error.to_string())?;
        match clean::date_by(&written, format) {
            Ok(_) => Ok(()),
            Err(_) => Err("it has no whole date in it, such as %Y-%m-%d".to_owned()),
        }
    }
}

/// A date in any notation that can be read in one way only, as ISO 8601 has it.
fn date(text: &str) -> Option<String> {
    let moment = Moment::read(text)?;
    let timestamp = moment.timestamp().map(|time| time.to_string());
    let local = || moment.datetime().map(|time| time.to_string());
    timestamp
        .or_else(local)
        .or_else(|| Some(moment.date.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::request::Request;
    use crate::page::response::Response;

    fn converted(text: &str, kind: &Kind) -> Result<Option<Value>, String> {
        let response = Response::new(Request::get("http://a.example/x/").unwrap(), 200);
        convert(text, kind, &Page::new(&response))
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_strict() {
        assert_eq!(
            converted(" 42 ", &Kind::Integer),
            Ok(Some(Value::Integer(42)))
        );
        assert_eq!(
            converted("51.77", &Kind::Number),
            Ok(Some(Value::Number(51.77)))
        );
        assert_eq!(
            converted("1,000", &Kind::Integer),
            Err("not a whole number (clean = [\"integer\"] reads it)".to_owned())
        );
        assert_eq!(
            converted("inf", &Kind::Number),
            Err("not a number".to_owned())
        );
        assert_eq!(
            converted("£35.93", &Kind::Number),
            Err("not a number (clean = [\"price\"] reads it)".to_owned())
        );
        assert_eq!(
            converted("35.93 £", &Kind::Integer),
            Err("not a whole number".to_owned())
        );
        assert_eq!(converted("", &Kind::Integer), Ok(None));
        assert_eq!(converted("", &Kind::Text), Ok(Some(text(""))));
    }

    #[test]
    fn dates_are_written_as_iso_8601() {
        let format = |format: &str| {
            Kind::Date(Some(DateFormat {
                pattern: Some(format.to_owned()),
                months: None,
            }))
        };
        for (given, kind, expected) in [
            ("2024-05-01", Kind::Date(None), "2024-05-01"),
            (
                "2024-05-01T10:00:00",
                Kind::Date(None),
                "2024-05-01T10:00:00",
            ),
            (
                "2024-05-01T10:00:00+02:00",
                Kind::Date(None),
                "2024-05-01T08:00:00Z",
            ),
            (
                "Wed, 01 May 2024 10:00:00 +0200",
                Kind::Date(None),
                "2024-05-01T08:00:00Z",
            ),
            ("1 May 2024", Kind::Date(None), "2024-05-01"),
            ("1.5.2024", format("%d.%m.%Y"), "2024-05-01"),
            (
                "May 1, 2024 7:05 PM",
                format("%B %d, %Y %I:%M %p"),
                "2024-05-01T19:05:00",
            ),
            (
                "2024-05-01 10:00 +0200",
                format("%Y-%m-%d %H:%M %z"),
                "2024-05-01T08:00:00Z",
            ),
        ] {
            assert_eq!(converted(given, &kind), Ok(Some(text(expected))), "{given}");
        }
        assert!(converted("yesterday", &Kind::Date(None)).is_err());
        assert!(converted("May 2024", &Kind::Date(None)).is_err());
        assert!(converted("1.5.24", &format("%d.%m.%Y")).is_err());
    }

    #[test]
    fn a_format_must_give_a_date() {
        assert_eq!(DateFormat::check("%d.%m.%Y"), Ok(()));
        assert!(DateFormat::check("%H:%M").is_err());
        assert!(DateFormat::check("%Q %!").is_err());
    }

    #[test]
    fn months_have_names_in_other_languages() {
        let names = "janv|janvier févr|février mars avr|avril mai juin juil|juillet août sept|septembre oct|octobre nov|novembre \
                     déc|décembre";
        let months = Months::new(names.split(' '));
        let kind = |pattern: Option<&str>| {
            Kind::Date(Some(DateFormat {
                pattern: pattern.map(str::to_owned),
                months: months.clone(),
            }))
        };
        for (given, kind) in [
            ("1 août 2024", kind(None)),
            ("1 AOÛT 2024", kind(Some("%d %B %Y"))),
            ("le 1 août. 2024", kind(Some("le %d %b %Y"))),
        ] {
            assert_eq!(
                converted(given, &kind),
                Ok(Some(text("2024-08-01"))),
                "{given}"
            );
        }
        assert!(converted("1 aout 2024", &kind(None)).is_err());
        assert!(
            Months::new(["mai"; 12].into_iter()).is_none()
                && Months::new(["mai"].into_iter()).is_none()
        );
    }

    #[test]
    fn a_url_is_relative_to_the_page() {
        assert_eq!(
            converted("../y#z", &Kind::Url),
            Ok(Some(text("http://a.example/y#z")))
        );
        for text in ["http://", "javascript:void(0)", "data:,x"] {
            assert_eq!(converted(text, &Kind::Url), Ok(None), "{text}");
        }
    }
}
