//! Pages for days that are far away, as calendars have them whose "next month" never ends.
//!
//! Numbers that look like a date are common: the 12th page of thread 2040, a folder of files. So a path has to end in
//! its date and to write it in full (`2040/05`, `2040-05-17`), or to name a calendar. The past is full of newspapers:
//! only a calendar, or a year before printing, is too long ago.

use url::{Position, Url};

/// Calendars have dates to come so many years ahead.
const AHEAD: i16 = 5;
/// And of so many years past.
const BEHIND: i16 = 50;
/// What is in no calendar may be of any year from here on.
const OLDEST: i16 = 1500;

const WORDS: [&str; 7] = [
    "calendar",
    "kalender",
    "calendrier",
    "calendario",
    "events",
    "agenda",
    "termine",
];
/// Parameters that choose the day to show. Not how long something lasts: that may be for ever.
const DATES: [&str; 11] = [
    "date",
    "day",
    "month",
    "week",
    "ym",
    "start",
    "from",
    "tribe-bar-date",
    "eventdate",
    "startdate",
    "start_date",
];
const YEARS: [&str; 6] = ["year", "yr", "y", "cal_year", "jahr", "ano"];
const MONTHS: [&str; 7] = ["month", "mon", "m", "mo", "cal_month", "monat", "mes"];

/// Whether a URL is of a day far from this year.
pub(super) fn is_far(url: &Url, year: i16) -> bool {
    if !has_year(&url[Position::BeforePath..Position::AfterQuery]) {
        return false;
    }
    let text = url.as_str().to_ascii_lowercase();
    let is_calendar = WORDS.iter().any(|word| text.contains(word));
    let oldest = if is_calendar { year - BEHIND } else { OLDEST };
    let near = oldest..=year.saturating_add(AHEAD);
    in_path(url.path(), is_calendar)
        .or_else(|| in_query(url.query()?, is_calendar))
        .is_some_and(|year| !near.contains(&year))
}

/// Whether there are as many digits in a row as a year has, or a date without hyphens.
fn has_year(text: &str) -> bool {
    let mut runs = text.as_bytes().split(|byte| !byte.is_ascii_digit());
    runs.any(|run| matches!(run.len(), 4 | 6 | 8))
}

/// The year of the date in a path.
fn in_path(path: &str, is_calendar: bool) -> Option<i16> {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let dates = segments.iter().enumerate().filter_map(|(at, segment)| {
        let (year, length) = match year(segment) {
            Some(year) => (year, in_parts(segments.get(at + 1..)?, is_calendar)?),
            None => (iso(segment)?, 1),
        };
        (is_calendar || at + length == segments.len()).then_some(year)
    });
    dates.last()
}

/// How many segments the date has that begins with a year, when these follow. One of them has to be written with a
/// zero before it, as only dates are.
fn in_parts(rest: &[&str], is_calendar: bool) -> Option<usize> {
    let month = rest.first().filter(|month| is_number(month, 12))?;
    let day = rest.get(1).filter(|day| is_number(day, 31));
    let has_zero = [Some(month), day]
        .into_iter()
        .flatten()
        .any(|part| part.starts_with('0'));
    (has_zero || is_calendar).then_some(2 + usize::from(day.is_some()))
}

/// The year of the date in a query.
fn in_query(query: &str, is_calendar: bool) -> Option<i16> {
    let pairs = || {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
    };
    let has = |names: &[&str], name: &String| names.contains(&name.as_str());
    let day = pairs()
        .filter(|(name, _)| has(&DATES, name))
        .find_map(|(_, value)| date(value));
    day.or_else(|| {
        let has_month = is_calendar || pairs().any(|(name, _)| has(&MONTHS, &name));
        let mut years = pairs().filter(|(name, _)| has_month && has(&YEARS, name));
        years.find_map(|(_, value)| year(value))
    })
}

/// The year of `2040-05` and `2040-05-17`.
fn iso(text: &str) -> Option<i16> {
    let mut parts = text.split('-');
    let year = year(parts.next()?)?;
    let month = parts.next()?;
    let day = parts.next().unwrap_or("01");
    let is_date = month.len() == 2
        && day.len() == 2
        && is_number(month, 12)
        && is_number(day, 31)
        && parts.next().is_none();
    is_date.then_some(year)
}

/// The same, written without hyphens or followed by a time, in the value of a parameter that is a date by its name.
fn date(text: &str) -> Option<i16> {
    let day = text
        .get(..10)
        .filter(|_| text.contains('-'))
        .unwrap_or(text);
    if day.contains('-') {
        return iso(day);
    }
    let (start, rest) = day.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let is_date = is_number(month, 12) && (day.is_empty() || day.len() == 2 && is_number(day, 31));
    year(start).filter(|_| is_date)
}

fn year(text: &str) -> Option<i16> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| text.parse().ok())?
}

/// Whether this is a number of one or two digits, from 1 to `last`.
fn is_number(text: &str, last: u8) -> bool {
    text.len() <= 2
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text
            .parse()
            .is_ok_and(|number: u8| (1..=last).contains(&number))
}
