//! The dispatcher's counters, and the report that they become.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

use super::robots::{Forbidden, Holds, origin};
use super::visit::Fetched;
use crate::cache::{FromCache, Notes, Passage};
use crate::error::ErrorKind;
use crate::html::Cuts;
use crate::report::{
    Away, Bytes, Cache, Filter, Finish, Items, KeptOut, Ledger, Limit, Report, Requests, Resumed,
    Robots, Shortfall, Trap, TrapKind,
};
use crate::request::Request;

/// Most rules of robots.txt files that are counted each by itself.
const MAX_RULES: usize = 50;

/// What has happened so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tally {
    #[serde(with = "crate::report::timestamp")]
    started: SystemTime,
    pub(crate) pages: u64,
    pub(super) duplicates: u64,
    pub(crate) ledger: Ledger,
    requests: Requests,
    bytes: Bytes,
    statuses: BTreeMap<u16, u64>,
    errors: BTreeMap<ErrorKind, u64>,
    filtered: BTreeMap<Filter, u64>,
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
            filtered: BTreeMap::new(),
            traps: BTreeMap::new(),
            limited: BTreeMap::new(),
            retries: BTreeMap::new(),
            robots: Robots::default(),
            cache: Cache::default(),
        }
    }

    /// Requests that are neither done nor given up, by the ledger.
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

    /// A visit has its answer, or none.
    pub(super) fn fetched(&mut self, request: &Request, fetched: Option<&Fetched>) {
        if !fetched.is_some_and(|fetched| fetched.notes.is_without_trip()) {
            self.requests.total += 1;
            self.requests.robots += u64::from(request.robots_for().is_some());
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

    /// Requests were sorted out, each of which counts as seen.
    pub(super) fn filtered(&mut self, reason: Filter, count: u64) {
        self.ledger.seen += count;
        self.unfetched(reason, count);
    }

    /// Requests that were seen already are not fetched after all.
    pub(super) fn unfetched(&mut self, reason: Filter, count: u64) {
        if count > 0 {
            self.ledger.filtered += count;
            *self.filtered.entry(reason).or_default() += count;
        }
    }

    /// A page was larger than it may be, or ended early.
    pub(super) fn limited(&mut self, cuts: Cuts, links: u64, is_incomplete: bool) {
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

    /// A link was sorted out as part of a trap.
    pub(super) fn trapped(&mut self, kind: TrapKind, url: &Url) {
        self.traps.entry(kind).or_default().count(url);
    }

    pub(super) fn parsed(&mut self, is_login: bool) {
        self.pages += 1;
        self.requests.logins += u64::from(is_login);
        self.ledger.done += 1;
    }

    pub(super) fn redirected(&mut self) {
        self.requests.redirected += 1;
        self.ledger.done += 1;
    }

    /// A sitemap was read.
    pub(super) fn sitemap(&mut self) {
        self.requests.sitemaps += 1;
        self.ledger.done += 1;
    }

    pub(super) fn error(&mut self, kind: ErrorKind) {
        *self.errors.entry(kind).or_default() += 1;
    }

    pub(super) fn failed(&mut self, kind: ErrorKind) {
        self.error(kind);
        self.ledger.failed += 1;
    }

    pub(super) fn retried(&mut self, reason: String) {
        self.requests.retried += 1;
        *self.retries.entry(reason).or_default() += 1;
    }

    pub(super) fn retries(&self) -> u64 {
        self.requests.retried
    }

    pub(super) fn wire_bytes(&self) -> u64 {
        self.bytes.wire
    }

    /// A robots.txt is settled.
    pub(super) fn robots(&mut self, holds: Holds) {
        match holds {
            Holds::Rules => self.robots.read += 1,
            Holds::NoRules => self.robots.none += 1,
            Holds::Unreachable => self.robots.unreachable += 1,
            Holds::Copy => self.robots.stale += 1,
        }
    }

    /// A rule forbids a URL.
    pub(super) fn kept_out(&mut self, url: &Url, by: Forbidden) {
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

    pub(super) fn into_report(self, spider: String, end: End) -> Report {
        Report {
            spider,
            finish: end.finish,
            started: self.started,
            ended: end.began + end.elapsed,
            seconds: end.resumed.unwrap_or_default().seconds + end.elapsed.as_secs_f64(),
            pages: self.pages,
            items: end.items,
            shortfalls: end.shortfalls,
            ledger: Ledger {
                pending: end.pending,
                ..self.ledger
            },
            duplicates: self.duplicates,
            requests: self.requests,
            bytes: self.bytes,
            statuses: self.statuses,
            errors: self.errors,
            filtered: self.filtered,
            traps: self.traps,
            limited: self.limited,
            retries: self.retries,
            robots: self.robots,
            cache: self.cache,
            recrawl: None,
            hosts: end.hosts,
            away: end.away,
            peak_memory: peak_memory(),
            resumed: end.resumed,
        }
    }
}

/// What only the end of a crawl knows.
#[derive(Debug)]
pub(super) struct End {
    pub(super) finish: Finish,
    /// When this process began.
    pub(super) began: SystemTime,
    /// How long it has crawled since.
    pub(super) elapsed: Duration,
    pub(super) resumed: Option<Resumed>,
    pub(super) items: Items,
    pub(super) shortfalls: Vec<Shortfall>,
    pub(super) pending: u64,
    pub(super) hosts: usize,
    pub(super) away: Vec<Away>,
}

/// The peak resident memory of this process, where `/proc` tells.
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
