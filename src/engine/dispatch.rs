//! The dispatcher: the one task that owns the queue and the set of visits in flight.
//!
//! Receiving is asynchronous, deciding is synchronous: every arm of the loop's `select!` is a channel, a timer or a set
//! of tasks (all cancel-safe), and a synchronous function handles what it receives.

mod admission;
mod durable;
mod ending;
mod failed;
mod outages;
mod outcome;
mod pacing;
mod seeds;
mod sitemaps;
mod starting;
mod waits;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::pacing::Pacing;
use super::commits::{Commits, answer};
use super::items::{Deliveries, ItemChannel};
use super::outages::Outages;
use super::robots::Book;
use super::seeding::{self, Seeding};
use super::visit::{Context, Ended};
use crate::engine::Counts;
use crate::model::report::{Finish, Report, Tally};
use crate::model::settings::{LONGEST, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::policy::own::ScopePolicies;
use crate::policy::scope::Scope;
use crate::policy::trap::admitted::Admitted;
use crate::queue::Queue;
use crate::queue::queued::HostId;
use crate::store::checkpoint::{Delivered, SeedsTaken};
use starting::Next;

const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Result of the item writer's thread; nothing is sent when the thread panicked.
pub(crate) type Written = oneshot::Receiver<Result<Delivered>>;

/// Runs a crawl: starts its visits and handles their outcomes. See the [module](self).
pub(crate) struct Dispatcher {
    context: Arc<Context>,
    scope: Arc<Scope>,
    queue: Queue,
    items: Box<dyn ItemChannel>,
    /// Deliveries to destinations; `None` if there are none.
    deliveries: Option<Deliveries>,
    /// State of the commits; `None` in a crawl that is no durable job.
    commits: Option<Commits>,
    /// Seeds that are still to come; `None` when there are no more.
    seeding: Option<Seeding>,
    seeds_taken: SeedsTaken,
    /// Noted for the job: see [`Saved`](crate::store::checkpoint::Saved).
    start_has_credentials: bool,
    book: Book,
    outages: Outages,
    /// Hosts and reasons of the long waits that were reported already.
    warned: HashSet<(HostId, &'static str)>,
    /// Visits in flight, and calls of the spider's `failed`; each returns its host and the time at which it was started.
    visits: JoinSet<(HostId, Duration, Ended)>,
    pages_in_flight: u64,
    counts: Arc<Counts>,
    /// Number of URLs admitted of each kind that has a limit.
    admitted: Admitted,
    tally: Tally,
    pacing: Pacing,
    settings: Settings,
    began: SystemTime,
    started: Instant,
    finish: Option<Finish>,
    /// Time at which visits in flight are given up, once the crawl is stopping; `None` before.
    deadline: Option<Instant>,
    /// `true` if `deadline` has passed. A visit that does not end even when it is aborted is not waited for.
    has_given_up: bool,
}

/// Parts that a dispatcher is made of.
pub(crate) struct Parts {
    pub(crate) context: Context,
    pub(crate) queue: Queue,
    pub(crate) items: Box<dyn ItemChannel>,
    pub(crate) commits: Option<Commits>,
    pub(crate) settings: Settings,
    pub(crate) counts: Arc<Counts>,
    pub(crate) scope_policies: ScopePolicies,
}

impl Dispatcher {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad pattern in `allow` or `deny`.
    pub(crate) fn new(parts: Parts) -> Result<Self> {
        let Parts {
            context,
            queue,
            items,
            commits,
            mut settings,
            counts,
            scope_policies,
        } = parts;
        settings.end.grace = settings.end.grace.min(LONGEST);
        settings.end.max_time = settings.end.max_time.map(|limit| limit.min(LONGEST));
        Ok(Self {
            context: Arc::new(context),
            scope: Arc::new(Scope::new(&settings, this_year())?.with_policies(scope_policies)),
            admitted: Admitted::new(&settings),
            queue,
            items,
            deliveries: None,
            seeding: None,
            seeds_taken: SeedsTaken::default(),
            start_has_credentials: false,
            book: if commits.is_some() {
                Book::durable()
            } else {
                Book::default()
            },
            outages: Outages::new(settings.failures.max_outage.min(LONGEST), commits.is_some()),
            warned: HashSet::new(),
            commits,
            visits: JoinSet::new(),
            pages_in_flight: 0,
            counts,
            tally: Tally::new(),
            pacing: Pacing::default(),
            settings,
            began: SystemTime::now(),
            started: Instant::now(),
            finish: None,
            deadline: None,
            has_given_up: false,
        })
    }

    /// Sets the deliveries that end with the crawl.
    pub(crate) fn deliver(&mut self, deliveries: Deliveries) {
        self.deliveries = Some(deliveries);
    }

    /// Crawls until nothing is left, a limit is reached or `stop` completes. `line` receives the result of the item
    /// writer.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] or [`ErrorKind::Pipeline`] when items cannot be written.
    pub(crate) async fn run(
        mut self,
        spider: String,
        mut line: Written,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<Report> {
        if let Err(error) = self.crawl(&mut line, stop).await {
            // Otherwise visits that are stuck would keep the item writer, and what it holds, for as long.
            self.items.end();
            return Err(error);
        }
        self.end(spider, line).await
    }

    /// Runs the loop of the crawl: starts visits and handles whatever happens first, until the crawl is over.
    async fn crawl(
        &mut self,
        line: &mut Written,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        let mut stop = pin!(stop);
        let mut stop_pending = true;
        let counts = Arc::clone(&self.counts);
        let mut ticker = interval(PROGRESS_EVERY);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.commit();
        while let Next::Wait(wake) = self.start_ready()? {
            let wants_progress = self.context.announcer.wants_progress();
            let wants_seeds = self.wants_seeds();
            tokio::select! {
                // In order of urgency: at full speed there is always a finished visit, and the rest must not starve.
                biased;
                () = &mut stop, if stop_pending => {
                    stop_pending = false;
                    self.stop(Finish::Stopped);
                }
                () = counts.enough.notified() => self.stop(Finish::MaxItems),
                result = &mut *line => return Err(ended_early(result)),
                error = failed(self.deliveries.as_mut()) => return Err(error),
                _ = ticker.tick(), if wants_progress => self.show_progress(),
                answer = answer(self.commits.as_mut()) => self.answered(answer?)?,
                seeds = seeding::next(self.seeding.as_mut()), if wants_seeds => self.seeded(seeds?)?,
                Some(result) = self.visits.join_next() => self.joined(result)?,
                () = until(wake) => {}
            }
            self.check_time();
            self.commit_if_due();
        }
        self.check_reached()
    }

    fn joined(&mut self, result: Result<(HostId, Duration, Ended), JoinError>) -> Result<()> {
        match result {
            Ok((host, started, ended)) => self.ended(host, started, ended)?,
            // Visits catch their panics: what is left is a visit that was aborted at the deadline; it stays pending.
            Err(error) => tracing::debug!(%error, "a visit was given up"),
        }
        while let Some(Ok((host, started, ended))) = self.visits.try_join_next() {
            self.ended(host, started, ended)?;
        }
        Ok(())
    }

    fn ended(&mut self, host: HostId, started: Duration, ended: Ended) -> Result<()> {
        match ended {
            Ended::Visited(finished) => self.finished(host, started, finished),
            Ended::GivenUp(given_up) => self.given_up(host, given_up),
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Converts a time of this crawl to the time since 1970, which the next process understands.
    fn since_1970(&self, now: Duration) -> Duration {
        let began = self.began.duration_since(SystemTime::UNIX_EPOCH);
        began.unwrap_or_default() + now
    }
}

/// Returns the year that dates in URLs are compared with.
fn this_year() -> i16 {
    jiff::Zoned::now().year()
}

/// Waits until `time`; forever when it is `None`.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Waits for a delivery that fails; forever without one.
async fn failed(deliveries: Option<&mut Deliveries>) -> Error {
    match deliveries {
        Some(deliveries) => deliveries.failed().await,
        None => std::future::pending().await,
    }
}

/// Returns the error for an item writer that ended while pages were still to come.
fn ended_early(result: Result<Result<Delivered>, oneshot::error::RecvError>) -> Error {
    match result {
        Ok(Err(error)) => error,
        Ok(Ok(_)) => Error::new(ErrorKind::Pipeline, "the pipelines ended before the crawl"),
        Err(_) => step_panicked(),
    }
}

fn step_panicked() -> Error {
    Error::new(ErrorKind::Pipeline, "a pipeline step panicked")
}
