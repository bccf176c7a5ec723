//! The [`Report`] of a crawl: why it ended, what it did, and a ledger that balances.

mod fields;
mod limit;
mod shortfall;
mod tally;
mod trap;

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::page::error::ErrorKind;
pub use fields::{Field, Fields, Types};
pub use limit::Limit;
pub(crate) use shortfall::Percent;
pub use shortfall::Shortfall;
pub(crate) use shortfall::shortfalls;
pub(crate) use tally::{End, Fetched, Forbidden, RobotsStatus, Tally};
pub use trap::{Trap, TrapKind};

/// What a crawl did. Serialises to the JSON that `--report` writes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The spider's name.
    pub spider: String,
    /// Why the crawl ended.
    pub finish: Finish,
    /// When it began.
    #[serde(with = "timestamp")]
    pub started: SystemTime,
    /// When it ended.
    #[serde(with = "timestamp")]
    pub ended: SystemTime,
    /// How long it was crawled, in seconds: what lies between two processes of a [resumed](Self::resumed) crawl does not
    /// count.
    pub seconds: f64,
    /// Pages fetched and parsed.
    pub pages: u64,
    /// What became of the items.
    pub items: Items,
    /// Fields that were filled in fewer items than the setting `min_fill` asks for: the site has changed, most likely.
    #[serde(default)]
    pub shortfalls: Vec<Shortfall>,
    /// What became of every request that was seen.
    pub ledger: Ledger,
    /// Requests that were dropped because the same one was seen before; not part of the ledger.
    pub duplicates: u64,
    /// Round trips to servers, by purpose.
    pub requests: Requests,
    /// Bytes received.
    pub bytes: Bytes,
    /// Answers by status; robots.txt included.
    pub statuses: BTreeMap<u16, u64>,
    /// Round trips and pages that failed, by kind; a request that is tried four times can count four times.
    pub errors: BTreeMap<ErrorKind, u64>,
    /// Requests that were sorted out, by reason.
    pub filtered: BTreeMap<Filter, u64>,
    /// The links among them that were taken for spider traps, by kind.
    #[serde(default)]
    pub traps: BTreeMap<TrapKind, Trap>,
    /// Pages of which something was cut off, by the limit that they reached.
    #[serde(default)]
    pub limited: BTreeMap<Limit, u64>,
    /// Retries by what made them necessary: an error kind or a status.
    pub retries: BTreeMap<String, u64>,
    /// robots.txt files by what came of them.
    pub robots: Robots,
    /// What the cache did: all zero without one.
    #[serde(default)]
    pub cache: Cache,
    /// How the pages compare with the run before; nothing unless the setting `recrawl` is on.
    #[serde(default)]
    pub recrawl: Option<Recrawl>,
    /// Hosts met.
    pub hosts: usize,
    /// Origins that had answered, and did not any more when the crawl ended: the first 50, by name.
    #[serde(default)]
    pub away: Vec<Away>,
    /// The most memory that the process held, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// What earlier processes had done, when this one went on with their crawl; all of it is in the other numbers too.
    #[serde(default)]
    pub resumed: Option<Resumed>,
}

/// An origin that did not answer any more when the crawl ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Away {
    /// Scheme, host and port.
    pub origin: String,
    /// For how long it had not answered.
    pub seconds: f64,
    /// What came instead of an answer.
    pub error: String,
}

/// What had been committed before the last process of a crawl took over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resumed {
    /// How many times the crawl was taken up again.
    pub times: u32,
    /// Pages.
    pub pages: u64,
    /// Items.
    pub items: u64,
    /// Seconds of crawling.
    pub seconds: f64,
}

/// What became of the items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Items {
    /// Written to the outputs.
    pub kept: u64,
    /// Dropped by a pipeline, by a limit or as a `duplicate`, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Lost because a pipeline, the schema or an output failed on them, by what it said.
    pub failed: BTreeMap<String, u64>,
    /// Those of them whose fields were counted: all that could be read as JSON, but none that a version of crawlworks
    /// kept which did not count fields, and whose crawl this one goes on with.
    #[serde(default)]
    pub counted: u64,
    /// The fields of those that were counted: how often each is filled, and by which types.
    #[serde(default)]
    pub fields: Fields,
    /// Values in further fields, which are not told apart because there are too many.
    #[serde(default, skip_serializing_if = "fields::is_zero")]
    pub other_fields: u64,
}

impl Items {
    /// In which share of the items that were [counted](Self::counted) a field is filled, from 0 to 1; 0 when there are
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

/// Every request that was seen is in exactly one of the other four: `seen = done + filtered + failed + pending`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Different requests that start, `parse` and redirects asked for.
    pub seen: u64,
    /// Fetched and parsed, redirected, or a sitemap that was read.
    pub done: u64,
    /// Sorted out by scope, robots.txt, depth and so on.
    pub filtered: u64,
    /// Given up after all tries, or the page could not be parsed.
    pub failed: u64,
    /// Still waiting when the crawl ended.
    pub pending: u64,
}

impl Ledger {
    /// Returns whether nothing was lost.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.seen == self.done + self.filtered + self.failed + self.pending
    }
}

/// Round trips, by purpose; what the cache answered is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Requests {
    /// All of them.
    pub total: u64,
    /// For robots.txt.
    pub robots: u64,
    /// Repeated after a failure.
    pub retried: u64,
    /// Answered with a redirect that was followed.
    pub redirected: u64,
    /// For sitemaps, as far as they could be read (the setting `sitemaps`).
    #[serde(default)]
    pub sitemaps: u64,
    /// For the pages of a recipe's login, which are among the [pages](Report::pages), too.
    #[serde(default)]
    pub logins: u64,
}

/// Bytes received, robots.txt included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bytes {
    /// Bodies as they came over the wire.
    pub wire: u64,
    /// Bodies after decoding.
    pub body: u64,
}

/// What came of the robots.txt files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Robots {
    /// Read.
    pub read: u64,
    /// There was none (4xx): everything is allowed.
    pub none: u64,
    /// Unreachable (429, 5xx or a network error): nothing is allowed.
    pub unreachable: u64,
    /// Unreachable, but a copy of the last 30 days is there: it holds on.
    pub stale: u64,
    /// Requests that were kept out because the rules have more wildcards than can be tried in reasonable time.
    pub too_costly: u64,
    /// The rules that kept requests out: the first 50 that did.
    pub kept_out: Vec<KeptOut>,
    /// How many requests further rules kept out.
    pub kept_out_by_others: u64,
}

/// A rule of a robots.txt that kept requests out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptOut {
    /// Scheme, host and port whose robots.txt it is.
    pub origin: String,
    /// The number of its line, from 1; `None` when the rules are too costly to be tried.
    pub line: Option<u32>,
    /// The rule, its pattern in normal form.
    pub rule: String,
    /// How many requests it kept out.
    pub count: u64,
    /// The first of them.
    pub example: String,
}

/// What the cache did, by requests, robots.txt included. `hits`, `revalidated`, `stale`, `missed` and `bypassed` are all
/// that were answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cache {
    /// Answered from the disk; the server was not asked, so these are no round trips.
    pub hits: u64,
    /// The server confirmed what was on the disk (304).
    pub revalidated: u64,
    /// The server failed, and what was on the disk stood in for it.
    pub stale: u64,
    /// Answered by the server, though the cache was asked.
    pub missed: u64,
    /// Nothing for a cache: other methods, credentials, `no-store` requests.
    pub bypassed: u64,
    /// Answers that were written to the disk.
    pub stored: u64,
}

/// How the pages of a recrawl compare with the run before. A page that failed is in none of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recrawl {
    /// Not there before.
    pub new: u64,
    /// With another body.
    pub changed: u64,
    /// With the same body.
    pub unchanged: u64,
    /// There before, and now 404, 410 or, in a run that came to its end, not met.
    pub gone: u64,
}

/// Why a crawl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finish {
    /// Nothing was left to do.
    Finished,
    /// The setting `max_pages`.
    MaxPages,
    /// The setting `max_items`.
    MaxItems,
    /// The setting `max_time`.
    MaxTime,
    /// The setting `max_errors`.
    MaxErrors,
    /// A signal to stop.
    Stopped,
    /// Nothing was left to do but requests to hosts that are [away](Report::away).
    Away,
}

impl Finish {
    /// Returns whether the crawl broke off, so that there is something to go on with.
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

/// Why a request was sorted out.
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
    /// Deeper than the setting `depth`, or a sitemap in a sitemap in a sitemap that robots.txt lists. Counted each time, because the same URL may be found again less deep.
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
    /// It belongs to a spider trap; [`Report::traps`] says to which kind.
    Trap,
    /// Beyond the first `max_pages_per_host` of its host.
    MaxPagesPerHost,
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

/// RFC 3339, in UTC.
pub(crate) mod timestamp {
    use std::time::SystemTime;

    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Timestamp::try_from(*time)
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        Timestamp::deserialize(deserializer).map(SystemTime::from)
    }
}

impl Report {
    /// Whether the crawl failed as a whole: it had something to fetch and got not one page (those of a login are none),
    /// hit the error limit, was left with hosts that are [away](Self::away), lost every item because something [failed](Items::failed) on it, or
    /// [fell short](Self::shortfalls) of a threshold.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        matches!(self.finish, Finish::MaxErrors | Finish::Away)
            || self.has_no_page()
            || self.has_lost_all_items()
            || !self.shortfalls.is_empty()
    }

    /// Whether there were items and none could be kept: not one fits the schema, say. A crawl that broke off has not seen
    /// all there is, and is not judged.
    pub(crate) fn has_lost_all_items(&self) -> bool {
        !self.finish.is_unfinished() && self.items.kept == 0 && !self.items.failed.is_empty()
    }

    /// Returns whether it had something to fetch and got not one page, but for those of a login.
    pub(crate) fn has_no_page(&self) -> bool {
        self.finish == Finish::Finished
            && self.pages == self.requests.logins
            && self.ledger.seen > 0
    }
}
