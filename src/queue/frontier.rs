//! The frontier decides *what survives*: it stores requests and fingerprints under the scheduler, and hands batches of
//! a host's requests up to it.
//!
//! A frontier is a data structure without I/O. The one that survives a crash notes what has changed, and the
//! dispatcher takes these [`Changes`] with everything else that belongs to one commit; when a host's next requests are
//! in the store, it says which, and gets them later.

pub(crate) mod disk;
mod memory;
mod seen;

use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::page::request::Request;
use crate::queue::queued::{HostId, Queued};
pub(crate) use disk::DiskFrontier;
pub(crate) use disk::{Arrived, Changes, Range};
pub(super) use memory::MemoryFrontier;
pub use seen::SeenSet;

/// A request on its way into the frontier.
#[derive(Debug)]
pub struct Candidate {
    /// Number of its host.
    pub host: HostId,
    /// Fingerprint of the request.
    pub fingerprint: Fingerprint,
    /// The request.
    pub request: Request,
    /// Store it even if the same request was seen before.
    pub force: bool,
}

/// Result of adding a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Host and priority of each request that was stored, in order.
    pub stored: Vec<(HostId, i32)>,
    /// Number of requests that were not added, because they were seen before.
    pub duplicates: u64,
}

/// Result of [`Frontier::take`].
#[derive(Debug, PartialEq)]
pub(crate) enum Taken {
    /// The requests, in the order in which they should go, and whether the host has more.
    Now(Vec<Queued>, bool),
    /// The next ones are in the store: read this range and hand it to [`Frontier::arrived`].
    Later(Range),
}

/// Storage under the scheduler.
pub(crate) trait Frontier: Send {
    /// Remembers the fingerprints of these requests and stores those that are new, or forced.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when a request cannot be stored; then none of the batch counts.
    fn add(&mut self, batch: Vec<Candidate>) -> Result<Added>;

    /// Remembers fingerprints of requests that are not stored; answers for each whether it is new.
    fn mark_seen(&mut self, batch: &[Fingerprint]) -> Vec<bool>;

    /// Remembers the fingerprint of a request that is out of scope; answers whether it is new. It does not count as
    /// seen, because the scope can widen.
    fn mark_foreign(&mut self, fingerprint: Fingerprint) -> bool;

    /// Hands up at most `max` requests of a host.
    fn take(&mut self, host: HostId, max: usize) -> Taken;

    /// Takes back requests that [`take`](Self::take) handed up and that were not started, in the same order; they go
    /// before those of the same priority that were left.
    fn give_back(&mut self, host: HostId, requests: Vec<Queued>);

    /// A request that was handed up has come to its end.
    fn settle(&mut self, _host: HostId, _done: &Queued) {}

    /// A request that was handed up stays in the queue in a new form: it is tried again.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be stored.
    fn replace(&mut self, _host: HostId, _again: &Queued) -> Result<()> {
        Ok(())
    }

    /// Takes what has changed since the last time, for a commit.
    fn cut(&mut self) -> Changes {
        Changes::default()
    }

    /// Notes that the changes returned last by [`cut`](Self::cut) are committed.
    fn committed(&mut self) {}

    /// Takes the requests that were read for a [`Taken::Later`].
    fn arrived(&mut self, _arrived: Arrived) {}
}
