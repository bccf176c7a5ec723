//! Warnings about long waits that a site asks for, once for each host and reason.

use std::time::Duration;

use url::Url;

use super::Dispatcher;
use crate::model::settings::{MAX_CRAWL_DELAY, MAX_RETRY_AFTER};
use crate::policy::retry;
use crate::queue::queued::HostId;
use crate::queue::scheduler::Feedback;

/// Time that a wait has to exceed for a warning to be logged.
const LONG: Duration = Duration::from_secs(10);

impl Dispatcher {
    pub(super) fn warn_of_wait(
        &mut self,
        host: HostId,
        name: &str,
        wait: Duration,
        by: &'static str,
    ) {
        if wait > LONG && self.warned.insert((host, by)) {
            tracing::warn!(host = name, ?wait, by, "the site asks to wait");
        }
    }

    /// Warns of a delay that robots.txt asks for, unless it is no longer than the delay of the settings.
    pub(super) fn warn_of_delay(&mut self, host: HostId, url: &Url, delay: Duration) {
        let delay = delay.min(MAX_CRAWL_DELAY);
        if delay > self.settings.politeness.delay {
            let name = url.host_str().unwrap_or_default();
            let by = "Crawl-delay or Request-rate in robots.txt, between two requests";
            self.warn_of_wait(host, name, delay, by);
        }
    }

    /// Warns of a wait that an answer asks for, by its status or by `Retry-After`.
    pub(super) fn warn_of_slow_down(
        &mut self,
        host: HostId,
        url: &Url,
        feedback: Feedback,
        now: Duration,
    ) {
        let Feedback::SlowDown(retry_after) = feedback else {
            return;
        };
        let name = url.host_str().unwrap_or_default();
        let wait = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        self.warn_of_wait(host, name, wait, retry::RETRY_AFTER);
        let backoff = self.queue.backoff(host, now);
        if backoff > self.settings.politeness.delay {
            let by = "status 429 or 503, between two requests";
            self.warn_of_wait(host, name, backoff, by);
        }
    }
}
