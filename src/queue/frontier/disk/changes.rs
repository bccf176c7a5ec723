//! Data exchanged between the frontier and the store: keys, changes, and ranges to read.

use crate::queue::queued::{HostId, Queued};
use std::collections::HashMap;

/// Position of a request in the queue: host, then priority, then number. As bytes, keys sort in the order in which a
/// host's requests should go breadth first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) host: HostId,
    pub(crate) priority: i32,
    pub(crate) number: u64,
}

impl Key {
    pub(crate) const LENGTH: usize = 16;

    pub(crate) fn of(host: HostId, queued: &Queued) -> Self {
        Self {
            host,
            priority: queued.request.priority(),
            number: queued.number,
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let (host, rest) = bytes.split_at_mut(4);
        let (priority, number) = rest.split_at_mut(4);
        host.copy_from_slice(&self.host.0.to_be_bytes());
        priority.copy_from_slice(&descending(self.priority).to_be_bytes());
        number.copy_from_slice(&self.number.to_be_bytes());
        bytes
    }

    /// Parses a key from its bytes; `None` if they are not a key.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LENGTH] = bytes.try_into().ok()?;
        let (host, rest) = bytes.split_first_chunk()?;
        let (priority, number) = rest.split_first_chunk()?;
        Some(Self {
            host: HostId(u32::from_be_bytes(*host)),
            priority: ascending(u32::from_be_bytes(*priority)),
            number: u64::from_be_bytes(number.try_into().ok()?),
        })
    }
}

/// The highest priority first.
fn descending(priority: i32) -> u32 {
    !(priority.cast_unsigned() ^ (1 << 31))
}

fn ascending(priority: u32) -> i32 {
    (!priority ^ (1 << 31)).cast_signed()
}

/// A stored request, or the newest form of one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Put {
    pub(crate) key: Key,
    pub(crate) record: Vec<u8>,
    /// The store does not have this key yet.
    pub(super) is_new: bool,
}

/// Changes that a frontier's store lacks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub(crate) puts: HashMap<u64, Put>,
    /// Requests that have come to their end.
    pub(crate) done: Vec<Key>,
    pub(crate) seen: Vec<u64>,
    pub(crate) foreign: Vec<u64>,
    /// Priorities of hosts that had no requests of them before; some may be told twice.
    pub(crate) lanes: Vec<(HostId, i32)>,
    /// The highest number given so far.
    pub(crate) last: u64,
}

/// Requests of one host and priority to read from the store, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub(crate) host: HostId,
    pub(crate) priority: i32,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// `true` to read from `last` down, instead of from `first` up.
    pub(crate) newest_first: bool,
    /// Read no more than this many.
    pub(crate) max: usize,
}

impl Range {
    /// The keys of its ends, both of which belong to it.
    pub(crate) fn ends(&self) -> (Key, Key) {
        let key = |number| Key {
            host: self.host,
            priority: self.priority,
            number,
        };
        (key(self.first), key(self.last))
    }
}

/// Requests that were read for a [`Range`]: all of it, unless there are `max`.
#[derive(Debug, PartialEq)]
pub struct Arrived {
    pub(crate) range: Range,
    pub(crate) requests: Vec<Queued>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(host: u32, priority: i32, number: u64) -> Key {
        Key {
            host: HostId(host),
            priority,
            number,
        }
    }

    #[test]
    fn keys_sort_by_host_then_from_the_highest_priority_then_by_number() {
        let sorted = [
            key(0, i32::MAX, 9),
            key(0, 1, 8),
            key(0, 0, 3),
            key(0, 0, 4),
            key(0, -1, 1),
            key(0, i32::MIN, 2),
            key(1, 5, 0),
            key(256, 0, 0),
        ];
        assert!(sorted.map(Key::to_bytes).is_sorted());
        for key in sorted {
            assert_eq!(Key::from_bytes(&key.to_bytes()), Some(key));
        }
    }

    #[test]
    fn what_has_another_length_is_no_key() {
        assert_eq!(Key::from_bytes(&[0; 15]), None);
        assert_eq!(Key::from_bytes(&[0; 17]), None);
    }
}
