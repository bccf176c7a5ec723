//! The store of a job: an LSM tree ([fjall](https://docs.rs/fjall)) in which every commit is one atomic batch.
//!
//! | keyspace | key | value |
//! |---|---|---|
//! | `queue` | host, priority, number | the request |
//! | | `c` | number of the commit |
//! | `notes` | `s`, `f` or `i`, number of the commit, part | fingerprints seen, out of scope, or of items' keys, 8 bytes each |
//! | | `h`, host | its name and pace |
//! | | `l`, host, priority | nothing: the queue may have such requests |
//! | | `c` | hosts, domains or prefixes that belong to the crawl, as JSON |
//! | | `k` | the key of the fingerprints |
//! | | `r` | counters, positions of the outputs and the rest, as JSON |
//!
//! Fingerprints are never looked up here, only read back as a whole: packed by commit they take 8 bytes each, and 20
//! million are read in a fraction of a second.

mod guard;
mod keys;
mod load;
mod memory;
mod offline;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use fjall::config::{BlockSizePolicy, FilterPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use serde::{Deserialize, Serialize};

use super::{FRONTIER, FailedFile};
use crate::items::sink::{JsonLines, Mode, Position, Record, Sink};
use crate::model::replace::private;
use crate::model::replace::unusable;
use crate::model::saved_record::SavedRecord;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::FingerprintKey;
use crate::queue::frontier::disk::{Arrived, Key, Range, record};
use crate::queue::queued::Queued;
use crate::store::checkpoint::{Checkpoint, Committed, Delivered, JobStore, Saved};
use crate::store::dead_letter::{DEAD_LETTERS, DeadLetter};
use guard::guarded;
pub(crate) use guard::quieten_panics;
use memory::Limits;
pub(crate) use offline::{
    Summary, is_nothing_kept, note_reader_gone, retry_failed, shorten, summary,
};

/// Number of fingerprints in one value.
const FINGERPRINTS: usize = 8 * 1024;

/// An open store.
pub struct Store {
    path: PathBuf,
    database: Database,
    queue: Keyspace,
    notes: Keyspace,
    key: FingerprintKey,
    commits: u64,
    dead: DeadLetters,
    sync: bool,
    memory: Limits,
    at_first_commit: Option<Box<dyn FnOnce() -> Result<()> + Send>>,
}

/// File of dead letters, which is made when there is one.
struct DeadLetters {
    path: PathBuf,
    sink: Option<JsonLines>,
    position: Option<Position>,
    /// File that the letters also go to, in short.
    also: Option<FailedFile>,
}

/// Value of the key `r`.
#[derive(Debug, Serialize, Deserialize)]
struct Root {
    saved: Saved,
    delivered: Delivered,
    dead_letters: Option<Position>,
    /// Highest number given to a request.
    last: u64,
    commits: u64,
}

/// Returns the path of the store of the job in this directory.
pub(crate) fn store_in(directory: &Path) -> PathBuf {
    directory.join(FRONTIER)
}

impl Store {
    /// Opens the store of the job in this directory, or makes one. With `sync` every commit is forced to the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the store cannot be read or written.
    pub fn open(directory: &Path, sync: bool) -> Result<Self> {
        Self::open_with(directory, sync, memory::LIMITS)
    }

    fn open_with(directory: &Path, sync: bool, memory: Limits) -> Result<Self> {
        let path = store_in(directory);
        guarded(&path, || Self::open_tree(directory, &path, sync, memory))
    }

    fn open_tree(directory: &Path, path: &Path, sync: bool, memory: Limits) -> Result<Self> {
        let failed = |error| storage(path, error);
        // Before the database does: requests can hold secrets, and a directory that was there may be open to others.
        private_directory(path)?;
        let database = Database::builder(path)
            .cache_size(8 << 20)
            .worker_threads(1)
            .max_journaling_size(64 << 20)
            .open()
            .map_err(failed)?;
        let keyspace = |name, block| {
            let options = move || {
                KeyspaceCreateOptions::default()
                    // They are written out by `spill`.
                    .max_memtable_size(u64::MAX)
                    // Nothing is looked up that may not be there.
                    .filter_policy(FilterPolicy::disabled())
                    .data_block_size_policy(BlockSizePolicy::all(block))
            };
            database.keyspace(name, options).map_err(failed)
        };
        let notes = keyspace("notes", 4 << 10)?;
        let key = match notes.get(keys::KEY).map_err(failed)? {
            Some(key) => FingerprintKey::from_bytes(
                (*key)
                    .try_into()
                    .map_err(|_| Error::new(ErrorKind::Storage, unreadable(path)))?,
            ),
            None => FingerprintKey::random(),
        };
        Ok(Self {
            path: path.to_owned(),
            queue: keyspace("queue", 16 << 10)?,
            notes,
            database,
            key,
            commits: 0,
            dead: DeadLetters {
                path: directory.join(DEAD_LETTERS),
                sink: None,
                position: None,
                also: None,
            },
            sync,
            memory,
            at_first_commit: None,
        })
    }

    /// Writes what is given up, and was so before, into this file as well.
    pub(crate) fn also_write_failed(&mut self, file: Option<FailedFile>) {
        self.dead.also = file;
    }

    /// Sets a function to call after the first commit from now on.
    pub(crate) fn at_first_commit(&mut self, call: impl FnOnce() -> Result<()> + Send + 'static) {
        self.at_first_commit = Some(Box::new(call));
    }

    /// Returns the error for a store that no longer has what was committed to it.
    pub(crate) fn lost(&self, what: &str) -> Error {
        lost(&self.path, what)
    }

    /// Returns the key of this job's fingerprints.
    #[must_use]
    pub fn key(&self) -> FingerprintKey {
        self.key
    }

    fn write(&mut self, checkpoint: Checkpoint, mut delivered: Delivered) -> Result<()> {
        let Checkpoint {
            changes,
            hosts,
            dead,
            scope,
            records,
            saved,
        } = checkpoint;
        let dead_letters = self.dead.append(&dead, self.sync)?;
        self.commits += 1;
        let mut batch = self.database.batch();
        for put in changes.puts.into_values() {
            batch.insert(&self.queue, put.key.to_bytes(), put.record);
        }
        for key in changes.done {
            batch.remove(&self.queue, key.to_bytes());
        }
        for (kind, fingerprints) in [
            (keys::SEEN, changes.seen),
            (keys::FOREIGN, changes.foreign),
            (keys::ITEM, std::mem::take(&mut delivered.new_keys)),
        ] {
            for (part, fingerprints) in (0_u32..).zip(fingerprints.chunks(FINGERPRINTS)) {
                let key = keys::fingerprints(kind, self.commits, part);
                let packed: Vec<u8> = fingerprints.iter().flat_map(|f| f.to_le_bytes()).collect();
                batch.insert(&self.notes, key, packed);
            }
        }
        for (host, record) in hosts {
            batch.insert(&self.notes, keys::host(host), json(&record)?);
        }
        for (host, priority) in changes.lanes {
            batch.insert(&self.notes, keys::lane(host, priority), []);
        }
        if let Some(scope) = scope {
            batch.insert(&self.notes, keys::SCOPE, json(&scope)?);
        }
        for SavedRecord { kind, name, value } in records {
            let key = keys::kept(kind, &name);
            match value {
                Some(value) => batch.insert(&self.notes, key, value),
                None => batch.remove(&self.notes, key),
            }
        }
        let root = Root {
            saved,
            delivered,
            dead_letters,
            last: changes.last,
            commits: self.commits,
        };
        batch.insert(&self.notes, keys::KEY, self.key.to_bytes());
        batch.insert(&self.notes, keys::ROOT, json(&root)?);
        batch.insert(&self.queue, keys::COMMIT, self.commits.to_be_bytes());
        if self.sync {
            batch = batch.durability(Some(PersistMode::SyncData));
        }
        batch.commit().map_err(|error| storage(&self.path, error))?;
        self.spill()?;
        self.at_first_commit.take().map_or(Ok(()), |call| call())
    }

    fn read_range(&self, range: Range) -> Result<Arrived> {
        let (first, last) = range.ends();
        let mut found = self.queue.range(first.to_bytes()..=last.to_bytes());
        let next = || {
            if range.newest_first {
                found.next_back()
            } else {
                found.next()
            }
        };
        let (mut requests, mut page) = (Vec::new(), None);
        for entry in std::iter::from_fn(next).take(range.max) {
            let (key, record) = entry
                .into_inner()
                .map_err(|error| storage(&self.path, error))?;
            let queued = self.queued(&key, &record)?;
            requests.push(Queued {
                request: queued.request.sharing_referrer(&mut page),
                ..queued
            });
        }
        Ok(Arrived { range, requests })
    }

    fn queued(&self, key: &[u8], record: &[u8]) -> Result<Queued> {
        Key::from_bytes(key)
            .and_then(|key| {
                Some(Queued {
                    number: key.number,
                    request: record::decode(record, key.priority)?,
                })
            })
            .ok_or_else(|| Error::new(ErrorKind::Storage, unreadable(&self.path)))
    }
}

/// Each call is guarded: the tree can panic on a damaged file.
impl JobStore for Store {
    fn load(&mut self) -> Result<Option<Committed>> {
        let path = self.path.clone();
        guarded(&path, || self.load_all())
    }

    fn commit(&mut self, checkpoint: Checkpoint, delivered: Delivered) -> Result<()> {
        let path = self.path.clone();
        guarded(&path, || self.write(checkpoint, delivered))
    }

    fn sync(&mut self) -> Result<()> {
        let path = self.path.clone();
        guarded(&path, || {
            self.database
                .persist(PersistMode::SyncData)
                .map_err(|error| storage(&path, error))
        })
    }

    fn read(&self, range: Range) -> Result<Arrived> {
        guarded(&self.path, || self.read_range(range))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl DeadLetters {
    /// Opens the file where the last commit left it. A file that somebody removed or shortened goes on from what is
    /// there: it is a record for people and for `retry-failed`, and no reason to end a crawl.
    fn open(path: &Path, position: Option<Position>) -> Result<JsonLines> {
        private()
            .open(path)
            .map_err(|error| unusable("write", path, error))?;
        let length = std::fs::metadata(path).map_or(0, |file| file.len());
        match position {
            Some(position) if position.get() <= length => {
                let reopened = JsonLines::reopen(path, position);
                reopened.or_else(|_| JsonLines::file(path, Mode::Overwrite))
            }
            Some(_) => {
                tracing::warn!(file = %path.display(), "dead letters are missing: the file was removed or changed");
                JsonLines::file(path, Mode::Append)
                    .or_else(|_| JsonLines::file(path, Mode::Overwrite))
            }
            None => JsonLines::file(path, Mode::Overwrite),
        }
    }

    /// Cuts off dead letters that were never committed.
    fn go_back(&mut self, position: Option<Position>) -> Result<()> {
        self.position = position;
        if self.path.exists() {
            let mut sink = Self::open(&self.path, position)?;
            self.position = sink.commit(false)?;
            self.sink = Some(sink);
        }
        Ok(())
    }

    /// Adds these dead letters to the file; returns where the file ends then.
    fn append(&mut self, letters: &[DeadLetter], sync: bool) -> Result<Option<Position>> {
        if let Some(file) = &mut self.also {
            file.add(letters, (&self.path, self.position))?;
        }
        if letters.is_empty() {
            return Ok(self.position);
        }
        let sink = match &mut self.sink {
            Some(sink) => sink,
            none => none.insert(Self::open(&self.path, self.position)?),
        };
        for letter in letters {
            sink.write(&Record::new(letter)?)?;
        }
        self.position = sink.commit(sync)?;
        Ok(self.position)
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value)
        .map_err(|e| Error::new(ErrorKind::Storage, "the job's state").with_source(e))
}

fn unreadable(path: &Path) -> String {
    format!(
        "the job's store {} is damaged; start over with --fresh",
        path.display()
    )
}

/// Returns the error for the damaged store of the job in this directory.
pub(crate) fn damaged(directory: &Path) -> Error {
    Error::new(ErrorKind::Storage, unreadable(&store_in(directory)))
}

/// Returns the error for a store, at this path, whose thread is gone.
pub(crate) fn broken(path: &Path) -> Error {
    let path = path.display();
    let message =
        format!("the job's store {path} broke down; the same command goes on with the job");
    Error::new(ErrorKind::Storage, message)
}

/// Makes a directory that nobody else can read.
fn private_directory(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true);
    builder
        .create(path)
        .map_err(|error| unusable("write", path, error))
}

/// Returns the error for a store, at this path, that no longer has what was committed to it.
pub(crate) fn lost(path: &Path, what: &str) -> Error {
    let path = path.display();
    let message = format!("the job's store {path} has lost {what}; start over with --fresh");
    Error::new(ErrorKind::Storage, message)
}

/// Returns whether this error says that a file does not hold what it should, rather than that the system refuses.
fn is_damage(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Io;
    matches!(
        error.kind(),
        Io::AlreadyExists | Io::InvalidData | Io::InvalidInput | Io::NotFound | Io::UnexpectedEof
    )
}

fn storage(path: &Path, error: fjall::Error) -> Error {
    let error = match error {
        fjall::Error::Io(error) if !is_damage(&error) => {
            return unusable("read or write", path, error);
        }
        other => other,
    };
    let place = path.display();
    let message = match &error {
        fjall::Error::Locked => format!("the job's store {place} is in use"),
        fjall::Error::Poisoned => {
            format!("the job's store {place} cannot be written since an earlier error")
        }
        _ => unreadable(path),
    };
    Error::new(ErrorKind::Storage, message).with_source(error)
}
