//! Time that a crawl spends waiting for the delays of hosts, for the report.

use std::time::Duration;

use super::Dispatcher;
use crate::model::report::{Paced, PacedBy};
use crate::queue::Queue;
use crate::queue::queued::HostId;

/// Time that was spent, and the last wait.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    /// Start of the wait that goes on, if one does.
    since: Option<Duration>,
    waited: Duration,
    /// Host, delay and origin of the delay of the last wait. The host that is waited for at the end is the one that the
    /// crawl took so long for.
    last: Option<(HostId, Duration, PacedBy)>,
}

impl Pacing {
    /// Notes that nothing starts before `until`: a wait for a delay, or for something else.
    pub(super) fn waits(&mut self, queue: &Queue, now: Duration, until: Duration) {
        if let Some(wait) = queue.paced(until) {
            self.since = Some(now);
            self.last = Some(wait);
        }
    }

    /// Ends the wait that goes on.
    pub(super) fn goes_on(&mut self, now: Duration) {
        if let Some(since) = self.since.take() {
            self.waited += now.saturating_sub(since);
        }
    }
}

impl Dispatcher {
    /// Returns the time that was spent waiting for delays; `None` when there was none.
    pub(super) fn paced(&mut self) -> Option<Paced> {
        self.pacing.goes_on(self.now());
        let (host, delay, by) = self.pacing.last?;
        Some(Paced {
            seconds: self.pacing.waited.as_secs_f64(),
            host: self.queue.name(host)?.to_owned(),
            delay: delay.as_secs_f64(),
            by,
        })
    }
}
