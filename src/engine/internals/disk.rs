//! A durable crawl without its network: scheduler, disk frontier and store, joined as the dispatcher joins them.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::engine::MAX_READS;
use crate::model::report::Tally;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::{Fingerprint, FingerprintKey};
use crate::page::request::Request;
use crate::queue::frontier::disk::Remembered;
use crate::queue::frontier::{Candidate, DiskFrontier, Frontier, Range, Taken};
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::{Feedback, Memory, Scheduler, Turn, WINDOW};
use crate::store::state::store::{Answer, Command, Committed, Cut, Store, StoreThread};
use crate::store::state::{Delivered, HostRecord, Saved};

/// Queue of a durable job. Time passes as fast as requests are taken, so that delays take no time.
pub struct DiskQueue {
    scheduler: Scheduler,
    frontier: DiskFrontier,
    store: StoreThread,
    key: FingerprintKey,
    saved: Saved,
    new_hosts: Vec<(HostId, HostRecord)>,
    /// Number of visits in a commit.
    group: usize,
    uncommitted: usize,
    committing: Option<usize>,
    reading: usize,
    later_reads: VecDeque<Range>,
    /// Number of reads since the beginning.
    reads: u64,
    now: Duration,
}

/// A request that was taken and not finished.
#[derive(Debug)]
pub struct Started {
    host: HostId,
    queued: Queued,
}

/// A request that was found, with its fingerprint.
#[derive(Debug)]
pub struct Link {
    /// The request.
    pub request: Request,
    /// Fingerprint of the request, made with the [key](DiskQueue::key) of the job.
    pub fingerprint: Fingerprint,
}

impl DiskQueue {
    /// Opens the job in this directory, or starts one. A commit is made every `group` visits, and as many more visits
    /// can wait for the next one.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the directory cannot be read or written.
    pub fn open(directory: &Path, settings: &Settings, group: usize) -> Result<Self> {
        let directory = directory.to_owned();
        let (store, opened, _) = StoreThread::start(move || {
            let mut store = Store::open(&directory, false)?;
            let committed = store.load()?;
            let found = (store.key(), committed);
            Ok((store, found, ()))
        })?;
        let (key, committed) = opened.blocking_recv().map_err(|_| ended())??;
        let mut queue = Self {
            scheduler: Scheduler::new(settings),
            frontier: DiskFrontier::new(settings.order, Remembered::default()),
            store,
            key,
            saved: Saved {
                tally: Tally::new(),
                seconds: 0.0,
                resumes: 0,
                suspects: std::collections::BTreeMap::new(),
                finish: None,
            },
            new_hosts: Vec::new(),
            group: group.max(1),
            uncommitted: 0,
            committing: None,
            reading: 0,
            later_reads: VecDeque::new(),
            reads: 0,
            now: Duration::ZERO,
        };
        if let Some(committed) = committed {
            queue.restore(settings, committed);
        }
        Ok(queue)
    }

    fn restore(&mut self, settings: &Settings, committed: Committed) {
        for record in &committed.hosts {
            let (host, _) = self.scheduler.host(&record.name);
            self.scheduler
                .restore_pace(host, Memory::default(), self.now);
        }
        for (host, _) in &committed.remembered.lanes {
            self.scheduler.expect_more(*host);
        }
        self.frontier = DiskFrontier::new(settings.order, committed.remembered);
        self.saved = committed.saved;
        self.scheduler.expect_waiting(self.saved.tally.pending());
    }

    /// Returns the key of this job's fingerprints.
    #[must_use]
    pub fn key(&self) -> FingerprintKey {
        self.key
    }

    /// Returns the number of requests that wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.scheduler.waiting()
    }

    /// Returns the number of times that requests were read back from the store.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads
    }

    /// Takes the next request, when the store has it and a slot is free; `None` when there are no more.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the store cannot go on.
    pub fn start(&mut self) -> Result<Option<Started>> {
        while let Ok(answer) = self.store.answers.try_recv() {
            self.answered(answer)?;
        }
        loop {
            if self.uncommitted + self.committing.unwrap_or_default() >= 2 * self.group {
                self.wait()?;
                continue;
            }
            match self.scheduler.next(self.now) {
                Turn::Start(host, queued) => return Ok(Some(Started { host, queued })),
                Turn::Refill(host) => self.refill(host),
                Turn::Wait(until) => self.now = until,
                Turn::Idle if self.reading > 0 => self.wait()?,
                Turn::Idle => return Ok(None),
            }
        }
    }

    /// Ends a visit that found these links; returns the number of new ones.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the store cannot go on.
    pub fn finish(&mut self, started: &Started, links: Vec<Link>) -> Result<u64> {
        let Started { host, queued } = started;
        self.scheduler.finish(*host, Feedback::None, self.now);
        self.frontier.settle(*host, queued);
        self.saved.tally.pages += 1;
        self.saved.tally.ledger.done += 1;
        let new = self.add(links)?;
        self.uncommitted += 1;
        if self.uncommitted >= self.group && self.committing.is_none() {
            self.commit();
        }
        Ok(new)
    }

    /// Adds requests; returns the number of new ones.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when a request cannot be stored.
    pub fn add(&mut self, links: Vec<Link>) -> Result<u64> {
        let batch = links.into_iter().map(|link| self.candidate(link)).collect();
        let added = self.frontier.add(batch)?;
        let new = added.stored.len() as u64;
        self.saved.tally.ledger.seen += new;
        for (host, priority) in added.stored {
            if self.scheduler.expect(host, priority) {
                let window = self.scheduler.take_back(host);
                self.frontier.give_back(host, window.into());
            }
        }
        Ok(new)
    }

    fn candidate(&mut self, link: Link) -> Candidate {
        let Link {
            request,
            fingerprint,
        } = link;
        let name = request.url().host_str().unwrap_or_default();
        let (host, is_new) = self.scheduler.host(name);
        if is_new {
            self.new_hosts.push((host, HostRecord::new(name)));
        }
        Candidate {
            host,
            fingerprint,
            request,
            force: false,
        }
    }

    /// Commits everything to the store.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the store cannot go on.
    pub fn commit_all(&mut self) -> Result<()> {
        while self.committing.is_some() {
            self.wait()?;
        }
        self.commit();
        while self.committing.is_some() {
            self.wait()?;
        }
        Ok(())
    }

    fn commit(&mut self) {
        self.committing = Some(std::mem::take(&mut self.uncommitted));
        let cut = Cut {
            changes: self.frontier.cut(),
            hosts: std::mem::take(&mut self.new_hosts),
            dead: Vec::new(),
            scope: None,
            kept: Vec::new(),
            saved: self.saved.clone(),
        };
        self.send(Command::Commit(Box::new(cut), Delivered::default()));
    }

    fn refill(&mut self, host: HostId) {
        match self.frontier.take(host, WINDOW) {
            Taken::Now(requests, has_more) => self.scheduler.fill(host, requests, has_more),
            Taken::Later(range) => {
                self.scheduler.fill(host, Vec::new(), true);
                self.read(range);
            }
        }
    }

    fn read(&mut self, range: Range) {
        if self.reading < MAX_READS {
            self.reading += 1;
            self.reads += 1;
            self.send(Command::Read(range));
        } else {
            self.later_reads.push_back(range);
        }
    }

    fn send(&mut self, command: Command) {
        // Fails only when the store is gone, and then the next answer is that error.
        let _ = self.store.commands.send(command);
    }

    fn wait(&mut self) -> Result<()> {
        let answer = self.store.answers.blocking_recv().ok_or_else(ended)?;
        self.answered(answer)
    }

    fn answered(&mut self, answer: Answer) -> Result<()> {
        match answer {
            Answer::Committed => {
                self.committing = None;
                self.frontier.committed();
                if self.uncommitted >= self.group {
                    self.commit();
                }
            }
            Answer::Arrived(arrived) => {
                self.reading -= 1;
                if let Some(next) = self.later_reads.pop_front() {
                    self.read(next);
                }
                let host = arrived.range.host;
                self.frontier.arrived(arrived);
                self.scheduler.expect_more(host);
            }
            Answer::Failed(error) => return Err(error),
        }
        Ok(())
    }
}

impl fmt::Debug for DiskQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskQueue")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Storage, "the job's store has ended")
}
