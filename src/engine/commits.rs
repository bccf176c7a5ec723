//! Commits of a durable job: counts what waits for the next commit, decides when that commit is due, and talks to the
//! store's thread.
//!
//! A finished visit keeps its slot of `concurrency` until it is committed. So a crash never costs more than
//! `concurrency` visits, and a store that cannot keep up slows the crawl down instead of falling behind.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::report::Resumed;
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::policy::scope::Scope;
use crate::queue::HostState;
use crate::queue::queued::{HostId, Queued};
use crate::queue::scheduler::Memory;
use crate::store::checkpoint::{Answer, Base, Command, HostRecord};
use crate::store::dead_letter::DeadLetter;
use crate::store::state::{Parsing, store};
use crate::store::thread::StoreThread;

/// Longest time that a change waits for its commit.
const COMMIT_EVERY: Duration = Duration::from_millis(50);
/// Maximum number of visits in one commit.
const MAX_VISITS: usize = 1_000;
/// State of a durable job's commits, between the dispatcher and the store.
#[derive(Debug)]
pub(crate) struct Commits {
    store: StoreThread,
    /// Path of the store's files.
    pub(super) place: PathBuf,
    parsing: Arc<Parsing>,
    /// `true` if the first commit is still missing. Nothing may be fetched before it is stored, since it records where
    /// the outputs begin.
    is_opening: bool,
    /// Number of finished visits that are in no commit yet.
    uncommitted: usize,
    /// Number of visits in the commit that is under way; `None` when no commit is.
    committing: Option<usize>,
    /// Time of the first change since the last checkpoint; `None` when nothing has changed.
    since: Option<Instant>,
    dead: Vec<DeadLetter>,
    /// Number of places in the crawl's scope at the last checkpoint.
    scope: usize,
    /// Number of times in a row that the process ended while a page was being parsed, by the page's fingerprint.
    pub(super) suspects: BTreeMap<u64, u32>,
    /// Progress of earlier processes.
    pub(super) resumed: Option<Resumed>,
    /// Numbers from which the limits count.
    pub(super) base: Base,
    /// Requests held back because their robots.txt cannot be read, until it is clear whether any site can be reached.
    pub(super) aside: Vec<(HostId, Queued)>,
}

impl Commits {
    pub(crate) fn new(store: StoreThread, place: PathBuf, parsing: Arc<Parsing>) -> Self {
        Self {
            store,
            place,
            parsing,
            is_opening: true,
            uncommitted: 0,
            committing: None,
            since: None,
            dead: Vec::new(),
            scope: 0,
            suspects: BTreeMap::new(),
            resumed: None,
            base: Base::default(),
            aside: Vec::new(),
        }
    }

    pub(crate) fn parsing(&self) -> Arc<Parsing> {
        Arc::clone(&self.parsing)
    }

    /// Returns whether no request may start yet because the first commit is not stored.
    pub(super) fn is_opening(&self) -> bool {
        self.is_opening
    }

    pub(super) fn is_committing(&self) -> bool {
        self.committing.is_some()
    }

    /// Returns the number of slots that finished visits hold until their commit.
    pub(super) fn held(&self) -> usize {
        self.uncommitted + self.committing.unwrap_or_default()
    }

    /// Notes that something has changed since the last commit.
    pub(super) fn changed(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// Notes that a visit has finished.
    pub(super) fn visited(&mut self) {
        self.uncommitted += 1;
        self.changed();
    }

    pub(super) fn given_up(&mut self, letter: DeadLetter) {
        self.dead.push(letter);
    }

    /// Returns the time at which the next commit is due; `None` if there is nothing to commit or a commit is under way.
    pub(super) fn due(&self, concurrency: usize) -> Option<Instant> {
        let since = self.since.filter(|_| self.committing.is_none())?;
        let is_full = self.uncommitted >= (concurrency / 2).clamp(1, MAX_VISITS);
        Some(if is_full { since } else { since + COMMIT_EVERY })
    }

    /// Starts a commit: counts the finished visits as part of it.
    pub(super) fn begin(&mut self) {
        self.committing = Some(std::mem::take(&mut self.uncommitted));
        self.since = None;
    }

    /// Takes the requests that were given up since the last checkpoint.
    pub(super) fn take_dead(&mut self) -> Vec<DeadLetter> {
        std::mem::take(&mut self.dead)
    }

    /// Returns the places in the crawl's scope if there are more of them than at the last checkpoint (none is ever removed);
    /// otherwise `None`.
    pub(super) fn take_scope(&mut self, scope: &Scope) -> Option<Vec<String>> {
        let inside = scope.inside();
        let has_grown = inside.len() > self.scope;
        self.scope = inside.len();
        has_grown.then(|| inside.map(str::to_owned).collect())
    }

    /// Counts the unclean end of the process before this one for each page that it was parsing; `before` has the counts
    /// up to then.
    pub(super) fn count_ends(&mut self, before: &BTreeMap<u64, u32>) {
        let suspects = self.parsing.suspects().map(Fingerprint::get);
        let count = |page: u64| (page, before.get(&page).copied().unwrap_or_default() + 1);
        self.suspects = suspects.map(count).collect();
    }

    /// Notes that the commit under way is stored.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the list of suspects cannot be emptied.
    pub(super) fn committed(&mut self) -> Result<()> {
        self.committing = None;
        if std::mem::take(&mut self.is_opening) {
            self.parsing.clear()?;
        }
        Ok(())
    }

    pub(super) fn send(&self, command: Command) {
        // Fails only when the store is gone, and then the next answer is that error.
        let _ = self.store.commands.send(command);
    }

    /// Waits for the next answer of the store.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the store cannot go on.
    pub(super) async fn answer(&mut self) -> Result<Answer> {
        match self.store.answers.recv().await {
            Some(Answer::Failed(error)) => Err(error),
            Some(answer) => Ok(answer),
            None => Err(store::broken(&self.place)),
        }
    }
}

/// Waits for the next answer of the store; forever without a store.
pub(super) async fn answer(commits: Option<&mut Commits>) -> Result<Answer> {
    match commits {
        Some(commits) => commits.answer().await,
        None => std::future::pending().await,
    }
}

/// Returns the record of a host as the store keeps it: with times that the next process understands.
pub(super) fn host_record(host: HostState) -> (HostId, HostRecord) {
    let Memory {
        closed_for,
        backoff,
    } = host.pace;
    let closed_until = (!closed_for.is_zero()).then(|| SystemTime::now() + closed_for);
    let record = HostRecord {
        name: host.name,
        closed_until: closed_until
            .and_then(|until| until.duration_since(UNIX_EPOCH).ok())
            .map(milliseconds),
        backoff: (!backoff.is_zero()).then(|| milliseconds(backoff)),
    };
    (host.id, record)
}

/// Returns the pace at which an earlier process made requests to this host.
pub(super) fn pace_memory(record: &HostRecord) -> Memory {
    let closed_until = record
        .closed_until
        .map(|until| UNIX_EPOCH + Duration::from_millis(until));
    Memory {
        closed_for: closed_until
            .and_then(|until| until.duration_since(SystemTime::now()).ok())
            .unwrap_or_default(),
        backoff: record.backoff.map_or(Duration::ZERO, Duration::from_millis),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
