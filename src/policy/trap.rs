//! Links that only a spider trap makes: repetition, growth, calendars without end, and pages that mirror each other.
//!
//! A page that is lost costs more than one that is fetched in vain, so a URL counts as a trap only for what no honest
//! site is known to do. Long lists of products, threads or days of a newspaper are none: what bounds those is
//! `max_per_pattern` and `max_pages_per_host`, which [`admitted`] counts and which are off by default. That leaves page
//! names that repeat nothing and grow nothing, such as facets and numbers without end, to them.
//!
//! What a URL alone does not tell, its pages may: [`mirror`] finds those that are equal to the pages above them.

pub(crate) mod admitted;
mod calendar;
pub(crate) mod mirror;
pub(crate) mod pattern;
mod repeats;

use memchr::memmem;
use url::Url;

use crate::model::report::TrapKind;
use crate::model::settings::Settings;

/// Segments of a path; what has more grows.
const MAX_SEGMENTS: usize = 40;
/// Parameters of a query; what has more grows.
const MAX_PARAMETERS: usize = 100;
/// A percent sign that was escaped three times over: a URL within a URL within a URL.
const NESTED: &[u8] = b"%252525";
/// Maximum number of times that a part of a URL may follow itself.
const MAX_ECHOES: usize = 20;
/// Length below which a URL cannot hold much that is nested.
const LONG: usize = 100;

/// The settings `traps` and `max_segment_repeats`, and the year that dates are seen from.
#[derive(Debug, Clone)]
pub(crate) struct Traps {
    is_on: bool,
    max_repeats: usize,
    year: i16,
}

impl Traps {
    pub(crate) fn new(settings: &Settings, year: i16) -> Self {
        Self {
            is_on: settings.links.traps,
            max_repeats: settings.links.max_segment_repeats.max(1),
            year,
        }
    }

    /// Returns the kind of trap that this URL belongs to, or `None`. For nearly every URL, counting its marks is
    /// enough.
    pub(crate) fn judge(&self, url: &Url) -> Option<TrapKind> {
        if !self.is_on {
            return None;
        }
        let text = url.as_str().as_bytes();
        let slashes = count(url.path(), b'/');
        let ands = url.query().map_or(0, |query| count(query, b'&'));
        if slashes > MAX_SEGMENTS || ands >= MAX_PARAMETERS {
            return Some(TrapKind::Growth);
        }
        if text.len() > LONG
            && (memmem::find(text, NESTED).is_some() || repeats::within(text, MAX_ECHOES))
        {
            return Some(TrapKind::Growth);
        }
        if slashes > self.max_repeats && repeats::in_path(url.path(), self.max_repeats)
            || ands >= self.max_repeats && repeats::in_query(url, self.max_repeats)
        {
            return Some(TrapKind::Repeats);
        }
        calendar::is_far(url, self.year).then_some(TrapKind::Calendar)
    }
}

fn count(text: &str, mark: u8) -> usize {
    text.bytes().filter(|&byte| byte == mark).count()
}

#[cfg(test)]
mod tests;
