//! Hosts that are away: the part of the dispatcher that lets their requests wait and probes them.

use std::time::Duration;

use super::super::outages::{Admission, Sent, Silence, Suspect};
use super::super::visit::{Outcome, Trip};
use super::Dispatcher;
use super::starting::robots_request;
use crate::model::event::Event;
use crate::model::report::{Away, Fetched, Tally};
use crate::page::error::{Error, Result};
use crate::page::identity::origin;
use crate::page::request::Request;
use crate::page::response::FromCache;
use crate::policy::outage::Sign;
use crate::queue::queued::{HostId, Queued};

/// Maximum number of origins that a report names.
const MAX_NAMED: usize = 50;

impl Dispatcher {
    /// Lets a request start, unless its origin is away: then the request waits.
    pub(super) fn unless_away(&mut self, host: HostId, queued: Queued) -> Option<Queued> {
        if !self.outages.has_silence() {
            return Some(queued);
        }
        let url = queued.request.url().clone();
        match self.outages.admit(origin(&url), queued) {
            Admission::Go(queued) => Some(queued),
            Admission::Kept { is_full } => {
                self.queue.set_apart(host, is_full);
                None
            }
        }
    }

    /// Sends the requests that probe hosts that are away and whose time has come. Returns whether any was sent.
    pub(super) fn look_for_hosts(&mut self, now: Duration) -> Result<bool> {
        let queue = &self.queue;
        let sent = self.outages.probes(now, |host| queue.has_waiting(host));
        let has_sent = !sent.is_empty();
        for sent in sent {
            match sent {
                Sent::Waiting(host, queued) => self.queue.push_urgent(host, queued),
                Sent::Again(host, suspect) => {
                    count_try(&mut self.tally, &suspect);
                    self.queue.push_probe(host, suspect.queued);
                }
                Sent::Robots(host, asks) => {
                    let robots = robots_request(&asks)?;
                    self.queue.push_urgent(host, robots.into());
                }
            }
        }
        Ok(has_sent)
    }

    /// Notes that a request that was handed out is not sent.
    pub(super) fn not_sent(&mut self, queued: &Queued) {
        if self.outages.has_silence() {
            let now = self.now();
            let of = origin(queued.request.url());
            self.outages.not_sent(of, queued.number, now);
        }
    }

    /// Notes whether the host answered a visit, and keeps the request if its outcome depends on that.
    pub(super) fn or_silent(
        &mut self,
        host: HostId,
        queued: Queued,
        fetched: Option<Fetched>,
        outcome: Outcome,
        times: (Duration, Duration),
    ) -> Result<Option<(Queued, Outcome)>> {
        let (started, now) = times;
        let url = queued.request.url().clone();
        let (of, is_robots) = (origin(&url), queued.request.robots_for().is_some());
        let sign = match sign(fetched.as_ref(), &outcome) {
            _ if self.context.never_waits => return Ok(Some((queued, outcome))),
            Sign::Answered if is_robots && !self.outages.believes_robots(of, now) => Sign::Gateway,
            sign => sign,
        };
        match sign {
            Sign::Unclear => self.outages.unclear(of, queued.number, now),
            Sign::Answered => {
                if let Some(silence) = self.outages.answered(of, queued.number, started) {
                    self.back(of, *silence, now)?;
                    // A robots.txt that no request waits for has served its purpose as a probe.
                    if is_robots && !self.book.is_awaited(of) {
                        return Ok(None);
                    }
                }
            }
            Sign::Silent | Sign::Gateway if is_robots => {
                if self.outages.robots_in_vain(of, now) && !self.book.is_awaited(of) {
                    return Ok(None);
                }
            }
            Sign::Silent | Sign::Gateway => {
                let Some(kind) = outcome.error().map(Error::kind) else {
                    return Ok(Some((queued, outcome)));
                };
                let suspect = Suspect {
                    queued,
                    trip: Trip(fetched),
                    outcome,
                    kind,
                    started,
                    is_gateway: sign == Sign::Gateway,
                    retry_after: fetched.and_then(|fetched| fetched.retry_after),
                };
                return Ok(match self.outages.fell_silent(of, host, suspect, now) {
                    Ok(()) => {
                        self.warn_of_silence(of, now);
                        None
                    }
                    Err(own) => Some((own.queued, own.outcome)),
                });
            }
        }
        Ok(Some((queued, outcome)))
    }

    /// Lets the requests of an origin go on when the origin is back.
    fn back(&mut self, of: &str, silence: Silence, now: Duration) -> Result<()> {
        if silence.failed > 1 {
            let away = now.saturating_sub(silence.since);
            tracing::info!(origin = of, ?away, "the host is there again");
        }
        let (costly, spared): (Vec<Suspect>, Vec<Suspect>) = {
            let costs = |suspect: &Suspect| {
                self.outages
                    .costs_a_try(silence.failed, suspect.queued.number)
            };
            silence.suspects.into_iter().partition(costs)
        };
        let waiting: Vec<Queued> = silence.waiting.into();
        self.queue.put_back(silence.host, waiting, silence.is_full);
        for suspect in spared {
            self.spare(silence.host, suspect, now);
        }
        for suspect in costly {
            let (queued, trip) = (suspect.queued, Some(suspect.trip));
            self.conclude(silence.host, queued, trip, suspect.outcome, now)?;
        }
        Ok(())
    }

    /// Queues a request again that failed in an outage, without spending a try.
    fn spare(&mut self, host: HostId, suspect: Suspect, now: Duration) {
        let request = &suspect.queued.request;
        let reason = suspect
            .outcome
            .error()
            .map_or_else(String::new, Error::chain);
        count_try(&mut self.tally, &suspect);
        self.context.announcer.announce(|| Event::Retry {
            url: request.url().clone(),
            attempt: request.attempt(),
            wait: Duration::ZERO,
            reason,
        });
        self.queue.requeue(host, suspect.queued, now);
    }

    fn warn_of_silence(&mut self, of: &str, now: Duration) {
        let Some(silence) = self.outages.silence(of) else {
            return;
        };
        let (host, is_over, failed) = (silence.host, silence.is_over(now), silence.failed);
        let last = silence.suspects.back();
        let error = last.and_then(|suspect| suspect.outcome.error());
        let error = error.map_or_else(String::new, Error::chain);
        if failed == 2 && self.warned.insert((host, "away")) {
            let longest = self.settings.failures.max_outage;
            tracing::warn!(origin = of, ?longest, %error, "the host is away: its pages wait for it, and spend no tries");
        }
        if is_over && self.warned.insert((host, "given up")) {
            tracing::warn!(origin = of, %error, "the host stays away: its pages stay in the queue; see the setting max_outage");
        }
    }

    /// Returns the origins that are away at the end, `MAX_NAMED` at most, and counts the tries that failed there.
    pub(super) fn take_away(&mut self) -> Vec<Away> {
        let now = self.now();
        let silences = self.outages.silences();
        let mut away = Vec::new();
        for (origin, silence) in silences {
            for suspect in &silence.suspects {
                count_try(&mut self.tally, suspect);
            }
            let last = silence.suspects.back();
            let error = last.and_then(|suspect| suspect.outcome.error());
            if away.len() < MAX_NAMED {
                away.push(Away {
                    origin: origin.to_owned(),
                    seconds: now.saturating_sub(silence.since).as_secs_f64(),
                    error: error.map_or_else(String::new, Error::chain),
                });
            }
        }
        away.sort_by(|one, other| one.origin.cmp(&other.origin));
        away
    }

    /// Returns whether an origin has answered before, so that it can be away.
    pub(super) fn has_answered(&self, request: &Request) -> bool {
        self.outages.knows(origin(request.url()))
    }
}

/// Counts a failed request that spent no try and is made again, with its round trip.
fn count_try(tally: &mut Tally, suspect: &Suspect) {
    let Trip(fetched) = &suspect.trip;
    tally.fetched(false, fetched.as_ref());
    tally.error(suspect.kind);
    tally.retried("its host was away".to_owned());
}

/// Returns the sign that a visit gives of its host.
fn sign(fetched: Option<&Fetched>, outcome: &Outcome) -> Sign {
    let error = outcome.error().map(Error::kind);
    match (fetched, error) {
        (Some(fetched), _) if fetched.notes.is_without_trip() => Sign::Unclear,
        (Some(fetched), _) if fetched.notes.from == Some(FromCache::Stale) => Sign::Unclear,
        (Some(fetched), error) => match Sign::of_status(fetched.status) {
            // The page was read, because its request takes any status.
            Sign::Gateway if error.is_none() => Sign::Unclear,
            sign => sign,
        },
        (None, Some(kind)) => Sign::of_error(kind),
        (None, None) => Sign::Answered,
    }
}
