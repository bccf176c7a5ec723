//! What a durable job keeps of robots.txt files, so that the next process asks no site again within a day.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Book, Known, LIFE, MAX_AGE, RobotsFile};
use crate::policy::robots::Rules;

/// Most bytes of one record; a longer one is not kept, and the file is fetched again.
const MAX_KEPT: usize = 64 << 10;

/// One file as it is written.
#[derive(Serialize, Deserialize)]
struct Record {
    /// The rules are those for this crawler.
    user_agent: String,
    /// Seconds since 1970.
    fetched: u64,
    /// None when the site has no file.
    rules: Option<Rules>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sitemaps: Vec<String>,
}

impl Book {
    /// The records of origins whose file has changed since the last time; none where there is nothing to keep.
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

    /// Takes a record back, unless it is too old or for another crawler. Answers the delay that the site asks for.
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

/// None for what is no such record, which costs no more than a request.
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
