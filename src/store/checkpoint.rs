//! The checkpoint of a durable job: what dispatcher, item writer and store say to each other at a commit.
//!
//! ```text
//! dispatcher                 item writer                       store
//!     │ Checkpoint               │                               │
//!     ├─────(item channel)──────►│ flushes the outputs           │
//!     │                          │ Command::Commit(Checkpoint,   │
//!     │                          │                 Delivered)    │
//!     │                          ├──────────────────────────────►│ one atomic batch
//!     │                                      Answer::Committed   │
//!     │◄─────────────────────────────────────────────────────────┤
//!     │ Command::Read(Range)                                     │
//!     ├─────────────────────────────────────────────────────────►│
//!     │                                      Answer::Arrived     │
//!     │◄─────────────────────────────────────────────────────────┤
//! ```
//!
//! The checkpoint travels behind the items of the pages that it speaks of, so when it reaches the item writer, all of
//! them are written. The visits of those pages keep their slots until the answer: a kill costs at most `concurrency` of
//! them. After a kill, [`JobStore::load`] returns the last commit ([`Committed`]), and the outputs are cut back to the
//! positions in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::dead_letter::DeadLetter;
use crate::items::sink::Position;
use crate::model::report::{Finish, Items, Tally};
use crate::model::saved_record::SavedRecord;
use crate::model::settings::Settings;
use crate::page::error::{Error, Result};
use crate::page::request::Request;
use crate::queue::frontier::disk::Remembered;
use crate::queue::frontier::{Arrived, Changes, Range, SeenSet};
use crate::queue::queued::HostId;

/// State of a crawl as the dispatcher has it, which one commit saves.
#[derive(Debug, Default)]
pub struct Checkpoint {
    /// Changes of the queue since the commit before.
    pub changes: Changes,
    /// Hosts that are new, or have changed since the commit before.
    pub hosts: Vec<(HostId, HostRecord)>,
    pub(crate) dead: Vec<DeadLetter>,
    /// Hosts, domains or prefixes that belong to the crawl; `None` when they have not changed.
    pub(crate) scope: Option<Vec<String>>,
    /// Saved records that have changed.
    pub(crate) records: Vec<SavedRecord>,
    /// Counters and the rest.
    pub saved: Saved,
}

/// Counters of a crawl and the rest of the state that it goes on with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// Counters of the report.
    pub tally: Tally,
    /// Duration of the crawl, in seconds, in all processes together.
    pub(crate) seconds: f64,
    /// Number of processes that went on where an earlier one had ended.
    pub(crate) resumes: u32,
    /// Number of times in a row that the process ended while a page was being parsed, by the page's fingerprint.
    pub(crate) suspects: BTreeMap<u64, u32>,
    /// Reason why the crawl ended; `None` while it goes on, and when its process was killed.
    pub(crate) finish: Option<Finish>,
    /// Progress in the seeds of the spider.
    #[serde(default)]
    pub(crate) seeds: SeedsTaken,
    /// `true` if the URLs of the start requests had user names and passwords, which are not stored. Earlier versions did not
    /// note it, so their spiders are asked.
    #[serde(default = "yes")]
    pub(crate) start_has_credentials: bool,
    /// Numbers from which the limits count.
    #[serde(default)]
    pub(crate) base: Base,
}

/// Returns `true`: what is not known of a job.
const fn yes() -> bool {
    true
}

/// Numbers from which the limits of a run count: those at which an earlier limit had ended it, else zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Base {
    pub(crate) pages: u64,
    pub(crate) items: u64,
    pub(crate) errors: u64,
}

impl Base {
    /// Raises the limits by these numbers, because what they are held against counts from zero.
    pub(crate) fn raise(self, settings: &mut Settings) {
        for (limit, base) in [
            (&mut settings.end.max_pages, self.pages),
            (&mut settings.end.max_items, self.items),
            (&mut settings.end.max_errors, self.errors),
        ] {
            *limit = limit.map(|limit| limit.saturating_add(base));
        }
    }
}

/// Progress in the seeds of a spider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeedsTaken {
    /// Number of seeds that are queued, or were.
    pub(crate) number: u64,
    /// Hash of their URLs, by which a sequence that has changed is found out.
    pub(crate) hash: u64,
    /// `true` if there are no more.
    pub(crate) are_all: bool,
    /// `true` if the URL of one had a user name and a password, which are not stored.
    #[serde(default)]
    pub(crate) have_credentials: bool,
}

impl Default for Saved {
    fn default() -> Self {
        Self {
            tally: Tally::new(),
            seconds: 0.0,
            resumes: 0,
            suspects: BTreeMap::new(),
            finish: None,
            seeds: SeedsTaken::default(),
            start_has_credentials: yes(),
            base: Base::default(),
        }
    }
}

/// Progress of the item writer, which it adds to a checkpoint.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Delivered {
    pub(crate) items: Items,
    /// End of each output; `None` for those that cannot go back, and for destinations, which go by the outbox.
    pub(crate) positions: Vec<Option<Position>>,
    /// End of the outbox; `None` if nothing is delivered from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outbox: Option<Position>,
    /// Number of commits so far, this one included.
    #[serde(default)]
    pub(crate) commits: u64,
    /// `true` when the reader of a stream has gone before it had all items: then this can be committed no more.
    #[serde(skip)]
    pub(crate) is_refused: bool,
    /// Keys of the items since the commit before; the store keeps them in a place of their own.
    #[serde(skip)]
    pub(crate) new_keys: Vec<u64>,
}

/// Known state of a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostRecord {
    /// Name of the host.
    pub name: String,
    /// Time until which the host is closed, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed_until: Option<u64>,
    /// Delay that the host's answers asked for, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backoff: Option<u64>,
}

impl SeedsTaken {
    /// Counts one more seed.
    pub(crate) fn take(&mut self, seed: &Request) {
        self.number += 1;
        self.have_credentials |= seed.has_userinfo();
        self.hash = xxh3_64_with_seed(seed.url().as_str().as_bytes(), self.hash);
    }
}

impl HostRecord {
    /// Returns the record of a host that nothing is known of.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            closed_until: None,
            backoff: None,
        }
    }
}

/// Last commit, which a crawl goes on with.
#[derive(Debug)]
pub struct Committed {
    /// Counters and the rest.
    pub saved: Saved,
    pub(crate) delivered: Delivered,
    /// State of the queue, without its requests.
    pub remembered: Remembered,
    /// Keys of the items that were kept.
    pub(crate) item_keys: SeenSet,
    /// Hosts in the order of their numbers.
    pub hosts: Vec<HostRecord>,
    /// Hosts, domains or prefixes that belong to the crawl.
    pub(crate) scope: Vec<String>,
    pub(crate) records: Vec<SavedRecord>,
}

impl Committed {
    /// Lets the limits count anew from here.
    pub(crate) fn count_anew(&mut self) {
        self.saved.base = Base {
            pages: self.saved.tally.pages,
            items: self.delivered.items.kept,
            errors: self.saved.tally.ledger.failed,
        };
    }
}

/// Command to a store. Commands are done in order.
#[derive(Debug)]
pub(crate) enum Command {
    Commit(Box<Checkpoint>, Delivered),
    Read(Range),
    /// Forces all commits so far to the disk, and answers through the sender.
    Sync(oneshot::Sender<Result<()>>),
}

/// Answer to a command, in the same order.
#[derive(Debug)]
pub(crate) enum Answer {
    Committed,
    Arrived(Arrived),
    /// The store cannot go on, and its thread has ended.
    Failed(Error),
}

/// Store of a job. The one on this machine's disk is [`Store`](super::state::store::Store).
pub trait JobStore: Send {
    /// Reads the last commit, without the requests of the queue; `None` when nothing was ever committed.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store cannot be read, or is damaged.
    fn load(&mut self) -> Result<Option<Committed>>;

    /// Stores all of a checkpoint, or nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store cannot be written: its disk is full or fails.
    fn commit(&mut self, checkpoint: Checkpoint, delivered: Delivered) -> Result<()>;

    /// Forces all commits so far to the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when that fails.
    fn sync(&mut self) -> Result<()>;

    /// Reads a range of the queue.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the store cannot be read, or is damaged.
    fn read(&self, range: Range) -> Result<Arrived>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_before_credentials_were_noted_may_have_had_some() {
        let mut saved = serde_json::to_value(Saved::default()).unwrap();
        for had in [true, false] {
            saved["start_has_credentials"] = had.into();
            let read: Saved = serde_json::from_value(saved.clone()).unwrap();
            assert_eq!(read.start_has_credentials, had);
        }
        saved
            .as_object_mut()
            .unwrap()
            .remove("start_has_credentials");
        let read: Saved = serde_json::from_value(saved).unwrap();
        assert!(read.start_has_credentials);
    }

    #[test]
    fn what_was_saved_before_fields_were_counted_is_still_read() {
        let old = r#"{"items":{"kept":7,"dropped":{"old":1},"failed":{}},"positions":[null]}"#;
        let delivered: Delivered = serde_json::from_str(old).unwrap();
        assert_eq!(delivered.items.kept, 7);
        assert!(delivered.items.fields.is_empty() && delivered.new_keys.is_empty());
        // Only from here on are fields counted, and only these items are in the rates.
        assert_eq!(delivered.items.counted, 0);
    }
}
