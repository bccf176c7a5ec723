//! What is known of each origin's robots.txt, and who waits for it.
//!
//! A file is fetched like any page: as a request that passes its host's limiter, with retries and redirects that go
//! back to the scheduler. While it is on its way, the host that asked for it is held.

use std::collections::HashMap;
use std::time::Duration;

use url::{Position, Url};

use crate::policy::robots::Rules;
use crate::scheduler::HostId;

/// How long a file is believed (RFC 9309, section 2.4).
const LIFE: Duration = Duration::from_hours(24);
/// How long "keep out, it cannot be read" holds before the file is asked for again.
const UNREACHABLE_LIFE: Duration = Duration::from_mins(10);
/// Redirects of a robots.txt that are followed; then it counts as missing (RFC 9309, section 2.3.1.2).
pub(super) const MAX_REDIRECTS: usize = 5;

/// Most bytes of rules that are kept; a file can have half a megabyte of them.
const MAX_MEMORY: usize = 64 << 20;

/// What the book says about a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Allowed,
    Forbidden,
    Unreachable,
    /// Not known: fetch the file first.
    Unknown,
}

/// What a fetch of a robots.txt came to.
#[derive(Debug)]
pub(super) enum RobotsFile {
    Read(Rules),
    Missing,
    Unreachable,
}

impl RobotsFile {
    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Missing => "missing, so all is allowed",
            Self::Unreachable => "unreachable, so nothing is allowed",
        }
    }
}

/// The robots.txt files of a crawl, by origin.
#[derive(Debug, Default)]
pub(super) struct Book {
    origins: HashMap<Box<str>, Entry>,
    /// Bytes of rules in `origins`.
    memory: usize,
}

#[derive(Debug)]
enum Entry {
    /// On its way; this host is held until it is there, so nobody asks meanwhile.
    Fetching {
        held: HostId,
    },
    Known {
        file: RobotsFile,
        until: Duration,
    },
}

/// The origin of a URL, as robots.txt counts them: scheme, host and port.
pub(super) fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

impl Book {
    pub(super) fn ask(&self, url: &Url, now: Duration) -> Gate {
        match self.origins.get(origin(url)) {
            Some(Entry::Known { file, until }) if now < *until => match file {
                RobotsFile::Read(rules) if rules.allows(url) => Gate::Allowed,
                RobotsFile::Read(_) => Gate::Forbidden,
                RobotsFile::Missing => Gate::Allowed,
                RobotsFile::Unreachable => Gate::Unreachable,
            },
            _ => Gate::Unknown,
        }
    }

    /// Notes that the file of this origin is being fetched and that this host is held for it.
    pub(super) fn await_for(&mut self, origin: &str, host: HostId) {
        let before = self
            .origins
            .insert(origin.into(), Entry::Fetching { held: host });
        self.memory -= before.map_or(0, |entry| entry.memory());
    }

    /// Notes what came of the file; answers which host was held for it.
    pub(super) fn settle(
        &mut self,
        origin: &str,
        file: RobotsFile,
        now: Duration,
    ) -> Option<HostId> {
        let is_unreachable = matches!(file, RobotsFile::Unreachable);
        let until = now
            + if is_unreachable {
                UNREACHABLE_LIFE
            } else {
                LIFE
            };
        let entry = Entry::Known { file, until };
        self.make_room(entry.memory());
        match self.origins.insert(origin.into(), entry) {
            Some(Entry::Fetching { held }) => Some(held),
            _ => None,
        }
    }

    /// Forgets what is known when it takes too much memory: it is fetched again when it is needed again.
    fn make_room(&mut self, memory: usize) {
        self.memory += memory;
        if self.memory > MAX_MEMORY {
            self.origins
                .retain(|_, entry| matches!(entry, Entry::Fetching { .. }));
            self.memory = memory;
        }
    }
}

impl Entry {
    fn memory(&self) -> usize {
        match self {
            Self::Known {
                file: RobotsFile::Read(rules),
                ..
            } => rules.memory(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::robots::RobotsTxt;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn origins_differ_by_scheme_and_port() {
        let mut book = Book::default();
        let rules = RobotsTxt::parse(b"User-agent: *\nDisallow: /a").for_agent("crawlworks");
        book.await_for("http://h.example", HostId(0));
        assert_eq!(
            book.ask(&url("http://h.example/a"), Duration::ZERO),
            Gate::Unknown
        );
        assert_eq!(
            book.settle("http://h.example", RobotsFile::Read(rules), Duration::ZERO),
            Some(HostId(0))
        );
        assert_eq!(
            book.ask(&url("http://h.example/a"), Duration::ZERO),
            Gate::Forbidden
        );
        assert_eq!(
            book.ask(&url("http://h.example/b"), Duration::ZERO),
            Gate::Allowed
        );
        assert_eq!(
            book.ask(&url("https://h.example/a"), Duration::ZERO),
            Gate::Unknown
        );
        assert_eq!(
            book.ask(&url("http://h.example:81/a"), Duration::ZERO),
            Gate::Unknown
        );
    }

    #[test]
    fn a_file_is_believed_for_a_day_and_its_absence_too() {
        let mut book = Book::default();
        book.settle("http://h.example", RobotsFile::Missing, Duration::ZERO);
        assert_eq!(
            book.ask(
                &url("http://h.example/"),
                Duration::from_secs(24 * 3600 - 1)
            ),
            Gate::Allowed
        );
        assert_eq!(book.ask(&url("http://h.example/"), LIFE), Gate::Unknown);
    }

    #[test]
    fn unreachable_is_asked_again_after_ten_minutes() {
        let mut book = Book::default();
        book.settle("http://h.example", RobotsFile::Unreachable, Duration::ZERO);
        assert_eq!(
            book.ask(&url("http://h.example/"), Duration::from_secs(599)),
            Gate::Unreachable
        );
        assert_eq!(
            book.ask(&url("http://h.example/"), UNREACHABLE_LIFE),
            Gate::Unknown
        );
    }

    #[test]
    fn the_rules_of_many_hosts_do_not_fill_the_memory() {
        let mut book = Book::default();
        let file = "User-agent: *\n".to_owned() + &"Disallow: /some/path\n".repeat(20_000);
        for host in 0..200 {
            let rules = RobotsTxt::parse(file.as_bytes()).for_agent("crawlworks");
            let origin = format!("http://h{host}.example");
            book.await_for(&origin, HostId(host));
            book.settle(&origin, RobotsFile::Read(rules), Duration::ZERO);
            assert!(book.memory <= MAX_MEMORY);
        }
        assert!(book.origins.len() < 200);
        let last = url("http://h199.example/some/path");
        assert_eq!(book.ask(&last, Duration::ZERO), Gate::Forbidden);
    }
}
