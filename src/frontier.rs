//! The frontier decides *what survives*: it stores requests and fingerprints under the scheduler, and hands batches of
//! a host's requests up to it.
//!
//! Every call takes a batch, because a store on disk or on another machine is only fast that way.

mod memory;

use crate::error::Result;
use crate::identity::Fingerprint;
use crate::request::Request;
use crate::scheduler::HostId;
pub(crate) use memory::MemoryFrontier;

/// A request on its way into the frontier.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) host: HostId,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) request: Request,
    /// Store it even if the same request was seen before.
    pub(crate) force: bool,
}

/// What became of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// Host and priority of each request that was stored, in order.
    pub(crate) stored: Vec<(HostId, i32)>,
    /// How many were not, because they were seen before.
    pub(crate) duplicates: u64,
}

/// Storage under the scheduler.
pub(crate) trait Frontier: Send {
    /// Remembers the fingerprints of these requests and stores those that are new, or forced.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store fails; then none of the batch counts.
    fn add(&mut self, batch: Vec<Candidate>) -> Result<Added>;

    /// Remembers fingerprints of requests that are not stored; answers for each whether it is new.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store fails.
    fn mark_seen(&mut self, batch: &[Fingerprint]) -> Result<Vec<bool>>;

    /// Hands up at most `max` requests of a host, in the order in which they should go.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store fails.
    fn take(&mut self, host: HostId, max: usize) -> Result<Vec<Request>>;

    /// Takes back requests that [`take`](Self::take) handed up and that were not started, in the same order; they go
    /// before those of the same priority that were left.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store fails.
    fn give_back(&mut self, host: HostId, requests: Vec<Request>) -> Result<()>;
}
