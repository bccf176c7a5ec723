//! Parser of the time of day in dates: `08:30:59.5`, `3:07 PM EDT`, `10:00pm+02:00`.

use jiff::ToSpan;
use jiff::civil;
use jiff::tz::Offset;

use super::Date;
use crate::page::date_parts::{Zone, number};

/// Parts of a time of day that were read so far.
#[derive(Debug, Default)]
pub(super) struct Clock {
    hour: Option<i8>,
    minute: i8,
    second: Option<i8>,
    /// `true` for PM, `false` for AM; `None` if neither is given.
    is_pm: Option<bool>,
    zone: Option<Zone>,
}

impl Clock {
    /// Reads words between spaces, the time first; `None` if any of them has no meaning in a time.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let mut clock = Self::default();
        clock.take_time(words.next()?)?;
        for word in words {
            clock.take(word)?;
        }
        Some(clock)
    }

    pub(super) fn is_set(&self) -> bool {
        self.hour.is_some()
    }

    /// Takes `08:30`, `08:30:59`, `08:30:59.5` or, where colons are left out, `083059`, and the zone or AM/PM attached to
    /// it.
    pub(super) fn take_time(&mut self, word: &str) -> Option<()> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (time, behind) = word.split_at_checked(end)?;
        let time = time.trim_end_matches(',');
        // The fraction makes no difference to anyone.
        let whole = time.split(['.', ',']).next()?;
        let parts: Vec<&str> = match whole.len() {
            6 if !whole.contains(':') => vec![whole.get(..2)?, whole.get(2..4)?, whole.get(4..)?],
            4 if !whole.contains(':') => vec![whole.get(..2)?, whole.get(2..)?],
            _ => whole.split(':').collect(),
        };
        let (hour, minute, second) = match parts[..] {
            [hour, minute] => (hour, minute, None),
            [hour, minute, second] => (hour, minute, Some(number(second)?)),
            _ => return None,
        };
        (self.hour, self.minute) = (Some(number(hour)?), number(minute)?);
        // A leap second is one of the minute's sixty to everyone but astronomers.
        self.second = second.map(|second: i8| if second == 60 { 59 } else { second });
        let length = behind.find(['+', '-']).unwrap_or(behind.len());
        let (name, number) = behind.split_at_checked(length)?;
        if let Some(zone) = Zone::read(behind) {
            return self.take_zone(zone);
        }
        [name, number]
            .iter()
            .filter(|part| !part.is_empty())
            .try_for_each(|part| self.take(part))
    }

    /// Takes a word that stands after the time: AM, PM, or the zone.
    pub(super) fn take(&mut self, word: &str) -> Option<()> {
        let word = word.trim_end_matches(',');
        let half = match &*word.replace('.', "").to_ascii_lowercase() {
            "am" => Some(false),
            "pm" => Some(true),
            _ => None,
        };
        if half.is_some() {
            let is_new = self.is_pm.is_none();
            self.is_pm = half;
            return is_new.then_some(());
        }
        self.take_zone(Zone::read(word)?)
    }

    fn take_zone(&mut self, zone: Zone) -> Option<()> {
        self.zone = Some(match self.zone {
            Some(before) => before.and(zone)?,
            None => zone,
        });
        Some(())
    }

    /// Returns the moment of this time on a day; without a zone it is UTC.
    pub(super) fn on(self, date: civil::Date) -> Option<Date> {
        let hour = match (self.is_pm, self.hour?) {
            (Some(false), 12) => 0,
            (Some(false), 13..) | (Some(true), 0) => return None,
            (Some(true), hour @ 1..12) => hour + 12,
            // Who writes 15:00 PM means what both say.
            (_, hour) => hour,
        };
        let second = self.second.unwrap_or(0);
        let time = civil::Time::new(hour, self.minute, second, 0).ok()?;
        let moment = date.to_datetime(time);
        let unit = if self.second.is_some() {
            1.second()
        } else {
            1.minute()
        };
        let offset = match self.zone {
            Some(zone) => zone.offset(moment)?,
            None => Offset::UTC,
        };
        Date::new(moment, offset, unit)
    }
}
