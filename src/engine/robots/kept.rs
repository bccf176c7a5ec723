//! Saved records of robots.txt files, which a durable job keeps so that the next process requests no file again within
//! a day.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Book, Known, LIFE, MAX_AGE, RobotsFile};
use crate::policy::robots::Rules;

/// Limit of one record, in bytes; a longer record is not kept, and the file is fetched again.
const MAX_KEPT: usize = 64 << 10;

/// Saved record of one robots.txt.
#[derive(Serialize, Deserialize)]
struct Record {
    /// User agent of the crawler that `rules` are for.
    user_agent: String,
    /// Time at which the file was fetched, in seconds since 1970.
    fetched: u64,
    /// Rules for this user agent; `None` when the site has no file.
    rules: Option<Rules>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sitemaps: Vec<String>,
}

impl Book {
    /// Takes the records of the origins whose file has changed since the last call; empty without a durable job. A
    /// record is `None` when the file is not kept.
    pub(in crate::engine) fn changes(
        &mut self,
        user_agent: &str,
    ) -> Vec<(Box<str>, Option<Vec<u8>>)> {
        let changed = self.changed.as_mut().map(std::mem::take);
        let record = |origin: Box<str>| {
            let entry = self.origins.get(&origin);
            let known = entry.and_then(|entry| entry.known.as_ref());
            let record = known.and_then(|known| encode(known, user_agent));
            (origin, record)
        };
        changed.into_iter().flatten().map(record).collect()
    }

    /// Restores a record, unless it is too old or for another user agent. Returns the delay that the site asks for.
    pub(in crate::engine) fn take_back(
        &mut self,
        origin: &str,
        record: &[u8],
        user_agent: &str,
        now: Duration,
    ) -> Option<Duration> {
        let known = decode(record, user_agent)?;
        // A clock that was set back says nothing of the file's age.
        if known.fetched > now || now >= known.fetched + MAX_AGE {
            return None;
        }
        let delay = known.file.crawl_delay();
        self.know(origin, known);
        delay
    }
}

fn encode(known: &Known, user_agent: &str) -> Option<Vec<u8>> {
    // In memory a rule takes at most four times as much as here.
    if known.file.memory() > 4 * MAX_KEPT {
        return None;
    }
    let (rules, sitemaps) = match &known.file {
        RobotsFile::Read { rules, sitemaps } => (Some(rules.clone()), sitemaps.clone()),
        RobotsFile::Missing => (None, Vec::new()),
        RobotsFile::Unreachable => return None,
    };
    let record = Record {
        user_agent: user_agent.to_owned(),
        fetched: known.fetched.as_secs(),
        rules,
        sitemaps,
    };
    let record = serde_json::to_vec(&record).ok()?;
    (record.len() <= MAX_KEPT).then_some(record)
}

/// Decodes a record; returns `None` for bytes that are no such record or for another user agent, so that the file is
/// requested again.
fn decode(record: &[u8], user_agent: &str) -> Option<Known> {
    let record: Record = serde_json::from_slice(record).ok()?;
    let fetched = Duration::from_secs(record.fetched);
    let sitemaps = record.sitemaps;
    (record.user_agent == user_agent).then(|| Known {
        file: match record.rules {
            Some(rules) => RobotsFile::Read { rules, sitemaps },
            None => RobotsFile::Missing,
        },
        fetched,
        until: fetched.saturating_add(LIFE),
        is_handed_down: true,
    })
}
