//! Parser of dates in sitemaps and feeds: W3C dates of every precision, RFC 3339, and RFC 822 with its common variants.

mod clock;
mod rfc822;

use std::borrow::Cow;
use std::time::SystemTime;

use jiff::civil::{self, DateTime};
use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan};

use crate::page::date_parts::number;
use crate::page::time;
use clock::Clock;

/// Longest text that is read as a date, in bytes.
const LONGEST: usize = 64;

/// Reads a date as it is written in feeds, sitemaps and HTTP: RFC 3339, a W3C date (`2025`, `2025-06`, `2025-06-20`,
/// `2025-06-20T08:00+02:00`), also between slashes or full stops, or RFC 822 and its common variants: with and without a
/// day of the week, two-digit years, AM and PM, names of zones and of whole months. A date that is not exact counts from
/// its beginning; a date without a zone is UTC. `None` for a date with an unknown zone, or with a word that is no part of
/// a date; on Windows also for one before 1601, where its clock begins. [`clean::rfc3339`](crate::clean::rfc3339) writes it.
///
/// ```
/// use crawlworks::clean::rfc3339;
/// use crawlworks::feed::date;
/// let written = ["2025-06-20T08:00:00+02:00", "Fri, 20 Jun 2025 06:00:00 GMT", "20 June 25 01:00 EST"];
/// for text in written {
///     assert_eq!(rfc3339(date(text).unwrap())?, "2025-06-20T06:00:00Z");
/// }
/// assert_eq!(rfc3339(date("2025-06").unwrap())?, "2025-06-01T00:00:00Z");
/// assert_eq!(date("soon"), None);
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn date(text: &str) -> Option<SystemTime> {
    Date::read(text)?.start()
}

/// Date that may be as inexact as a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    start: Timestamp,
    end: Timestamp,
}

impl Date {
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = without_remarks(text);
        let text = text.trim();
        iso(text).or_else(|| rfc822::read(text))
    }

    /// Returns the first moment of the date; `None` if the system cannot count to it.
    pub(crate) fn start(self) -> Option<SystemTime> {
        time::system(self.start)
    }

    /// Returns whether the last moment of the date is at this time or later.
    pub(crate) fn ends_since(self, since: SystemTime) -> bool {
        time::is_since(self.end, since)
    }

    /// Creates a date that begins at this moment and has this length.
    fn new(from: DateTime, zone: Offset, length: Span) -> Option<Self> {
        let until = from.checked_add(length).ok()?;
        let until = zone.to_timestamp(until).ok()?;
        Some(Self {
            start: zone.to_timestamp(from).ok()?,
            end: until.checked_sub(1.nanosecond()).ok()?,
        })
    }
}

/// Returns the text without a remark in brackets: `10:00 +0200 (CEST)`.
fn without_remarks(text: &str) -> Cow<'_, str> {
    let Some((before, (_, behind))) = text
        .split_once('(')
        .and_then(|(before, rest)| Some((before, rest.split_once(')')?)))
    else {
        return Cow::Borrowed(text);
    };
    Cow::Owned(format!("{before}{behind}"))
}

/// Reads a date that begins with the year, in numbers.
fn iso(text: &str) -> Option<Date> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (day, rest) = text.split_at_checked(end)?;
    let (date, unit) = numbers(day.trim_end_matches('.'))?;
    if rest.is_empty() {
        return Date::new(date.into(), Offset::UTC, unit.span());
    }
    let time = rest.strip_prefix(['T', 't', ' ', ','])?;
    Clock::read(time)?.on(date).filter(|_| unit == Unit::Day)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Day,
}

impl Unit {
    fn span(self) -> Span {
        match self {
            Self::Year => 1.year(),
            Self::Month => 1.month(),
            Self::Day => 1.day(),
        }
    }
}

/// Reads `2025`, `2025-06`, `2025-06-20`, `2025/6/20`, `2025.06.20` or `20250620`, and returns it with its precision.
fn numbers(text: &str) -> Option<(civil::Date, Unit)> {
    let sign = text.find(|c: char| !c.is_ascii_digit());
    let sign = sign.and_then(|at| text.get(at..at + 1));
    let mut parts: Vec<&str> = match sign {
        Some(sign) => text.split(sign).collect(),
        None if text.len() == 8 => vec![text.get(..4)?, text.get(4..6)?, text.get(6..)?],
        None => vec![text],
    };
    let unit = match (parts.len(), sign) {
        (1, _) => Unit::Year,
        (2, Some("-")) => Unit::Month,
        (3, _) => Unit::Day,
        _ => return None,
    };
    parts.resize(3, "1");
    let [year, month, day] = parts[..] else {
        return None;
    };
    let year = Some(year).filter(|year| year.len() == 4)?;
    let date = civil::Date::new(number(year)?, number(month)?, number(day)?);
    Some((date.ok()?, unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::clean::rfc3339;

    fn read(text: &str) -> Option<String> {
        date(text).map(|time| rfc3339(time).unwrap())
    }

    #[test]
    fn one_moment_has_many_spellings() {
        for text in [
            "2025-06-20T06:00:00Z",
            "2025-06-20T08:00:00.25+02:00",
            "2025-06-20T06:00:00,5",
            "2025-06-20t06:00z",
            "2025-06-20 06:00:00",
            "2025-06-20 06:00:00 UTC",
            "2025-06-20 08:00:00 +0200",
            "2025/6/20 06:00:00",
            "2025.06.20 6:00",
            "20250620T060000Z",
            "2025-06-20 06:00:00 AM",
            "2025-06-20 1:00am EST",
            "2025-06-19T11:00:00 p.m. -0700 (PDT)",
            "Fri, 20 Jun 2025 06:00:00 GMT",
            "Fri Jun 20 2025 08:00:00 GMT+0200 (Central European Summer Time)",
            "Fri Jun 20 02:00:00 EDT 2025",
            "Jun. 20, 2025, 2:00 a.m. EDT",
            "20 Jun 2025 02:00 ET",
            "20 Jun 2025 11:00 AM PKT",
            "20 Jun 2025 18:00 NZST",
            "20 Jun 2025 08:00 +0200 CEST",
            "vie, 20 jun 2025 06:00",
            "Freitag, 20. Juni 2025 06:00",
            "pią., 20 jun 2025 06:00",
            "20 de junio de 2025 06:00",
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
            " 20 Jun 2025 06:00:60 ",
        ] {
            let expected = if text.contains(":60") { "59Z" } else { "00Z" };
            let expected = format!("2025-06-20T06:00:{expected}");
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn halves_of_the_day_are_read_in_every_notation() {
        for (text, expected) in [
            ("2025-06-20 12:05 AM", "2025-06-20T00:05:00Z"),
            ("2025-06-20T12:05PM", "2025-06-20T12:05:00Z"),
            ("20 Jun 2025 9:05:07 P.M. PDT", "2025-06-21T04:05:07Z"),
            ("June 20, 2025 9:05pm +0100", "2025-06-20T20:05:00Z"),
            ("20 Jun 2025 21:05 PM", "2025-06-20T21:05:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_day_of_the_week_that_is_also_a_month_is_no_month() {
        let expected = Some("2024-10-01T00:00:00Z");
        assert_eq!(read("mar, 1 oct 2024").as_deref(), expected);
        assert_eq!(read("mar 1 oct 2024 00:00").as_deref(), expected);
        assert_eq!(read("Oct 1 2024 00:00").as_deref(), expected);
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
            "05/10/2024",
            "2025.06",
            "2025-06/20",
            "20 Jun 2025 06:00:00 nowhere",
            "20 Jun 2025 06:00 IST",
            "20 Jun 2025 06:00 EST PST",
            "2025-06-20 06:00 XYZ",
            "2025-06-20T06:00:00 Europe/Paris",
            "20 Jun 2025 15:00 AM",
            "20 Jun 2025 0:30 PM",
            "2025-06-20 6:00 PM PM",
            "5 marraskuu 2024 10:00",
            "5 junk 2024",
            "5 mayo-naise 2024",
            "1 decimal 2024",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+:,.0-9 TZJunFriGMTampé()/]{0,40}") {
            let _ = date(&text);
        }

        #[test]
        fn what_jiff_writes_is_read(seconds in -2_000_000_000_i64..4_000_000_000) {
            let time = Timestamp::from_second(seconds).unwrap();
            let expected = time::system(time);
            prop_assert_eq!(date(&time.to_string()), expected);
            let written = jiff::fmt::rfc2822::to_string(&time.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
            prop_assert_eq!(date(&written), expected);
        }
    }
}
