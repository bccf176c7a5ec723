//! [`Report`] of a crawl: why it ended, what it did, and a ledger that balances.

mod failures;
mod fields;
mod limit;
mod paced;
mod shortfall;
mod tally;
mod trap;
mod unmatched;
mod verdict;

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::page::error::ErrorKind;
pub use failures::Failures;
pub(crate) use failures::listed;
pub use fields::{Field, Fields, Types};
pub use limit::Limit;
pub use paced::{Paced, PacedBy};
pub(crate) use shortfall::Percent;
pub use shortfall::Shortfall;
pub(crate) use shortfall::shortfalls;
pub(crate) use tally::{End, Fetched, Forbidden, RobotsStatus, Tally};
pub use trap::{Trap, TrapKind};
pub(crate) use unmatched::Lists;
pub use unmatched::Unmatched;

/// Report of a crawl. Serialises to the JSON that `--report` writes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Name of the spider.
    pub spider: String,
    /// Reason why the crawl ended.
    pub finish: Finish,
    /// Reason why the crawl [failed](Self::has_failed) as a whole, for people to read; `None` if it did not.
    #[serde(default)]
    pub failure: Option<String>,
    /// Time at which the crawl began.
    #[serde(with = "crate::page::time::rfc3339")]
    pub started: SystemTime,
    /// Time at which the crawl ended.
    #[serde(with = "crate::page::time::rfc3339")]
    pub ended: SystemTime,
    /// Duration of the crawl, in seconds; the time between two processes of a [resumed](Self::resumed) crawl does not
    /// count.
    pub seconds: f64,
    /// Number of pages fetched and parsed.
    pub pages: u64,
    /// Numbers of items, by their outcome.
    pub items: Items,
    /// Numbers of kept items that a [destination](crate::Destination) refused for good, by destination; a job has them in its
    /// file `refused.jsonl`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// Fields that were filled in fewer items than the setting `min_fill` asks for: the site has changed, most likely.
    #[serde(default)]
    pub shortfalls: Vec<Shortfall>,
    /// Lists of a recipe that matched nothing on any page, by kind of items.
    #[serde(default)]
    pub unmatched: Vec<Unmatched>,
    /// Numbers of requests that were seen, by their outcome.
    pub ledger: Ledger,
    /// Number of requests that were dropped because the same one was seen before; not part of the ledger.
    pub duplicates: u64,
    /// Numbers of round trips to servers, by purpose.
    pub requests: Requests,
    /// Numbers of bytes received.
    pub bytes: Bytes,
    /// Numbers of answers, by status; those for robots.txt are included.
    pub statuses: BTreeMap<u16, u64>,
    /// Numbers of round trips and pages that failed, by kind of error; a request that is tried four times can count four
    /// times.
    pub errors: BTreeMap<ErrorKind, u64>,
    /// Numbers of requests that were given up, by kind of error and by status; each request counts once.
    #[serde(default)]
    pub failed: Failures,
    /// Numbers of requests that were filtered out, by reason.
    pub filtered: BTreeMap<Filter, u64>,
    /// Numbers of requests that the crawler's own policies left out, by the name of the policy
    /// ([`Crawler::scope_by`](crate::Crawler::scope_by)); together they are those filtered as [`Filter::Policy`].
    #[serde(default)]
    pub left_out: BTreeMap<String, u64>,
    /// Numbers of requests whose identity one of the crawler's own policies gave, once for each page that they were found on, by
    /// the name of the policy ([`Crawler::identity_by`](crate::Crawler::identity_by)).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identified: BTreeMap<String, u64>,
    /// Filtered links that were taken for spider traps, by kind of trap.
    #[serde(default)]
    pub traps: BTreeMap<TrapKind, Trap>,
    /// Numbers of pages of which something was cut off, by the limit that they reached.
    #[serde(default)]
    pub limited: BTreeMap<Limit, u64>,
    /// Numbers of retries, by their cause: an error kind or a status.
    pub retries: BTreeMap<String, u64>,
    /// Numbers of robots.txt files, by their outcome.
    pub robots: Robots,
    /// Numbers of requests by how the cache treated them; all zero without a cache.
    #[serde(default)]
    pub cache: Cache,
    /// Comparison of the pages with the run before; `None` unless the setting `recrawl` is on.
    #[serde(default)]
    pub recrawl: Option<Recrawl>,
    /// Number of hosts met.
    pub hosts: usize,
    /// Origins that had answered, but did not any more when the crawl ended: the first 50, by name.
    #[serde(default)]
    pub away: Vec<Away>,
    /// Time that this process spent waiting for the delays of hosts; `None` when it never did.
    #[serde(default)]
    pub paced: Option<Paced>,
    /// Peak resident memory of the process, in bytes; `None` where the system does not report it.
    pub peak_memory: Option<u64>,
    /// Numbers of the earlier processes whose crawl this process resumed; they are part of the other numbers too.
    #[serde(default)]
    pub resumed: Option<Resumed>,
}

/// Origin that did not answer any more when the crawl ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Away {
    /// Scheme, host and port of the origin.
    pub origin: String,
    /// Time for which the origin had not answered, in seconds.
    pub seconds: f64,
    /// Error that came instead of an answer.
    pub error: String,
}

/// Numbers that had been committed before the last process of a crawl took over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resumed {
    /// Number of times the crawl was resumed.
    pub times: u32,
    /// Number of pages fetched and parsed.
    pub pages: u64,
    /// Number of items kept.
    pub items: u64,
    /// Duration of the crawl, in seconds.
    pub seconds: f64,
}

/// Numbers of items, by their outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Items {
    /// Items written to the outputs.
    pub kept: u64,
    /// Items dropped by a pipeline, by a limit or as a `duplicate`; by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Items lost because a pipeline, the schema or an output failed on them; by error message.
    pub failed: BTreeMap<String, u64>,
    /// Kept items whose fields were counted: all that could be read as JSON, except those that an earlier process of a
    /// resumed crawl kept with a version of crawlworks that did not count fields.
    #[serde(default)]
    pub counted: u64,
    /// Fields of the counted items: how often each is filled, and by which types.
    #[serde(default)]
    pub fields: Fields,
    /// Values in further fields, which are not counted by name because there are too many.
    #[serde(default, skip_serializing_if = "fields::is_zero")]
    pub other_fields: u64,
}

impl Items {
    /// Returns the share of the [counted](Self::counted) items in which a field is filled, from 0 to 1; 0 when there are
    /// none.
    #[must_use]
    pub fn fill(&self, field: &str) -> f64 {
        let filled = self.fields.get(field).map_or(0, |field| field.filled);
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let fill = filled as f64 / self.counted.max(1) as f64;
        // An item can have a field twice.
        fill.min(1.0)
    }
}

/// Numbers of requests, by their outcome. Every request that was seen is in exactly one of the other four:
/// `seen = done + filtered + failed + pending`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Different requests from the start, `parse` and redirects.
    pub seen: u64,
    /// Requests fetched and parsed, redirected, or for a sitemap that was read.
    pub done: u64,
    /// Requests filtered out by scope, robots.txt, depth and so on.
    pub filtered: u64,
    /// Requests given up after all tries, or whose page could not be parsed.
    pub failed: u64,
    /// Requests still waiting when the crawl ended.
    pub pending: u64,
}

impl Ledger {
    /// Returns whether `seen` is the sum of the other four, so that no request was lost.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.seen == self.done + self.filtered + self.failed + self.pending
    }
}

/// Numbers of round trips to servers, by purpose; answers of the cache do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Requests {
    /// All round trips.
    pub total: u64,
    /// Round trips for robots.txt.
    pub robots: u64,
    /// Round trips repeated after a failure.
    pub retried: u64,
    /// Round trips answered with a redirect that was followed.
    pub redirected: u64,
    /// Round trips for sitemaps that could be read (the setting `sitemaps`).
    #[serde(default)]
    pub sitemaps: u64,
    /// Round trips for the pages of a recipe's login, which also count among the [pages](Report::pages).
    #[serde(default)]
    pub logins: u64,
}

/// Numbers of bytes received, robots.txt included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bytes {
    /// Bytes of bodies as they came over the wire.
    pub wire: u64,
    /// Bytes of bodies after decoding.
    pub body: u64,
}

/// Numbers of robots.txt files, by their outcome, and of the requests that they kept out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Robots {
    /// Files that were read.
    pub read: u64,
    /// Files that do not exist (4xx): everything is allowed.
    pub none: u64,
    /// Unreachable files (429, 5xx or a network error): nothing is allowed.
    pub unreachable: u64,
    /// Unreachable files of which there is a copy of the last 30 days: the copy stays valid.
    pub stale: u64,
    /// Requests that were kept out because the rules have more wildcards than can be tried in reasonable time.
    pub too_costly: u64,
    /// Rules that kept requests out: the first 50 that did.
    pub kept_out: Vec<KeptOut>,
    /// Number of requests that further rules kept out.
    pub kept_out_by_others: u64,
}

/// Rule of a robots.txt that kept requests out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptOut {
    /// Scheme, host and port of the robots.txt.
    pub origin: String,
    /// Line number of the rule, from 1; `None` when the rules are too costly to be tried.
    pub line: Option<u32>,
    /// Text of the rule, with its pattern in normal form.
    pub rule: String,
    /// Number of requests that the rule kept out.
    pub count: u64,
    /// URL of the first of these requests.
    pub example: String,
}

/// Numbers of requests by how the cache treated them, robots.txt included. `hits`, `revalidated`, `stale`, `missed` and
/// `bypassed` together are all requests that were answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cache {
    /// Requests answered from the disk; the server was not asked, so these are no round trips.
    pub hits: u64,
    /// Requests for which the server confirmed the copy on the disk (304).
    pub revalidated: u64,
    /// Requests for which the server failed, and the copy on the disk was used instead.
    pub stale: u64,
    /// Requests that the cache could not answer, and the server did.
    pub missed: u64,
    /// Requests that bypass the cache: other methods, credentials, `no-store` requests.
    pub bypassed: u64,
    /// Answers that were written to the disk.
    pub stored: u64,
}

/// Comparison of the pages of a recrawl with the run before. A page that failed is in none of these numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recrawl {
    /// Pages that were not there before.
    pub new: u64,
    /// Pages whose body has changed.
    pub changed: u64,
    /// Pages with the same body.
    pub unchanged: u64,
    /// Pages that were there before, and are now 404, 410 or, in a run that came to its end, not met.
    pub gone: u64,
}

/// Reason why a crawl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finish {
    /// Nothing was left to do.
    Finished,
    /// The limit of the setting `max_pages` was reached.
    MaxPages,
    /// The limit of the setting `max_items` was reached.
    MaxItems,
    /// The limit of the setting `max_time` was reached.
    MaxTime,
    /// The limit of the setting `max_errors` was reached.
    MaxErrors,
    /// A signal stopped the crawl.
    Stopped,
    /// Nothing was left to do but requests to hosts that are [away](Report::away).
    Away,
}

impl Finish {
    /// Returns whether the crawl broke off, so that it can be resumed.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Stopped | Self::Away)
    }
}

impl fmt::Display for Finish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Finished => "finished",
            Self::MaxPages => "max_pages reached",
            Self::MaxItems => "max_items reached",
            Self::MaxTime => "max_time reached",
            Self::MaxErrors => "max_errors reached",
            Self::Stopped => "stopped",
            Self::Away => "interrupted, a host is away",
        })
    }
}

/// Reason why a request was filtered out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Filter {
    /// Outside the setting `scope`.
    Scope,
    /// No `allow` pattern matches.
    Allow,
    /// A `deny` pattern matches.
    Deny,
    /// Deeper than the setting `depth`, or a sitemap in a sitemap in a sitemap that robots.txt lists. Counted each time,
    /// because the same URL may be found again less deep.
    Depth,
    /// Longer than `max_url_length`.
    UrlLength,
    /// Not an http(s) URL.
    Scheme,
    /// robots.txt forbids it.
    Robots,
    /// robots.txt could not be read, which means: keep out.
    RobotsUnreachable,
    /// A media type that `content_types` does not list.
    ContentType,
    /// Found on a page that does not want its links followed (the setting `robots_tags`). Counted each time.
    Nofollow,
    /// Beyond the first `max_links` of its page. Counted each time.
    MaxLinks,
    /// Taken by a link rule that had taken as many as it may ([`Rule::limit`](crate::Rule::limit)). Counted each time.
    RuleLimit,
    /// A link whose name ends like that of a file that is no page, such as `.pdf` or `.js`. Counted each time.
    File,
    /// Part of a spider trap; [`Report::traps`] has the kinds.
    Trap,
    /// Beyond the first `max_pages_per_host` of its host.
    MaxPagesPerHost,
    /// Left out by a policy of the crawler's ([`Crawler::scope_by`](crate::Crawler::scope_by)); [`Report::left_out`] has
    /// the names.
    Policy,
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scope => "scope",
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Depth => "depth",
            Self::UrlLength => "url_length",
            Self::Scheme => "scheme",
            Self::Robots => "robots",
            Self::RobotsUnreachable => "robots_unreachable",
            Self::ContentType => "content_type",
            Self::Nofollow => "nofollow",
            Self::MaxLinks => "max_links",
            Self::RuleLimit => "rule_limit",
            Self::File => "file",
            Self::Trap => "trap",
            Self::MaxPagesPerHost => "max_pages_per_host",
            Self::Policy => "policy",
        })
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no kind of error is called {name:?}")))
    }
}
