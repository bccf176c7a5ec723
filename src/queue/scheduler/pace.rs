//! Pace of requests to one host: a governor limiter under the scheduler's own clock, and what makes it slower.
//!
//! The delay of a host is the largest of three: the setting, what its robots.txt asks for, and, when `adaptive_delay`
//! is on, what the host's own answers ask for. An answer 429 or 503 doubles that last one (from one second) and a
//! `Retry-After` closes the host until then; a host that takes longer to answer than the delay is asked no more often
//! than it answers. Each good answer takes an eighth back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::model::report::PacedBy;
use crate::model::settings::{MAX_CRAWL_DELAY, MAX_RETRY_AFTER};

const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// The time that the scheduler was last told, in nanoseconds: what its limiters take for now.
#[derive(Debug, Clone, Default)]
pub(super) struct SchedulerClock(Arc<AtomicU64>);

impl SchedulerClock {
    pub(super) fn set(&self, now: Duration) {
        self.0.store(
            u64::try_from(now.as_nanos()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }
}

impl Clock for SchedulerClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// A limiter that is asked with `check()`, never waited for.
pub(super) type Limiter =
    RateLimiter<NotKeyed, InMemoryState, SchedulerClock, NoOpMiddleware<Duration>>;

pub(super) fn limiter(quota: Quota, clock: &SchedulerClock) -> Limiter {
    RateLimiter::direct_with_clock(quota, clock.clone())
}

/// Outcome of a visit, as far as the host's pace is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// An answer, after this long.
    Answered(Duration),
    /// The host asked for less: 429 or 503, perhaps with a `Retry-After`.
    SlowDown(Option<Duration>),
    /// The host did not answer in time.
    Late,
    /// The host did not answer, or the answer did not come from the network.
    None,
    /// The host was not asked: what was started then was answered from the cache.
    Unasked {
        /// Time at which it was started.
        started: Duration,
    },
}

/// A visit that takes longer makes its host a slow one.
const SLOW: Duration = Duration::from_secs(5);

impl Feedback {
    /// Returns whether the host is a slow one from now on; `None` when the outcome shows nothing about it.
    pub(super) fn is_slow(self) -> Option<bool> {
        match self {
            Self::Answered(took) => Some(took > SLOW),
            Self::Late => Some(true),
            Self::SlowDown(_) | Self::None | Self::Unasked { .. } => None,
        }
    }
}

/// Part of a host's pace that is worth remembering beyond a process: the delay that its answers asked for. Its
/// robots.txt is read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// The host is closed for this long from now.
    pub closed_for: Duration,
    /// The delay that the host's answers ask for.
    pub backoff: Duration,
}

pub(super) struct Pace {
    limiter: Option<Limiter>,
    /// The delay that `limiter` was made for.
    delay: Duration,
    /// Delay that the settings and robots.txt ask for.
    floor: Duration,
    /// Delay that the host's answers ask for.
    backoff: Duration,
    adaptive: bool,
    last_start: Option<Duration>,
    /// The last start and `not_before` as they were before the last start.
    before_start: (Option<Duration>, Duration),
    /// Closed until then, whatever the limiter says.
    not_before: Duration,
}

impl Pace {
    pub(super) fn new(delay: Duration, adaptive: bool, clock: &SchedulerClock) -> Self {
        let limiter = Quota::with_period(delay).map(|quota| limiter(quota, clock));
        Self {
            limiter,
            delay,
            floor: delay,
            backoff: Duration::ZERO,
            adaptive,
            last_start: None,
            before_start: (None, Duration::ZERO),
            not_before: Duration::ZERO,
        }
    }

    /// Returns whether the host is open at this time, or else the time when it will be. Holds also for a start that the
    /// limiter has allowed before.
    pub(super) fn is_open(&self, now: Duration) -> Result<(), Duration> {
        if self.not_before > now {
            Err(self.not_before)
        } else {
            Ok(())
        }
    }

    /// Allows a start, once, or says when to ask again.
    pub(super) fn check(&self) -> Result<(), Duration> {
        match &self.limiter {
            Some(limiter) => limiter
                .check()
                .map_err(|not_until| not_until.earliest_possible()),
            None => Ok(()),
        }
    }

    /// Notes a start. The next one is a delay away even if the limiter allowed it long ago.
    pub(super) fn started(&mut self, now: Duration) {
        self.before_start = (self.last_start, self.not_before);
        self.last_start = Some(now);
        self.not_before = self.not_before.max(now.saturating_add(self.delay));
    }

    /// Takes back the last [`started`](Self::started): it did not happen.
    pub(super) fn not_started(&mut self) {
        (self.last_start, self.not_before) = self.before_start;
    }

    /// Takes back the start at this time, unless there was another since, or the host is closed for another reason by
    /// now. Answers whether it did.
    pub(super) fn was_unasked(&mut self, started: Duration) -> bool {
        let is_last = self.last_start == Some(started);
        let is_own = self.not_before <= started.saturating_add(self.delay);
        let is_taken_back = is_last && is_own;
        if is_taken_back {
            self.not_started();
            if let Some(last) = self.last_start {
                self.not_before = self.not_before.max(last.saturating_add(self.delay));
            }
        }
        is_taken_back
    }

    /// Returns the delay if that is what keeps the host closed until then, with its origin; `wanted` is the setting.
    pub(super) fn paces(&self, until: Duration, wanted: Duration) -> Option<(Duration, PacedBy)> {
        let is_its_own = until <= self.last_start?.saturating_add(self.delay);
        let by = if self.backoff > self.floor {
            PacedBy::Answers
        } else if self.floor > wanted {
            PacedBy::Robots
        } else {
            PacedBy::Setting
        };
        is_its_own.then_some((self.delay, by))
    }

    pub(super) fn memory(&self, now: Duration) -> Memory {
        Memory {
            closed_for: self.not_before.saturating_sub(now),
            backoff: self.backoff,
        }
    }

    /// The last start is not known; it may have been just now.
    pub(super) fn restore(&mut self, memory: Memory, now: Duration, clock: &SchedulerClock) {
        if self.adaptive {
            self.backoff = memory.backoff.min(MAX_BACKOFF);
        }
        self.last_start = Some(now);
        self.not_before = now + self.delay.max(memory.closed_for.min(MAX_RETRY_AFTER));
        self.apply(now, clock);
    }

    pub(super) fn raise_floor(&mut self, delay: Duration, now: Duration, clock: &SchedulerClock) {
        self.floor = self.floor.max(delay.min(MAX_CRAWL_DELAY));
        self.apply(now, clock);
    }

    pub(super) fn learn(&mut self, feedback: Feedback, now: Duration, clock: &SchedulerClock) {
        match feedback {
            Feedback::SlowDown(retry_after) => {
                if let Some(wait) = retry_after {
                    self.not_before = self.not_before.max(now + wait.min(MAX_RETRY_AFTER));
                }
                if self.adaptive {
                    self.backoff = (self.delay * 2).clamp(FIRST_BACKOFF, MAX_BACKOFF);
                }
            }
            Feedback::Answered(took)
                if self.adaptive && (took > self.delay || !self.backoff.is_zero()) =>
            {
                self.backoff = self.eased(took);
            }
            Feedback::Answered(_) | Feedback::Late | Feedback::None | Feedback::Unasked { .. } => {
                return;
            }
        }
        self.apply(now, clock);
    }

    /// The backoff after an answer that took so long.
    fn eased(&self, took: Duration) -> Duration {
        // A delay of zero is a wish for full speed: only 429 and 503 slow that down.
        let wish = if self.floor.is_zero() {
            Duration::ZERO
        } else {
            took.min(MAX_BACKOFF)
        };
        if wish > self.backoff {
            return (self.backoff + wish) / 2;
        }
        let eased = (self.backoff * 7 / 8).max(wish);
        if eased < Duration::from_millis(1) {
            Duration::ZERO
        } else {
            eased
        }
    }

    /// Makes the limiter follow the delay that is now right. A new limiter knows no past, so the gap after the last
    /// start is kept by `not_before`.
    fn apply(&mut self, now: Duration, clock: &SchedulerClock) {
        let delay = self.floor.max(self.backoff);
        if delay == self.delay {
            return;
        }
        self.delay = delay;
        self.limiter = Quota::with_period(delay).map(|quota| limiter(quota, clock));
        if let Some(last) = self.last_start {
            self.not_before = self.not_before.max((last + delay).max(now));
        }
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace")
            .field("delay", &self.delay)
            .field("not_before", &self.not_before)
            .finish_non_exhaustive()
    }
}
