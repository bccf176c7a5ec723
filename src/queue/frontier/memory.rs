//! The frontier that lives in memory and dies with the process.

use std::collections::{HashMap, VecDeque};

use super::{Added, Candidate, Frontier, SeenSet, Taken};
use crate::model::settings::Order;
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::queue::queued::{HostId, Queued};

/// Exact fingerprints in a hash set, and one queue per host and priority.
#[derive(Debug)]
pub(crate) struct MemoryFrontier {
    seen: SeenSet,
    foreign: SeenSet,
    hosts: HashMap<HostId, Lanes>,
    order: Order,
    last: u64,
}

/// The queues of one host by priority, the highest last. Nearly every host has one.
#[derive(Debug, Default)]
struct Lanes(Vec<(i32, VecDeque<Queued>)>);

impl Lanes {
    /// The queue of this priority. A new one has room for one request: most hosts of a wide crawl have no more.
    fn lane(&mut self, priority: i32) -> &mut VecDeque<Queued> {
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

    fn pop(&mut self, order: Order) -> Option<Queued> {
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

    fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, lane)| lane.is_empty())
    }
}

impl MemoryFrontier {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            seen: SeenSet::default(),
            foreign: SeenSet::default(),
            hosts: HashMap::new(),
            order,
            last: 0,
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
            let priority = request.priority();
            added.stored.push((host, priority));
            self.last += 1;
            let number = self.last;
            let lane = self.hosts.entry(host).or_default().lane(priority);
            lane.push_back(Queued { number, request });
        }
        Ok(added)
    }

    fn mark_seen(&mut self, batch: &[Fingerprint]) -> Vec<bool> {
        let seen = batch.iter();
        seen.map(|fingerprint| self.seen.insert(fingerprint.get()))
            .collect()
    }

    fn mark_foreign(&mut self, fingerprint: Fingerprint) -> bool {
        self.foreign.insert(fingerprint.get())
    }

    fn take(&mut self, host: HostId, max: usize) -> Taken {
        let Some(lanes) = self.hosts.get_mut(&host) else {
            return Taken::Now(Vec::new(), false);
        };
        let next = std::iter::from_fn(|| lanes.pop(self.order));
        let taken: Vec<Queued> = next.take(max).collect();
        let more = !lanes.is_empty();
        if !more {
            self.hosts.remove(&host);
        }
        Taken::Now(taken, more)
    }

    fn give_back(&mut self, host: HostId, requests: Vec<Queued>) {
        let lanes = self.hosts.entry(host).or_default();
        for queued in requests.into_iter().rev() {
            let lane = lanes.lane(queued.request.priority());
            match self.order {
                Order::Breadth => lane.push_front(queued),
                Order::Depth => lane.push_back(queued),
            }
        }
    }
}
