//! Memory of the store for what was committed last, until that is written to tables.

use fjall::{AbstractTree, Keyspace};

use super::{Store, storage};
use crate::page::error::Result;

/// Bytes in memory from which they are written to a table; three times as much waits for that at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) queue: u64,
    pub(super) notes: u64,
}

pub(super) const LIMITS: Limits = Limits {
    queue: 8 << 20,
    notes: 4 << 20,
};

impl Store {
    /// Hands what fills the memory to the tree's worker; waits while the worker has too much to do.
    ///
    /// The tree does so by itself, but by a message to the worker with every commit. While the worker merges tables for
    /// a second, its mailbox fills up; the first thing that the worker does next is to send itself a message, and that
    /// is the end: from then on nothing is ever written to tables.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the disk is full or fails.
    pub(super) fn spill(&self) -> Result<()> {
        for (keyspace, full) in [
            (&self.queue, self.memory.queue),
            (&self.notes, self.memory.notes),
        ] {
            if held(keyspace) >= full {
                let spilled = keyspace.rotate_memtable();
                spilled.map_err(|error| storage(&self.path, error))?;
            }
        }
        Ok(())
    }
}

/// Returns the bytes of a keyspace in memory that do not wait for the worker.
fn held(keyspace: &Keyspace) -> u64 {
    keyspace.tree.active_memtable().size()
}
