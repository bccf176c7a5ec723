//! The [`Tally`] of a crawl: its counters, and the report that they become.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Away, Bytes, Cache, Failures, Filter, Finish, Items, KeptOut, Ledger, Limit, Lists, Paced,
    Report, Requests, Resumed, Robots, Shortfall, Trap, TrapKind,
};
use crate::page::error::{Error, ErrorKind};
use crate::page::html::Cuts;
use crate::page::identity::origin;
use crate::page::response::{FromCache, Notes, Passage};

/// Maximum number of robots.txt rules that are counted individually.
const MAX_RULES: usize = 50;

/// Counters of a crawl so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    #[serde(with = "crate::page::time::rfc3339")]
    started: SystemTime,
    pub(crate) pages: u64,
    pub(crate) duplicates: u64,
    /// Requests by what has become of them.
    pub ledger: Ledger,
    requests: Requests,
    bytes: Bytes,
    statuses: BTreeMap<u16, u64>,
    errors: BTreeMap<ErrorKind, u64>,
    #[serde(default)]
    pub(crate) failed: Failures,
    filtered: BTreeMap<Filter, u64>,
    #[serde(default)]
    left_out: BTreeMap<String, u64>,
    #[serde(default)]
    identified: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) lists: Lists,
    #[serde(default)]
    traps: BTreeMap<TrapKind, Trap>,
    #[serde(default)]
    limited: BTreeMap<Limit, u64>,
    retries: BTreeMap<String, u64>,
    robots: Robots,
    #[serde(default)]
    cache: Cache,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            started: SystemTime::now(),
            pages: 0,
            duplicates: 0,
            ledger: Ledger::default(),
            requests: Requests::default(),
            bytes: Bytes::default(),
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            failed: Failures::default(),
            filtered: BTreeMap::new(),
            left_out: BTreeMap::new(),
            identified: BTreeMap::new(),
            lists: Lists::default(),
            traps: BTreeMap::new(),
            limited: BTreeMap::new(),
            retries: BTreeMap::new(),
            robots: Robots::default(),
            cache: Cache::default(),
        }
    }

    /// Returns whether a page was fetched, or a sitemap that could be read.
    pub(crate) fn has_fetched(&self) -> bool {
        self.pages > 0 || self.requests.sitemaps > 0
    }

    /// Returns the number of requests that are neither done, filtered nor failed, by the ledger.
    pub(crate) fn pending(&self) -> u64 {
        let Ledger {
            seen,
            done,
            filtered,
            failed,
            ..
        } = self.ledger;
        seen.saturating_sub(done + filtered + failed)
    }

    /// Counts a finished visit: its answer, or `None` for a visit without one. `is_robots` tells that it was for a
    /// robots.txt.
    pub(crate) fn fetched(&mut self, is_robots: bool, fetched: Option<&Fetched>) {
        if !fetched.is_some_and(|fetched| fetched.notes.is_without_trip()) {
            self.requests.total += 1;
            self.requests.robots += u64::from(is_robots);
        }
        if let Some(fetched) = fetched {
            self.cached(fetched.notes);
            *self.statuses.entry(fetched.status.as_u16()).or_default() += 1;
            self.bytes.wire += fetched.wire;
            self.bytes.body += fetched.body;
        }
    }

    fn cached(&mut self, notes: Notes) {
        let cache = &mut self.cache;
        let count = match (notes.from, notes.passage) {
            (_, Passage::None) => return,
            (Some(FromCache::Fresh), _) => &mut cache.hits,
            (Some(FromCache::Revalidated), _) => &mut cache.revalidated,
            (Some(FromCache::Stale), _) => &mut cache.stale,
            (None, Passage::Asked) => &mut cache.missed,
            (None, Passage::Past) => &mut cache.bypassed,
        };
        *count += 1;
        cache.stored += u64::from(notes.is_stored);
    }

    /// Counts requests that were filtered out, each of which also counts as seen.
    pub(crate) fn filtered(&mut self, reason: Filter, count: u64) {
        self.ledger.seen += count;
        self.unfetched(reason, count);
    }

    /// Counts requests that already count as seen, but are filtered out after all.
    pub(crate) fn unfetched(&mut self, reason: Filter, count: u64) {
        if count > 0 {
            self.ledger.filtered += count;
            *self.filtered.entry(reason).or_default() += count;
        }
    }

    /// Counts, by the name of the policy, a request that a policy of the user's left out.
    pub(crate) fn left_out(&mut self, policy: &str) {
        *self.left_out.entry(policy.to_owned()).or_default() += 1;
    }

    /// Counts, by the name of the policy, a request whose identity a policy of the user's gave.
    pub(crate) fn identified(&mut self, policy: &str) {
        *self.identified.entry(policy.to_owned()).or_default() += 1;
    }

    /// Counts a page by each limit that it exceeded, or as incomplete if its body ended early.
    pub(crate) fn limited(&mut self, cuts: Cuts, links: u64, is_incomplete: bool) {
        for (limit, was_reached) in [
            (Limit::DomDepth, cuts.has(Cuts::DEPTH)),
            (Limit::DomNodes, cuts.has(Cuts::NODES)),
            (Limit::DomAttributes, cuts.has(Cuts::ATTRIBUTES)),
            (Limit::Links, links > 0),
            (Limit::Incomplete, is_incomplete),
        ] {
            if was_reached {
                *self.limited.entry(limit).or_default() += 1;
            }
        }
    }

    /// Counts a link that was filtered out as part of a spider trap.
    pub(crate) fn trapped(&mut self, kind: TrapKind, url: &Url) {
        self.traps.entry(kind).or_default().count(url);
    }

    pub(crate) fn parsed(&mut self, is_login: bool) {
        self.pages += 1;
        self.requests.logins += u64::from(is_login);
        self.ledger.done += 1;
    }

    pub(crate) fn redirected(&mut self) {
        self.requests.redirected += 1;
        self.ledger.done += 1;
    }

    /// Counts a sitemap that was read.
    pub(crate) fn sitemap(&mut self) {
        self.requests.sitemaps += 1;
        self.ledger.done += 1;
    }

    pub(crate) fn error(&mut self, kind: ErrorKind) {
        *self.errors.entry(kind).or_default() += 1;
    }

    /// Counts a request that is given up.
    pub(crate) fn failed(&mut self, error: &Error) {
        self.error(error.kind());
        self.failed.count(error.kind(), error.status());
        self.ledger.failed += 1;
    }

    pub(crate) fn retried(&mut self, reason: String) {
        self.requests.retried += 1;
        *self.retries.entry(reason).or_default() += 1;
    }

    pub(crate) fn retries(&self) -> u64 {
        self.requests.retried
    }

    pub(crate) fn wire_bytes(&self) -> u64 {
        self.bytes.wire
    }

    /// Counts a robots.txt by the outcome of its fetch.
    pub(crate) fn robots(&mut self, holds: RobotsStatus) {
        match holds {
            RobotsStatus::Rules => self.robots.read += 1,
            RobotsStatus::NoRules => self.robots.none += 1,
            RobotsStatus::Unreachable => self.robots.unreachable += 1,
            RobotsStatus::Copy => self.robots.stale += 1,
        }
    }

    /// Counts a URL that a rule of robots.txt forbids.
    pub(crate) fn kept_out(&mut self, url: &Url, by: Forbidden) {
        let origin = origin(url);
        if by.line.is_none() {
            self.robots.too_costly += 1;
            if self.robots.too_costly == 1 {
                tracing::warn!(%url, "the rules of robots.txt have too many wildcards to try them all: keeping out");
            }
        }
        let rules = &mut self.robots.kept_out;
        let known = rules
            .iter_mut()
            .find(|rule| rule.line == by.line && rule.origin == origin);
        if let Some(rule) = known {
            rule.count += 1;
        } else if rules.len() < MAX_RULES {
            rules.push(KeptOut {
                origin: origin.to_owned(),
                line: by.line,
                rule: by.rule,
                count: 1,
                example: url.to_string(),
            });
        } else {
            self.robots.kept_out_by_others += 1;
        }
    }

    pub(crate) fn into_report(self, spider: String, end: End) -> Report {
        let mut report = Report {
            spider,
            finish: end.finish,
            failure: None,
            started: self.started,
            ended: end.began + end.elapsed,
            seconds: end.resumed.unwrap_or_default().seconds + end.elapsed.as_secs_f64(),
            pages: self.pages,
            items: end.items,
            refused: end.refused,
            shortfalls: end.shortfalls,
            unmatched: self.lists.into_unmatched(),
            ledger: Ledger {
                pending: end.pending,
                ..self.ledger
            },
            duplicates: self.duplicates,
            requests: self.requests,
            bytes: self.bytes,
            statuses: self.statuses,
            errors: self.errors,
            failed: self.failed,
            filtered: self.filtered,
            left_out: self.left_out,
            identified: self.identified,
            traps: self.traps,
            limited: self.limited,
            retries: self.retries,
            robots: self.robots,
            cache: self.cache,
            recrawl: None,
            hosts: end.hosts,
            away: end.away,
            paced: end.paced,
            peak_memory: peak_memory(),
            resumed: end.resumed,
        };
        report.failure = report.why_failed();
        report
    }
}

/// Facts about an answer that the crawl counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fetched {
    pub(crate) status: StatusCode,
    pub(crate) took: Duration,
    pub(crate) wire: u64,
    pub(crate) body: u64,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) is_incomplete: bool,
    pub(crate) notes: Notes,
}

/// Line of a robots.txt that forbids a URL; `None` when its rules are too costly to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forbidden {
    pub(crate) line: Option<u32>,
    /// Text of the rule, as the report shows it.
    pub(crate) rule: String,
}

/// State of an origin after its robots.txt was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RobotsStatus {
    Rules,
    /// There is no robots.txt: everything is allowed.
    NoRules,
    /// The file is unreachable: nothing is allowed.
    Unreachable,
    /// The file is unreachable, and an earlier copy stands in for it.
    Copy,
}

/// Facts of a report that are known only at the end of a crawl.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) finish: Finish,
    /// Start of this process.
    pub(crate) began: SystemTime,
    /// Time that this process has crawled since.
    pub(crate) elapsed: Duration,
    pub(crate) resumed: Option<Resumed>,
    pub(crate) items: Items,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) shortfalls: Vec<Shortfall>,
    pub(crate) pending: u64,
    pub(crate) hosts: usize,
    pub(crate) away: Vec<Away>,
    pub(crate) paced: Option<Paced>,
}

/// Returns the peak resident memory of this process in bytes; `None` where `/proc` does not report it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}
