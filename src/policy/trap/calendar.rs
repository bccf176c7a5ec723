//! Pages for days that are far away, as calendars have them whose "next month" never ends.
//!
//! Numbers that look like a date are common: the 12th page of thread 2040, a directory of files, years of other calendars,
//! a forecast. So a path has to name a calendar, and only years near enough count that a "next month" has to pass them.
//! The past is full of newspapers: there, more has to be said.

use url::{Position, Url};

/// Calendars have dates to come so many years ahead.
const AHEAD: i16 = 5;
/// Maximum number of years ahead for a year of a date; a later one is another number, or a year of another calendar.
const MOST_AHEAD: i16 = 100;
/// Calendars have dates of so many years past.
const BEHIND: i16 = 50;
/// Maximum number of years past for a year of a date; an earlier one is history.
const MOST_BEHIND: i16 = 100;

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
const DATES: [&str; 7] = [
    "date",
    "month",
    "ym",
    "tribe-bar-date",
    "eventdate",
    "startdate",
    "start_date",
];
/// Parameters that do if their value is written as a date is, and not as any number.
const OFTEN: [&str; 4] = ["day", "week", "start", "from"];
const YEARS: [&str; 5] = ["year", "yr", "cal_year", "jahr", "ano"];
const MONTHS: [&str; 5] = ["month", "mon", "cal_month", "monat", "mes"];

/// The date that a URL shows the page of.
struct Shown {
    year: i16,
    /// `true` if the URL shows by itself that this is a date, by a zero before the month or day.
    is_certain: bool,
}

/// Returns whether a URL is for a day far from this year.
pub(super) fn is_far(url: &Url, year: i16) -> bool {
    let text = &url[Position::BeforePath..Position::AfterQuery];
    if !has_year(text) {
        return false;
    }
    let is_calendar = names_calendar(text);
    let shown = in_path(url.path())
        .filter(|_| is_calendar)
        .or_else(|| in_query(url.query()?, is_calendar));
    shown.is_some_and(|shown| {
        let ahead = shown.year.saturating_sub(year);
        (AHEAD + 1..=MOST_AHEAD).contains(&ahead)
            || is_calendar
                && shown.is_certain
                && (BEHIND + 1..=MOST_BEHIND).contains(&ahead.saturating_neg())
    })
}

/// Returns whether one of the words stands by itself in the text, not within another word or in the title of a page.
fn names_calendar(text: &str) -> bool {
    text.split(['/', '?', '&', '=', '_', '.'])
        .any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Returns whether the text has as many digits in a row as a year has, or a date without hyphens. Most URLs have no
/// four digits at all, and counting them is quickest.
fn has_year(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut runs = text.as_bytes().split(|byte| !byte.is_ascii_digit());
    digits >= 4 && runs.any(|run| matches!(run.len(), 4 | 6 | 8))
}

/// The last date in a path.
fn in_path(path: &str) -> Option<Shown> {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let mut dates = segments.iter().enumerate().filter_map(|(at, segment)| {
        let rest = segments.get(at + 1..)?;
        match year(segment) {
            Some(year) => in_parts(year, rest),
            None => Some(Shown {
                year: iso(segment)?,
                is_certain: rest.is_empty(),
            }),
        }
    });
    dates.next_back()
}

/// The date that begins with a year, when these segments follow.
fn in_parts(year: i16, rest: &[&str]) -> Option<Shown> {
    let month = rest.first().filter(|month| is_number(month, 12))?;
    let day = rest.get(1).filter(|day| is_number(day, 31));
    let has_zero = [Some(month), day]
        .into_iter()
        .flatten()
        .any(|part| part.starts_with('0'));
    let is_last = rest.len() == 1 + usize::from(day.is_some());
    Some(Shown {
        year,
        is_certain: has_zero && is_last,
    })
}

/// The date in a query.
fn in_query(query: &str, is_calendar: bool) -> Option<Shown> {
    let pairs = || {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
    };
    let has = |names: &[&str], name: &String| names.contains(&name.as_str());
    let day = pairs().find_map(|(name, value)| {
        let is_date = has(&DATES, &name) || has(&OFTEN, &name) && value.contains('-');
        date(value).filter(|_| is_date)
    });
    if let Some(year) = day {
        let is_certain = true;
        return Some(Shown { year, is_certain });
    }
    let month = pairs().find(|(name, _)| has(&MONTHS, name));
    let mut years = pairs().filter(|(name, _)| has(&YEARS, name));
    let year = years.find_map(|(_, value)| year(value))?;
    (is_calendar || month.is_some()).then(|| Shown {
        year,
        is_certain: month.is_some_and(|(_, month)| month.starts_with('0')),
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

/// Returns the year of a date that is written without hyphens or followed by a time, in the value of a parameter that
/// is a date by its name.
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

/// Returns whether this is a number of one or two digits, from 1 to `last`.
fn is_number(text: &str, last: u8) -> bool {
    text.len() <= 2
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text
            .parse()
            .is_ok_and(|number: u8| (1..=last).contains(&number))
}
