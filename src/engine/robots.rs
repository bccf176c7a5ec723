//! Robots.txt files of the origins, and the requests that wait for them.
//!
//! A file is fetched like any page: by a request that passes its host's limiter, with retries and redirects that go
//! back to the scheduler. While it is on its way, the requests that need it wait here, and those of other origins at
//! the same host go on.
//!
//! Times are counted from 1970, because a file is used beyond the process that fetched it.

mod kept;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use url::Url;

use crate::model::report::{Forbidden, RobotsStatus};
use crate::page::identity::origin;
use crate::policy::robots::{Rules, Verdict};
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::WINDOW;

/// Time for which a file is used before it is requested again (RFC 9309, section 2.4).
const LIFE: Duration = Duration::from_hours(24);
/// Greatest age of a copy that is used in place of an unreachable file (RFC 9309, section 2.3.1.4).
const MAX_AGE: Duration = Duration::from_hours(30 * 24);
/// Time for which a file counts as unreachable before it is requested again.
const UNREACHABLE_LIFE: Duration = Duration::from_mins(10);
/// Maximum number of redirects of a robots.txt that are followed; beyond it, the file counts as missing (RFC 9309,
/// section 2.3.1.2).
pub(super) const MAX_REDIRECTS: usize = 5;

/// Budget for the rules in memory, in bytes; one file can have half a megabyte of them.
const MAX_MEMORY: usize = 64 << 20;
/// Maximum number of characters of a rule that are shown.
const MAX_SHOWN: usize = 200;

/// Answer of the [`Book`] to whether a URL may be fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Allowed,
    Forbidden(Forbidden),
    Unreachable,
    /// The file is not known: fetch it first.
    Unknown,
}

/// Result of fetching a robots.txt.
#[derive(Debug)]
pub(super) enum RobotsFile {
    Read {
        rules: Rules,
        /// Sitemaps that the file lists; empty unless they are wanted.
        sitemaps: Vec<String>,
    },
    Missing,
    Unreachable,
}

impl RobotsFile {
    fn holds(&self) -> RobotsStatus {
        match self {
            Self::Read { .. } => RobotsStatus::Rules,
            Self::Missing => RobotsStatus::NoRules,
            Self::Unreachable => RobotsStatus::Unreachable,
        }
    }

    /// Returns the delay that the site asks for; `None` when it asks for none.
    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        match self {
            Self::Read { rules, .. } => rules.crawl_delay(),
            Self::Missing | Self::Unreachable => None,
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Read { rules, sitemaps } => {
                rules.memory() + sitemaps.iter().map(String::capacity).sum::<usize>()
            }
            Self::Missing | Self::Unreachable => 0,
        }
    }
}

/// Robots.txt files of a crawl, by origin.
#[derive(Debug, Default)]
pub(super) struct Book {
    origins: HashMap<Box<str>, Entry>,
    /// Size of the rules in `origins`, in bytes.
    memory: usize,
    /// Origins whose newest file the durable job does not have; `None` without a job.
    changed: Option<HashSet<Box<str>>>,
}

#[derive(Debug, Default)]
struct Entry {
    known: Option<Known>,
    /// Requests that wait for the file while it is on its way; `None` when it is not.
    waiting: Option<Waiting>,
}

/// A robots.txt that is known.
#[derive(Debug)]
struct Known {
    file: RobotsFile,
    fetched: Duration,
    /// Time at which the file has to be requested again.
    until: Duration,
    /// `true` if an earlier process fetched the file.
    is_handed_down: bool,
}

/// Requests that wait for a file: no more than the scheduler would hold of the host.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) host: HostId,
    /// The waiting requests, in the order in which they should go.
    pub(super) requests: Vec<Queued>,
    /// `true` if as many requests wait as may, so that the host was held.
    pub(super) is_full: bool,
}

/// Work that [`Book::park`] leaves to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parked {
    /// `true` if nothing has requested the file yet.
    pub(super) is_first: bool,
    /// `true` if no more requests can wait, so that the host is to be held.
    pub(super) is_full: bool,
}

/// Work that [`Book::settle`] leaves to do.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) waiting: Option<Waiting>,
    pub(super) holds: RobotsStatus,
}

impl Book {
    /// Creates a book that notes its changes for a durable job.
    pub(super) fn durable() -> Self {
        Self {
            changed: Some(HashSet::new()),
            ..Self::default()
        }
    }

    pub(super) fn ask(&self, url: &Url, now: Duration) -> Gate {
        let entry = self.origins.get(origin(url));
        match entry.and_then(|entry| entry.known.as_ref()) {
            Some(known) if now < known.until => match &known.file {
                RobotsFile::Read { rules, .. } => Gate::of(&rules.verdict_on(url)),
                RobotsFile::Missing => Gate::Allowed,
                RobotsFile::Unreachable => Gate::Unreachable,
            },
            _ => Gate::Unknown,
        }
    }

    /// Returns whether requests wait for the file of this origin.
    pub(super) fn is_awaited(&self, origin: &str) -> bool {
        let entry = self.origins.get(origin);
        entry.is_some_and(|entry| entry.waiting.is_some())
    }

    /// Keeps a request until the file of its origin has arrived.
    pub(super) fn park(&mut self, host: HostId, queued: Queued) -> Parked {
        let origin = origin(queued.request.url());
        let entry = match self.origins.get_mut(origin) {
            Some(entry) => entry,
            None => self.origins.entry(origin.into()).or_default(),
        };
        let is_first = entry.waiting.is_none();
        let waiting = entry.waiting.get_or_insert_with(|| Waiting {
            host,
            requests: Vec::new(),
            is_full: false,
        });
        waiting.requests.push(queued);
        let is_full = waiting.requests.len() >= WINDOW && !waiting.is_full;
        waiting.is_full |= is_full;
        Parked { is_first, is_full }
    }

    /// Has the file of this URL's origin fetched anew if this process has not fetched it yet: the network may be down,
    /// which a request for robots.txt shows without losing pages. Returns whether the file is fetched anew.
    pub(super) fn doubt(&mut self, url: &Url) -> bool {
        let entry = self.origins.get_mut(origin(url));
        let known = entry.and_then(|entry| entry.known.as_mut());
        let Some(known) = known.filter(|known| known.is_handed_down) else {
            return false;
        };
        known.until = Duration::ZERO;
        true
    }

    /// Notes the result of fetching the file. If the file is unreachable, the last copy is used in its place for a
    /// while, except for one that is in [`doubt`](Self::doubt).
    pub(super) fn settle(&mut self, origin: &str, file: RobotsFile, now: Duration) -> Settled {
        let entry = self.origins.entry(origin.into()).or_default();
        let waiting = entry.waiting.take();
        if let (RobotsFile::Unreachable, Some(known)) = (&file, &mut entry.known)
            && !matches!(known.file, RobotsFile::Unreachable)
            && now < known.fetched + MAX_AGE
            && !known.until.is_zero()
        {
            known.until = now + UNREACHABLE_LIFE;
            let holds = RobotsStatus::Copy;
            return Settled { waiting, holds };
        }
        let holds = file.holds();
        let life = match file {
            RobotsFile::Unreachable => UNREACHABLE_LIFE,
            RobotsFile::Read { .. } | RobotsFile::Missing => LIFE,
        };
        self.know(
            origin,
            Known {
                file,
                fetched: now,
                until: now + life,
                is_handed_down: false,
            },
        );
        self.note_change(origin);
        Settled { waiting, holds }
    }

    /// Takes the sitemaps that the file of this origin lists; they are returned only once.
    pub(super) fn take_sitemaps(&mut self, origin: &str) -> Vec<String> {
        let known = self.origins.get_mut(origin).and_then(|e| e.known.as_mut());
        match known.map(|known| &mut known.file) {
            Some(RobotsFile::Read { sitemaps, .. }) if !sitemaps.is_empty() => {
                let taken = std::mem::take(sitemaps);
                self.memory -= taken.iter().map(String::capacity).sum::<usize>();
                self.note_change(origin);
                taken
            }
            _ => Vec::new(),
        }
    }

    fn know(&mut self, origin: &str, known: Known) {
        let entry = self.origins.entry(origin.into()).or_default();
        let memory = known.file.memory();
        let before = entry.known.replace(known);
        self.memory -= before.map_or(0, |before| before.file.memory());
        self.memory += memory;
        if self.memory > MAX_MEMORY {
            self.forget_all_but(origin);
        }
    }

    /// Forgets all files but that of `origin`, to free memory: each is fetched again when it is needed.
    fn forget_all_but(&mut self, origin: &str) {
        self.memory = 0;
        let (changed, memory) = (&mut self.changed, &mut self.memory);
        self.origins.retain(|of, entry| {
            if **of == *origin {
                *memory += entry.known.as_ref().map_or(0, |known| known.file.memory());
                return true;
            }
            entry.known = None;
            if let Some(changed) = changed {
                changed.insert(of.clone());
            }
            entry.waiting.is_some()
        });
    }

    fn note_change(&mut self, origin: &str) {
        if let Some(changed) = &mut self.changed {
            changed.insert(origin.into());
        }
    }
}

impl Gate {
    fn of(verdict: &Verdict<'_>) -> Self {
        if verdict.allowed {
            return Self::Allowed;
        }
        let rule = match verdict.pattern {
            Some(pattern) => {
                let shown: String = pattern.chars().take(MAX_SHOWN).collect();
                format!("Disallow: {shown}")
            }
            None => "too many wildcards to try them all".to_owned(),
        };
        let line = verdict.line;
        Self::Forbidden(Forbidden { line, rule })
    }
}

#[cfg(test)]
mod tests;
