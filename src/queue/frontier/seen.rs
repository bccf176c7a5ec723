//! The set of what a crawl has seen: exact, in memory, and at most 21 bytes a fingerprint.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// A set grows by doubling, and holds both tables while it moves. In pieces it moves one at a time.
const SHARDS: usize = 256;

/// Exact 64-bit fingerprints.
#[derive(Debug)]
pub struct SeenSet {
    shards: Vec<HashSet<u64, BuildHasherDefault<AsIs>>>,
}

impl Default for SeenSet {
    fn default() -> Self {
        Self {
            shards: vec![HashSet::default(); SHARDS],
        }
    }
}

impl SeenSet {
    /// Adds a fingerprint; returns whether it is new.
    pub fn insert(&mut self, fingerprint: u64) -> bool {
        self.shards
            .get_mut(shard(fingerprint))
            .is_some_and(|shard| shard.insert(fingerprint))
    }

    /// Returns whether a fingerprint was added.
    pub(crate) fn contains(&self, fingerprint: u64) -> bool {
        self.shards
            .get(shard(fingerprint))
            .is_some_and(|shard| shard.contains(&fingerprint))
    }
}

/// Returns the shard of a fingerprint, by bits that the tables themselves do not use: these use the lowest and the
/// highest.
fn shard(fingerprint: u64) -> usize {
    (fingerprint >> 40) as usize % SHARDS
}

/// Fingerprints are already evenly spread and keyed: hashing them again would only cost time.
#[derive(Debug, Default, Clone)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fingerprint_is_new_once() {
        let mut seen = SeenSet::default();
        let all = || (0..10_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert!(all().all(|fingerprint| !seen.contains(fingerprint) && seen.insert(fingerprint)));
        assert!(all().all(|fingerprint| seen.contains(fingerprint)));
        assert!(!all().any(|fingerprint| seen.insert(fingerprint)));
    }

    #[test]
    fn fingerprints_that_differ_in_one_bit_are_two() {
        let mut seen = SeenSet::default();
        assert!(seen.insert(0));
        assert!((0..64).all(|bit| seen.insert(1 << bit)));
    }
}
