//! Dates as sitemaps and feeds write them: W3C dates of every precision, RFC 3339, and RFC 822 with all its sins.

mod rfc822;

use jiff::civil::{self, DateTime};
use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan};

/// No sensible date is longer, in bytes.
const LONGEST: usize = 64;

/// Names of zones and their hours from UTC. Those that are not here are taken for UTC, as RFC 2822 says.
const ZONES: [(&str, i32); 21] = [
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("akst", -9),
    ("akdt", -8),
    ("hst", -10),
    ("bst", 1),
    ("cet", 1),
    ("cest", 2),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
    ("jst", 9),
    ("kst", 9),
    ("aest", 10),
    ("aedt", 11),
];

/// Reads a date as it is written in feeds, sitemaps and HTTP: RFC 3339, a W3C date (`2025`, `2025-06`, `2025-06-20`,
/// `2025-06-20T08:00+02:00`), or RFC 822 and what is made of it: with and without a day of the week, two-digit years, names of
/// zones and of whole months. What is not exact counts from its beginning; what has no zone is UTC.
///
/// ```
/// use crawlworks::feed::date;
/// let written = ["2025-06-20T08:00:00+02:00", "Fri, 20 Jun 2025 06:00:00 GMT", "20 June 25 01:00 EST"];
/// for text in written {
///     assert_eq!(date(text).unwrap().to_string(), "2025-06-20T06:00:00Z");
/// }
/// assert_eq!(date("2025-06").unwrap().to_string(), "2025-06-01T00:00:00Z");
/// assert_eq!(date("soon"), None);
/// ```
#[must_use]
pub fn date(text: &str) -> Option<Timestamp> {
    Date::read(text).map(|date| date.start)
}

/// A date that may be as inexact as a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    start: Timestamp,
    end: Timestamp,
}

impl Date {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST || !text.is_ascii() {
            return None;
        }
        w3c(text).or_else(|| rfc822::read(text))
    }

    /// Its first moment.
    pub(crate) fn start(self) -> Timestamp {
        self.start
    }

    /// Its last moment.
    pub(crate) fn end(self) -> Timestamp {
        self.end
    }

    /// From this moment for so long.
    fn new(from: DateTime, zone: Offset, length: Span) -> Option<Self> {
        let until = from.checked_add(length).ok()?;
        let until = zone.to_timestamp(until).ok()?;
        Some(Self {
            start: zone.to_timestamp(from).ok()?,
            end: until.checked_sub(1.nanosecond()).ok()?,
        })
    }
}

fn w3c(text: &str) -> Option<Date> {
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let year: i16 = number(year)?;
    let (month, day) = (parts.next(), parts.next());
    let unit = match (month, day, parts.next()) {
        (_, _, Some(_)) => return None,
        (None, ..) => 1.year(),
        (_, None, _) => 1.month(),
        _ => 1.day(),
    };
    let date = civil::Date::new(
        year,
        number(month.unwrap_or("1"))?,
        number(day.unwrap_or("1"))?,
    );
    let date = date.ok()?;
    match time {
        None => Date::new(date.into(), Offset::UTC, unit),
        Some(_) if day.is_none() => None,
        Some(time) => {
            let end = time
                .find(|c: char| c.is_ascii_alphabetic() || matches!(c, '+' | '-' | ' '))
                .unwrap_or(time.len());
            let (time, zone) = time.split_at_checked(end)?;
            timed(date, time, offset(zone.trim())?)
        }
    }
}

/// `08:30`, `08:30:59` or `08:30:59.5` on this day. The fraction makes no difference to anyone.
fn timed(date: civil::Date, time: &str, zone: Offset) -> Option<Date> {
    let mut parts = time.trim().splitn(3, ':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, unit) = match parts.next() {
        None => (0, 1.minute()),
        Some(seconds) => {
            let whole: i8 = number(seconds.split(['.', ',']).next()?)?;
            // A leap second is one of the minute's sixty to everyone but astronomers.
            (if whole == 60 { 59 } else { whole }, 1.second())
        }
    };
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    Date::new(date.to_datetime(time), zone, unit)
}

/// `+02:00`, `-0500`, `+2`, `GMT+1`, `EST`, `Z`, or nothing, which is UTC.
fn offset(zone: &str) -> Option<Offset> {
    let zone = zone.to_ascii_lowercase();
    let hours = ZONES.iter().find(|(name, _)| *name == zone);
    let signed = zone.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let seconds = match (hours, signed.split_at_checked(1)) {
        (Some((_, hours)), _) => hours * 3600,
        (None, Some(("+", digits))) => seconds(digits)?,
        (None, Some(("-", digits))) => -seconds(digits)?,
        _ => 0,
    };
    Offset::from_seconds(seconds).ok()
}

/// `02:00`, `0200`, `02` or `2` as seconds.
fn seconds(digits: &str) -> Option<i32> {
    let digits = digits.replace(':', "");
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        3 | 4 => {
            let (hours, minutes) = digits.split_at_checked(digits.len() - 2)?;
            (number(hours)?, number(minutes)?)
        }
        _ => return None,
    };
    Some((hours * 60 + minutes) * 60)
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        date(text).map(|time| time.to_string())
    }

    #[test]
    fn one_moment_has_many_spellings() {
        for text in [
            "2025-06-20T06:00:00Z",
            "2025-06-20T08:00:00.25+02:00",
            "2025-06-20t06:00z",
            "2025-06-20 06:00:00",
            "2025-06-20 06:00:00 UTC",
            "2025-06-20 08:00:00 +0200",
            "Fri, 20 Jun 2025 06:00:00 GMT",
            "Mon, 20 Jun 2025 06:00:00 GMT", // it was no Monday
            "Fri, 20 Jun 2025 06:00:00 +0000",
            "Fri,20 Jun 2025 01:00 EST",
            "20 Jun 25 06:00:00 Z",
            "Friday, 20-Jun-25 06:00:00 UT",
            "Fri Jun 20 06:00:00 2025",
            "Friday, June 20, 2025 06:00",
            "20 june 125 06:00:00", // what years since 1900 were made into in 2025
            "Fri, 20th Jun 2025 09:30:00+03:30",
            "20 Jun 2025 07:00:00 GMT+1",
            "20 Jun 2025 06:00:00 nowhere",
            " 20 Jun 2025 06:00:60 ",
        ] {
            let expected = if text.contains(":60") { "59Z" } else { "00Z" };
            let expected = format!("2025-06-20T06:00:{expected}");
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_exact_is_a_span() {
        for (text, start, end) in [
            (
                "2024",
                "2024-01-01T00:00:00Z",
                "2024-12-31T23:59:59.999999999Z",
            ),
            (
                "2024-02",
                "2024-02-01T00:00:00Z",
                "2024-02-29T23:59:59.999999999Z",
            ),
            (
                "2024-02-28",
                "2024-02-28T00:00:00Z",
                "2024-02-28T23:59:59.999999999Z",
            ),
            (
                "28 Feb 2024",
                "2024-02-28T00:00:00Z",
                "2024-02-28T23:59:59.999999999Z",
            ),
            (
                "2024-02-28T01:02Z",
                "2024-02-28T01:02:00Z",
                "2024-02-28T01:02:59.999999999Z",
            ),
        ] {
            let date = Date::read(text).unwrap();
            assert_eq!(
                (date.start.to_string(), date.end.to_string()),
                (start.into(), end.into())
            );
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "20",
            "2025-13-01",
            "2025-02-30",
            "2025-06-20T25:00Z",
            "2025T06:00",
            "2025-06-20T06",
            "20 Jun",
            "Jun 2025",
            "20 Jun 2025 6",
            "20 20 Jun 2025",
            "1 2 3 4",
            "2025-06-20-01",
            "20 Jun 2025 06:00 +99999",
            "99999-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+:,.0-9 TZJunFriGMT]{0,40}") {
            let _ = date(&text);
        }

        #[test]
        fn what_jiff_writes_is_read(seconds in -2_000_000_000_i64..4_000_000_000) {
            let time = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(date(&time.to_string()), Some(time));
            let written = jiff::fmt::rfc2822::to_string(&time.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
            prop_assert_eq!(date(&written), Some(time));
        }
    }
}
