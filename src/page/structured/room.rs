//! Limits on the data of one kind that is kept of a page.

use super::Skipped;

/// Room that is left for entries and their text.
#[derive(Debug)]
pub(super) struct Room {
    entries: usize,
    bytes: usize,
    left_out: usize,
}

impl Room {
    /// Number of entries of one kind that are kept.
    pub(super) const ENTRIES: usize = 1_000;
    /// Budget for the text of the entries, in bytes.
    pub(super) const BYTES: usize = 1 << 20;

    pub(super) fn new(entries: usize, bytes: usize) -> Self {
        Self {
            entries,
            bytes,
            left_out: 0,
        }
    }

    /// Returns whether an entry of this size has room, and takes that room. An entry that has none is counted.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        self.take_all(1, bytes)
    }

    /// Returns whether entries that go together have room, and takes that room. Entries that have none are counted.
    pub(super) fn take_all(&mut self, entries: usize, bytes: usize) -> bool {
        let has_room = entries <= self.entries && bytes <= self.bytes;
        if has_room {
            self.entries -= entries;
            self.bytes -= bytes;
        } else {
            self.left_out = self.left_out.saturating_add(entries);
        }
        has_room
    }

    /// Counts an entry that was not even looked at.
    pub(super) fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }

    /// Returns whether something has been left out.
    pub(super) fn is_full(&self) -> bool {
        self.left_out > 0
    }

    /// Reports the number of entries that were left out, if any.
    pub(super) fn tell(&self, part: &'static str, skipped: &mut Vec<Skipped>) {
        if self.is_full() {
            let message = format!("too many or too large: {} left out", self.left_out);
            skipped.push(Skipped::new(part, message));
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::new(Self::ENTRIES, Self::BYTES)
    }
}
