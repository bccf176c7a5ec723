//! Handing items over to the reader of a stream: an item is delivered when its reader asks for the next one.
//!
//! Until then the item belongs to no commit of a durable job, and is handed over again when the job is resumed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Notify, mpsc};
use url::Url;

use crate::model::item::Item;
use crate::page::identity::FingerprintKey;
use crate::store::state::{Had, Note, Streamed};

/// An item on its way to the reader.
#[derive(Debug)]
pub(crate) struct Handed<I> {
    pub(crate) item: I,
    pub(crate) receipt: Receipt,
}

/// Receipt of an item, which the reader signs when it is done with the item.
#[derive(Debug)]
pub(crate) struct Receipt {
    taken: Arc<Taken>,
    note: Option<(Arc<Streamed>, u64, Note)>,
}

impl Receipt {
    /// Marks the item as delivered. In a durable job the delivery is recorded when this returns.
    pub(crate) fn sign(self) {
        if let Some((streamed, item, note)) = self.note {
            streamed.note(item, note);
        }
        self.taken.items.fetch_add(1, Ordering::AcqRel);
        self.taken.changed.notify_one();
    }
}

/// Count of the items that the reader has taken.
#[derive(Debug, Default)]
struct Taken {
    items: AtomicU64,
    changed: Notify,
}

/// Record of a durable job's stream: the items that its readers have had.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) streamed: Arc<Streamed>,
    /// Items that the readers of earlier processes have had and that are in no commit.
    pub(crate) had: Had,
    pub(crate) key: FingerprintKey,
}

/// Hands items over to the reader of a stream and tracks which are delivered.
pub(crate) struct Handover<I> {
    items: mpsc::Sender<Handed<I>>,
    taken: Arc<Taken>,
    memory: Option<Memory>,
    sent: u64,
    refused: u64,
}

impl<I: Item> Handover<I> {
    pub(crate) fn new(items: mpsc::Sender<Handed<I>>, memory: Option<Memory>) -> Self {
        Self {
            items,
            taken: Arc::default(),
            memory,
            sent: 0,
            refused: 0,
        }
    }

    /// Hands over an item of this page, after so many commits, unless a reader has had it already. Returns `false` when
    /// the reader is gone.
    pub(super) async fn hand(&mut self, item: I, url: &Url, commits: u64) -> bool {
        let note = match &mut self.memory {
            None => None,
            Some(memory) => {
                let mark = memory.mark(&item, url);
                if memory.has_had(mark) {
                    memory.streamed.note(mark, Note::MetAgain(commits));
                    return true;
                }
                Some((Arc::clone(&memory.streamed), mark, Note::Had(commits)))
            }
        };
        let receipt = Receipt {
            taken: Arc::clone(&self.taken),
            note,
        };
        let is_taken = self.items.send(Handed { item, receipt }).await.is_ok();
        self.sent += u64::from(is_taken);
        self.refused += u64::from(!is_taken);
        is_taken
    }

    /// Returns the number of items handed over so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Returns whether at least so many items are delivered.
    pub(super) fn has_delivered(&self, items: u64) -> bool {
        self.taken.items.load(Ordering::Acquire) >= items
    }

    /// Returns whether the reader has gone before an item was handed over.
    pub(super) fn has_refused(&self) -> bool {
        self.refused > 0
    }

    /// Returns the number of items handed over and not delivered.
    pub(super) fn undelivered(&self) -> u64 {
        self.sent - self.taken.items.load(Ordering::Acquire).min(self.sent)
    }

    /// Returns whether every item was delivered.
    pub(super) fn is_complete(&self) -> bool {
        self.refused == 0 && self.undelivered() == 0
    }

    /// Waits until an item is delivered.
    pub(super) async fn delivery(&self) {
        self.taken.changed.notified().await;
    }

    /// Waits until all items are delivered or the reader is gone.
    pub(super) async fn conclusion(&self) {
        while !self.is_complete() {
            tokio::select! {
                biased;
                () = self.delivery() => {}
                () = self.items.closed() => return,
            }
        }
    }

    /// Notes that the first `commits` commits are stored.
    pub(super) fn committed(&self, commits: u64) -> crate::page::error::Result<()> {
        match &self.memory {
            Some(memory) => memory.streamed.committed(commits),
            None => Ok(()),
        }
    }
}

impl Memory {
    /// Returns the mark by which an item is recognised in a later process.
    fn mark<I: Item>(&self, item: &I, url: &Url) -> u64 {
        // An item that cannot be written as JSON is identified by its debug output.
        let content = serde_json::to_vec(item).unwrap_or_else(|_| format!("{item:?}").into_bytes());
        let parts: [&[u8]; 2] = [url.as_str().as_bytes(), &content];
        self.key.of_parts(&parts).get()
    }

    /// Returns whether a reader in an earlier process has had this item; each call uses up one of the recorded
    /// deliveries.
    fn has_had(&mut self, mark: u64) -> bool {
        let times = self.had.get_mut(&mark).filter(|times| **times > 0);
        times.map(|times| *times -= 1).is_some()
    }
}
