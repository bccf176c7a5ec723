//! Parser of dates of RFC 822 and their common variants.

use jiff::ToSpan;
use jiff::civil;
use jiff::tz::Offset;

use super::Date;
use super::clock::Clock;
use crate::page::date_parts::number;

/// Names of the months, each with all its spellings: English, then other languages that feeds are written in. A word
/// that is none of these is no month, however it begins.
const MONTHS: [&str; 12] = [
    "jan january januar jänner januari janvier janv enero ene gennaio gen janeiro",
    "feb february februar februari février fevrier févr fevr febrero febbraio fevereiro fev",
    "mar march märz maerz mrz maart mrt mars marzo março marco",
    "apr april avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august augustus août aout agosto ago",
    "sep sept september septembre septiembre setiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
];

/// Words that may stand between the parts of a date.
const BETWEEN: [&str; 6] = ["de", "del", "of", "at", "the", "um"];

/// Reads day, month, year, time and zone, in any order, between spaces, commas and dashes.
pub(super) fn read(text: &str) -> Option<Date> {
    let mut found = Found::default();
    for word in text.split([' ', ',', '\t', '\n', '\r']) {
        // `20-Jun-25`, but neither `-0500` nor `08:00-05:00`.
        let has_dashes = word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(':');
        let dash = if has_dashes { '-' } else { ' ' };
        for part in word.split(dash).filter(|part| !part.is_empty()) {
            found.take(&part.to_lowercase())?;
        }
    }
    found.date()
}

/// Parts of an RFC 822 date that were read so far.
#[derive(Default)]
struct Found {
    words: usize,
    day: Option<i8>,
    month: Option<i8>,
    /// Set when the month is the first word: in some languages a day of the week is written like a month.
    is_month_first: bool,
    year: Option<i16>,
    clock: Clock,
}

impl Found {
    /// Takes a word, in lower case; `None` for one that is not part of a date.
    fn take(&mut self, word: &str) -> Option<()> {
        self.words += 1;
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '.');
        if word.contains(':') && !self.clock.is_set() {
            self.clock.take_time(word)?;
        } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
            match (self.day, self.year) {
                (None, _) if digits.len() <= 2 => self.day = Some(number(digits)?),
                (_, None) => self.year = Some(full_year(digits)?),
                _ => return None,
            }
        } else if let Some(month) = month(word)
            && (self.month.is_none() || self.is_month_first)
        {
            self.is_month_first = self.words == 1;
            self.month = Some(month);
        } else if self.clock.is_set() {
            self.clock.take(word)?;
        } else if self.words == 1 {
            // The day of the week, in any language.
            return word
                .chars()
                .all(|c| c.is_alphabetic() || c == '.')
                .then_some(());
        } else {
            return BETWEEN.contains(&word).then_some(());
        }
        Some(())
    }

    fn date(self) -> Option<Date> {
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        if self.clock.is_set() {
            return self.clock.on(date);
        }
        Date::new(date.into(), Offset::UTC, 1.day())
    }
}

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let is_it = |names: &str| names.split(' ').any(|name| name == word);
    let nth = MONTHS.iter().position(|names| is_it(names))?;
    i8::try_from(nth + 1).ok()
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
