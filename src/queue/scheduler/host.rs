//! State of one host: its waiting requests, those in flight, and the time when it may be asked next.

use std::collections::VecDeque;
use std::time::Duration;

use super::pace::{Pace, SchedulerClock};
use crate::queue::queued::Queued;

/// Place where the scheduler keeps a host at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The host is in no queue: nothing to do, held, or as many visits in flight as allowed.
    Nowhere,
    /// The host is in the rotation.
    Ready,
    /// The host is in the heap, until this time. An entry of the heap with another time is out of date.
    Parked(Duration),
    /// Among the slow hosts, until one of them has finished.
    Slow,
}

impl Place {
    /// Returns the place of a host that no longer has to wait for a time.
    pub(super) fn unparked(self) -> Self {
        match self {
            Self::Parked(_) => Self::Nowhere,
            place => place,
        }
    }
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that are independent of each other"
)]
#[derive(Debug)]
pub(super) struct Host {
    /// Requests that go first, and even when the host is held: robots.txt.
    pub(super) urgent: VecDeque<Queued>,
    /// Retries whose time has come, and requests that were put back.
    pub(super) due: VecDeque<Queued>,
    /// The next requests, in order.
    pub(super) window: VecDeque<Queued>,
    /// `true` if the frontier has more requests of the host.
    pub(super) has_more: bool,
    /// The frontier has more, but not at hand: they will be there later.
    pub(super) is_awaited: bool,
    pub(super) in_flight: usize,
    pub(super) holds: u32,
    /// The limiter has allowed a start that has not happened yet.
    pub(super) has_permit: bool,
    pub(super) place: Place,
    pub(super) pace: Pace,
    /// The last visit took long, or there was no answer in time.
    pub(super) is_slow: bool,
    /// Visits in flight that were started as those of a slow host.
    pub(super) slow_in_flight: usize,
}

impl Host {
    pub(super) fn new(delay: Duration, adaptive: bool, clock: &SchedulerClock) -> Self {
        Self {
            urgent: VecDeque::new(),
            due: VecDeque::new(),
            window: VecDeque::new(),
            has_more: false,
            is_awaited: false,
            in_flight: 0,
            holds: 0,
            has_permit: false,
            place: Place::Nowhere,
            is_slow: false,
            slow_in_flight: 0,
            pace: Pace::new(delay, adaptive, clock),
        }
    }

    pub(super) fn can_start(&self, concurrency: usize) -> bool {
        let has_some =
            !(self.due.is_empty() && self.window.is_empty()) || (self.has_more && !self.is_awaited);
        let ordinary = self.holds == 0 && has_some;
        self.in_flight < concurrency && (ordinary || !self.urgent.is_empty())
    }

    /// Adds requests behind the window.
    pub(super) fn fill(&mut self, requests: Vec<Queued>) {
        if self.window.is_empty() {
            self.window = requests.into();
        } else {
            self.window.extend(requests);
        }
    }

    pub(super) fn needs_refill(&self) -> bool {
        self.urgent.is_empty() && self.due.is_empty() && self.window.is_empty()
    }

    /// Asks the limiter for a start, unless it has granted one already; else says when to ask again.
    pub(super) fn ask_permit(&mut self, now: Duration) -> Result<(), Duration> {
        self.pace.is_open(now)?;
        if !self.has_permit {
            self.pace.check()?;
            self.has_permit = true;
        }
        Ok(())
    }

    /// Takes the next request and spends the permit.
    pub(super) fn start(&mut self, now: Duration) -> Option<Queued> {
        let urgent = self.urgent.pop_front();
        let queued = match urgent {
            None if self.holds > 0 => None,
            None => self.due.pop_front().or_else(|| self.window.pop_front()),
            urgent => urgent,
        }?;
        if self.window.is_empty() {
            // A parked host must stay small: an empty queue would keep its memory.
            self.window = VecDeque::new();
        }
        self.has_permit = false;
        self.in_flight += 1;
        self.pace.started(now);
        Some(queued)
    }
}
