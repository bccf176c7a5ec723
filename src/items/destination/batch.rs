//! Batches of items, as destinations get them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::items::sink::{ItemKey, Position, Record};

/// Run whose items a destination gets.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Run {
    /// Id of the run, 16 hexadecimal digits: the same in all processes that resume it.
    pub id: Arc<str>,
    /// Name of the spider.
    pub spider: String,
    /// JSON Schema of the items; `None` if it is not known.
    pub schema: Option<serde_json::Value>,
    /// Fields that items may have, in their order, as far as they are known.
    pub columns: Vec<String>,
}

/// Progress of a run at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The destination has all items up to this position; zero for a run that it does not know.
    Remembered(Position),
    /// The destination does not know, so the crawl remembers it: after a kill, the last batch can come again.
    Unknown,
}

/// Limits of a batch. It is delivered when one of them is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batching {
    /// Maximum number of items. Default: 10,000.
    pub items: usize,
    /// Size of the items' JSON, in bytes, beyond which no further item is added. Default: 4 MiB.
    pub bytes: usize,
    /// Longest time that a committed item waits for others. Default: 500 ms.
    pub wait: Duration,
    /// Longest time that the first items of a run wait for others: what they are like may decide what is made for them.
    /// Default: 500 ms.
    pub wait_at_start: Duration,
}

impl Default for Batching {
    fn default() -> Self {
        Self {
            items: 10_000,
            bytes: 4 << 20,
            wait: Duration::from_millis(500),
            wait_at_start: Duration::from_millis(500),
        }
    }
}

/// Committed items of a run, in order, from one position to another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Batch {
    /// The items, at least one.
    pub items: Vec<Delivery>,
    /// Position of the run before the first item.
    pub start: Position,
    /// Position of the run after the last item.
    pub end: Position,
}

/// Item of a batch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// Id of the item.
    pub id: ItemId,
    /// URL of the page that the item was found on.
    pub url: String,
    /// Time at which the item was kept.
    pub kept: SystemTime,
    /// The item as JSON, with its key.
    pub record: Record,
}

/// Id of an item: the same each time that the item is delivered, and no other item's.
///
/// Its text, `RUN-NUMBER`, is good as the id of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemId {
    run: Arc<str>,
    number: u64,
}

impl ItemId {
    /// Makes the id of the item with this number in a run.
    pub(crate) fn new(run: &Arc<str>, number: u64) -> Self {
        let run = Arc::clone(run);
        Self { run, number }
    }

    /// Returns the id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Returns the number of items that were kept before this one in the run.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }
}

/// Writes the run and the number, with a hyphen between them.
impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.number)
    }
}

impl Delivery {
    /// Returns the key of the item: the request it was found for, and its place there.
    #[must_use]
    pub fn key(&self) -> Option<ItemKey> {
        self.record.key()
    }
}
