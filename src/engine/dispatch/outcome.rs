//! Handling of a finished visit: the part of the dispatcher that acts on outcomes.

use std::sync::Arc;
use std::time::Duration;

use super::super::robots::{Gate, RobotsFile, Settled};
use super::super::visit::{Finished, Link, Outcome, Trip};
use super::Dispatcher;
use crate::model::event::Event;
use crate::model::report::{Fetched, Filter, Finish};
use crate::model::settings::MAX_RETRY_AFTER;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::FromCache;
use crate::policy::retry;
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::Feedback;

impl Dispatcher {
    pub(super) fn finished(
        &mut self,
        host: HostId,
        started: Duration,
        finished: Finished,
    ) -> Result<()> {
        let Finished {
            queued,
            fetched,
            outcome,
        } = finished;
        let (now, request) = (self.now(), &queued.request);
        if let Some(Fetched {
            status, took, body, ..
        }) = fetched
        {
            tracing::debug!(method = %request.method(), url = %request.url(), status = status.as_u16(), bytes = body, ?took, "answered");
        }
        let is_robots = request.robots_for().is_some();
        if !is_robots {
            self.pages_in_flight -= 1;
            if let Some(commits) = &mut self.commits {
                commits.visited();
            }
        }
        // The first that holds: an answer without a round trip says nothing of the host, and one that asks to slow down says
        // more than the time that it took. A stale page of the cache stands for an answer that did not come.
        let feedback = match fetched {
            _ if self.context.never_waits => Feedback::None,
            Some(fetched) if fetched.notes.is_without_trip() => Feedback::Unasked { started },
            Some(fetched) if retry::asks_to_slow_down(fetched.status) => {
                Feedback::SlowDown(fetched.retry_after)
            }
            Some(fetched) if fetched.notes.from == Some(FromCache::Stale) => Feedback::Late,
            Some(fetched) => Feedback::Answered(fetched.took),
            None if outcome.is_late() => Feedback::Late,
            None => Feedback::None,
        };
        self.queue.finish(host, request.url(), feedback, now);
        self.warn_of_slow_down(host, request.url(), feedback, now);
        let times = (started, now);
        if let Some((queued, outcome)) = self.or_silent(host, queued, fetched, outcome, times)? {
            self.conclude(host, queued, Some(Trip(fetched)), outcome, now)
        } else {
            // That of a page which waits for its host is counted with its outcome: a commit between the two would count
            // it for a process that is killed, and the next process makes the request again.
            if is_robots {
                self.tally.fetched(is_robots, fetched.as_ref());
            }
            Ok(())
        }
    }

    /// Acts on the outcome, unless it is for `Spider::failed` first. `trip` is the round trip if it has not been
    /// counted yet.
    pub(super) fn conclude(
        &mut self,
        host: HostId,
        queued: Queued,
        trip: Option<Trip>,
        outcome: Outcome,
        now: Duration,
    ) -> Result<()> {
        let request = &queued.request;
        match self.or_doubted(request, outcome, now) {
            // The trip goes along and is counted when the spider has answered: a commit in between would have the trip, but
            // neither the dead letter nor the items, and the next process makes the request again.
            Outcome::Failed(error) if self.context.handles_failure(request) => {
                self.call_failed(host, queued, error, trip, now);
                Ok(())
            }
            outcome => {
                self.count(request.robots_for().is_some(), trip);
                let fetched = trip.and_then(|trip| trip.0);
                self.act(host, queued, fetched, outcome, now)
            }
        }
    }

    /// Counts a round trip that has not been counted yet.
    pub(super) fn count(&mut self, is_robots: bool, trip: Option<Trip>) {
        if let Some(Trip(fetched)) = trip {
            self.tally.fetched(is_robots, fetched.as_ref());
        }
    }

    /// Acts on the outcome. A request that is not retried is settled.
    fn act(
        &mut self,
        host: HostId,
        queued: Queued,
        fetched: Option<Fetched>,
        outcome: Outcome,
        now: Duration,
    ) -> Result<()> {
        let request = &queued.request;
        // A retry and a challenge go back into the queue under the number that they have; everything else is at its end, also
        // what a redirect asks for, which is another request. A robots.txt was never in the frontier.
        if request.robots_for().is_none()
            && !matches!(outcome, Outcome::Retry(_) | Outcome::Challenged)
        {
            self.queue.settle(host, &queued);
        }
        match outcome {
            Outcome::Parsed {
                emitted,
                nofollow,
                is_login,
                cuts,
                error,
            } => {
                // What was emitted before an error is kept, so items and links come first.
                let over_limit = emitted.over_limit;
                let links = self.emitted(request, emitted);
                self.tally.filtered(Filter::Nofollow, nofollow);
                let is_incomplete = fetched.is_some_and(|fetched| fetched.is_incomplete);
                self.tally.limited(cuts, over_limit, is_incomplete);
                if let Some(error) = error {
                    self.failed(request, &error);
                } else {
                    self.tally.parsed(is_login);
                    // A page was got, so the network is up: what is still unreachable is so by itself.
                    self.take_up_aside();
                }
                self.admit(links)?;
            }
            Outcome::Sitemap { links, too_deep } => {
                self.tally.sitemap();
                self.tally.filtered(Filter::Depth, too_deep);
                self.admit(links)?;
            }
            Outcome::Redirected(link) => self.redirected(request, link)?,
            Outcome::Robots(file) => self.robots_settled(host, request, file, now),
            Outcome::RobotsUnreachable(error) => {
                self.robots_unreachable(host, request, &error, now);
            }
            Outcome::RobotsMoved(next) => {
                let host = self.queue.host(next.url());
                self.queue.push_urgent(host, next.into());
            }
            Outcome::Retry(error) => {
                let retry_after = fetched.and_then(|fetched| fetched.retry_after);
                self.retry(host, queued, &error, retry_after, now)?;
            }
            Outcome::Challenged => self.authenticate(host, queued, now)?,
            Outcome::Filtered(reason) => {
                self.tally.unfetched(reason, 1);
                self.context.announcer.announce(|| Event::Filtered {
                    url: request.url().clone(),
                    reason,
                });
            }
            Outcome::Failed(error) => self.failed(request, &error),
        }
        Ok(())
    }

    /// Turns the failure of a page into a retry while it is not clear whether the network is down: the page waits once
    /// more for robots.txt.
    fn or_doubted(&mut self, request: &Request, outcome: Outcome, now: Duration) -> Outcome {
        match outcome {
            Outcome::Failed(error)
                if self.settings.politeness.robots
                    && request.robots_for().is_none()
                    && error.kind().is_temporary()
                    && self.has_reached_nothing()
                    && !self.has_answered(request)
                    && (self.book.doubt(request.url()) || self.is_doubted(request, now)) =>
            {
                Outcome::Retry(error)
            }
            outcome => outcome,
        }
    }

    fn is_doubted(&self, request: &Request, now: Duration) -> bool {
        self.book.ask(request.url(), self.since_1970(now)) != Gate::Allowed
    }

    pub(super) fn failed(&mut self, request: &Request, error: &Error) {
        tracing::warn!(url = %request.url(), kind = %error.kind(), error = %error.chain(), "request failed");
        self.tally.failed(error);
        self.bury(request, error);
        self.context.announcer.announce(|| Event::Failed {
            url: request.url().clone(),
            kind: error.kind(),
            message: error.chain(),
        });
        if self
            .settings
            .end
            .max_errors
            .is_some_and(|max| self.tally.ledger.failed >= max)
        {
            self.stop(Finish::MaxErrors);
        }
    }

    fn retry(
        &mut self,
        host: HostId,
        queued: Queued,
        error: &Error,
        retry_after: Option<Duration>,
        now: Duration,
    ) -> Result<()> {
        let Queued { number, request } = queued;
        let fingerprint = request.fingerprint(self.context.key);
        let wait = retry::backoff(request.attempt(), fingerprint, retry_after);
        tracing::info!(url = %request.url(), attempt = request.attempt() + 1, ?wait, error = %error.chain(), "retry scheduled");
        let asked_for = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        let name = request.url().host_str().unwrap_or_default().to_owned();
        self.warn_of_wait(host, &name, asked_for, retry::RETRY_AFTER);
        self.tally.error(error.kind());
        self.tally.retried(match error.kind() {
            ErrorKind::Status | ErrorKind::Refused => error.chain(),
            kind => kind.to_string(),
        });
        self.context.announcer.announce(|| Event::Retry {
            url: request.url().clone(),
            attempt: request.attempt() + 1,
            wait,
            reason: error.chain(),
        });
        // These two kinds of failure are answers: whatever they say, the network is up.
        let has_answered = matches!(error.kind(), ErrorKind::Status | ErrorKind::Refused);
        let is_down = !has_answered && self.has_reached_nothing();
        if is_down && !self.has_answered(&request) {
            self.book.doubt(request.url());
        }
        let again = Queued {
            number,
            request: request.tried_again(),
        };
        self.queue.retry(host, again, now + wait)
    }

    /// Makes a request again with the credentials that were asked for, when it is its host's turn. That is not a
    /// failure, so it spends no try and needs no wait.
    fn authenticate(&mut self, host: HostId, queued: Queued, now: Duration) -> Result<()> {
        let Queued { number, request } = queued;
        tracing::debug!(url = %request.url(), "credentials were asked for");
        let reason = "credentials were asked for";
        self.tally.retried(reason.to_owned());
        self.context.announcer.announce(|| Event::Retry {
            url: request.url().clone(),
            attempt: request.attempt(),
            wait: Duration::ZERO,
            reason: reason.to_owned(),
        });
        let again = Queued {
            number,
            request: request.challenged(),
        };
        self.queue.retry(host, again, now)
    }

    fn redirected(&mut self, request: &Request, mut link: Link) -> Result<()> {
        tracing::debug!(url = %request.url(), target = %link.request.url(), "redirected");
        self.tally.redirected();
        self.context.announcer.announce(|| Event::Redirected {
            url: request.url().clone(),
            target: link.request.url().clone(),
        });
        // Where a start URL leads is what its user meant, `https://www.` for `http://` say. No other redirect widens the scope.
        if request.is_start() && link.verdict == Err(Filter::Scope) {
            let (from, to) = (request.url(), link.request.url());
            if Arc::make_mut(&mut self.scope).follow_start(from, to) {
                link.verdict = self.scope.check(&link.request);
            } else {
                let first = request.redirects().first().unwrap_or(from);
                tracing::warn!(url = %first, target = %to, "a start URL leads to another site, which is out of scope: begin with the target");
            }
        }
        self.admit(vec![link])
    }

    fn robots_unreachable(
        &mut self,
        host: HostId,
        request: &Request,
        error: &Error,
        now: Duration,
    ) {
        tracing::warn!(url = %request.url(), error = %error.chain(), "robots.txt cannot be read");
        self.tally.error(error.kind());
        self.context.announcer.announce(|| Event::Failed {
            url: request.url().clone(),
            kind: error.kind(),
            message: error.chain(),
        });
        self.robots_settled(host, request, RobotsFile::Unreachable, now);
    }

    fn robots_settled(&mut self, host: HostId, request: &Request, file: RobotsFile, now: Duration) {
        // If only its sitemaps are wanted, no rule of the file is obeyed.
        let delay = file
            .crawl_delay()
            .filter(|_| self.settings.politeness.robots && !self.context.never_waits);
        let origin = request.robots_for().unwrap_or_default();
        let Settled { waiting, holds } = self.book.settle(origin, file, self.since_1970(now));
        tracing::debug!(url = %request.url(), ?holds, "robots.txt settled");
        self.tally.robots(holds);
        if let Some(delay) = delay {
            let asked = waiting.as_ref().map_or(host, |waiting| waiting.host);
            self.queue.raise_delay(asked, delay, now);
            self.warn_of_delay(asked, request.url(), delay);
        }
        if let Some(waiting) = waiting {
            self.queue
                .put_back(waiting.host, waiting.requests, waiting.is_full);
        }
    }
}
