//! The dispatcher: the one task that owns scheduler, frontier and the set of visits in flight.
//!
//! Receiving is asynchronous, deciding is synchronous: every arm of the loop's `select!` is a channel, a timer or a set
//! of tasks (all cancel-safe), and a synchronous function handles what it receives.

mod admission;
mod durable;
mod outages;
mod outcome;
mod sitemaps;
mod waits;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use url::Url;

use super::commits::{Commits, answer};
use super::outages::Outages;
use super::robots::{Book, Gate};
use super::visit::{Context, Finished, Link};
use crate::engine::Counts;
use crate::model::event::{Event, Progress};
use crate::model::report::{End, Filter, Finish, Report, Tally, shortfalls};
use crate::model::settings::{LONGEST, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::request::Request;
use crate::policy::scope::Scope;
use crate::policy::trap::admitted::Admitted;
use crate::queue::frontier::{Frontier, Taken};
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::{Scheduler, Turn, WINDOW};
use crate::store::state::Delivered;

/// Maximum number of requests that are considered before everything else gets its turn.
const MAX_TURNS: usize = 10_000;
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Result of the item writer's thread; nothing is sent when the thread panicked.
pub(crate) type Written = oneshot::Receiver<Result<Delivered>>;

/// Runs a crawl: starts its visits and handles their outcomes. See the [module](self).
pub(crate) struct Dispatcher {
    context: Arc<Context>,
    scope: Arc<Scope>,
    scheduler: Scheduler,
    frontier: Box<dyn Frontier>,
    /// State of the commits; `None` in a crawl that is no durable job.
    commits: Option<Commits>,
    book: Book,
    outages: Outages,
    /// Hosts and reasons of the long waits that were reported already.
    told: HashSet<(HostId, &'static str)>,
    /// Visits in flight; each returns its host and the time at which the scheduler let it start.
    visits: JoinSet<(HostId, Duration, Finished)>,
    pages_in_flight: u64,
    counts: Arc<Counts>,
    /// Number of URLs admitted of each kind that has a limit.
    admitted: Admitted,
    tally: Tally,
    settings: Settings,
    began: SystemTime,
    started: Instant,
    finish: Option<Finish>,
    /// Time at which visits in flight are given up, once the crawl is stopping; `None` before.
    deadline: Option<Instant>,
    /// `true` if `deadline` has passed. A visit that does not end even when it is aborted is not waited for.
    has_given_up: bool,
}

/// Next step of the dispatcher once it has started all visits that may start.
enum Next {
    /// Wait for something to happen, at the latest until this time.
    Wait(Option<Instant>),
    /// End the crawl: nothing is left to do.
    Over,
}

/// Parts that a dispatcher is made of.
pub(crate) struct Parts {
    pub(crate) context: Context,
    pub(crate) frontier: Box<dyn Frontier>,
    pub(crate) commits: Option<Commits>,
    pub(crate) settings: Settings,
    pub(crate) counts: Arc<Counts>,
}

impl Dispatcher {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad pattern in `allow` or `deny`.
    pub(crate) fn new(parts: Parts) -> Result<Self> {
        let Parts {
            context,
            frontier,
            commits,
            mut settings,
            counts,
        } = parts;
        settings.grace = settings.grace.min(LONGEST);
        settings.max_time = settings.max_time.map(|limit| limit.min(LONGEST));
        Ok(Self {
            context: Arc::new(context),
            scope: Arc::new(Scope::new(&settings, this_year())?),
            admitted: Admitted::new(&settings),
            scheduler: Scheduler::new(&settings),
            frontier,
            book: if commits.is_some() {
                Book::durable()
            } else {
                Book::default()
            },
            outages: Outages::new(settings.max_outage.min(LONGEST), commits.is_some()),
            told: HashSet::new(),
            commits,
            visits: JoinSet::new(),
            pages_in_flight: 0,
            counts,
            tally: Tally::new(),
            settings,
            began: SystemTime::now(),
            started: Instant::now(),
            finish: None,
            deadline: None,
            has_given_up: false,
        })
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
            self.context.spider.end();
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
            tokio::select! {
                // In order of urgency: at full speed there is always a finished visit, and the rest must not starve.
                biased;
                () = &mut stop, if stop_pending => {
                    stop_pending = false;
                    self.stop(Finish::Stopped);
                }
                () = counts.enough.notified() => self.stop(Finish::MaxItems),
                result = &mut *line => return Err(ended_early(result)),
                _ = ticker.tick(), if wants_progress => self.show_progress(),
                answer = answer(self.commits.as_mut()) => self.answered(answer?)?,
                Some(result) = self.visits.join_next() => self.joined(result)?,
                () = until(wake) => {}
            }
            self.check_time();
            self.commit_if_due();
        }
        self.check_reached()
    }

    /// Queues the start requests of the spider.
    ///
    /// # Errors
    /// [`ErrorKind::Spider`], or the spider's own [`Error`], when it cannot start.
    pub(crate) fn seed(&mut self) -> Result<()> {
        let mut requests = self.context.spider.start().map_err(|e| {
            // An error of this library already says what failed and where.
            e.downcast::<Error>().map_or_else(
                |e| Error::new(ErrorKind::Spider, "the spider cannot start").with_source(e),
                |error| *error,
            )
        })?;
        self.context.accounts.take_from(&mut requests)?;
        let mut scope = (*self.scope).clone();
        for request in &requests {
            scope.include(request.url());
        }
        self.scope = Arc::new(scope);
        let links: Vec<Link> = requests
            .into_iter()
            .map(|request| self.context.link(&self.scope, request))
            .collect();
        self.admit(links)
    }

    /// Starts every visit that may start. Returns the latest time at which to try again, or that the crawl is over.
    fn start_ready(&mut self) -> Result<Next> {
        let (mut wake, mut is_idle) = (None, false);
        // When to look for a host that is away. As long as nothing may start, that waits, too: it would be due at once,
        // again and again.
        let mut looked_for = None;
        let mut turns = 0;
        while self.finish.is_none() && self.has_free_slot() && self.may_start_a_page() {
            turns += 1;
            if turns > MAX_TURNS {
                // A long run of what robots.txt forbids must not keep signals and finished visits waiting.
                wake = Some(Instant::now());
                break;
            }
            let now = self.now();
            match self.scheduler.next(now) {
                Turn::Start(host, queued) => self.consider(host, queued, now)?,
                Turn::Refill(host) => self.refill(host),
                Turn::Wait(_) | Turn::Idle if self.look_for_hosts(now)? => {}
                Turn::Wait(until) => {
                    wake = Some(self.started + until);
                    looked_for = self.outages.next();
                    break;
                }
                Turn::Idle => {
                    looked_for = self.outages.next();
                    is_idle = !self.commits.as_ref().is_some_and(Commits::is_reading)
                        && looked_for.is_none();
                    break;
                }
            }
        }
        if self.has_given_up || (self.visits.is_empty() && (self.finish.is_some() || is_idle)) {
            return Ok(Next::Over);
        }
        let concurrency = self.settings.concurrency;
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
        self.visits.len() + held < self.settings.concurrency.max(1)
    }

    fn refill(&mut self, host: HostId) {
        match self.frontier.take(host, WINDOW) {
            Taken::Now(requests, has_more) => self.scheduler.fill(host, requests, has_more),
            Taken::Later(range) => {
                self.scheduler.fill(host, Vec::new(), true);
                if let Some(commits) = &mut self.commits {
                    commits.read(range);
                }
            }
        }
    }

    /// Returns whether another page may start: with `max_pages`, no more pages are in flight than are still wanted.
    fn may_start_a_page(&mut self) -> bool {
        match self.settings.max_pages {
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
        if let Some(error) = self.deadly(request) {
            self.not_sent(&queued);
            self.give_up(host, &queued, &error);
            return Ok(());
        }
        let wants_sitemaps = self.wants_sitemaps(request);
        let is_asked = request.robots_for().is_none() && (self.settings.robots || wants_sitemaps);
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
            Gate::Forbidden(_) | Gate::Unreachable if !self.settings.robots => {
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
        tracing::trace!(url = %request.url(), in_flight = self.visits.len(), waiting = self.scheduler.waiting(), "started");
        self.pages_in_flight += u64::from(request.robots_for().is_none());
        let visit = Arc::clone(&self.context).visit(Arc::clone(&self.scope), queued);
        // Boxed, since a task is moved several times before and after it runs, and a visit is large.
        self.visits
            .spawn(Box::pin(async move { (host, now, visit.await) }));
    }

    fn keep_out(&mut self, host: HostId, queued: &Queued, reason: Filter) {
        self.not_sent(queued);
        self.scheduler.refund(host);
        self.filter_out(host, queued, reason);
    }

    /// Settles a request that is not fetched after all.
    fn filter_out(&mut self, host: HostId, queued: &Queued, reason: Filter) {
        let request = &queued.request;
        tracing::debug!(url = %request.url(), %reason, "filtered");
        self.frontier.settle(host, queued);
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
        self.scheduler.set_apart(host);
        let parked = self.book.park(host, queued);
        if parked.is_full {
            self.scheduler.hold(host);
        }
        if parked.is_first {
            self.scheduler.push_urgent(host, robots.into());
        }
        Ok(())
    }

    fn joined(&mut self, result: Result<(HostId, Duration, Finished), JoinError>) -> Result<()> {
        match result {
            Ok((host, started, finished)) => self.finished(host, started, finished)?,
            // Visits catch their panics: what is left is a visit that was aborted at the deadline; it stays pending.
            Err(error) => tracing::debug!(%error, "a visit was given up"),
        }
        while let Some(Ok((host, started, finished))) = self.visits.try_join_next() {
            self.finished(host, started, finished)?;
        }
        Ok(())
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Converts a time of this crawl to the time since 1970, which the next process understands.
    fn since_1970(&self, now: Duration) -> Duration {
        let began = self.began.duration_since(SystemTime::UNIX_EPOCH);
        began.unwrap_or_default() + now
    }

    fn time_limit(&self) -> Option<Instant> {
        self.settings
            .max_time
            .filter(|_| self.finish.is_none())
            .map(|limit| self.started + limit)
    }

    fn check_time(&mut self) {
        let now = Instant::now();
        if self.time_limit().is_some_and(|limit| limit <= now) {
            self.stop(Finish::MaxTime);
        }
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            tracing::warn!(
                visits = self.visits.len(),
                "the grace is over: giving up visits in flight"
            );
            self.deadline = None;
            self.has_given_up = true;
            self.visits.abort_all();
        }
    }

    /// Stops the crawl: nothing more is started, and visits in flight get the setting `grace` to finish.
    fn stop(&mut self, finish: Finish) {
        if self.finish.is_none() {
            tracing::info!(reason = %finish, in_flight = self.visits.len(), "stopping");
            self.finish = Some(finish);
            self.deadline = Some(Instant::now() + self.settings.grace);
        }
    }

    fn show_progress(&self) {
        self.context.announcer.show(self.progress());
    }

    fn progress(&self) -> Progress {
        let before = self.commits.as_ref().and_then(|commits| commits.resumed);
        let before = before.map_or(0.0, |resumed| resumed.seconds);
        Progress {
            elapsed: self.now() + Duration::try_from_secs_f64(before).unwrap_or_default(),
            pages: self.tally.pages,
            items: self.counts.kept(),
            queued: self.scheduler.waiting() + self.outages.suspects() as u64,
            in_flight: self.visits.len(),
            hosts: self.scheduler.hosts(),
            retries: self.tally.retries(),
            errors: self.tally.ledger.failed,
            bytes: self.tally.wire_bytes(),
        }
    }

    /// Waits for the last items, makes the last commit, and returns the report.
    async fn end(mut self, spider: String, line: Written) -> Result<Report> {
        let (announcer, progress) = (self.context.announcer.clone(), self.progress());
        announcer.show(progress);
        let elapsed = self.now();
        let (pending, hosts) = (
            progress.queued + self.pages_in_flight + self.aside(),
            self.scheduler.hosts(),
        );
        let away = self.take_away();
        self.context.spider.end();
        let delivered = line.await.map_err(|_| step_panicked())??;
        let items = delivered.items.clone();
        announcer.show(Progress {
            items: items.kept,
            ..progress
        });
        // The last item that is wanted may have come out after the last visit was over.
        let enough = self.settings.max_items.is_some_and(|max| items.kept >= max);
        let finish = self.finish.unwrap_or(match enough {
            true => Finish::MaxItems,
            false if away.is_empty() => Finish::Finished,
            false => Finish::Away,
        });
        // Items that the reader did not get come again, so the crawl is not over.
        let is_refused = delivered.is_refused;
        let finish = if is_refused { Finish::Stopped } else { finish };
        let shortfalls = shortfalls(&self.settings.min_fill, &items, finish);
        if !is_refused {
            self.commit_last(finish, delivered, elapsed).await?;
        }
        announcer.announce(|| Event::Finished { reason: finish });
        let resumed = self.commits.as_ref().and_then(|commits| commits.resumed);
        Ok(self.tally.into_report(
            spider,
            End {
                finish,
                began: self.began,
                elapsed,
                resumed,
                items,
                shortfalls,
                pending,
                hosts,
                away,
            },
        ))
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

/// Builds the request for the robots.txt that `waiting` waits for, with the same identification: a site behind a
/// password returns no rules to a request without it.
fn robots_request(waiting: &Request) -> Result<Request> {
    let origin = identity::origin(waiting.url());
    let file = Url::parse(&format!("{origin}/robots.txt"))?;
    Ok(Request::for_robots(file, origin).identified_as(waiting))
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
