//! Starting of requests: the part of the dispatcher that decides what goes next.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::super::robots::Gate;
use super::super::visit::Ended;
use super::Dispatcher;
use crate::model::event::Event;
use crate::model::report::{Filter, Finish};
use crate::page::error::Result;
use crate::page::identity;
use crate::page::request::Request;
use crate::queue::Turn;
use crate::queue::queued::{HostId, Queued};

/// Maximum number of requests that are considered before everything else gets its turn.
const MAX_TURNS: usize = 10_000;

/// Next step of the dispatcher once it has started all visits that may start.
pub(super) enum Next {
    /// Wait for something to happen, at the latest until this time.
    Wait(Option<Instant>),
    /// End the crawl: nothing is left to do.
    Over,
}

impl Dispatcher {
    /// Starts every visit that may start. Returns the latest time at which to try again, or that the crawl is over.
    pub(super) fn start_ready(&mut self) -> Result<Next> {
        let (mut wake, mut is_idle) = (None, false);
        // When to look for a host that is away. As long as nothing may start, that waits, too: it would be due at once,
        // again and again.
        let mut looked_for = None;
        let mut turns = 0;
        self.pacing.goes_on(self.now());
        while self.finish.is_none() && self.has_free_slot() && self.may_start_a_page() {
            turns += 1;
            if turns > MAX_TURNS {
                // A long run of what robots.txt forbids must not keep signals and finished visits waiting.
                wake = Some(Instant::now());
                break;
            }
            let now = self.now();
            match self.queue.next(now) {
                Turn::Start(host, queued) => self.consider(host, queued, now)?,
                Turn::Wait(_) | Turn::Idle if self.look_for_hosts(now)? => {}
                Turn::Wait(until) => {
                    self.pacing.waits(&self.queue, now, until);
                    wake = Some(self.started + until);
                    looked_for = self.outages.next();
                    break;
                }
                Turn::Idle => {
                    looked_for = self.outages.next();
                    is_idle =
                        !self.queue.is_reading() && self.seeding.is_none() && looked_for.is_none();
                    break;
                }
            }
        }
        self.ask_store();
        if self.has_given_up || (self.visits.is_empty() && (self.finish.is_some() || is_idle)) {
            return Ok(Next::Over);
        }
        let concurrency = self.settings.politeness.concurrency;
        let commit = self.commits.as_ref().and_then(|c| c.due(concurrency));
        let looked_for = looked_for.map(|due| self.started + due);
        let timers = [wake, looked_for, self.time_limit(), self.deadline, commit];
        Ok(Next::Wait(timers.into_iter().flatten().min()))
    }

    /// Returns whether a visit may start within `concurrency`: a finished visit that is not committed keeps its slot.
    fn has_free_slot(&self) -> bool {
        let held = match &self.commits {
            Some(commits) if commits.is_opening() => return false,
            Some(commits) => commits.held(),
            None => 0,
        };
        self.visits.len() + held < self.settings.politeness.concurrency.max(1)
    }

    /// Returns whether another page may start: with `max_pages`, no more pages are in flight than are still wanted.
    fn may_start_a_page(&mut self) -> bool {
        match self.settings.end.max_pages {
            Some(max) if self.tally.pages >= max => {
                self.stop(Finish::MaxPages);
                false
            }
            Some(max) => self.tally.pages + self.pages_in_flight < max,
            None => true,
        }
    }

    /// Starts a request, or acts on robots.txt instead: waits for the file, or filters the request.
    fn consider(&mut self, host: HostId, queued: Queued, now: Duration) -> Result<()> {
        let request = &queued.request;
        if let Some(ends) = self.deadly(request) {
            self.not_sent(&queued);
            self.give_up(host, queued, ends, now);
            return Ok(());
        }
        let wants_sitemaps = self.wants_sitemaps(request);
        let is_asked =
            request.robots_for().is_none() && (self.settings.politeness.robots || wants_sitemaps);
        let gate = if is_asked {
            self.book.ask(request.url(), self.since_1970(now))
        } else {
            Gate::Allowed
        };
        if wants_sitemaps && gate != Gate::Unknown {
            self.queue_sitemaps(&request.url().clone())?;
        }
        match gate {
            Gate::Allowed => self.start(host, queued, now),
            Gate::Forbidden(_) | Gate::Unreachable if !self.settings.politeness.robots => {
                self.start(host, queued, now);
            }
            Gate::Forbidden(by) => {
                self.tally.kept_out(request.url(), by);
                self.keep_out(host, &queued, Filter::Robots);
            }
            Gate::Unreachable if self.has_reached_nothing() => {
                self.not_sent(&queued);
                self.set_aside(host, queued)?;
            }
            Gate::Unreachable => self.keep_out(host, &queued, Filter::RobotsUnreachable),
            Gate::Unknown => self.wait_for_robots(host, queued)?,
        }
        Ok(())
    }

    fn start(&mut self, host: HostId, queued: Queued, now: Duration) {
        let Some(queued) = self.unless_away(host, queued) else {
            return;
        };
        let request = &queued.request;
        tracing::trace!(url = %request.url(), in_flight = self.visits.len(), waiting = self.queue.waiting(), "started");
        self.pages_in_flight += u64::from(request.robots_for().is_none());
        let visit = Arc::clone(&self.context).visit(Arc::clone(&self.scope), queued);
        // Boxed, since a task is moved several times before and after it runs, and a visit is large.
        self.visits.spawn(Box::pin(
            async move { (host, now, Ended::Visited(visit.await)) },
        ));
    }

    fn keep_out(&mut self, host: HostId, queued: &Queued, reason: Filter) {
        self.not_sent(queued);
        self.queue.cancel(host, queued);
        self.filtered_out(queued, reason);
    }

    /// Settles a request that is not fetched after all.
    pub(super) fn filter_out(&mut self, host: HostId, queued: &Queued, reason: Filter) {
        self.queue.settle(host, queued);
        self.filtered_out(queued, reason);
    }

    fn filtered_out(&mut self, queued: &Queued, reason: Filter) {
        let request = &queued.request;
        tracing::debug!(url = %request.url(), %reason, "filtered");
        if let Some(commits) = &mut self.commits {
            commits.changed();
        }
        self.tally.unfetched(reason, 1);
        self.context.announcer.announce(|| Event::Filtered {
            url: request.url().clone(),
            reason,
        });
    }

    /// Lets a request wait for the robots.txt of its origin. The whole host waits only when more of its requests wait
    /// than may be kept in memory.
    fn wait_for_robots(&mut self, host: HostId, queued: Queued) -> Result<()> {
        let robots = robots_request(&queued.request)?;
        let parked = self.book.park(host, queued);
        self.queue.set_apart(host, parked.is_full);
        if parked.is_first {
            self.queue.push_urgent(host, robots.into());
        }
        Ok(())
    }
}

/// Builds the request for the robots.txt that `waiting` waits for, with the same identification: a site behind a
/// password returns no rules to a request without it.
pub(super) fn robots_request(waiting: &Request) -> Result<Request> {
    let origin = identity::origin(waiting.url());
    let file = Url::parse(&format!("{origin}/robots.txt"))?;
    Ok(Request::for_robots(file, origin).identified_as(waiting))
}
