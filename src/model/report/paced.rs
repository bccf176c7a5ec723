//! [`Paced`]: how long a crawl waited for the delays of hosts.

use serde::{Deserialize, Serialize};

/// Time that a crawl spent waiting for the delays of hosts, while nothing else kept it from starting more requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Paced {
    /// Time that was spent, over all hosts, in seconds.
    pub seconds: f64,
    /// Name of the host that was waited for last, and so the one that the end of the crawl waited for.
    pub host: String,
    /// Delay of that host, in seconds.
    pub delay: f64,
    /// Origin of that delay.
    pub by: PacedBy,
}

/// Origin of a delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PacedBy {
    /// The setting `delay`.
    Setting,
    /// `Crawl-delay` or `Request-rate` in robots.txt.
    Robots,
    /// The setting `adaptive_delay`: the host answers slowly, or with 429 or 503.
    Answers,
}
