//! Dates and times in the notations that can be read in one way only.

use jiff::Timestamp;
use jiff::civil::Date;

use super::moment::Moment;
use super::quoted;

/// First year that is accepted. Earlier numbers are two-digit years, or one digit of the year and one of the day.
const FIRST_YEAR: i16 = 1000;

/// Reads the date in a text: ISO 8601 or RFC 2822, possibly with a time, or with the month as an English word.
///
/// The date is the one that is written, whatever the time zone. Other notations need a format:
/// `#[extract("css", format = "%d/%m/%Y")]`, or [`Date::strptime`].
///
/// ```
/// use crawlworks::clean::date;
/// use jiff::civil;
/// for text in ["2024-01-31", "2024/01/31", "2024-01-31T23:30:00+01:00", "Wed, 31 Jan 2024 10:00:00 GMT", "31st January 2024"] {
///     assert_eq!(date(text), Ok(civil::date(2024, 1, 31)), "{text}");
/// }
/// assert_eq!(date("1/2/2024").unwrap_err(), r#""1/2/2024" is not a date that can be read in one way only; it needs a format"#);
/// ```
///
/// # Errors
///
/// Returns an error if the text is something else, no day of the calendar, or in a year with fewer than four digits.
pub fn date(text: &str) -> Result<Date, String> {
    Moment::read(text).map(|moment| moment.date).ok_or_else(|| {
        let text = quoted(text);
        format!("{text} is not a date that can be read in one way only; it needs a format")
    })
}

/// Reads the point in time in a text: what [`date`] reads, with a time and an offset from UTC or a zone whose name means
/// one.
///
/// ```
/// use crawlworks::clean::timestamp;
/// assert_eq!(timestamp("2024-01-31T10:00:00+01:00")?.to_string(), "2024-01-31T09:00:00Z");
/// assert_eq!(timestamp("Wed, 31 Jan 2024 04:00:00 EST")?.to_string(), "2024-01-31T09:00:00Z");
/// assert!(timestamp("2024-01-31 10:00").is_err()); // where?
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text is something else, has no offset, names an unknown zone, or is in a year with fewer than
/// four digits.
pub fn timestamp(text: &str) -> Result<Timestamp, String> {
    let time = Moment::read(text).and_then(Moment::timestamp);
    time.ok_or_else(|| format!("{} is not a time with an offset", quoted(text)))
}

/// Returns whether the year of a date has four digits, which `%Y` does not ask for.
pub(crate) fn is_dated(date: Date) -> bool {
    date.year() >= FIRST_YEAR
}
