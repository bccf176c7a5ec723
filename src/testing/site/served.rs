//! The truth about what was requested, for tests to compare with what a crawler claims.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, PROXY_AUTHORIZATION,
    REFERER, USER_AGENT, VIA,
};
use http::request::Parts;

/// Maximum number of different paths that are counted one by one.
const MAX_PATHS: usize = 1_000_000;
/// Maximum number of requests that the log keeps.
const MAX_LOG: usize = 100_000;
/// The headers that the log keeps.
const KEPT: [HeaderName; 9] = [
    ACCEPT_ENCODING,
    AUTHORIZATION,
    CONTENT_TYPE,
    COOKIE,
    HOST,
    PROXY_AUTHORIZATION,
    REFERER,
    USER_AGENT,
    VIA,
];

/// Snapshot of what the site had served at one moment, which later requests do not change.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Served {
    /// Requests of every kind, also those that were answered with an error or a fault.
    pub total: u64,
    /// TCP connections accepted.
    pub connections: u64,
    /// The most requests that were unfinished at the same time. A request is finished when its body is handed over to
    /// the connection.
    pub max_in_flight: u64,
    /// True if the log stopped at 100,000 requests.
    pub log_is_full: bool,
    hits: Arc<HashMap<Box<str>, u64>>,
    log: Arc<Vec<Seen>>,
}

impl Served {
    /// Returns how often a path with its query, as it stood in the request line, was requested. The first million
    /// different paths are counted.
    #[must_use]
    pub fn hits(&self, path_and_query: &str) -> u64 {
        self.hits.get(path_and_query).copied().unwrap_or_default()
    }

    /// Returns every path and query that was requested, and how often, in no order.
    pub fn paths(&self) -> impl Iterator<Item = (&str, u64)> {
        self.hits.iter().map(|(path, hits)| (&**path, *hits))
    }

    /// Returns the requests in the order in which they came: the first 100,000, or none if the log is off.
    #[must_use]
    pub fn requests(&self) -> &[Seen] {
        &self.log
    }
}

/// Request as the site saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Method, such as `GET` or `POST`.
    pub method: String,
    /// Path and query as they stood in the request line.
    pub path: String,
    /// Names in lower case and values of accept-encoding, authorization, content-type, cookie, host, referer and
    /// user-agent, as far as they were sent.
    pub headers: Vec<(String, String)>,
    /// Time of the request, since the start of the site.
    pub at: Duration,
}

impl Seen {
    /// Returns the first value of a header among [`headers`](Self::headers), whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }
}

/// Recorder of every request.
#[derive(Debug)]
pub(super) struct Recorder {
    started: Instant,
    keeps_log: bool,
    connections: AtomicU64,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
    /// A snapshot shares the maps with this; the next request copies them only if the snapshot still lives.
    served: Mutex<Served>,
}

impl Recorder {
    pub(super) fn new(keeps_log: bool) -> Self {
        Self {
            started: Instant::now(),
            keeps_log,
            connections: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            most_in_flight: AtomicU64::new(0),
            served: Mutex::default(),
        }
    }

    pub(super) fn connection(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    /// Records a request and returns how often its path and query has come by now.
    pub(super) fn request(&self, head: &Parts) -> u64 {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let seen = self.keeps_log.then(|| self.seen(head, path));
        let mut served = self.lock();
        served.total += 1;
        match seen {
            Some(seen) if served.log.len() < MAX_LOG => Arc::make_mut(&mut served.log).push(seen),
            Some(_) => served.log_is_full = true,
            None => {}
        }
        count(Arc::make_mut(&mut served.hits), path)
    }

    fn seen(&self, head: &Parts, path: &str) -> Seen {
        let at = self.started.elapsed();
        Seen {
            method: head.method.to_string(),
            path: path.to_owned(),
            headers: kept(&head.headers),
            at,
        }
    }

    /// Counts a request as unfinished until the answer is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> InFlight {
        let now = self.in_flight.fetch_add(1, Relaxed) + 1;
        self.most_in_flight.fetch_max(now, Relaxed);
        InFlight {
            recorder: Arc::clone(self),
        }
    }

    pub(super) fn snapshot(&self) -> Served {
        Served {
            connections: self.connections.load(Relaxed),
            max_in_flight: self.most_in_flight.load(Relaxed),
            ..self.lock().clone()
        }
    }

    /// Locks the counts. A panic while they were locked can only be ours, and leaves them as good as they were.
    fn lock(&self) -> MutexGuard<'_, Served> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let values = KEPT
        .iter()
        .flat_map(|name| headers.get_all(name).iter().map(move |value| (name, value)));
    values
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

/// Counts a request of this path and returns its number of requests; always 1 for paths beyond the limit, which are not
/// remembered.
fn count(hits: &mut HashMap<Box<str>, u64>, path: &str) -> u64 {
    if let Some(hits) = hits.get_mut(path) {
        *hits += 1;
        return *hits;
    }
    if hits.len() < MAX_PATHS {
        hits.insert(path.into(), 1);
    }
    1
}

/// A request that is not finished; dropping this finishes it.
#[derive(Debug)]
pub(super) struct InFlight {
    recorder: Arc<Recorder>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.recorder.in_flight.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(path: &str) -> Parts {
        http::Request::get(path)
            .header("cookie", "a=1")
            .header("x-other", "no")
            .body(())
            .unwrap()
            .into_parts()
            .0
    }

    #[test]
    fn a_snapshot_stays_as_it_was() {
        let recorder = Recorder::new(true);
        assert_eq!(recorder.request(&head("/a?b=1")), 1);
        let before = recorder.snapshot();
        assert_eq!(recorder.request(&head("/a?b=1")), 2);
        assert_eq!(
            (before.hits("/a?b=1"), before.total, before.requests().len()),
            (1, 1, 1)
        );
        assert_eq!(recorder.snapshot().hits("/a?b=1"), 2);
    }

    #[test]
    fn the_log_keeps_the_headers_that_tests_ask_for() {
        let recorder = Recorder::new(true);
        recorder.request(&head("/"));
        let served = recorder.snapshot();
        assert_eq!(served.requests()[0].header("cookie"), Some("a=1"));
        assert_eq!(served.requests()[0].header("x-other"), None);
    }

    #[test]
    fn the_most_in_flight_is_kept_after_they_are_done() {
        let recorder = Arc::new(Recorder::new(false));
        drop((recorder.enter(), recorder.enter()));
        drop(recorder.enter());
        assert_eq!(recorder.snapshot().max_in_flight, 2);
    }
}
