//! Dates and times in the notations that can be read in one way only.

use std::time::SystemTime;

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::moment::Moment;
use super::quoted;
use crate::page::time;

/// First year that is accepted. Earlier numbers are two-digit years, or one digit of the year and one of the day.
const FIRST_YEAR: i16 = 1000;
/// Moment that points in time are counted from.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Reads the date in a text: ISO 8601 or RFC 2822, possibly with a time, or with the month as an English word. Returns it as
/// `2024-01-31`, which sorts by time and is what other crates for dates read with `str::parse`.
///
/// The date is the one that is written, whatever the time zone. Other notations need a format: [`date_by`], or
/// `#[extract("css", format = "%d/%m/%Y")]`.
///
/// ```
/// use crawlworks::clean::date;
/// for text in ["2024-01-31", "2024/01/31", "2024-01-31T23:30:00+01:00", "Wed, 31 Jan 2024 10:00:00 GMT", "31st January 2024"] {
///     assert_eq!(date(text).as_deref(), Ok("2024-01-31"), "{text}");
/// }
/// assert_eq!(date("1/2/2024").unwrap_err(), r#""1/2/2024" is not a date that can be read in one way only; it needs a format"#);
/// ```
///
/// # Errors
///
/// Returns an error if the text is something else, no day of the calendar, or in a year with fewer than four digits.
pub fn date(text: &str) -> Result<String, String> {
    let date = Moment::read(text).map(|moment| moment.date.to_string());
    date.ok_or_else(|| {
        let text = quoted(text);
        format!("{text} is not a date that can be read in one way only; it needs a format")
    })
}

/// Reads the date in a text, white space around it aside, by a format of `strptime`, and returns it as ISO 8601: with a time
/// if the format has one, and in UTC if it has an offset (`%z`).
///
/// ```
/// use crawlworks::clean::date_by;
/// assert_eq!(date_by("31.1.2024", "%d.%m.%Y")?, "2024-01-31");
/// assert_eq!(date_by("31.1.24 9:30 PM", "%d.%m.%y %I:%M %p")?, "2024-01-31T21:30:00");
/// assert_eq!(date_by("31/01/2024 10:00 +0100", "%d/%m/%Y %H:%M %z")?, "2024-01-31T09:00:00Z");
/// assert!(date_by("31.1.24", "%d.%m.%Y").is_err()); // the year 24?
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text is not of this format, its year has fewer than four digits (`%Y` takes them), or the format
/// has no whole date.
pub fn date_by(text: &str, format: &str) -> Result<String, String> {
    let fault = |why: &dyn std::fmt::Display| format!("{} is not {format:?}: {why}", quoted(text));
    let parsed = strtime::parse(format, text.trim()).map_err(|error| fault(&error))?;
    let timestamp = parsed.to_timestamp().ok();
    let date = match timestamp {
        Some(time) => TimeZone::UTC.to_datetime(time).date(),
        None => parsed.to_date().map_err(|error| fault(&error))?,
    };
    if !is_dated(date) {
        let year = date.year();
        let why = format!("it would be in the year {year}; two digits are %y");
        return Err(fault(&why));
    }
    Ok(match (timestamp, parsed.to_time()) {
        (Some(time), _) => time.to_string(),
        (None, Ok(time)) if parsed.hour().is_some() => date.to_datetime(time).to_string(),
        _ => date.to_string(),
    })
}

/// Reads the point in time in a text: what [`date`] reads, with a time and an offset from UTC or a zone whose name means
/// one. [`rfc3339`] writes it; the cleaner [`timestamp`](super::Cleaner::Timestamp) does both.
///
/// ```
/// use crawlworks::clean::{rfc3339, timestamp};
/// let time = timestamp("2024-01-31T10:00:00+01:00")?;
/// assert_eq!(time, timestamp("Wed, 31 Jan 2024 04:00:00 EST")?);
/// assert_eq!(rfc3339(time)?, "2024-01-31T09:00:00Z");
/// assert!(timestamp("2024-01-31 10:00").is_err()); // where?
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text is something else, has no offset, names an unknown zone, or is in a year with fewer than
/// four digits; on Windows also before 1601, where its clock begins.
pub fn timestamp(text: &str) -> Result<SystemTime, String> {
    let time = exact(text)?;
    time::system(time).ok_or_else(|| format!("this system cannot count to {time}"))
}

/// Returns the point in time in a text, as exactly as it is written, which a clock of the system may not be.
pub(super) fn exact(text: &str) -> Result<Timestamp, String> {
    let time = Moment::read(text).and_then(Moment::timestamp);
    time.ok_or_else(|| format!("{} is not a time with an offset", quoted(text)))
}

/// Writes a point in time as text: [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) in UTC, as items and reports have it, with
/// a fraction of the second if there is one. The first ten characters are the day.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use crawlworks::clean::rfc3339;
/// assert_eq!(rfc3339(SystemTime::UNIX_EPOCH)?, "1970-01-01T00:00:00Z");
/// let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1_500);
/// assert_eq!(rfc3339(before)?, "1969-12-31T23:59:58.5Z");
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// Returns an error if the year is not one of 0 to 9999, which are all that RFC 3339 can write.
pub fn rfc3339(time: SystemTime) -> Result<String, String> {
    let since_epoch = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => SignedDuration::try_from(after),
        Err(error) => SignedDuration::try_from(error.duration()).map(|before| -before),
    };
    // Not by a `Timestamp`, which ends a day before the year 9999 does.
    let written = since_epoch.and_then(|distance| EPOCH.checked_add(distance));
    match written {
        Ok(time) if time.year() >= 0 => Ok(format!("{time}Z")),
        _ => Err("RFC 3339 has the years 0 to 9999 only".to_owned()),
    }
}

/// Returns whether the year of a date has four digits, which `%Y` does not ask for.
pub(crate) fn is_dated(date: Date) -> bool {
    date.year() >= FIRST_YEAR
}
