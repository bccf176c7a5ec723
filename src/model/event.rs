//! [`Event`]s of a running crawl, as they happen, and [`Progress`], its numbers at a glance.
//!
//! ```
//! # use crawlworks::{Crawler, Event, Site, testing::PracticeSite};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), crawlworks::BoxError> {
//! # let site = PracticeSite::start()?;
//! let mut crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(3).delay(std::time::Duration::ZERO);
//! let mut events = crawler.events();
//! let crawl = tokio::spawn(crawler.run());
//! let mut pages = 0;
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Page { url, status, .. } => { println!("{status} {url}"); pages += 1 }
//!         Event::Finished { .. } => break,
//!         _ => {}
//!     }
//! }
//! assert_eq!(pages, crawl.await??.pages);
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use http::StatusCode;
use tokio::sync::{broadcast, watch};
use url::Url;

use crate::model::report::{Filter, Finish};
use crate::page::error::ErrorKind;

/// Number of events that a subscriber may lag behind before it misses some.
const BUFFER: usize = 4096;
/// Number of events that a subscriber may lag behind where none may be missed: more than the links of a page and the
/// items of many.
const WIDE_BUFFER: usize = 1 << 16;

/// Event of a running crawl.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The crawl resumes the job of an earlier process. Always the first event of a resumed crawl.
    Resumed {
        /// Number of pages that are done.
        pages: u64,
        /// Number of items that are in the outputs.
        items: u64,
        /// Number of requests that wait in the queue.
        pending: u64,
    },
    /// The crawl starts its job over although the last run did not finish, because nothing of that run is wanted or kept.
    /// Always the first event of such a crawl.
    StartedOver {
        /// Reason why the last run is not resumed.
        reason: &'static str,
    },
    /// A request was started; requests for robots.txt are included.
    Started {
        /// URL of the request.
        url: Url,
    },
    /// A page was fetched and parsed.
    Page {
        /// URL of the page.
        url: Url,
        /// HTTP status of the answer.
        status: StatusCode,
        /// Size of the decoded body, in bytes.
        bytes: u64,
        /// Number of items that the page gave.
        items: usize,
        /// Number of requests that the page gave.
        links: usize,
        /// Duration of the exchange.
        elapsed: Duration,
    },
    /// A page redirected; its target goes back to the scheduler.
    Redirected {
        /// URL of the page.
        url: Url,
        /// URL that the page redirects to.
        target: Url,
    },
    /// An item went through all pipelines and into the outputs.
    Kept {
        /// URL of the page that gave the item.
        url: Url,
    },
    /// A pipeline dropped an item, or failed on it.
    Dropped {
        /// URL of the page that gave the item.
        url: Url,
        /// Reason why the item was dropped.
        reason: String,
    },
    /// A request failed and will be tried again.
    Retry {
        /// URL of the request.
        url: Url,
        /// Number of tries so far.
        attempt: u32,
        /// Time from now until the next try.
        wait: Duration,
        /// Reason why the request failed.
        reason: String,
    },
    /// A request was filtered out.
    Filtered {
        /// URL of the request that is not fetched.
        url: Url,
        /// Reason why the request was filtered out.
        reason: Filter,
    },
    /// A request was given up, or its page could not be parsed. The request can also be one for a robots.txt; then the
    /// requests that waited for it follow as [`Filtered`](Self::Filtered).
    Failed {
        /// URL of the request.
        url: Url,
        /// Kind of the failure.
        kind: ErrorKind,
        /// Error message, with its causes.
        message: String,
    },
    /// This subscriber was too slow and missed this number of events.
    Missed(u64),
    /// The crawl is over. Always the last event.
    Finished {
        /// Reason why the crawl ended.
        reason: Finish,
    },
}

/// Subscription to the events of a crawl; see [`Crawler::events`](crate::Crawler::events).
#[derive(Debug)]
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// Waits for the next event; `None` after the last one. A subscriber that lags far behind gets [`Event::Missed`].
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Event::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Numbers of a crawl so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Time since the start of the crawl.
    pub elapsed: Duration,
    /// Number of pages fetched and parsed.
    pub pages: u64,
    /// Number of items kept.
    pub items: u64,
    /// Number of requests that wait in the queue.
    pub queued: u64,
    /// Number of visits in flight.
    pub in_flight: usize,
    /// Number of hosts met so far.
    pub hosts: usize,
    /// Number of retries.
    pub retries: u64,
    /// Number of requests given up and of pages that could not be parsed.
    pub errors: u64,
    /// Size of all bodies over the wire, in bytes.
    pub bytes: u64,
}

/// Subscription to the numbers of a crawl; see [`Crawler::progress`](crate::Crawler::progress).
#[derive(Debug, Clone)]
pub struct ProgressWatch(watch::Receiver<Progress>);

impl ProgressWatch {
    /// Returns the newest numbers.
    #[must_use]
    pub fn latest(&self) -> Progress {
        *self.0.borrow()
    }

    /// Waits for newer numbers; returns `false` when the crawl is over and none will come.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Sender of the engine's events and progress. Without subscribers an event is not even built.
#[derive(Debug, Clone, Default)]
pub(crate) struct Announcer {
    events: Option<broadcast::Sender<Event>>,
    progress: Option<watch::Sender<Progress>>,
}

impl Announcer {
    /// Creates an announcer whose event subscribers may lag far behind: by 65,536 events.
    pub(crate) fn wide() -> Self {
        Self {
            events: Some(broadcast::channel(WIDE_BUFFER).0),
            progress: None,
        }
    }

    pub(crate) fn events(&mut self) -> Events {
        Events(
            self.events
                .get_or_insert_with(|| broadcast::channel(BUFFER).0)
                .subscribe(),
        )
    }

    pub(crate) fn progress(&mut self) -> ProgressWatch {
        let sender = self
            .progress
            .get_or_insert_with(|| watch::channel(Progress::default()).0);
        ProgressWatch(sender.subscribe())
    }

    pub(crate) fn announce(&self, event: impl FnOnce() -> Event) {
        if let Some(events) = self
            .events
            .as_ref()
            .filter(|events| events.receiver_count() > 0)
        {
            // An error means that nobody listens any more.
            let _ = events.send(event());
        }
    }

    pub(crate) fn wants_progress(&self) -> bool {
        self.progress
            .as_ref()
            .is_some_and(|progress| progress.receiver_count() > 0)
    }

    pub(crate) fn show(&self, progress: Progress) {
        if let Some(sender) = &self.progress {
            sender.send_replace(progress);
        }
    }
}
