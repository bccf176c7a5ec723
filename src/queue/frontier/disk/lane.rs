//! One host's requests of one priority: some in memory, the others in the store.
//!
//! Breadth first, memory has the oldest of them (`ready`) and those that no commit has brought to the store yet
//! (`fresh`); what lies between is in the store only. Depth first, memory has the newest, and the store the rest.

use std::collections::VecDeque;

use crate::model::settings::Order;
use crate::queue::queued::Queued;

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) priority: i32,
    /// Requests in memory that go next, in the order in which they arrived.
    ready: VecDeque<Queued>,
    /// Requests in memory that go after those in the store; breadth first only.
    fresh: VecDeque<Queued>,
    /// The number from which (breadth first) or up to which (depth first) the store has more.
    pub(super) stored: Option<u64>,
    /// A part of what is stored is on its way.
    pub(super) is_reading: bool,
}

impl Lane {
    pub(super) fn new(priority: i32) -> Self {
        Self {
            priority,
            ready: VecDeque::new(),
            fresh: VecDeque::new(),
            stored: None,
            is_reading: false,
        }
    }

    /// Returns the number of requests in memory.
    pub(super) fn len(&self) -> usize {
        self.ready.len() + self.fresh.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0 && self.stored.is_none() && !self.is_reading
    }

    /// Returns whether a commit may remove requests from memory, which has room for `room` of them.
    pub(super) fn can_shrink(&self, order: Order, room: usize) -> bool {
        match order {
            Order::Breadth => !self.fresh.is_empty(),
            Order::Depth => self.ready.len() > room,
        }
    }

    /// Adds one that arrives. Memory has room for so many in all.
    pub(super) fn push(&mut self, queued: Queued, order: Order, room: usize) {
        let in_line = self.stored.is_none() && !self.is_reading && self.fresh.is_empty();
        if order == Order::Depth || (in_line && self.ready.len() < room) {
            if self.ready.is_empty() {
                // Most hosts of a wide crawl have no more than this one.
                self.ready.reserve_exact(1);
            }
            self.ready.push_back(queued);
        } else {
            self.fresh.push_back(queued);
        }
    }

    /// Adds one that was taken and not started.
    pub(super) fn push_back(&mut self, queued: Queued, order: Order) {
        match order {
            Order::Breadth => self.ready.push_front(queued),
            Order::Depth => self.ready.push_back(queued),
        }
    }

    /// The next one in memory, if the store has none that goes before it.
    pub(super) fn pop(&mut self, order: Order) -> Option<Queued> {
        let next = match order {
            Order::Depth => self.ready.pop_back(),
            Order::Breadth if self.stored.is_none() && !self.is_reading => {
                self.ready.pop_front().or_else(|| self.fresh.pop_front())
            }
            Order::Breadth => self.ready.pop_front(),
        };
        if self.ready.is_empty() {
            // It would keep its memory, and there can be as many as hosts.
            self.ready = VecDeque::new();
        }
        next
    }

    /// Takes what was read, in the order of the numbers. `stored` says where the store has more.
    pub(super) fn arrived(&mut self, mut requests: Vec<Queued>, stored: Option<u64>) {
        self.is_reading = false;
        self.stored = stored;
        // Whatever came back meanwhile goes first: breadth first it is older, depth first newer.
        match self.ready.front() {
            Some(front) if requests.first().is_some_and(|r| r.number < front.number) => {
                for queued in requests.into_iter().rev() {
                    self.ready.push_front(queued);
                }
            }
            Some(_) => self.ready.extend(requests),
            None => {
                requests.shrink_to_fit();
                self.ready = requests.into();
            }
        }
    }

    /// Lets go of what the store has since a commit of all up to `number`, as far as memory has no room for it.
    pub(super) fn committed(&mut self, number: u64, order: Order, room: usize) {
        match order {
            Order::Breadth => self.committed_fresh(number, room),
            Order::Depth => self.spill_oldest(number, room),
        }
    }

    fn committed_fresh(&mut self, number: u64, room: usize) {
        let in_store = self.fresh.partition_point(|queued| queued.number <= number);
        let mut committed = self.fresh.drain(..in_store);
        if self.stored.is_none() && !self.is_reading {
            let room = room.saturating_sub(self.ready.len());
            self.ready.extend(committed.by_ref().take(room));
        }
        if let Some(first) = committed.next() {
            self.stored.get_or_insert(first.number);
        }
        drop(committed);
        if self.fresh.is_empty() {
            self.fresh = VecDeque::new();
        }
    }

    fn spill_oldest(&mut self, number: u64, room: usize) {
        // What is on its way was asked for with the bound that this would move.
        if self.is_reading || self.ready.len() <= room {
            return;
        }
        let committed = self.ready.partition_point(|queued| queued.number <= number);
        // Half of it, or the next one that arrives would do the same again.
        let spilled = committed.min(self.ready.len() - room / 2);
        if let Some(newest) = self.ready.drain(..spilled).next_back() {
            self.stored = Some(newest.number);
        }
    }
}
