//! The frontier that survives: what it holds is in a store too, as of the last commit.
//!
//! It is the memory frontier with a bound. What has changed since the last commit waits in [`Changes`]; beyond the
//! bound a host's requests are in the store alone, and come back a run at a time.
//!
//! Nothing is written when a request is taken: until it is settled, and that is committed, the store has it, and a
//! process that starts anew finds it there.

mod changes;
mod lane;
pub(crate) mod record;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::{Added, Candidate, Frontier, SeenSet, Taken};
use crate::model::settings::Order;
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::queue::queued::{HostId, Queued};
pub(crate) use changes::{Arrived, Changes, Range};
pub(crate) use changes::{Key, Put};
use lane::Lane;

/// Limits of the number of requests that are kept in memory; the others wait in the store for their turn.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Limit for all hosts together. When there are many, each may have one request besides.
    all: usize,
    /// Limit for one host and priority.
    lane: usize,
    /// Read at a time.
    read: usize,
}

const BOUNDS: Bounds = Bounds {
    all: 64 * 1024,
    lane: 1024,
    read: 256,
};

/// Memory and store; see the [module](self).
#[derive(Debug)]
pub(crate) struct DiskFrontier {
    seen: SeenSet,
    foreign: SeenSet,
    /// The lanes of each host by priority, the highest last.
    hosts: HashMap<HostId, Vec<Lane>>,
    order: Order,
    bounds: Bounds,
    changes: Changes,
    /// The highest number given so far.
    last: u64,
    /// The highest number in the commit that is under way.
    committing: u64,
    /// Lanes that a commit may let shrink.
    grown: HashSet<(HostId, i32)>,
    /// Number of requests that are in the frontier's memory or handed to the scheduler.
    in_memory: usize,
    /// Number of requests that may be on their way from the store.
    coming: usize,
    /// Requests that were handed to the scheduler and are still in the store. Depth first, some of them can lie
    /// among those that are read.
    out: HashSet<u64>,
    /// Requests of `out` that the commit under way removes from the store.
    leaving: Vec<u64>,
}

/// State of a frontier that a store remembers.
#[derive(Debug, Default)]
pub struct Remembered {
    pub(crate) seen: SeenSet,
    pub(crate) foreign: SeenSet,
    /// Hosts and priorities of which the store may have requests.
    pub(crate) lanes: Vec<(HostId, i32)>,
    pub(crate) last: u64,
}

impl DiskFrontier {
    /// A frontier as its store remembers it; the default is an empty one.
    pub(crate) fn new(order: Order, remembered: Remembered) -> Self {
        let mut frontier = Self {
            seen: remembered.seen,
            foreign: remembered.foreign,
            hosts: HashMap::new(),
            order,
            bounds: BOUNDS,
            changes: Changes::default(),
            last: remembered.last,
            committing: remembered.last,
            grown: HashSet::new(),
            in_memory: 0,
            coming: 0,
            out: HashSet::new(),
            leaving: Vec::new(),
        };
        for (host, priority) in remembered.lanes {
            let lane = lane(frontier.hosts.entry(host).or_default(), priority);
            lane.stored = Some(match order {
                Order::Breadth => 0,
                Order::Depth => frontier.last,
            });
        }
        frontier
    }

    fn queue(&mut self, candidate: Candidate) -> Result<()> {
        let Candidate { host, request, .. } = candidate;
        let record = record::encode(&request)?;
        self.last += 1;
        let (number, priority) = (self.last, request.priority());
        let queued = Queued { number, request };
        let key = Key::of(host, &queued);
        let is_new = true;
        let put = Put {
            key,
            record,
            is_new,
        };
        self.changes.puts.insert(number, put);
        let room = self.room();
        let lanes = self.hosts.entry(host).or_default();
        if !lanes.iter().any(|lane| lane.priority == priority) {
            self.changes.lanes.push((host, priority));
        }
        let lane = lane(lanes, priority);
        lane.push(queued, self.order, room);
        self.in_memory += 1;
        if lane.can_shrink(self.order, room) {
            self.grown.insert((host, priority));
        }
        Ok(())
    }

    /// Returns the number of requests of one lane that memory has room for: a part of what is free, but at least a fair
    /// share; a part of that when nothing is free.
    fn room(&self) -> usize {
        let taken = self.in_memory + self.coming;
        let share = self.bounds.all / self.hosts.len().max(1);
        let room = match self.bounds.all.saturating_sub(taken) {
            0 => share / 4,
            free => share.max(free / 16),
        };
        room.clamp(1, self.bounds.lane)
    }

    /// The part of a lane's stored requests that should be read next.
    fn range(&self, host: HostId, lane: &Lane) -> Option<Range> {
        let stored = lane.stored?;
        let (first, last) = match self.order {
            Order::Breadth => (stored, u64::MAX),
            Order::Depth => (0, stored),
        };
        Some(Range {
            host,
            priority: lane.priority,
            first,
            last,
            newest_first: self.order == Order::Depth,
            max: self.bounds.read.min(self.room()),
        })
    }

    /// Takes from a host's lanes, the highest first, until one has to be read from the store.
    fn pop(&mut self, host: HostId, max: usize) -> Vec<Queued> {
        let mut taken = Vec::new();
        let lanes = self.hosts.get_mut(&host);
        for lane in lanes.into_iter().flatten().rev() {
            let wanted = max - taken.len();
            // Most hosts of a wide crawl have one: a vector that grows would have room for four.
            taken.reserve_exact(wanted.min(lane.len()));
            taken.extend(std::iter::from_fn(|| lane.pop(self.order)).take(wanted));
            if taken.len() == max || lane.stored.is_some() || lane.is_reading {
                break;
            }
        }
        taken
    }

    /// Returns the number from which on the store may have more requests than were read; `None` if all were read.
    fn beyond(range: &Range, requests: &[Queued]) -> Option<u64> {
        let furthest = requests.last().map(|queued| queued.number)?;
        match range.newest_first {
            _ if requests.len() < range.max => None,
            true => furthest.checked_sub(1),
            false => furthest.checked_add(1),
        }
    }
}

impl Frontier for DiskFrontier {
    fn add(&mut self, batch: Vec<Candidate>) -> Result<Added> {
        let mut added = Added::default();
        for candidate in batch {
            let fingerprint = candidate.fingerprint.get();
            let is_new = self.seen.insert(fingerprint);
            if is_new {
                self.changes.seen.push(fingerprint);
            } else if !candidate.force {
                added.duplicates += 1;
                continue;
            }
            added
                .stored
                .push((candidate.host, candidate.request.priority()));
            self.queue(candidate)?;
        }
        Ok(added)
    }

    fn mark_seen(&mut self, batch: &[Fingerprint]) -> Vec<bool> {
        let mark = |fingerprint: &Fingerprint| {
            let is_new = self.seen.insert(fingerprint.get());
            if is_new {
                self.changes.seen.push(fingerprint.get());
            }
            is_new
        };
        batch.iter().map(mark).collect()
    }

    fn mark_foreign(&mut self, fingerprint: Fingerprint) -> bool {
        let is_new = self.foreign.insert(fingerprint.get());
        if is_new {
            self.changes.foreign.push(fingerprint.get());
        }
        is_new
    }

    fn take(&mut self, host: HostId, max: usize) -> Taken {
        let taken = self.pop(host, max);
        if self.order == Order::Depth {
            self.out.extend(taken.iter().map(|queued| queued.number));
        }
        let Some(lanes) = self.hosts.get_mut(&host) else {
            return Taken::Now(taken, false);
        };
        lanes.retain(|lane| !lane.is_empty());
        if lanes.is_empty() {
            self.hosts.remove(&host);
            return Taken::Now(taken, false);
        }
        if !taken.is_empty() {
            return Taken::Now(taken, true);
        }
        let next = self.hosts.get(&host).and_then(|lanes| lanes.last());
        let next = next.filter(|next| !next.is_reading);
        let Some(range) = next.and_then(|next| self.range(host, next)) else {
            // On its way already.
            return Taken::Now(taken, true);
        };
        if let Some(next) = self.hosts.get_mut(&host).and_then(|lanes| lanes.last_mut()) {
            next.is_reading = true;
        }
        self.coming += range.max;
        Taken::Later(range)
    }

    fn give_back(&mut self, host: HostId, requests: Vec<Queued>) {
        let lanes = self.hosts.entry(host).or_default();
        for queued in requests.into_iter().rev() {
            self.out.remove(&queued.number);
            lane(lanes, queued.request.priority()).push_back(queued, self.order);
        }
    }

    fn settle(&mut self, host: HostId, done: &Queued) {
        // One that an earlier process was parsing can be settled without having been read.
        self.in_memory = self.in_memory.saturating_sub(1);
        match self.changes.puts.remove(&done.number) {
            Some(put) if put.is_new => {
                self.out.remove(&done.number);
            }
            _ => self.changes.done.push(Key::of(host, done)),
        }
    }

    fn replace(&mut self, host: HostId, again: &Queued) -> Result<()> {
        let record = record::encode(&again.request)?;
        let put = self.changes.puts.entry(again.number).or_insert(Put {
            key: Key::of(host, again),
            record: Vec::new(),
            is_new: false,
        });
        put.record = record;
        Ok(())
    }

    fn cut(&mut self) -> Changes {
        self.committing = self.last;
        let mut changes = std::mem::take(&mut self.changes);
        changes.last = self.last;
        if self.order == Order::Depth {
            let done = changes.done.iter();
            self.leaving = done.map(|key| key.number).collect();
        }
        changes
    }

    fn committed(&mut self) {
        for number in self.leaving.drain(..) {
            self.out.remove(&number);
        }
        for (host, priority) in std::mem::take(&mut self.grown) {
            let room = self.room();
            let Some(lanes) = self.hosts.get_mut(&host) else {
                continue;
            };
            let Some(lane) = lanes.iter_mut().find(|lane| lane.priority == priority) else {
                continue;
            };
            let before = lane.len();
            lane.committed(self.committing, self.order, room);
            self.in_memory -= before - lane.len();
            if lane.can_shrink(self.order, room) {
                self.grown.insert((host, priority));
            }
        }
    }

    fn arrived(&mut self, arrived: Arrived) {
        let Arrived {
            range,
            mut requests,
        } = arrived;
        self.coming -= range.max;
        let stored = Self::beyond(&range, &requests);
        if range.newest_first {
            requests.retain(|queued| !self.out.contains(&queued.number));
            requests.reverse();
        }
        self.in_memory += requests.len();
        let lanes = self.hosts.entry(range.host).or_default();
        lane(lanes, range.priority).arrived(requests, stored);
    }
}

/// The lane of this priority, found or made.
fn lane(lanes: &mut Vec<Lane>, priority: i32) -> &mut Lane {
    let at = lanes.partition_point(|lane| lane.priority < priority);
    if lanes.get(at).is_none_or(|lane| lane.priority != priority) {
        if lanes.is_empty() {
            lanes.reserve_exact(1);
        }
        lanes.insert(at, Lane::new(priority));
    }
    #[expect(
        clippy::indexing_slicing,
        reason = "it was found or inserted there just now"
    )]
    &mut lanes[at]
}
