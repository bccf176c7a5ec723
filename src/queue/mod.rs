//! The floor of the queue: [`Queue`] joins the scheduler, which says when a request may start, and the frontier, which
//! keeps those that wait. All of it is synchronous: time is an argument, and the store is asked by somebody else.

pub(crate) mod frontier;
mod hosts;
pub(crate) mod queued;
mod reads;
pub(crate) mod scheduler;

use std::time::Duration;

use url::Url;

use crate::model::report::PacedBy;
use crate::model::settings::{Order, Settings};
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use frontier::disk::Remembered;
use frontier::{
    Added, Arrived, Candidate, Changes, DiskFrontier, Frontier, MemoryFrontier, Range, Taken,
};
use hosts::HostLog;
pub(crate) use hosts::HostState;
use queued::{HostId, Queued};
use reads::Reads;
use scheduler::{Feedback, Memory, Pick, Scheduler, WINDOW};

/// Result of [`Queue::next`].
#[derive(Debug, PartialEq)]
pub enum Turn {
    /// Start this request of this host now.
    Start(HostId, Queued),
    /// Nothing may start before this time.
    Wait(Duration),
    /// Nothing waits for a time: what is left waits for requests in flight or for the store, or nothing is left.
    Idle,
}

/// Requests that are left to do, what was seen, and the pace of each host. The dispatcher owns one, and benchmarks drive
/// it as it is.
///
/// The queue of a durable job keeps a bounded part in memory. It does no I/O itself: its owner hands the ranges of
/// [`next_read`](Self::next_read) to the store and the answers to [`arrived`](Self::arrived), and stores
/// [`changes`](Self::changes) with everything else of a commit.
pub struct Queue {
    scheduler: Scheduler,
    frontier: Box<dyn Frontier>,
    order: Order,
    reads: Reads,
    /// Hosts that the store does not know yet; `None` in a crawl that is no durable job.
    log: Option<HostLog>,
}

impl Queue {
    /// Returns an empty queue that lives in memory and dies with the process.
    #[must_use]
    pub fn in_memory(settings: &Settings) -> Self {
        let frontier = Box::new(MemoryFrontier::new(settings.links.order));
        Self::with(settings, frontier, None)
    }

    /// Returns the empty queue of a durable job.
    #[must_use]
    pub fn durable(settings: &Settings) -> Self {
        let frontier = DiskFrontier::new(settings.links.order, Remembered::default());
        Self::with(settings, Box::new(frontier), Some(HostLog::default()))
    }

    fn with(settings: &Settings, frontier: Box<dyn Frontier>, log: Option<HostLog>) -> Self {
        Self {
            scheduler: Scheduler::new(settings),
            frontier,
            order: settings.links.order,
            reads: Reads::default(),
            log,
        }
    }

    /// Restores an empty durable queue to the state of an earlier process: its hosts in the order of their numbers, what
    /// its store remembers, and the number of requests that wait there.
    pub fn restore(
        &mut self,
        hosts: impl IntoIterator<Item = (String, Memory)>,
        remembered: Remembered,
        waiting: u64,
        now: Duration,
    ) {
        for (name, memory) in hosts {
            let (host, _) = self.scheduler.host(&name);
            self.scheduler.restore_pace(host, memory, now);
        }
        for (host, _) in &remembered.lanes {
            self.scheduler.expect_more(*host);
        }
        self.scheduler.expect_waiting(waiting);
        self.frontier = Box::new(DiskFrontier::new(self.order, remembered));
    }

    /// Returns the number of the host of this URL. Numbers grow by one, in the order in which hosts are found.
    pub fn host(&mut self, url: &Url) -> HostId {
        let name = url.host_str().unwrap_or_default();
        let (host, is_new) = self.scheduler.host(name);
        if let (true, Some(log)) = (is_new, &mut self.log) {
            log.found(host, name);
        }
        host
    }

    /// Adds requests: remembers their fingerprints, and queues those that are new or forced.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when a request cannot be stored; then none of the batch counts.
    pub fn add(&mut self, batch: Vec<Candidate>) -> Result<Added> {
        if self.order == Order::Depth {
            // The newest go first: what the scheduler holds goes back below them.
            for candidate in &batch {
                self.give_back(candidate.host);
            }
        }
        let added = self.frontier.add(batch)?;
        for (host, priority) in &added.stored {
            if self.scheduler.expect(*host, *priority) {
                self.give_back(*host);
            }
        }
        Ok(added)
    }

    /// Returns the scheduler's window of a host to the frontier, so that the next refill is in order again.
    fn give_back(&mut self, host: HostId) {
        let window = self.scheduler.take_back(host);
        if !window.is_empty() {
            self.frontier.give_back(host, window.into());
        }
    }

    /// Remembers fingerprints of requests that are not queued; returns for each whether it is new.
    pub(crate) fn mark_seen(&mut self, batch: &[Fingerprint]) -> Vec<bool> {
        self.frontier.mark_seen(batch)
    }

    /// Remembers the fingerprint of a request that is out of scope; returns whether it is new. It does not count as
    /// seen, because the scope can widen.
    pub(crate) fn mark_foreign(&mut self, fingerprint: Fingerprint) -> bool {
        self.frontier.mark_foreign(fingerprint)
    }

    /// Returns what to do now. After [`Turn::Start`] the request counts as in flight until [`finish`](Self::finish),
    /// [`cancel`](Self::cancel), `set_apart` or `set_aside`.
    pub fn next(&mut self, now: Duration) -> Turn {
        loop {
            match self.scheduler.next(now) {
                Pick::Start(host, queued) => return Turn::Start(host, queued),
                Pick::Refill(host) => self.refill(host),
                Pick::Wait(until) => return Turn::Wait(until),
                Pick::Idle => return Turn::Idle,
            }
        }
    }

    fn refill(&mut self, host: HostId) {
        match self.frontier.take(host, WINDOW) {
            Taken::Now(requests, has_more) => self.scheduler.fill(host, requests, has_more),
            Taken::Later(range) => {
                self.scheduler.fill(host, Vec::new(), true);
                self.reads.push(range);
            }
        }
    }

    /// Ends the flight of a request at its host, whose pace learns from how it went. The request itself stays in the
    /// queue until [`settle`](Self::settle).
    pub fn finish(&mut self, host: HostId, url: &Url, feedback: Feedback, now: Duration) {
        self.scheduler.finish(host, feedback, now);
        if let (Feedback::SlowDown(_), Some(log)) = (feedback, &mut self.log) {
            log.slowed(host, url.host_str().unwrap_or_default());
        }
    }

    /// Removes a request that has come to its end.
    pub fn settle(&mut self, host: HostId, done: &Queued) {
        self.frontier.settle(host, done);
    }

    /// Removes a request that was handed out and is not started; the next one of its host goes in its place.
    pub fn cancel(&mut self, host: HostId, queued: &Queued) {
        self.scheduler.refund(host);
        self.frontier.settle(host, queued);
    }

    /// Queues a request again in a new form, not to start before `due`. A request that is the crawl's own is kept
    /// nowhere else.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be stored.
    pub(crate) fn retry(&mut self, host: HostId, again: Queued, due: Duration) -> Result<()> {
        if again.request.robots_for().is_none() {
            self.frontier.replace(host, &again)?;
        }
        self.scheduler.push_later(host, again, due);
        Ok(())
    }

    /// Queues a request again as it is.
    pub(crate) fn requeue(&mut self, host: HostId, queued: Queued, due: Duration) {
        self.scheduler.push_later(host, queued, due);
    }

    /// Queues a request that goes before everything else of its host, also when the host is held: one for robots.txt,
    /// which does not count as waiting, or a probe of a host that is away, which counts already.
    pub(crate) fn push_urgent(&mut self, host: HostId, queued: Queued) {
        self.scheduler.push_urgent(host, queued);
    }

    /// Queues a request that has failed and now probes its host, which is away.
    pub(crate) fn push_probe(&mut self, host: HostId, queued: Queued) {
        self.scheduler.expect_waiting(1);
        self.scheduler.push_urgent(host, queued);
    }

    /// Notes that a request that was handed out waits elsewhere until [`put_back`](Self::put_back). With `is_full`, only
    /// urgent requests of its host start until then.
    pub(crate) fn set_apart(&mut self, host: HostId, is_full: bool) {
        self.scheduler.set_apart(host);
        if is_full {
            self.scheduler.hold(host);
        }
    }

    /// Puts requests that were [set apart](Self::set_apart) back to the front, in the same order. `was_full` says
    /// whether that held the host.
    pub(crate) fn put_back(&mut self, host: HostId, requests: Vec<Queued>, was_full: bool) {
        self.scheduler.put_back(host, requests);
        if was_full {
            self.scheduler.release(host);
        }
    }

    /// Notes that a request that was handed out is not started and does not count as waiting; it can still be
    /// [settled](Self::settle).
    pub(crate) fn set_aside(&mut self, host: HostId) {
        self.scheduler.refund(host);
    }

    /// Raises the delay of a host to what its robots.txt asks for.
    pub(crate) fn raise_delay(&mut self, host: HostId, delay: Duration, now: Duration) {
        self.scheduler.raise_delay(host, delay, now);
    }

    /// Returns the delay between two requests that the answers of a host asked for; zero if they did not.
    pub(crate) fn backoff(&self, host: HostId, now: Duration) -> Duration {
        self.scheduler.pace_memory(host, now).backoff
    }

    /// Returns whether requests of a host wait.
    pub(crate) fn has_waiting(&self, host: HostId) -> bool {
        self.scheduler.has_waiting(host)
    }

    /// Returns the number of requests that wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.scheduler.waiting()
    }

    /// Returns the host whose delay ends at the time that [`Turn::Wait`] names, with the delay and its origin; `None` when
    /// that time is another's.
    pub(crate) fn paced(&self, until: Duration) -> Option<(HostId, Duration, PacedBy)> {
        self.scheduler.paced(until)
    }

    /// Returns the name of a host. Looks through all of them.
    pub(crate) fn name(&self, host: HostId) -> Option<&str> {
        self.scheduler.name(host)
    }

    /// Returns the number of known hosts.
    pub(crate) fn hosts(&self) -> usize {
        self.scheduler.hosts()
    }

    /// Returns the next range of requests to read from the store; `None` when there is none, or when enough reads are
    /// under way.
    pub fn next_read(&mut self) -> Option<Range> {
        self.reads.next()
    }

    /// Returns whether requests are on their way from the store.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.reads.is_reading()
    }

    /// Takes the requests that were read for a [`next_read`](Self::next_read).
    pub fn arrived(&mut self, arrived: Arrived) {
        let host = arrived.range.host;
        self.reads.arrived();
        self.frontier.arrived(arrived);
        self.scheduler.expect_more(host);
    }

    /// Takes the changes since the last time, for a commit: those of the frontier, and the hosts that are new or have
    /// asked for fewer requests.
    pub fn changes(&mut self, now: Duration) -> (Changes, Vec<HostState>) {
        let hosts = self.log.as_mut().map(|log| log.take(&self.scheduler, now));
        (self.frontier.cut(), hosts.unwrap_or_default())
    }

    /// Notes that the [changes](Self::changes) that were taken last are stored.
    pub fn committed(&mut self) {
        self.frontier.committed();
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting())
            .field("hosts", &self.hosts())
            .finish_non_exhaustive()
    }
}
