//! The decoded body while it grows: one chunk is kept as it came, several are joined, too many are refused.

use std::mem;

use bytes::Bytes;

use super::{Allowance, SMALL};
use crate::page::error::{Error, ErrorKind, Result};

/// The most that is reserved on the word of a header, in bytes.
const MAX_HINT: u64 = 1024 * 1024;

/// The bytes so far, never more than allowed.
#[derive(Debug)]
pub(super) struct Body {
    /// The first chunk, not copied until there is a second one.
    first: Bytes,
    /// The first chunk and all others, from the second one on.
    joined: Vec<u8>,
    allowance: Allowance,
    /// Limit of the body for the encoded form so far, in bytes, and the ratio of that limit to the encoded size.
    expansion: Option<(u64, u64)>,
    hint: usize,
}

impl Body {
    pub(super) fn new(max_body: u64) -> Self {
        Self {
            first: Bytes::new(),
            joined: Vec::new(),
            allowance: Allowance::new(max_body),
            expansion: None,
            hint: 0,
        }
    }

    /// Reserves `bytes` when there is something to join, within reason.
    pub(super) fn expect(&mut self, bytes: u64) {
        let hint = bytes.min(self.allowance.limit).min(MAX_HINT);
        self.hint = usize::try_from(hint).unwrap_or_default();
    }

    /// Allows no more than `bytes`, `ratio` times what was received.
    pub(super) fn expand_to(&mut self, bytes: u64, ratio: u64) {
        self.expansion = Some((bytes.max(SMALL), ratio));
    }

    /// Adds bytes that may be kept.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<()> {
        if !self.first.is_empty() || !self.joined.is_empty() {
            return self.extend(&chunk);
        }
        self.allowance.take(chunk.len())?;
        self.first = chunk;
        Ok(())
    }

    /// Adds bytes that have to be copied.
    pub(super) fn extend(&mut self, bytes: &[u8]) -> Result<()> {
        self.allowance.take(bytes.len())?;
        if let Some((most, ratio)) = self.expansion
            && self.allowance.taken() > most
        {
            let message = format!("body larger than {ratio} times what came over the wire");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        if self.joined.is_empty() {
            let first = mem::take(&mut self.first);
            self.joined.reserve_exact(self.hint.max(first.len()));
            self.joined.extend_from_slice(&first);
        }
        self.grow_for(bytes.len());
        self.joined.extend_from_slice(bytes);
        Ok(())
    }

    /// Makes room by doubling, but never more than the body is allowed to fill.
    fn grow_for(&mut self, bytes: usize) {
        if self.joined.capacity() - self.joined.len() < bytes {
            let left = usize::try_from(self.allowance.left).unwrap_or(usize::MAX);
            self.joined
                .reserve_exact(self.joined.len().max(bytes).min(bytes.saturating_add(left)));
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.joined.capacity()
    }

    pub(super) fn finish(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.into()
        }
    }
}
