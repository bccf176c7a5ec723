//! Which origins are away, what waits for them, and which request looks for each of them next.
//!
//! An origin that has answered and does not any more falls silent: the request that shows it costs no try yet, and those
//! that come after it are kept here, in order. One at a time goes out to look for the origin, with growing pauses. The
//! first answer ends the silence. If it was short, what failed in it failed by itself and has spent a try; if it was an
//! outage, nobody has.
//!
//! Those that look for an origin are its waiting requests, so that each that is answered is a page got. When all that
//! wait have failed, or many did in a row, its robots.txt is asked for instead: what answers that is there.
//!
//! Time is an argument, counted from the start of the crawl.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::visit::Outcome;
use crate::page::error::ErrorKind;
use crate::page::request::Request;
use crate::policy::outage::pause;
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::WINDOW;

/// Requests that fail in a row before robots.txt is asked for, though others wait.
const PATIENCE: usize = 8;
/// A silence in which so many requests looked for the origin in vain was an outage.
const OUTAGE: u32 = 2;
/// In so many outages a request may fail at no cost.
const MAX_SPARED: u8 = 3;
/// So many `Retry-After` in a row are waited for beyond the time that an origin may be away.
const MAX_ANNOUNCED: u32 = 4;
/// The number of a request that is the crawl's own, as [`Queued`] has it: one for robots.txt.
const ROBOTS: u64 = 0;

/// The origins of a crawl and their silences.
#[derive(Debug)]
pub(super) struct Outages {
    /// The setting `max_outage`.
    max: Duration,
    origins: HashMap<Arc<str>, Origin>,
    /// Times at which origins are looked for again.
    due: BTreeSet<(Duration, Arc<str>)>,
    /// Such times of origins that were away for too long: nothing waits for these times.
    late: BTreeSet<(Duration, Arc<str>)>,
    /// Origins that the next of their requests may look for.
    open: Vec<Arc<str>>,
    silences: usize,
    /// In how many outages a request failed, by its number.
    spared: HashMap<u64, u8>,
    /// Origins of which a durable job does not know yet that they answer; none without one.
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
    /// Number of requests that looked for the origin in vain.
    pub(super) failed: u32,
    /// Requests that failed, the oldest first.
    pub(super) suspects: VecDeque<Suspect>,
    /// Requests that wait, in order; counted as waiting in the scheduler.
    pub(super) waiting: VecDeque<Queued>,
    /// As many wait as may, so the host was held.
    pub(super) is_full: bool,
    probe: Probe,
}

/// A request that failed while its origin was silent. It is in no queue.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) queued: Queued,
    /// Outcome of the request if the origin was there.
    pub(super) outcome: Outcome,
    pub(super) kind: ErrorKind,
    pub(super) started: Duration,
    /// A gateway answered for the host.
    pub(super) is_gateway: bool,
    /// The wait that the answer asks for.
    pub(super) retry_after: Option<Duration>,
}

/// The request that looks for an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    /// There is none before its time.
    None,
    /// The next request that comes.
    Next,
    /// Queued, by its number.
    Queued(u64),
    InFlight(u64),
}

/// Request that is to be sent to look for an origin.
#[derive(Debug)]
pub(super) enum Sent {
    /// This request, which waited here and counts as waiting.
    Waiting(HostId, Queued),
    /// This one, which failed before.
    Again(HostId, Box<Suspect>),
    /// One for robots.txt, as whoever made this request.
    Robots(HostId, Box<Request>),
}

/// Answer to whether a request may go.
#[derive(Debug)]
pub(super) enum Admission {
    Go(Queued),
    /// It waits here. When no more can: hold the host.
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

    /// Returns whether an origin has answered, in this process or one before.
    pub(super) fn knows(&self, origin: &str) -> bool {
        self.origins.contains_key(origin)
    }

    /// Takes note that an origin answered an earlier process.
    pub(super) fn take_back(&mut self, origin: &str) {
        if !self.max.is_zero() {
            self.learn(origin, Duration::ZERO);
        }
    }

    /// Origins that have answered since they were last asked for.
    pub(super) fn take_new(&mut self) -> Vec<Arc<str>> {
        self.new.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Lets a request go, unless its origin is away and another one looks for it.
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

    /// Takes note that a request that was to look for its origin is not sent after all.
    pub(super) fn not_sent(&mut self, origin: &str, number: u64, now: Duration) {
        let known = self.origins.get_mut(origin);
        if let Some(silence) = known.and_then(|known| known.silence.as_mut())
            && silence.probe == Probe::Queued(number)
        {
            silence.probe = Probe::None;
            self.plan(origin, now, now);
        }
    }

    /// Takes note that an origin answered this request, which was started then. Answers the silence that this ends.
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
        // What was sent before the last that failed says nothing of the time since.
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

    /// Whether an answer to robots.txt ends this silence. What stands before a host may have a copy of that file, so for
    /// pages of which a gateway says that they do not answer it takes more: that it is only one, or that it is long so.
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

    /// Takes a request that got no answer; gives it back when that is its own matter: when the origin never answered, or
    /// answered something that was asked later.
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

    /// Takes note that a request for robots.txt brought nothing. Answers whether it looked for a silent origin.
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

    /// Takes note that a request that looked for its origin says nothing of it.
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

    /// Returns what to send now to look for origins whose time has come. `has_more` says whether a host has requests in its
    /// queue.
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

    /// Returns when an origin is looked for next that need not be given up.
    pub(super) fn next(&self) -> Option<Duration> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The origins that are silent.
    pub(super) fn silences(&self) -> impl Iterator<Item = (&str, &Silence)> {
        let silent = self.origins.iter();
        silent.filter_map(|(origin, known)| Some((&**origin, known.silence.as_deref()?)))
    }

    /// Returns how many requests failed in silences and are in no queue.
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

    /// The silence of an origin.
    pub(super) fn silence(&self, origin: &str) -> Option<&Silence> {
        self.origins.get(origin)?.silence.as_deref()
    }

    /// Returns whether a request has spent a try that failed in a silence in which so many looked for the origin in vain.
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

    /// Sets when a silent origin is looked for next: at the end of its time at the latest, once more.
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

    /// Returns whether it is a gateway that says so, of every request.
    fn is_gateway(&self) -> bool {
        self.suspects.iter().all(|suspect| suspect.is_gateway)
    }

    /// Returns whether the origin was away for so long that it is not waited for any more.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        now >= self.until
    }
}

#[cfg(test)]
mod tests;
