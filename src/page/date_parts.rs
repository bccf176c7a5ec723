//! Parsers of the parts of dates that are written alike on pages and in feeds: numbers, and time zones by hours, by the
//! names of RFC 822, and by other names in use that mean a single zone.

use jiff::civil::{DateTime, Weekday};
use jiff::tz::Offset;

/// Names of time zones and their offsets from UTC, in minutes.
///
/// A name that is used for several zones (`IST`, `AST`, `ADT`) is listed only if RFC 822 defines it: no offset is better
/// than a wrong one.
const ZONES: [(&str, i32); 90] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("hast", -600),
    ("hadt", -540),
    ("nst", -210),
    ("ndt", -150),
    ("brt", -180),
    ("brst", -120),
    ("art", -180),
    ("uyt", -180),
    ("clt", -240),
    ("clst", -180),
    ("bot", -240),
    ("vet", -240),
    ("pet", -300),
    ("cot", -300),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("wat", 60),
    ("cest", 120),
    ("cedt", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("cat", 120),
    ("sast", 120),
    ("eest", 180),
    ("eedt", 180),
    ("idt", 180),
    ("msk", 180),
    ("trt", 180),
    ("eat", 180),
    ("irst", 210),
    ("irdt", 270),
    ("msd", 240),
    ("samt", 240),
    ("aft", 270),
    ("pkt", 300),
    ("uzt", 300),
    ("yekt", 300),
    ("npt", 345),
    ("omst", 360),
    ("mmt", 390),
    ("ict", 420),
    ("wib", 420),
    ("novt", 420),
    ("krat", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("myt", 480),
    ("pht", 480),
    ("awst", 480),
    ("wita", 480),
    ("irkt", 480),
    ("ulat", 480),
    ("jst", 540),
    ("kst", 540),
    ("wit", 540),
    ("yakt", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("chst", 600),
    ("vlat", 600),
    ("magt", 660),
    ("sakt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("fjt", 720),
    ("pett", 720),
    ("anat", 720),
    ("tot", 780),
];

/// Names that stand for two zones of the United States, depending on the season, and the offsets from UTC of their
/// standard time, in minutes.
const SEASONAL: [(&str, i32); 4] = [("et", -300), ("ct", -360), ("mt", -420), ("pt", -480)];

/// First year of the present rule for daylight saving time in the United States.
const RULE_SINCE: i16 = 2007;

/// Largest offset from UTC in use, in minutes.
const LARGEST: i32 = 14 * 60;

/// Time zone as a date names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Zone by hours and minutes (`+02:00`, `GMT+2`), as minutes from UTC.
    Number(i32),
    /// Zone by a name that always means the same offset, as minutes from UTC.
    Name(i32),
    /// Zone by a name of the United States that means two offsets, as minutes from UTC of the standard time.
    Seasonal(i32),
}

impl Zone {
    /// Reads `+02:00`, `-0500`, `+2`, `GMT+1`, `EST`, `Z` or `PT`, in any case; `None` for a text that is not known, or
    /// means several zones.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let by_name = |zones: &[(&str, i32)]| {
            let found = zones.iter().find(|(name, _)| *name == text);
            found.map(|(_, minutes)| *minutes)
        };
        if let Some(minutes) = by_name(&ZONES) {
            return Some(Self::Name(minutes));
        }
        if let Some(minutes) = by_name(&SEASONAL) {
            return Some(Self::Seasonal(minutes));
        }
        let signed = ["gmt", "utc", "ut"]
            .iter()
            .find_map(|name| text.strip_prefix(name))
            .unwrap_or(&text);
        let (sign, digits) = signed.split_at_checked(1)?;
        let minutes = minutes(digits).filter(|minutes| *minutes <= LARGEST)?;
        match sign {
            "+" => Some(Self::Number(minutes)),
            "-" => Some(Self::Number(-minutes)),
            _ => None,
        }
    }

    /// Returns the zone that this and another zone beside it mean together: a number goes before a name; `None` when they
    /// contradict each other.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) if one != two => None,
            (Self::Number(_), _) => Some(self),
            (Self::Name(0), Self::Number(_)) => Some(other),
            (Self::Name(one), Self::Number(two)) if one == two => Some(other),
            (one, two) if one == two => Some(self),
            _ => None,
        }
    }

    /// Returns the offset from UTC at this local time; `None` where it is not certain.
    pub(crate) fn offset(self, at: DateTime) -> Option<Offset> {
        let minutes = match self {
            Self::Seasonal(minutes) if is_summer(at)? => minutes + 60,
            Self::Number(minutes) | Self::Name(minutes) | Self::Seasonal(minutes) => minutes,
        };
        Offset::from_seconds(minutes * 60).ok()
    }
}

/// Returns whether clocks of the United States are an hour ahead: from the second Sunday of March to the first Sunday of
/// November. `None`, for not certain, on these two days and before the rule.
fn is_summer(at: DateTime) -> Option<bool> {
    let year = Some(at.year()).filter(|year| *year >= RULE_SINCE)?;
    let sunday = |month, nth| {
        let first = jiff::civil::Date::new(year, month, 1).ok()?;
        first.nth_weekday_of_month(nth, Weekday::Sunday).ok()
    };
    let (begin, end, day) = (sunday(3, 2)?, sunday(11, 1)?, at.date());
    (day != begin && day != end).then_some(begin < day && day < end)
}

/// Reads digits, and nothing but digits, as a number.
pub(crate) fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// Reads the hours and minutes `02:00`, `0200`, `02` or `2` as a number of minutes.
fn minutes(digits: &str) -> Option<i32> {
    let digits = digits.replace(':', "");
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        3 | 4 => {
            let (hours, minutes) = digits.split_at_checked(digits.len() - 2)?;
            (number(hours)?, number(minutes)?)
        }
        _ => return None,
    };
    (minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str, month: i8, day: i8) -> Option<f64> {
        let at = jiff::civil::date(2024, month, day).at(12, 0, 0, 0);
        let offset = Zone::read(text)?.offset(at)?;
        Some(f64::from(offset.seconds()) / 3600.0)
    }

    #[test]
    fn names_that_mean_one_zone_are_known_in_any_case() {
        for (name, expected) in [
            ("UTC", 0.0),
            ("nzdt", 13.0),
            ("NPT", 5.75),
            ("Mesz", 2.0),
            ("GMT-3", -3.0),
            ("utc+0530", 5.5),
            ("-03:30", -3.5),
        ] {
            assert_eq!(hours(name, 1, 10), Some(expected), "{name}");
        }
    }

    #[test]
    fn names_that_mean_several_zones_or_none_are_not_guessed() {
        for name in [
            "IST", "AST", "ADT", "GST", "Q", "nowhere", "EST5", "+9:75", "+1500", "", "é",
        ] {
            assert_eq!(hours(name, 1, 10), None, "{name}");
        }
    }

    #[test]
    fn zones_of_the_united_states_follow_the_season() {
        assert_eq!(hours("ET", 1, 10), Some(-5.0));
        assert_eq!(hours("ET", 7, 10), Some(-4.0));
        assert_eq!(hours("PT", 3, 9), Some(-8.0));
        assert_eq!(hours("PT", 3, 10), None);
        assert_eq!(hours("PT", 3, 11), Some(-7.0));
    }
}
