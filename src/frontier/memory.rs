//! The frontier that lives in memory and dies with the process.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use super::{Added, Candidate, Frontier};
use crate::error::Result;
use crate::identity::Fingerprint;
use crate::request::Request;
use crate::scheduler::HostId;
use crate::settings::Order;

/// Exact fingerprints in a hash set, and one queue per host and priority.
#[derive(Debug)]
pub(crate) struct MemoryFrontier {
    seen: HashSet<u64, BuildHasherDefault<AsIs>>,
    hosts: HashMap<HostId, Lanes>,
    order: Order,
}

/// The queues of one host by priority, the highest last. Nearly every host has one.
#[derive(Debug, Default)]
struct Lanes(Vec<(i32, VecDeque<Request>)>);

impl Lanes {
    /// The queue of this priority. A new one has room for one request: most hosts of a wide crawl have no more.
    fn lane(&mut self, priority: i32) -> &mut VecDeque<Request> {
        let at = self.0.partition_point(|(other, _)| *other < priority);
        if self.0.get(at).is_none_or(|(other, _)| *other != priority) {
            self.0.insert(at, (priority, VecDeque::with_capacity(1)));
        }
        #[expect(
            clippy::indexing_slicing,
            reason = "it was found or inserted there just now"
        )]
        &mut self.0[at].1
    }

    fn pop(&mut self, order: Order) -> Option<Request> {
        loop {
            let (_, lane) = self.0.last_mut()?;
            let next = match order {
                Order::Breadth => lane.pop_front(),
                Order::Depth => lane.pop_back(),
            };
            if next.is_some() {
                return next;
            }
            self.0.pop();
        }
    }
}

/// Fingerprints are already evenly spread and keyed: hashing them again would only cost time.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

impl MemoryFrontier {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            seen: HashSet::default(),
            hosts: HashMap::new(),
            order,
        }
    }
}

impl Frontier for MemoryFrontier {
    fn add(&mut self, batch: Vec<Candidate>) -> Result<Added> {
        let mut added = Added::default();
        for Candidate {
            host,
            fingerprint,
            request,
            force,
        } in batch
        {
            if !self.seen.insert(fingerprint.get()) && !force {
                added.duplicates += 1;
                continue;
            }
            added.stored.push((host, request.priority()));
            self.hosts
                .entry(host)
                .or_default()
                .lane(request.priority())
                .push_back(request);
        }
        Ok(added)
    }

    fn mark_seen(&mut self, batch: &[Fingerprint]) -> Result<Vec<bool>> {
        let seen = &mut self.seen;
        Ok(batch
            .iter()
            .map(|fingerprint| seen.insert(fingerprint.get()))
            .collect())
    }

    fn take(&mut self, host: HostId, max: usize) -> Result<Vec<Request>> {
        let Some(lanes) = self.hosts.get_mut(&host) else {
            return Ok(Vec::new());
        };
        let taken: Vec<Request> = std::iter::from_fn(|| lanes.pop(self.order))
            .take(max)
            .collect();
        if taken.len() < max {
            self.hosts.remove(&host);
        }
        Ok(taken)
    }

    fn give_back(&mut self, host: HostId, requests: Vec<Request>) -> Result<()> {
        let lanes = self.hosts.entry(host).or_default();
        for request in requests.into_iter().rev() {
            let lane = lanes.lane(request.priority());
            match self.order {
                Order::Breadth => lane.push_front(request),
                Order::Depth => lane.push_back(request),
            }
        }
        Ok(())
    }
}
