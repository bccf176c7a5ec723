//! First failure of a crawl that has no page yet, for the last words of a crawl that ends without one.

use std::fmt;

use url::Url;

use crate::model::event::{Event, Events};
use crate::model::report::Filter;
use crate::page::error::ErrorKind;

/// Reason why there is no page.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Cause {
    /// A request failed for good; perhaps one for robots.txt.
    Failed {
        kind: ErrorKind,
        message: String,
        url: Url,
    },
    /// A request was filtered.
    Filtered { reason: Filter, url: Url },
}

impl Cause {
    /// Returns whether the page was fetched, and the spider failed on it.
    pub(in crate::cli) fn is_of_spider(&self) -> bool {
        matches!(self, Self::Failed { kind, .. } if kind.is_of_spider())
    }

    /// Follows the crawl until it fails, filters or has a page; `None` when it has a page.
    pub(in crate::cli) async fn first(mut events: Events) -> Option<Self> {
        loop {
            match events.next().await? {
                Event::Failed { url, kind, message } => {
                    return Some(Self::Failed { kind, message, url });
                }
                Event::Filtered { url, reason } => return Some(Self::Filtered { reason, url }),
                Event::Page { .. } | Event::Finished { .. } => return None,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self {
            Self::Failed { message, url, .. } => {
                f.write_str(message)?;
                url
            }
            Self::Filtered {
                reason: Filter::Robots,
                url,
            } => {
                f.write_str("robots.txt forbids it")?;
                url
            }
            Self::Filtered { reason, url } => {
                write!(f, "filtered by {reason}")?;
                url
            }
        };
        write!(f, "\n  at: {url}")
    }
}
