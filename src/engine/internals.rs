//! Scheduler and frontier joined as the dispatcher joins them, and entry points for fuzzing, for this package's own
//! tests, benchmarks and fuzz targets. Not part of the API.

mod disk;
mod fuzzed;

use std::time::Duration;

use crate::model::settings::{Order, Settings};
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::page::request::Request;
use crate::queue::frontier::{Candidate, Frontier, MemoryFrontier, SeenSet, Taken};
use crate::queue::queued::HostId;
use crate::queue::scheduler::{Feedback, Scheduler, Turn, WINDOW};
pub use disk::{DiskQueue, Link, Started};
pub use fuzzed::{cookie, decode};

/// A scheduler and the memory frontier that feeds it.
#[derive(Debug)]
pub struct Queue {
    pub(crate) scheduler: Scheduler,
    frontier: MemoryFrontier,
    order: Order,
    pub(crate) pushed: u64,
}

impl Queue {
    /// Creates an empty queue.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let frontier = MemoryFrontier::new(settings.order);
        Self {
            scheduler: Scheduler::new(settings),
            frontier,
            order: settings.order,
            pushed: 0,
        }
    }

    /// Queues a request, which counts as new.
    ///
    /// # Errors
    /// Returns no error with the memory frontier.
    pub fn push(&mut self, request: Request) -> Result<()> {
        let (host, _) = self
            .scheduler
            .host(request.url().host_str().unwrap_or_default());
        self.pushed += 1;
        if self.order == Order::Depth {
            self.give_back(host);
        }
        let (priority, fingerprint) = (request.priority(), Fingerprint::from(self.pushed));
        self.frontier.add(vec![Candidate {
            host,
            fingerprint,
            request,
            force: false,
        }])?;
        if self.scheduler.expect(host, priority) {
            self.give_back(host);
        }
        Ok(())
    }

    /// Starts the next request and finishes it at once; `None` when nothing may start now.
    ///
    /// # Errors
    /// Returns no error with the memory frontier.
    pub fn pop(&mut self, now: Duration) -> Result<Option<Request>> {
        let Turn::Start(host, queued) = self.next(now)? else {
            return Ok(None);
        };
        self.scheduler.finish(host, Feedback::None, now);
        Ok(Some(queued.request))
    }

    pub(crate) fn next(&mut self, now: Duration) -> Result<Turn> {
        loop {
            match self.scheduler.next(now) {
                Turn::Refill(host) => {
                    if let Taken::Now(requests, has_more) = self.frontier.take(host, WINDOW) {
                        self.scheduler.fill(host, requests, has_more);
                    }
                }
                turn => return Ok(turn),
            }
        }
    }

    fn give_back(&mut self, host: HostId) {
        let window = self.scheduler.take_back(host);
        self.frontier.give_back(host, window.into());
    }
}

/// Set of the fingerprints that a crawl has seen.
#[derive(Debug, Default)]
pub struct Seen(SeenSet);

impl Seen {
    /// Adds a fingerprint; returns whether it is new.
    pub fn insert(&mut self, fingerprint: u64) -> bool {
        self.0.insert(fingerprint)
    }
}
