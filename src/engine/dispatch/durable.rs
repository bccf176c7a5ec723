//! Commits, and resuming from saved state: the part of the dispatcher that only a durable job has.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::super::commits::{Commits, host_record, pace_memory};
use super::Dispatcher;
use crate::fetch::middleware::Cookies;
use crate::model::event::Event;
use crate::model::report::{Filter, Finish, Ledger, Resumed};
use crate::model::saved_record::{RecordKind, SavedRecord};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::queue::queued::{HostId, Queued};
use crate::store::checkpoint::{Answer, Checkpoint, Command, Committed, Delivered, Saved};
use crate::store::dead_letter::DeadLetter;
use crate::store::state::store;

/// Number of unclean ends of the process in a row after which the page that was being parsed is given up.
const MAX_CRASHES: u32 = 3;
/// Number of set-aside requests at which the crawl is given up for now.
const MAX_ASIDE: u64 = 10_000;

impl Dispatcher {
    /// Restores the state in which an earlier process ended.
    ///
    /// # Errors
    /// Those of a spider whose seeds cannot be taken up again.
    pub(crate) fn restore(&mut self, committed: Committed) -> Result<()> {
        let Committed {
            saved,
            delivered,
            remembered,
            hosts,
            scope,
            records,
            item_keys: _,
        } = committed;
        let now = self.now();
        // Hosts before everything else: stored requests name them by their place in this list, and the saved records below
        // ask the queue for hosts, which would give numbers that are taken.
        for (number, record) in (0_u32..).zip(&hosts) {
            let closed_for = pace_memory(record).closed_for;
            let by = "Retry-After, to an earlier process";
            self.warn_of_wait(HostId(number), &record.name, closed_for, by);
        }
        let pending = saved.tally.pending();
        let hosts = hosts.into_iter().map(|record| {
            let pace = pace_memory(&record);
            (record.name, pace)
        });
        self.queue.restore(hosts, remembered, pending, now);
        Arc::make_mut(&mut self.scope).include_all(scope);
        for keepsake in records {
            self.take_back(keepsake);
        }
        let seeds = saved.seeds;
        self.start_has_credentials = saved.start_has_credentials;
        self.take_credentials_again(seeds);
        self.tally = saved.tally;
        let resumed = Resumed {
            times: saved.resumes + 1,
            pages: self.tally.pages,
            items: delivered.items.kept,
            seconds: saved.seconds,
        };
        self.context.announcer.announce(|| Event::Resumed {
            pages: resumed.pages,
            items: resumed.items,
            pending: self.tally.pending(),
        });
        if let Some(commits) = &mut self.commits {
            commits.resumed = Some(resumed);
            commits.base = saved.base;
            commits.count_ends(&saved.suspects);
        }
        // Before the seeds: a crawl that is at its limit already takes none.
        self.stop_at_limits(resumed.items);
        self.take_seeds(seeds)
    }

    /// Stops at once when a limit was reached before the process ended.
    fn stop_at_limits(&mut self, items: u64) {
        let (failed, limits) = (self.tally.ledger.failed, &self.settings);
        if limits.end.max_items.is_some_and(|max| items >= max) {
            self.stop(Finish::MaxItems);
        } else if limits.end.max_errors.is_some_and(|max| failed >= max) {
            self.stop(Finish::MaxErrors);
        }
    }

    /// Returns how often in a row the process ended while parsing this page, if that is too often to try it again.
    pub(super) fn deadly(&self, request: &Request) -> Option<u32> {
        let commits = self.commits.as_ref()?;
        if commits.suspects.is_empty() || request.robots_for().is_some() {
            return None;
        }
        let (page, _) = self.context.identity.of(request);
        let ends = commits.suspects.get(&page.get()).copied();
        ends.filter(|ends| *ends >= MAX_CRASHES)
    }

    /// Gives up a request that was handed out and not started, because the process ended this often in a row while
    /// parsing its page.
    pub(super) fn give_up(&mut self, host: HostId, queued: Queued, ends: u32, now: Duration) {
        let message = format!("the process ended {ends} times in a row while parsing it");
        let error = Error::new(ErrorKind::Crash, message).with_url(queued.request.url());
        // One time more: then it is what the spider does about the failure.
        if ends == MAX_CRASHES && self.context.handles_failure(&queued.request) {
            self.queue.set_aside(host);
            self.call_failed(host, queued, error, None, now);
            return;
        }
        self.queue.cancel(host, &queued);
        if let Some(commits) = &mut self.commits {
            commits.changed();
        }
        self.failed(&queued.request, &error);
    }

    /// Returns whether this process resumed a crawl and has got no page so far. Then its own network may be down, and
    /// an unreachable site says nothing about that site.
    pub(super) fn has_reached_nothing(&self) -> bool {
        let resumed = self.commits.as_ref().and_then(|commits| commits.resumed);
        resumed.is_some_and(|resumed| resumed.pages == self.tally.pages)
    }

    /// Sets a request aside, which was handed out and not started, until a page was got or nothing is left to try.
    pub(super) fn set_aside(&mut self, host: HostId, queued: Queued) -> Result<()> {
        self.queue.set_aside(host);
        if let Some(commits) = &mut self.commits {
            commits.aside.push((host, queued));
        }
        if self.aside() < MAX_ASIDE {
            return Ok(());
        }
        self.check_reached()
    }

    /// Returns the number of requests that are set aside.
    pub(super) fn aside(&self) -> u64 {
        let aside = self
            .commits
            .as_ref()
            .map_or(0, |commits| commits.aside.len());
        aside as u64
    }

    /// Queues the set-aside requests again once a page was got: sites that are still unreachable are then filtered as
    /// usual.
    pub(super) fn take_up_aside(&mut self) {
        let aside = self.commits.as_mut().map(|c| std::mem::take(&mut c.aside));
        for (host, queued) in aside.into_iter().flatten() {
            self.filter_out(host, &queued, Filter::RobotsUnreachable);
        }
    }

    /// Returns an error for a crawl of which only set-aside requests are left; its queue stays as it is.
    pub(super) fn check_reached(&self) -> Result<()> {
        let first = self.commits.as_ref().and_then(|c| c.aside.first());
        let Some((_, queued)) = first.filter(|_| self.finish.is_none()) else {
            return Ok(());
        };
        let message =
            "robots.txt cannot be read, and not one page was got; the crawl can go on later";
        Err(Error::new(ErrorKind::Robots, message).with_url(queued.request.url()))
    }

    /// Makes a commit if one is due.
    pub(super) fn commit_if_due(&mut self) {
        let concurrency = self.settings.politeness.concurrency;
        let due = self.commits.as_ref().and_then(|c| c.due(concurrency));
        if due.is_some_and(|due| due <= Instant::now()) {
            self.commit();
        }
    }

    /// Sends all changes to the store, by way of the item channel.
    pub(super) fn commit(&mut self) {
        if let Some(checkpoint) = self.checkpoint(None, self.now()) {
            self.items.commit(Box::new(checkpoint));
        }
    }

    /// Makes a checkpoint of what has changed since the last one. Nothing is awaited in here, so that all its parts are of
    /// one moment: a page that is done without its links, or counted and not done, would be wrong for the next process.
    fn checkpoint(&mut self, finish: Option<Finish>, now: Duration) -> Option<Checkpoint> {
        let records = self.saved_records();
        let commits = self.commits.as_mut()?;
        commits.begin();
        let (changes, hosts) = self.queue.changes(now);
        let resumed = commits.resumed.unwrap_or_default();
        Some(Checkpoint {
            changes,
            hosts: hosts.into_iter().map(host_record).collect(),
            dead: commits.take_dead(),
            scope: commits.take_scope(&self.scope),
            records,
            saved: Saved {
                tally: self.tally.clone(),
                seconds: resumed.seconds + now.as_secs_f64(),
                resumes: resumed.times,
                suspects: commits.suspects.clone(),
                finish,
                seeds: self.seeds_taken,
                start_has_credentials: self.start_has_credentials,
                base: commits.base,
            },
        })
    }

    /// Returns the saved records of parts of the crawl that have changed since the last cut.
    fn saved_records(&mut self) -> Vec<SavedRecord> {
        let robots = self.book.changes(&self.settings.requests.user_agent);
        let keepsake = |(origin, value): (Box<str>, _)| SavedRecord {
            kind: RecordKind::Robots,
            name: origin.into(),
            value,
        };
        let cookies = self.context.cookies.as_ref().map(Cookies::keepsakes);
        let cookies = cookies.into_iter().flatten();
        let answered = self.outages.take_new().into_iter();
        let answered = answered.map(|origin| SavedRecord {
            kind: RecordKind::Answered,
            name: (*origin).to_owned(),
            value: Some(Vec::new()),
        });
        let robots = robots.into_iter().map(keepsake);
        robots.chain(cookies).chain(answered).collect()
    }

    /// Restores a saved robots.txt, and obeys its delay from the first request on.
    fn take_back_robots(&mut self, origin: &str, record: &[u8]) {
        let (now, agent) = (self.now(), &self.settings.requests.user_agent);
        let since_1970 = self.since_1970(now);
        let delay = self.book.take_back(origin, record, agent, since_1970);
        if let (Some(delay), Ok(url)) = (
            delay.filter(|_| self.settings.politeness.robots),
            Url::parse(origin),
        ) {
            let host = self.queue.host(&url);
            self.queue.raise_delay(host, delay, now);
            self.warn_of_delay(host, &url, delay);
        }
    }

    /// Restores a saved record to the part of the crawl that saved it.
    fn take_back(&mut self, keepsake: SavedRecord) {
        let SavedRecord { kind, name, value } = keepsake;
        let value = value.unwrap_or_default();
        match (kind, &self.context.cookies) {
            (RecordKind::Robots, _) => self.take_back_robots(&name, &value),
            (RecordKind::Cookies, Some(cookies)) => cookies.take_back(&name, &value),
            (RecordKind::Cookies, None) => {}
            (RecordKind::Answered, _) => self.outages.take_back(&name),
        }
    }

    /// Asks the store for the requests that the queue wants back.
    pub(super) fn ask_store(&mut self) {
        let Some(commits) = &self.commits else {
            return;
        };
        while let Some(range) = self.queue.next_read() {
            commits.send(Command::Read(range));
        }
    }

    /// Handles an answer of the store.
    pub(super) fn answered(&mut self, answer: Answer) -> Result<()> {
        match answer {
            Answer::Committed => {
                self.queue.committed();
                if let Some(commits) = &mut self.commits {
                    commits.committed()?;
                }
            }
            Answer::Arrived(arrived) => self.queue.arrived(arrived),
            Answer::Failed(error) => return Err(error),
        }
        Ok(())
    }

    /// Makes the last commit, after everything else is over, and waits until it is stored. `elapsed` is the time that
    /// the crawl took.
    pub(super) async fn commit_last(
        &mut self,
        finish: Option<Finish>,
        delivered: Delivered,
        elapsed: Duration,
    ) -> Result<()> {
        self.nothing_is_lost(finish)?;
        let was_committing = self.commits.as_ref().is_some_and(Commits::is_committing);
        let Some(checkpoint) = self.checkpoint(finish, elapsed) else {
            return Ok(());
        };
        let Some(commits) = &mut self.commits else {
            return Ok(());
        };
        commits.send(Command::Commit(Box::new(checkpoint), delivered));
        // One that was under way is answered first.
        let mut outstanding = 1 + usize::from(was_committing);
        while outstanding > 0 {
            if matches!(commits.answer().await?, Answer::Committed) {
                commits.committed()?;
                outstanding -= 1;
            }
        }
        Ok(())
    }

    /// Checks, when the crawl has finished, that every request has come to its end. Returns an error when the store has
    /// lost some or brought some back.
    fn nothing_is_lost(&self, finish: Option<Finish>) -> Result<()> {
        let (Some(Finish::Finished), Some(commits)) = (finish, &self.commits) else {
            return Ok(());
        };
        let Ledger {
            seen,
            done,
            filtered,
            failed,
            ..
        } = self.tally.ledger;
        if seen == done + filtered + failed {
            return Ok(());
        }
        Err(store::lost(&commits.place, "a part of the queue"))
    }

    /// Notes that a request is given up, in a durable job.
    pub(super) fn bury(&mut self, request: &Request, error: &Error) {
        if let Some(commits) = &mut self.commits {
            commits.given_up(DeadLetter::new(request, error));
        }
    }
}
