//! Dates of RFC 822, and what is made of them.

use jiff::ToSpan;
use jiff::civil;
use jiff::tz::Offset;

use super::{Date, number, offset, timed};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Day, month, year, time and zone, in whatever order, between spaces, commas and dashes.
pub(super) fn read(text: &str) -> Option<Date> {
    let mut found = Found::default();
    for word in text.split([' ', ',', '\t']) {
        // `20-Jun-25`, but neither `-0500` nor `08:00-05:00`.
        let has_dashes = word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(':');
        let dash = if has_dashes { '-' } else { ' ' };
        for part in word.split(dash).filter(|part| !part.is_empty()) {
            found.take(&part.to_ascii_lowercase())?;
        }
    }
    found.date()
}

/// The parts of an RFC 822 date so far.
#[derive(Default)]
struct Found {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<String>,
    zone: Option<String>,
}

impl Found {
    /// Takes a word, in lower case; `None` for one that has no business in a date.
    fn take(&mut self, word: &str) -> Option<()> {
        let start = word.get(..3).unwrap_or_default();
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        if word.contains(':') && self.time.is_none() {
            let end = word.find(['+', '-']).unwrap_or(word.len());
            let (time, zone) = word.split_at_checked(end)?;
            self.time = Some(time.to_owned());
            self.zone = Some(zone.to_owned()).filter(|zone| !zone.is_empty());
        } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
            match (self.day, self.year) {
                (None, _) if digits.len() <= 2 => self.day = Some(number(digits)?),
                (_, None) => self.year = Some(full_year(digits)?),
                _ => return None,
            }
        } else if let Some(nth) = MONTHS.iter().position(|name| *name == start)
            && self.month.is_none()
        {
            self.month = i8::try_from(nth + 1).ok();
        } else if self.time.is_some() {
            self.zone.get_or_insert_with(|| word.to_owned());
        } else if !DAYS.contains(&start) {
            return None;
        }
        Some(())
    }

    fn date(self) -> Option<Date> {
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        match self.time {
            None => Date::new(date.into(), Offset::UTC, 1.day()),
            Some(time) => timed(date, &time, offset(&self.zone.unwrap_or_default())?),
        }
    }
}

fn full_year(digits: &str) -> Option<i16> {
    let year: i16 = number(digits)?;
    Some(match digits.len() {
        4 => year,
        2 if year < 50 => 2000 + year,
        2 | 3 => 1900 + year,
        _ => return None,
    })
}
