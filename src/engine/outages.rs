//! Tracking of origins that are away, of the requests that wait for them, and of the request that probes each of them
//! next.
//!
//! An origin that has answered and no longer does falls silent: the request that shows it costs no try yet, and the
//! requests that come after it are kept here, in order. One request at a time is sent to probe the origin, with growing
//! pauses. The first answer ends the silence. If the silence was short, the requests that failed in it failed by
//! themselves and have each spent a try; if it was an outage, none has.
//!
//! The requests that probe an origin are those that wait for it, so that each answer is a page of the crawl. When all
//! waiting requests have failed, or many failed in a row, the origin's robots.txt is requested instead: any answer to
//! that shows that the origin is back.
//!
//! Times are arguments, counted from the start of the crawl.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::visit::{Outcome, Trip};
use crate::page::error::ErrorKind;
use crate::page::request::Request;
use crate::policy::outage::pause;
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::WINDOW;

/// Number of requests that fail in a row before robots.txt is requested, even though others wait.
const PATIENCE: usize = 8;
/// Number of failed probes from which a silence counts as an outage.
const OUTAGE: u32 = 2;
/// Number of outages in which a request may fail without spending a try.
const MAX_SPARED: u8 = 3;
/// Number of `Retry-After` in a row that are waited for beyond the time that an origin may be away.
const MAX_ANNOUNCED: u32 = 4;
/// Number, as in [`Queued`], of a request that the crawl makes by itself: one for robots.txt.
const ROBOTS: u64 = 0;

/// Origins of a crawl and their silences.
#[derive(Debug)]
pub(super) struct Outages {
    /// Longest time that an origin may be away: the setting `max_outage`.
    max: Duration,
    origins: HashMap<Arc<str>, Origin>,
    /// Times at which origins are probed again.
    due: BTreeSet<(Duration, Arc<str>)>,
    /// Times at which origins that were away for too long are probed again: the crawl does not wait for these.
    late: BTreeSet<(Duration, Arc<str>)>,
    /// Origins that may be probed by the next request to them.
    open: Vec<Arc<str>>,
    silences: usize,
    /// Number of outages in which a request failed, by the number of the request.
    spared: HashMap<u64, u8>,
    /// Origins that have answered and are not in a commit of the durable job yet; `None` without a job.
    new: Option<Vec<Arc<str>>>,
}

/// An origin that has answered.
#[derive(Debug)]
struct Origin {
    /// Start time of the last request that was answered.
    answered: Duration,
    patience: usize,
    silence: Option<Box<Silence>>,
}

/// The time since an origin last answered.
#[derive(Debug)]
pub(super) struct Silence {
    pub(super) host: HostId,
    pub(super) since: Duration,
    until: Duration,
    /// Number of requests that probed the origin without an answer.
    pub(super) failed: u32,
    /// Requests that failed, the oldest first.
    pub(super) suspects: VecDeque<Suspect>,
    /// Requests that wait, in order; the scheduler counts them as waiting.
    pub(super) waiting: VecDeque<Queued>,
    /// `true` if as many requests wait as may, so that the host was held.
    pub(super) is_full: bool,
    probe: Probe,
}

/// A request that failed while its origin was silent. It is in no queue.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) queued: Queued,
    /// Round trip, which is counted when the outcome is.
    pub(super) trip: Trip,
    /// Outcome that the request has if the origin was there all the time.
    pub(super) outcome: Outcome,
    pub(super) kind: ErrorKind,
    pub(super) started: Duration,
    /// `true` if a gateway answered for the host.
    pub(super) is_gateway: bool,
    /// Wait that the answer asks for.
    pub(super) retry_after: Option<Duration>,
}

/// State of the request that probes a silent origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    /// No request before the origin's next time.
    None,
    /// The next request to the origin that comes.
    Next,
    /// A queued request, by its number.
    Queued(u64),
    InFlight(u64),
}

/// Request to send to probe an origin.
#[derive(Debug)]
pub(super) enum Sent {
    /// A request that waited here and counts as waiting.
    Waiting(HostId, Queued),
    /// A request that failed before.
    Again(HostId, Box<Suspect>),
    /// A request for robots.txt, with the identification of this request.
    Robots(HostId, Box<Request>),
}

/// Decision whether a request may go.
#[derive(Debug)]
pub(super) enum Admission {
    Go(Queued),
    /// The request waits here. With `is_full`, no more can wait: hold the host.
    Kept {
        is_full: bool,
    },
}

impl Outages {
    pub(super) fn new(max: Duration, is_durable: bool) -> Self {
        Self {
            max,
            origins: HashMap::new(),
            due: BTreeSet::new(),
            late: BTreeSet::new(),
            open: Vec::new(),
            silences: 0,
            spared: HashMap::new(),
            new: is_durable.then(Vec::new),
        }
    }

    /// Returns whether an origin has answered, in this process or an earlier one.
    pub(super) fn knows(&self, origin: &str) -> bool {
        self.origins.contains_key(origin)
    }

    /// Notes that an origin answered an earlier process.
    pub(super) fn take_back(&mut self, origin: &str) {
        if !self.max.is_zero() {
            self.learn(origin, Duration::ZERO);
        }
    }

    /// Takes the origins that have answered for the first time since the last call.
    pub(super) fn take_new(&mut self) -> Vec<Arc<str>> {
        self.new.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Lets a request go, unless its origin is away and another request probes it.
    pub(super) fn admit(&mut self, origin: &str, queued: Queued) -> Admission {
        if self.silences == 0 {
            return Admission::Go(queued);
        }
        let known = self.origins.get_mut(origin);
        let Some(silence) = known.and_then(|known| known.silence.as_mut()) else {
            return Admission::Go(queued);
        };
        let number = queued.number;
        if silence.probe == Probe::Queued(number) {
            silence.probe = Probe::InFlight(number);
            return Admission::Go(queued);
        }
        if number == ROBOTS {
            return Admission::Go(queued);
        }
        if silence.probe == Probe::Next {
            silence.probe = Probe::InFlight(number);
            self.open.retain(|open| **open != *origin);
            return Admission::Go(queued);
        }
        silence.waiting.push_back(queued);
        let is_full = silence.waiting.len() >= WINDOW && !silence.is_full;
        silence.is_full |= is_full;
        Admission::Kept { is_full }
    }

    /// Notes that a request that was to probe its origin is not sent after all.
    pub(super) fn not_sent(&mut self, origin: &str, number: u64, now: Duration) {
        let known = self.origins.get_mut(origin);
        if let Some(silence) = known.and_then(|known| known.silence.as_mut())
            && silence.probe == Probe::Queued(number)
        {
            silence.probe = Probe::None;
            self.plan(origin, now, now);
        }
    }

    /// Notes that an origin answered this request, which was started at `started`. Returns the silence that the answer
    /// ends.
    pub(super) fn answered(
        &mut self,
        origin: &str,
        number: u64,
        started: Duration,
    ) -> Option<Box<Silence>> {
        if self.max.is_zero() {
            return None;
        }
        let Some(known) = self.origins.get_mut(origin) else {
            self.learn(origin, started);
            return None;
        };
        known.answered = known.answered.max(started);
        let silence = known.silence.as_ref()?;
        let is_probe = silence.probe == Probe::InFlight(number);
        let mut suspects = silence.suspects.iter();
        // A request that was sent before the last failed one says nothing about the time since.
        if !is_probe && suspects.any(|suspect| suspect.started >= started) {
            return None;
        }
        let was_robots = is_probe && number == ROBOTS;
        if was_robots && silence.suspects.len() > 1 {
            known.patience = (known.patience / 2).max(1);
        }
        let silence = known.silence.take();
        self.silences -= 1;
        self.forget_times(origin);
        silence
    }

    /// Returns whether an answer to robots.txt ends the silence of this origin. A gateway in front of a host may have a
    /// copy of that file. So while a gateway reports that the pages do not answer, the silence ends only if a single
    /// request failed in it, if robots.txt has already ended an earlier silence, or if the silence has lasted as long
    /// as an origin may be away.
    pub(super) fn believes_robots(&self, origin: &str, now: Duration) -> bool {
        let known = self.origins.get(origin);
        let silence = known.and_then(|known| Some((known, known.silence.as_ref()?)));
        silence.is_none_or(|(known, silence)| {
            !silence.is_gateway()
                || silence.suspects.len() <= 1
                || known.patience < PATIENCE
                || now >= silence.until
        })
    }

    /// Keeps a request that got no answer. Returns it as the error when the failure is its own: when the origin never
    /// answered, or answered a request that was started later.
    pub(super) fn fell_silent(
        &mut self,
        origin: &str,
        host: HostId,
        suspect: Suspect,
        now: Duration,
    ) -> Result<(), Box<Suspect>> {
        let Some(known) = self.origins.get_mut(origin) else {
            return Err(Box::new(suspect));
        };
        let is_new = known.silence.is_none();
        if is_new && known.answered > suspect.started {
            return Err(Box::new(suspect));
        }
        let silence = known.silence.get_or_insert_with(|| {
            self.silences += 1;
            Box::new(Silence::new(host, now, self.max))
        });
        let (number, announced) = (suspect.queued.number, suspect.retry_after);
        silence.suspects.push_back(suspect);
        let was_probe = silence.probe == Probe::InFlight(number);
        if is_new || was_probe {
            silence.failed += u32::from(was_probe);
            silence.probe = Probe::None;
            let mut due = now + pause(silence.failed);
            if let Some(wait) = announced.filter(|_| silence.failed < MAX_ANNOUNCED) {
                silence.until += wait;
                due = due.max(now + wait);
            }
            self.plan(origin, due, now);
        }
        Ok(())
    }

    /// Notes that a request for robots.txt got no answer. Returns whether it probed a silent origin.
    pub(super) fn robots_in_vain(&mut self, origin: &str, now: Duration) -> bool {
        let Some(known) = self.origins.get_mut(origin) else {
            return false;
        };
        let patience = &mut known.patience;
        let Some(silence) = known.silence.as_mut() else {
            return false;
        };
        if silence.probe != Probe::InFlight(ROBOTS) {
            return false;
        }
        *patience = PATIENCE;
        silence.failed += 1;
        silence.probe = Probe::None;
        let due = now + pause(silence.failed);
        self.plan(origin, due, now);
        true
    }

    /// Notes that a request that probed its origin ended without showing whether the origin is there.
    pub(super) fn unclear(&mut self, origin: &str, number: u64, now: Duration) {
        if self.silences == 0 {
            return;
        }
        let known = self.origins.get_mut(origin);
        if let Some(silence) = known.and_then(|known| known.silence.as_mut())
            && silence.probe == Probe::InFlight(number)
        {
            silence.failed += 1;
            silence.probe = Probe::None;
            let due = now + pause(silence.failed);
            self.plan(origin, due, now);
        }
    }

    /// Returns the requests to send now to probe the origins whose time has come. `has_more` returns whether a host has
    /// requests in its queue.
    pub(super) fn probes(&mut self, now: Duration, has_more: impl Fn(HostId) -> bool) -> Vec<Sent> {
        if self.silences == 0 {
            return Vec::new();
        }
        let mut origins = std::mem::take(&mut self.open);
        for times in [&mut self.due, &mut self.late] {
            while times.first().is_some_and(|(due, _)| *due <= now) {
                origins.extend(times.pop_first().map(|(_, origin)| origin));
            }
        }
        let sent = origins.into_iter();
        sent.filter_map(|origin| self.probe(origin, now, &has_more))
            .collect()
    }

    fn probe(
        &mut self,
        origin: Arc<str>,
        now: Duration,
        has_more: impl Fn(HostId) -> bool,
    ) -> Option<Sent> {
        let known = self.origins.get_mut(&origin)?;
        let patience = known.patience;
        let silence = known.silence.as_mut()?;
        let (host, has_patience) = (silence.host, silence.suspects.len() < patience);
        if has_patience && let Some(queued) = silence.waiting.pop_front() {
            silence.probe = Probe::Queued(queued.number);
            return Some(Sent::Waiting(host, queued));
        }
        if has_patience && !silence.is_full && has_more(host) {
            silence.probe = Probe::Next;
            self.open.push(origin);
            return None;
        }
        if silence.is_gateway() && patience == PATIENCE && now < silence.until && !has_patience {
            let suspect = silence.suspects.pop_front()?;
            silence.probe = Probe::Queued(suspect.queued.number);
            return Some(Sent::Again(host, Box::new(suspect)));
        }
        let suspect = silence
            .suspects
            .front()
            .map(|suspect| suspect.queued.request.clone());
        let asks = suspect.or_else(|| Some(Request::from(Url::parse(&origin).ok()?)))?;
        silence.probe = Probe::Queued(ROBOTS);
        Some(Sent::Robots(host, Box::new(asks)))
    }

    /// Returns the time at which the next origin is probed that is not away for too long; `None` when there is none.
    pub(super) fn next(&self) -> Option<Duration> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Returns the origins that are silent, with their silences.
    pub(super) fn silences(&self) -> impl Iterator<Item = (&str, &Silence)> {
        let silent = self.origins.iter();
        silent.filter_map(|(origin, known)| Some((&**origin, known.silence.as_deref()?)))
    }

    /// Returns the number of requests that failed in silences and are in no queue.
    pub(super) fn suspects(&self) -> usize {
        if self.silences == 0 {
            return 0;
        }
        self.silences()
            .map(|(_, silence)| silence.suspects.len())
            .sum()
    }

    /// Returns whether any origin is silent.
    pub(super) fn has_silence(&self) -> bool {
        self.silences > 0
    }

    /// Returns the silence of an origin; `None` when it is not silent.
    pub(super) fn silence(&self, origin: &str) -> Option<&Silence> {
        self.origins.get(origin)?.silence.as_deref()
    }

    /// Returns whether a request that failed in a silence with `failed` failed probes has spent a try.
    pub(super) fn costs_a_try(&mut self, failed: u32, number: u64) -> bool {
        if failed < OUTAGE {
            return true;
        }
        let spared = self.spared.entry(number).or_default();
        *spared = spared.saturating_add(1);
        *spared > MAX_SPARED
    }

    fn learn(&mut self, origin: &str, answered: Duration) {
        let name: Arc<str> = origin.into();
        if let Some(new) = &mut self.new {
            new.push(Arc::clone(&name));
        }
        let silence = None;
        self.origins.entry(name).or_insert(Origin {
            answered,
            patience: PATIENCE,
            silence,
        });
    }

    /// Sets the time at which a silent origin is probed next: at the end of its longest time away at the latest, one
    /// last time.
    fn plan(&mut self, origin: &str, due: Duration, now: Duration) {
        self.forget_times(origin);
        let known = self.origins.get_key_value(origin);
        if let Some((name, silence)) = known.and_then(|(name, o)| Some((name, o.silence.as_ref()?)))
        {
            let name = Arc::clone(name);
            if now < silence.until {
                self.due.insert((due.min(silence.until), name));
            } else {
                self.late.insert((due, name));
            }
        }
    }

    fn forget_times(&mut self, origin: &str) {
        self.open.retain(|open| **open != *origin);
        self.due.retain(|(_, due)| **due != *origin);
        self.late.retain(|(_, late)| **late != *origin);
    }
}

impl Silence {
    fn new(host: HostId, now: Duration, max: Duration) -> Self {
        Self {
            host,
            since: now,
            until: now + max,
            failed: 0,
            suspects: VecDeque::new(),
            waiting: VecDeque::new(),
            is_full: false,
            probe: Probe::None,
        }
    }

    /// Returns whether a gateway answered for the host, for every request that failed.
    fn is_gateway(&self) -> bool {
        self.suspects.iter().all(|suspect| suspect.is_gateway)
    }

    /// Returns whether the origin has been away for so long that it is not waited for any more.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        now >= self.until
    }
}

#[cfg(test)]
mod tests;
