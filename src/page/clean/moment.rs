//! Reading of dates and times as people write them, in the notations that can be read in one way only.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};

use super::dates::is_dated;
use super::text::visible;
use crate::page::date_parts::{Zone, number};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
/// Words between the parts of a date that mean nothing.
const FILLERS: [&str; 4] = ["of", "at", "the", "on"];

/// Date, with a time of day and an offset from UTC if they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

impl Moment {
    /// Reads ISO 8601, also with slashes, dots and spaces (`2024/10/05`, `2024-10-05 10:00 +0200`), RFC 2822, and dates with the
    /// month as an English word (`Saturday, October 5th, 2024 at 3:07 PM`). The year has four digits.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = visible(text);
        let text = text.trim();
        let moment = iso(text).or_else(|| words(text))?;
        is_dated(moment.date).then_some(moment)
    }

    /// Returns the point in time; `None` without a time or an offset.
    pub(crate) fn timestamp(self) -> Option<Timestamp> {
        let datetime = self.datetime()?;
        let timestamp = self.offset?.to_timestamp(datetime).ok()?;
        is_dated(TimeZone::UTC.to_datetime(timestamp).date()).then_some(timestamp)
    }

    /// Returns the date and time as local clocks show them; `None` without a time.
    pub(crate) fn datetime(self) -> Option<DateTime> {
        self.time.map(|time| self.date.to_datetime(time))
    }
}

fn iso(text: &str) -> Option<Moment> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        let pieces = Pieces::parse(text).ok()?;
        let datetime = pieces.date().to_datetime(pieces.time()?);
        let ahead = datetime
            .to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .duration_since(timestamp);
        let offset = Offset::from_seconds(i32::try_from(ahead.as_secs()).ok()?).ok()?;
        return Some(Moment {
            date: pieces.date(),
            time: pieces.time(),
            offset: Some(offset),
        });
    }
    let pieces = Pieces::parse(text).ok()?;
    let has_zone = pieces.offset().is_some() || pieces.time_zone_annotation().is_some();
    (!has_zone).then(|| Moment {
        date: pieces.date(),
        time: pieces.time(),
        offset: None,
    })
}

fn words(text: &str) -> Option<Moment> {
    let mut found = Found::default();
    let text = without_comments(text);
    for word in text.split(|c: char| c.is_whitespace() || c == ',') {
        let word = word.to_lowercase();
        if !word.is_empty() {
            found.take(&word)?;
        }
    }
    found.moment()
}

/// Returns a text without the remarks in brackets at its end, as RFC 2822 has them: `+0100 (CET)`.
fn without_comments(text: &str) -> &str {
    match text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
    {
        Some((before, _)) => before.trim_end(),
        None => text,
    }
}

/// Parts of a date that were found so far.
#[derive(Default)]
struct Found {
    weekday: Option<Weekday>,
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<Time>,
    is_halved: bool,
    zone: Option<Zone>,
}

impl Found {
    /// Takes a word, in lower case; `None` for one that is no part of a date, or for a part that was found before.
    fn take(&mut self, word: &str) -> Option<()> {
        if FILLERS.contains(&word) {
            return Some(());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_number(word);
        }
        if word.starts_with(['+', '-']) && self.time.is_some() {
            return put(&mut self.zone, Zone::read(word));
        }
        let name = word.strip_suffix('.').unwrap_or(word);
        if let Some(month) = month(name) {
            return put(&mut self.month, Some(month));
        }
        if let Some(weekday) = weekday(name) {
            return put(&mut self.weekday, Some(weekday));
        }
        if let Some(is_afternoon) = half(word) {
            return self.halve(is_afternoon);
        }
        self.time?;
        put(&mut self.zone, Zone::read(word))
    }

    fn take_number(&mut self, word: &str) -> Option<()> {
        if word.contains(':') {
            return self.take_time(word);
        }
        if let Some(clock) = word.strip_suffix("am").or_else(|| word.strip_suffix("pm")) {
            put(
                &mut self.time,
                Some(Time::new(number(clock)?, 0, 0, 0).ok()?),
            )?;
            return self.halve(word.ends_with("pm"));
        }
        let parts: Vec<&str> = word.trim_end_matches('.').split(['-', '/', '.']).collect();
        match parts[..] {
            [year, month, day] if year.len() == 4 => {
                put(&mut self.year, number(year))?;
                put(&mut self.month, number(month))?;
                put(&mut self.day, number(day))
            }
            // `5-Oct-2024`; with numbers, 5/10/2024 is a day in May or in October.
            [day, name, year] if year.len() == 4 => {
                put(&mut self.day, number(day))?;
                put(&mut self.month, month(name))?;
                put(&mut self.year, number(year))
            }
            [year] if year.len() == 4 && !year.ends_with(char::is_alphabetic) => {
                put(&mut self.year, number(year))
            }
            [day] => {
                let digits = day.trim_end_matches(|c: char| c.is_ascii_lowercase());
                let ending = day.get(digits.len()..)?;
                let is_day = matches!(ending, "" | "st" | "nd" | "rd" | "th") && digits.len() <= 2;
                put(&mut self.day, number(digits).filter(|_| is_day))
            }
            _ => None,
        }
    }

    /// Takes `10:00`, `10:00:00.5`, `10:00pm`, `10:00z` or `10:00+02:00`.
    fn take_time(&mut self, word: &str) -> Option<()> {
        let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')));
        let (clock, rest) = word.split_at_checked(end.unwrap_or(word.len()))?;
        let mut parts = clock.split(':');
        let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
        let second = parts.next().unwrap_or("0");
        let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
        let (second, fraction) = (number(second)?, nanoseconds(fraction)?);
        if parts.next().is_some() {
            return None;
        }
        // A leap second counts as the one before it, as RFC 2822's readers take it.
        let second = if second == 60 { 59 } else { second };
        put(
            &mut self.time,
            Time::new(hour, minute, second, fraction).ok(),
        )?;
        match (rest, half(rest)) {
            ("", _) => Some(()),
            (_, Some(is_afternoon)) => self.halve(is_afternoon),
            _ => put(&mut self.zone, Zone::read(rest)),
        }
    }

    /// Converts a time of twelve hours to one of twenty-four.
    fn halve(&mut self, is_afternoon: bool) -> Option<()> {
        let time = self.time.filter(|time| (1..=12).contains(&time.hour()))?;
        if std::mem::replace(&mut self.is_halved, true) {
            return None;
        }
        let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
        self.time = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok();
        Some(())
    }

    fn moment(self) -> Option<Moment> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        let is_right = self.weekday.is_none_or(|weekday| weekday == date.weekday());
        let offset = match (self.zone, self.time) {
            (Some(zone), Some(time)) => Some(zone.offset(date.to_datetime(time))?),
            _ => None,
        };
        is_right.then_some(Moment {
            date,
            time: self.time,
            offset,
        })
    }
}

/// Puts a value into an empty place; `None` if the place is taken or there is no value.
fn put<T>(place: &mut Option<T>, value: Option<T>) -> Option<()> {
    if place.is_some() {
        return None;
    }
    *place = Some(value?);
    Some(())
}

fn month(name: &str) -> Option<i8> {
    let is_it = |month: &str| month == name || name.len() == 3 && month.starts_with(name);
    let nth = MONTHS.iter().position(|month| is_it(month));
    let nth = nth.or((name == "sept").then_some(8))?;
    i8::try_from(nth + 1).ok()
}

fn weekday(name: &str) -> Option<Weekday> {
    let is_it = |day: &str| day == name || (3..=5).contains(&name.len()) && day.starts_with(name);
    WEEKDAYS
        .iter()
        .find(|(day, _)| is_it(day))
        .map(|(_, weekday)| *weekday)
}

/// Returns `false` for `am` and `true` for `pm`.
fn half(word: &str) -> Option<bool> {
    match word {
        "am" | "a.m." | "a.m" => Some(false),
        "pm" | "p.m." | "p.m" => Some(true),
        _ => None,
    }
}

/// Returns the digits behind the point of a second as nanoseconds.
fn nanoseconds(digits: &str) -> Option<i32> {
    number(format!("{digits:0<9}").get(..9)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let moment = Moment::read(text)?;
        let timestamp = moment.timestamp().map(|time| time.to_string());
        let local = moment.datetime().map(|time| time.to_string());
        timestamp.or(local).or(Some(moment.date.to_string()))
    }

    #[test]
    fn a_day_has_many_spellings() {
        for text in [
            "2023-03-09",
            "2023/03/09",
            "2023/3/9",
            "2023.03.09.",
            "9 March 2023",
            "9th of March, 2023",
            "09th March 2023",
            "March 9th, 2023",
            "Thu, Mar 9 2023",
            "THURSDAY 9 MAR. 2023",
            "9-Mar-2023",
            "09/Mar/2023",
            "2023 Mar 9",
            "9\u{200b} March\u{ad} 2023",
        ] {
            assert_eq!(read(text).as_deref(), Some("2023-03-09"), "{text}");
        }
    }

    #[test]
    fn a_moment_has_many_spellings() {
        for text in [
            "2023-03-09T17:05:00Z",
            "2023-03-09 18:05:00 +0100",
            "2023-03-09 18:05 +01:00",
            "2023/03/09 17:05 UTC",
            "Thu, 09 Mar 2023 18:05:00 +0100 (CET)",
            "Thu, 09 Mar 2023 18:05:00 CET",
            "9 March 2023, 12:05 PM EST",
            "March 9, 2023 at 12:05pm EST",
            "10 Mar 2023 02:05:00 JST",
        ] {
            assert_eq!(
                read(text).as_deref(),
                Some("2023-03-09T17:05:00Z"),
                "{text}"
            );
        }
        assert_eq!(
            read("9 March 2023 12:00 AM").as_deref(),
            Some("2023-03-09T00:00:00")
        );
        assert_eq!(
            read("2023-03-09 18:05:00.25 +0100").as_deref(),
            Some("2023-03-09T17:05:00.25Z")
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_no_moment() {
        for text in [
            "9/3/2023",
            "09.03.2023",
            "9 March 23",
            "March 2023",
            "Friday, 9 March 2023",
            "9 March 2023 18:05 IST",
            "9 March 2023 18:05 XYZ",
            "9 March 2023 14:05 PM 2 AM",
            "9 March 2023 10 March 2023",
            "9 marraskuu 2023",
            "9 marts 2023",
            "2023-03-09 18:05 +01:75",
            "9st",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
