//! The way of items to the reader of a stream: an item is delivered when its reader asks for the next one.
//!
//! Until then it belongs to no commit of a durable job, and comes again when the job goes on.

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

/// What the reader signs when it has done with an item.
#[derive(Debug)]
pub(crate) struct Receipt {
    taken: Arc<Taken>,
    note: Option<(Arc<Streamed>, u64, Note)>,
}

impl Receipt {
    /// The item is delivered. In a durable job that is on record when this returns.
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

/// What a durable job remembers of its stream.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) streamed: Arc<Streamed>,
    /// Items that the readers of earlier processes have had, and no commit knows of.
    pub(crate) had: Had,
    pub(crate) key: FingerprintKey,
}

/// See the [module](self).
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

    /// Hands an item of this page over, after so many commits, unless a reader has had it already. Answers whether
    /// anybody takes it.
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

    /// Returns how many items were handed over so far.
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

    /// Items that nobody has taken.
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

    /// Waits until all is delivered or the reader has gone.
    pub(super) async fn conclusion(&self) {
        while !self.is_complete() {
            tokio::select! {
                biased;
                () = self.delivery() => {}
                () = self.items.closed() => return,
            }
        }
    }

    /// So many commits are there.
    pub(super) fn committed(&self, commits: u64) -> crate::page::error::Result<()> {
        match &self.memory {
            Some(memory) => memory.streamed.committed(commits),
            None => Ok(()),
        }
    }
}

impl Memory {
    /// By what an item is known again.
    fn mark<I: Item>(&self, item: &I, url: &Url) -> u64 {
        // An item that is no JSON has at least a name for each of its values.
        let content = serde_json::to_vec(item).unwrap_or_else(|_| format!("{item:?}").into_bytes());
        let parts: [&[u8]; 2] = [url.as_str().as_bytes(), &content];
        self.key.of_parts(&parts).get()
    }

    /// Returns whether an earlier reader has had this item, once less often from now on.
    fn has_had(&mut self, mark: u64) -> bool {
        let times = self.had.get_mut(&mark).filter(|times| **times > 0);
        times.map(|times| *times -= 1).is_some()
    }
}
