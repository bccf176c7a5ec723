//! The scheduler decides *when*: which host's turn it is, and which of its requests goes next.
//!
//! It is synchronous and pure: no tokio, no hyper, no clock. Time is an argument (`now`, counted from the start of the
//! crawl), so a test can play a week in a millisecond. Every host is in exactly one place: the `ready` rotation, the
//! heap of hosts that wait for a time, or neither because it has nothing to do. Hence a step costs the same with ten
//! hosts and with ten thousand.
//!
//! Hosts that let a crawl wait, on purpose or not, must not take all of its slots: together they get half of them, as long
//! as there are others.
//!
//! The scheduler holds a small window of each host's next requests; the [`Frontier`](crate::queue::frontier::Frontier) holds
//! the rest and hands more up on [`Pick::Refill`].

mod host;
mod pace;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::Quota;

use crate::model::report::PacedBy;
use crate::model::settings::Settings;
use crate::queue::queued::{HostId, Queued};
use host::{Host, Place};
pub use pace::{Feedback, Memory};
use pace::{Limiter, SchedulerClock, limiter};

/// Number of requests of one host that the scheduler holds at a time.
pub(crate) const WINDOW: usize = 16;

/// Result of [`Scheduler::next`].
#[derive(Debug, PartialEq)]
pub(super) enum Pick {
    /// Start this request now.
    Start(HostId, Queued),
    /// This host's turn has come, but its next requests are in the frontier: [`Scheduler::fill`] it and ask again.
    Refill(HostId),
    /// Nothing may start before this time.
    Wait(Duration),
    /// Nothing is waiting for a time; what is left waits for visits in flight, or nothing is left.
    Idle,
}

/// Queues by host, politeness times and the order among hosts.
#[derive(Debug)]
pub(super) struct Scheduler {
    hosts: Vec<Host>,
    ids: HashMap<Box<str>, HostId>,
    ready: VecDeque<HostId>,
    /// Hosts that wait for their next allowed start.
    parked: BinaryHeap<Reverse<(Duration, HostId)>>,
    /// Retries that wait for their time.
    later: BinaryHeap<Reverse<Later>>,
    later_count: u64,
    waiting: u64,
    clock: SchedulerClock,
    global: Option<Limiter>,
    /// `global` has allowed a start that has not happened yet.
    has_global_permit: bool,
    concurrency_per_host: usize,
    delay: Duration,
    adaptive: bool,
    /// Slow hosts that wait for one of them to finish.
    slow: VecDeque<HostId>,
    slow_hosts: usize,
    slow_in_flight: usize,
    max_slow: usize,
}

/// A request that waits for a time of its own. Ordered by that time, then by arrival.
#[derive(Debug)]
struct Later {
    due: Duration,
    number: u64,
    host: HostId,
    queued: Queued,
}

impl PartialEq for Later {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Later {}

impl PartialOrd for Later {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Later {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl Scheduler {
    pub(super) fn new(settings: &Settings) -> Self {
        let clock = SchedulerClock::default();
        let global = settings
            .politeness
            .max_rate
            .and_then(global_quota)
            .map(|quota| limiter(quota, &clock));
        Self {
            hosts: Vec::new(),
            ids: HashMap::new(),
            ready: VecDeque::new(),
            parked: BinaryHeap::new(),
            later: BinaryHeap::new(),
            later_count: 0,
            waiting: 0,
            clock,
            global,
            has_global_permit: false,
            concurrency_per_host: settings.politeness.concurrency_per_host.max(1),
            delay: settings.politeness.delay,
            adaptive: settings.politeness.adaptive_delay,
            slow: VecDeque::new(),
            slow_hosts: 0,
            slow_in_flight: 0,
            max_slow: (settings.politeness.concurrency / 2).max(1),
        }
    }

    /// The number of this host, and whether it is new. Numbers grow by one.
    pub(super) fn host(&mut self, name: &str) -> (HostId, bool) {
        if let Some(id) = self.ids.get(name) {
            return (*id, false);
        }
        let id = HostId(u32::try_from(self.hosts.len()).unwrap_or(u32::MAX));
        self.hosts
            .push(Host::new(self.delay, self.adaptive, &self.clock));
        self.ids.insert(name.into(), id);
        (id, true)
    }

    /// Tells that the frontier has one more request of this host. Answers whether its priority is above that of the
    /// last one in the window: then the window belongs back into the frontier ([`take_back`](Self::take_back)), so
    /// that the next refill is in order.
    pub(super) fn expect(&mut self, id: HostId, priority: i32) -> bool {
        self.waiting += 1;
        let Some(host) = self.hosts.get_mut(id.0 as usize) else {
            return false;
        };
        host.has_more = true;
        host.is_awaited = false;
        let is_disordered = host
            .window
            .back()
            .is_some_and(|last| priority > last.request.priority());
        self.place(id);
        is_disordered
    }

    /// Tells that the frontier may have requests of this host, which count as waiting already.
    pub(super) fn expect_more(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.has_more = true;
            host.is_awaited = false;
        }
        self.place(id);
    }

    /// Counts requests that wait elsewhere: in the frontier, since an earlier process.
    pub(super) fn expect_waiting(&mut self, requests: u64) {
        self.waiting += requests;
    }

    /// Takes back the window of a host, in order; it counts as in the frontier again.
    pub(super) fn take_back(&mut self, id: HostId) -> VecDeque<Queued> {
        let Some(host) = self.hosts.get_mut(id.0 as usize) else {
            return VecDeque::new();
        };
        host.has_more |= !host.window.is_empty();
        std::mem::take(&mut host.window)
    }

    /// Hands over requests of a host from the frontier, in the order in which they should go, and says whether the
    /// frontier has more of them. If it has, but hands over none, the host waits for
    /// [`expect_more`](Self::expect_more).
    pub(super) fn fill(&mut self, id: HostId, requests: Vec<Queued>, has_more: bool) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.is_awaited = has_more && requests.is_empty();
            host.has_more = has_more;
            host.fill(requests);
        }
        self.place(id);
    }

    /// Returns whether a host has requests in its queue, in the scheduler or in the frontier.
    pub(super) fn has_waiting(&self, id: HostId) -> bool {
        let host = self.hosts.get(id.0 as usize);
        host.is_some_and(|host| host.has_more || !host.due.is_empty() || !host.window.is_empty())
    }

    /// Queues a request that goes before everything else of its host, also when the host is held: one for robots.txt, which
    /// is the crawl's own and not counted as waiting, or one that looks for a host that is away and is counted already.
    pub(super) fn push_urgent(&mut self, id: HostId, queued: Queued) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.urgent.push_back(queued);
        }
        self.place(id);
    }

    /// Queues a request that must not start before `due`: a retry.
    pub(super) fn push_later(&mut self, id: HostId, queued: Queued, due: Duration) {
        self.waiting += u64::from(queued.request.robots_for().is_none());
        self.later_count += 1;
        self.later.push(Reverse(Later {
            due,
            number: self.later_count,
            host: id,
            queued,
        }));
    }

    /// Takes note that a request that [`next`](Self::next) handed out was not started and waits elsewhere, until it is
    /// [`put_back`](Self::put_back); the next one of its host goes in its place.
    pub(super) fn set_apart(&mut self, id: HostId) {
        self.waiting += 1;
        self.refund(id);
    }

    /// Puts requests that were [`set_apart`](Self::set_apart) back to the front, in the same order.
    pub(super) fn put_back(&mut self, id: HostId, requests: Vec<Queued>) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            for queued in requests.into_iter().rev() {
                host.due.push_front(queued);
            }
        }
        self.place(id);
    }

    /// Takes note that a request that [`next`](Self::next) handed out was not started and will not be; the next one
    /// of its host goes in its place.
    pub(super) fn refund(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.in_flight = host.in_flight.saturating_sub(1);
            host.has_permit = true;
            host.pace.not_started();
        }
        self.leave_slow(id);
        self.has_global_permit = true;
        self.place(id);
    }

    /// Lets only urgent requests of this host start, until [`release`](Self::release).
    pub(super) fn hold(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.holds += 1;
        }
    }

    /// Ends one [`hold`](Self::hold).
    pub(super) fn release(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.holds = host.holds.saturating_sub(1);
        }
        self.place(id);
    }

    /// Returns the part of a host's pace that is worth remembering beyond this process; see [`Memory`].
    pub(super) fn pace_memory(&self, id: HostId, now: Duration) -> Memory {
        let host = self.hosts.get(id.0 as usize);
        host.map_or_else(Memory::default, |host| host.pace.memory(now))
    }

    /// Continues at the pace at which an earlier process asked this host, which counts as asked just now.
    pub(super) fn restore_pace(&mut self, id: HostId, memory: Memory, now: Duration) {
        self.clock.set(now);
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.pace.restore(memory, now, &self.clock);
        }
    }

    /// Raises the delay of a host to what its robots.txt asks for.
    pub(super) fn raise_delay(&mut self, id: HostId, delay: Duration, now: Duration) {
        self.clock.set(now);
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.pace.raise_floor(delay, now, &self.clock);
        }
    }

    /// Ends a visit at this host and learns from how it went.
    pub(super) fn finish(&mut self, id: HostId, feedback: Feedback, now: Duration) {
        self.clock.set(now);
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.in_flight = host.in_flight.saturating_sub(1);
            host.pace.learn(feedback, now, &self.clock);
            if let Some(is_slow) = feedback.is_slow().filter(|slow| *slow != host.is_slow) {
                host.is_slow = is_slow;
                self.slow_hosts = if is_slow {
                    self.slow_hosts + 1
                } else {
                    self.slow_hosts.saturating_sub(1)
                };
            }
            if let Feedback::Unasked { started } = feedback
                && host.pace.was_unasked(started)
            {
                host.has_permit = true;
                host.place = host.place.unparked();
                self.has_global_permit = true;
            }
        }
        self.leave_slow(id);
        self.place(id);
    }

    /// Returns what to do now. After [`Pick::Start`] the request counts as in flight until [`finish`](Self::finish),
    /// [`set_apart`](Self::set_apart) or [`refund`](Self::refund).
    pub(super) fn next(&mut self, now: Duration) -> Pick {
        self.clock.set(now);
        self.wake(now);
        while let Some(id) = self.ready.pop_front() {
            let Some(host) = self.hosts.get_mut(id.0 as usize) else {
                continue;
            };
            host.place = Place::Nowhere;
            if !host.can_start(self.concurrency_per_host) {
                continue;
            }
            let has_others = self.slow_hosts < self.ids.len();
            if host.is_slow && has_others && self.slow_in_flight >= self.max_slow {
                host.place = Place::Slow;
                self.slow.push_back(id);
                continue;
            }
            if let Err(until) = host.ask_permit(now) {
                host.place = Place::Parked(until);
                self.parked.push(Reverse((until, id)));
                continue;
            }
            if host.needs_refill() {
                return Pick::Refill(id);
            }
            if let Some(until) = self.ask_global() {
                self.ready_first(id);
                return Pick::Wait(until);
            }
            if let Some(queued) = self.start(id, now) {
                return Pick::Start(id, queued);
            }
        }
        self.next_wake().map_or(Pick::Idle, Pick::Wait)
    }

    /// Returns the host whose delay ends at the time that [`Pick::Wait`] names, with the delay and its origin; `None` when
    /// that time is another's: of a retry, of `max_rate` or of a `Retry-After`.
    pub(super) fn paced(&self, until: Duration) -> Option<(HostId, Duration, PacedBy)> {
        let Reverse((_, id)) = self.parked.peek().filter(|Reverse((at, _))| *at == until)?;
        let pace = &self.hosts.get(id.0 as usize)?.pace;
        let (delay, by) = pace.paces(until, self.delay)?;
        Some((*id, delay, by))
    }

    /// Returns the name of a host. Looks through all of them.
    pub(super) fn name(&self, id: HostId) -> Option<&str> {
        let mut names = self.ids.iter();
        names.find_map(|(name, of)| (*of == id).then_some(&**name))
    }

    /// Returns the number of waiting requests: in windows, in the frontier and for their time.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Returns the number of known hosts.
    pub(super) fn hosts(&self) -> usize {
        self.hosts.len()
    }

    fn start(&mut self, id: HostId, now: Duration) -> Option<Queued> {
        let host = self.hosts.get_mut(id.0 as usize)?;
        let queued = host.start(now)?;
        if host.is_slow {
            host.slow_in_flight += 1;
            self.slow_in_flight += 1;
        }
        self.waiting = self
            .waiting
            .saturating_sub(u64::from(queued.request.robots_for().is_none()));
        self.place(id);
        Some(queued)
    }

    /// Ends a visit that was started as one of a slow host. Those that wait ask again, all of them: the first may have
    /// nothing to start, or no permit.
    fn leave_slow(&mut self, id: HostId) {
        let Some(host) = self.hosts.get_mut(id.0 as usize) else {
            return;
        };
        if host.slow_in_flight == 0 {
            return;
        }
        host.slow_in_flight -= 1;
        self.slow_in_flight = self.slow_in_flight.saturating_sub(1);
        for waiting in std::mem::take(&mut self.slow) {
            if let Some(host) = self.hosts.get_mut(waiting.0 as usize) {
                host.place = Place::Nowhere;
            }
            self.place(waiting);
        }
    }

    fn ask_global(&mut self) -> Option<Duration> {
        if std::mem::take(&mut self.has_global_permit) {
            return None;
        }
        self.global
            .as_ref()?
            .check()
            .err()
            .map(|not_until| not_until.earliest_possible())
    }

    fn ready_first(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id.0 as usize) {
            host.place = Place::Ready;
            self.ready.push_front(id);
        }
    }

    /// Moves what is due: retries into their host's queue, hosts into the rotation.
    fn wake(&mut self, now: Duration) {
        while let Some(Reverse(later)) = self.later.peek() {
            if later.due > now {
                break;
            }
            let Some(Reverse(later)) = self.later.pop() else {
                break;
            };
            if let Some(host) = self.hosts.get_mut(later.host.0 as usize) {
                if later.queued.request.robots_for().is_some() {
                    host.urgent.push_back(later.queued);
                } else {
                    host.due.push_back(later.queued);
                }
            }
            self.place(later.host);
        }
        while let Some(Reverse((until, id))) = self.parked.peek().copied() {
            if until > now {
                break;
            }
            self.parked.pop();
            if let Some(host) = self.hosts.get_mut(id.0 as usize)
                && host.place == Place::Parked(until)
            {
                host.place = Place::Nowhere;
                self.place(id);
            }
        }
    }

    fn next_wake(&self) -> Option<Duration> {
        let parked = self.parked.peek().map(|Reverse((until, _))| *until);
        let later = self.later.peek().map(|Reverse(later)| later.due);
        parked.into_iter().chain(later).min()
    }

    /// Puts a host that can start something into the rotation, unless it is somewhere already.
    fn place(&mut self, id: HostId) {
        let Some(host) = self.hosts.get_mut(id.0 as usize) else {
            return;
        };
        if matches!(host.place, Place::Nowhere) && host.can_start(self.concurrency_per_host) {
            host.place = Place::Ready;
            self.ready.push_back(id);
        }
    }
}

/// The quota for so many starts a second over all hosts. Up to 20 ms worth of them may come at once: waking up for
/// each one would cost more than it evens out.
fn global_quota(per_second: f64) -> Option<Quota> {
    let period = Duration::try_from_secs_f64(per_second.recip()).ok()?;
    let burst = Duration::from_millis(20).as_nanos() / period.as_nanos().max(1);
    let burst =
        NonZeroU32::new(u32::try_from(burst).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
    Some(Quota::with_period(period)?.allow_burst(burst))
}

#[cfg(test)]
mod tests;
