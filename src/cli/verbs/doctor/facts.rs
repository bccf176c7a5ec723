//! Facts that were found out about a host.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};
use url::Url;

use crate::fetch::downloader::Look;
use crate::page::error::ErrorKind;

/// Facts that `crawl doctor --json` reports, beside the advice.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Facts {
    pub(super) url: Url,
    pub(super) name: Name,
    /// Properties of the https connection, when no proxy is on the way.
    pub(super) connection: Option<Look>,
    /// robots.txt of each origin on the way to the page.
    pub(super) robots: Vec<RobotsFacts>,
    /// Redirects from the first request to the page.
    pub(super) redirects: Vec<Hop>,
    pub(super) page: Option<Page>,
    pub(super) problems: Vec<Problem>,
}

/// Result of resolving the name of the host.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Name {
    pub(super) host: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) error: Option<String>,
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub(super) took: Duration,
}

/// Rules of the robots.txt of one origin for the URL that was wanted there.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RobotsFacts {
    pub(super) url: Url,
    pub(super) asked_for: Url,
    /// Status of the robots.txt; `None` when it could not be fetched.
    pub(super) status: Option<u16>,
    pub(super) allowed: bool,
    /// Number of the line that decides, with its path in `pattern`; `None` when no line does.
    pub(super) line: Option<u32>,
    pub(super) pattern: Option<String>,
    #[serde(serialize_with = "maybe_seconds")]
    pub(super) crawl_delay: Option<Duration>,
    pub(super) sitemaps: Vec<String>,
}

/// Redirect on the way to the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Hop {
    pub(super) from: Url,
    pub(super) status: u16,
    pub(super) to: Url,
}

/// Properties of the page itself.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) server: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) encoding: String,
    /// True if `Content-Type` names the encoding.
    pub(super) encoding_is_declared: bool,
    pub(super) compression: Option<String>,
    pub(super) bytes: usize,
    pub(super) bytes_on_the_wire: u64,
    #[serde(rename = "seconds_to_head", serialize_with = "seconds")]
    pub(super) head: Duration,
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub(super) total: Duration,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) cache_control: Option<String>,
    /// Status of a second request that has the validators; `None` when it was not made.
    pub(super) when_asked_again: Option<u16>,
    /// True if the second answer had the same bytes; `None` unless it was a whole page.
    pub(super) is_same_again: Option<bool>,
    /// Names of the cookies that the page sets.
    pub(super) cookies: Vec<String>,
    pub(super) robots_tags: Vec<String>,
    pub(super) title: Option<String>,
    pub(super) canonical: Option<Url>,
    pub(super) refresh: Option<String>,
    pub(super) links: usize,
    pub(super) links_to_this_host: usize,
    /// Size of the text that a reader would see, in bytes.
    pub(super) text: usize,
    pub(super) scripts: usize,
    pub(super) challenge: Option<&'static str>,
}

/// Request that failed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Problem {
    pub(super) url: Url,
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

impl Facts {
    pub(super) fn new(url: &Url) -> Self {
        Self {
            url: url.clone(),
            name: Name::default(),
            connection: None,
            robots: Vec::new(),
            redirects: Vec::new(),
            page: None,
            problems: Vec::new(),
        }
    }

    /// Notes the addresses and the connection of the host.
    pub(super) fn reached(&mut self, name: Name, connection: Option<Look>) {
        (self.name, self.connection) = (name, connection);
    }

    /// Notes a request that failed. A robots.txt that cannot be fetched forbids its whole origin.
    pub(super) fn problem(&mut self, problem: Problem) {
        if problem.url.path() == "/robots.txt" {
            let wanted = self.redirects.last().map_or(&self.url, |hop| &hop.to);
            self.robots.push(RobotsFacts {
                url: problem.url.clone(),
                asked_for: wanted.clone(),
                status: None,
                allowed: false,
                line: None,
                pattern: None,
                crawl_delay: None,
                sitemaps: Vec::new(),
            });
        }
        self.problems.push(problem);
    }
}

impl Name {
    /// Asks the system for the addresses of the host of this URL.
    pub(super) async fn look_up(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        let plain = host.trim_matches(['[', ']']).to_owned();
        let began = Instant::now();
        let found = tokio::net::lookup_host((plain, port)).await;
        let took = began.elapsed();
        let (addresses, error) = match found {
            Ok(found) => (found.map(|address| address.ip()).collect(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Self {
            host,
            addresses,
            error,
            took,
        }
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

#[expect(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]
fn maybe_seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}
