//! A durable job without its network: the crate's own queue and store, and a commit every so many visits.

use std::path::Path;
use std::time::Duration;

use crawlworks::__private::{
    Candidate, Checkpoint, Delivered, Feedback, HostId, HostRecord, JobStore, Memory, Queue,
    Queued, Saved, Store, Turn,
};
use crawlworks::identity::{Fingerprint, FingerprintKey};
use crawlworks::{Request, Result, Settings};

/// A request that was found, with its fingerprint.
pub(crate) struct Link {
    pub(crate) request: Request,
    pub(crate) fingerprint: Fingerprint,
}

/// A job whose time passes as fast as requests are taken, so that delays take no time.
pub(crate) struct Job {
    queue: Queue,
    store: Store,
    saved: Saved,
    /// Number of visits in a commit.
    group: usize,
    uncommitted: usize,
    /// Number of times that requests were read back from the store.
    pub(crate) reads: u64,
    now: Duration,
}

impl Job {
    /// Opens the job in this directory, or starts one.
    pub(crate) fn open(directory: &Path, settings: &Settings, group: usize) -> Result<Self> {
        let mut job = Self {
            queue: Queue::durable(settings),
            store: Store::open(directory, false)?,
            saved: Saved::default(),
            group,
            uncommitted: 0,
            reads: 0,
            now: Duration::ZERO,
        };
        if let Some(committed) = job.store.load()? {
            let hosts = committed
                .hosts
                .into_iter()
                .map(|host| (host.name, Memory::default()));
            job.saved = committed.saved;
            let waiting = job.saved.tally.ledger.seen - job.saved.tally.ledger.done;
            job.queue
                .restore(hosts, committed.remembered, waiting, job.now);
        }
        Ok(job)
    }

    /// Returns the key of this job's fingerprints.
    pub(crate) fn key(&self) -> FingerprintKey {
        self.store.key()
    }

    /// Returns the number of requests that wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.queue.waiting()
    }

    /// Starts the next request; `None` when there are no more.
    pub(crate) fn start(&mut self) -> Result<Option<(HostId, Queued)>> {
        loop {
            match self.queue.next(self.now) {
                Turn::Start(host, queued) => return Ok(Some((host, queued))),
                Turn::Wait(until) => self.now = until,
                Turn::Idle if self.queue.is_reading() => {}
                Turn::Idle => return Ok(None),
            }
            while let Some(range) = self.queue.next_read() {
                self.reads += 1;
                self.queue.arrived(self.store.read(range)?);
            }
        }
    }

    /// Ends a visit that found these links; returns the number of new ones.
    pub(crate) fn finish(
        &mut self,
        (host, queued): &(HostId, Queued),
        links: Vec<Link>,
    ) -> Result<u64> {
        let url = queued.request.url();
        self.queue.finish(*host, url, Feedback::None, self.now);
        self.queue.settle(*host, queued);
        self.saved.tally.ledger.done += 1;
        let new = self.add(links)?;
        self.uncommitted += 1;
        if self.uncommitted >= self.group {
            self.commit()?;
        }
        Ok(new)
    }

    /// Adds requests; returns the number of new ones.
    pub(crate) fn add(&mut self, links: Vec<Link>) -> Result<u64> {
        let candidate = |link: Link| Candidate {
            host: self.queue.host(link.request.url()),
            fingerprint: link.fingerprint,
            request: link.request,
            force: false,
        };
        let batch = links.into_iter().map(candidate).collect();
        let new = self.queue.add(batch)?.stored.len() as u64;
        self.saved.tally.ledger.seen += new;
        Ok(new)
    }

    /// Commits everything to the store.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.uncommitted = 0;
        let (changes, hosts) = self.queue.changes(self.now);
        let hosts = hosts
            .into_iter()
            .map(|host| (host.id, HostRecord::new(&host.name)));
        let mut checkpoint = Checkpoint::default();
        checkpoint.changes = changes;
        checkpoint.hosts = hosts.collect();
        checkpoint.saved = self.saved.clone();
        self.store.commit(checkpoint, Delivered::default())?;
        self.queue.committed();
        Ok(())
    }
}
