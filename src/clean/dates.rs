//! Dates and times in the notations that can be read in one way only.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

use super::quoted;

/// The first year that is taken for one. Before that it has two digits, or one of its own and one of the day's.
const FIRST_YEAR: i16 = 1000;

/// Dates with the month as a word, in English. With numbers, 1/2/2024 is a day in January or in February.
const WITH_WORDS: [&str; 16] = [
    "%d %B %Y",
    "%d %b %Y",
    "%d. %B %Y",
    "%d. %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
    "%a, %d %b %Y",
    "%a, %b %d, %Y",
    "%a %d %b %Y",
    "%a %b %d %Y",
];

/// The date in a text: ISO 8601 or RFC 2822, of which it may have a time, or with the month as an English word.
///
/// The date is the one that is written, whatever the time zone. Other notations need a format:
/// `#[extract("css", format = "%d/%m/%Y")]`, or [`Date::strptime`].
///
/// ```
/// use crawlworks::clean::date;
/// use jiff::civil;
/// for text in ["2024-01-31", "2024-01-31T23:30:00+01:00", "Wed, 31 Jan 2024 10:00:00 GMT", "31 January 2024", "Jan 31, 2024"] {
///     assert_eq!(date(text), Ok(civil::date(2024, 1, 31)), "{text}");
/// }
/// assert_eq!(date("1/2/2024").unwrap_err(), r#""1/2/2024" is not a date that can be read in one way only; it needs a format"#);
/// ```
///
/// # Errors
///
/// When it is something else, no day of the calendar, or in a year with fewer than four digits.
pub fn date(text: &str) -> Result<Date, String> {
    let trimmed = text.trim();
    let iso = || Pieces::parse(trimmed).ok().map(|pieces| pieces.date());
    let mail = || rfc2822::parse(trimmed).ok().map(|time| time.date());
    let words = || {
        let mut formats = WITH_WORDS.iter();
        let date = formats.find_map(|format| Date::strptime(format, trimmed).ok());
        // A space in a format stands for none as well: "May 2024" would be the 20th, in the year 24.
        date.filter(|date| has_number(trimmed, &date.year().to_string()))
    };
    let date = iso().or_else(mail).or_else(words);
    date.filter(|&date| is_dated(date)).ok_or_else(|| {
        let text = quoted(text);
        format!("{text} is not a date that can be read in one way only; it needs a format")
    })
}

/// The point in time in a text: ISO 8601 or RFC 2822, with an offset from UTC.
///
/// ```
/// use crawlworks::clean::timestamp;
/// assert_eq!(timestamp("2024-01-31T10:00:00+01:00")?.to_string(), "2024-01-31T09:00:00Z");
/// assert_eq!(timestamp("Wed, 31 Jan 2024 09:00:00 GMT")?.to_string(), "2024-01-31T09:00:00Z");
/// assert!(timestamp("2024-01-31 10:00").is_err()); // where?
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// When it is something else, has no offset, or is in a year with fewer than four digits.
pub fn timestamp(text: &str) -> Result<Timestamp, String> {
    let trimmed = text.trim();
    let mail = || rfc2822::parse(trimmed).ok().map(|time| time.timestamp());
    let time = trimmed.parse().ok().or_else(mail);
    let time = time.filter(|&time| is_dated(TimeZone::UTC.to_datetime(time).date()));
    time.ok_or_else(|| format!("{} is not a time with an offset", quoted(text)))
}

/// Whether the year of a date has four digits, as `%Y` does not ask for.
pub(crate) fn is_dated(date: Date) -> bool {
    date.year() >= FIRST_YEAR
}

/// Whether a number stands in a text with no other digits at its sides.
fn has_number(text: &str, number: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits == number)
}
