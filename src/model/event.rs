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

/// How many events a subscriber may lag behind before it misses some.
const BUFFER: usize = 4096;
/// The same where none may be missed: more than the links of a page and the items of many.
const WIDE_BUFFER: usize = 1 << 16;

/// Something that happened in a crawl.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The crawl goes on with what an earlier process left of its job. Always the first event then.
    Resumed {
        /// Pages that are done.
        pages: u64,
        /// Items that are in the outputs.
        items: u64,
        /// Requests that wait.
        pending: u64,
    },
    /// A request was started; robots.txt included.
    Started {
        /// What is fetched.
        url: Url,
    },
    /// A page was fetched and parsed.
    Page {
        /// The page.
        url: Url,
        /// Its status.
        status: StatusCode,
        /// Bytes of its decoded body.
        bytes: u64,
        /// How many items it gave.
        items: usize,
        /// How many requests it gave.
        links: usize,
        /// How long the exchange took.
        elapsed: Duration,
    },
    /// A page redirected; its target goes back to the scheduler.
    Redirected {
        /// The page.
        url: Url,
        /// Where it leads.
        target: Url,
    },
    /// An item went through all pipelines and into the outputs.
    Kept {
        /// The page that gave it.
        url: Url,
    },
    /// A pipeline dropped an item, or failed on it.
    Dropped {
        /// The page that gave it.
        url: Url,
        /// Why.
        reason: String,
    },
    /// A request failed and will be tried again.
    Retry {
        /// What failed.
        url: Url,
        /// How often it was tried so far.
        attempt: u32,
        /// When it is tried again, from now.
        wait: Duration,
        /// Why it failed.
        reason: String,
    },
    /// A request was sorted out.
    Filtered {
        /// What is not fetched.
        url: Url,
        /// Why not.
        reason: Filter,
    },
    /// A request was given up, or its page could not be parsed. Given up can also be a robots.txt; then what waited
    /// for it follows as [`Filtered`](Self::Filtered).
    Failed {
        /// What failed.
        url: Url,
        /// The kind of failure.
        kind: ErrorKind,
        /// What happened, with its causes.
        message: String,
    },
    /// This subscriber was too slow and missed so many events.
    Missed(u64),
    /// The crawl is over. Always the last event.
    Finished {
        /// Why it ended.
        reason: Finish,
    },
}

/// A subscription to the events of a crawl; see [`Crawler::events`](crate::Crawler::events).
#[derive(Debug)]
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// The next event; `None` after the last one. A subscriber that lags far behind gets [`Event::Missed`].
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Event::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// The numbers of a crawl so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Time since the start.
    pub elapsed: Duration,
    /// Pages fetched and parsed.
    pub pages: u64,
    /// Items kept.
    pub items: u64,
    /// Requests that wait.
    pub queued: u64,
    /// Visits in flight.
    pub in_flight: usize,
    /// Hosts known.
    pub hosts: usize,
    /// Requests tried again.
    pub retries: u64,
    /// Requests given up and pages that could not be parsed.
    pub errors: u64,
    /// Bytes of bodies over the wire.
    pub bytes: u64,
}

/// A subscription to the numbers of a crawl; see [`Crawler::progress`](crate::Crawler::progress).
#[derive(Debug, Clone)]
pub struct ProgressWatch(watch::Receiver<Progress>);

impl ProgressWatch {
    /// The newest numbers.
    #[must_use]
    pub fn latest(&self) -> Progress {
        *self.0.borrow()
    }

    /// Waits for newer numbers; `false` when the crawl is over and none will come.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Where the engine tells what happens. Without subscribers an event is not even built.
#[derive(Debug, Clone, Default)]
pub(crate) struct Announcer {
    events: Option<broadcast::Sender<Event>>,
    progress: Option<watch::Sender<Progress>>,
}

impl Announcer {
    /// One whose subscribers may lag far behind.
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
