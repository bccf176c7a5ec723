//! Keys of the keyspace `notes`, which holds all but the requests of the queue. The first byte of a key is its kind.

use crate::model::saved_record::RecordKind;
use crate::queue::queued::HostId;

/// Kinds of the fingerprints of what was seen, and of what is out of scope.
pub(super) const SEEN: u8 = b's';
pub(super) const FOREIGN: u8 = b'f';
/// Kind of the fingerprints of the items' keys.
pub(super) const ITEM: u8 = b'i';
/// Kinds of hosts, and of their priorities.
pub(super) const HOST: u8 = b'h';
pub(super) const LANE: u8 = b'l';
/// Kind of the saved records of parts of the crawl.
const KEPT: u8 = b'x';

/// Key of the hosts, domains or prefixes that belong to the crawl.
pub(super) const SCOPE: &[u8] = b"c";
/// Key under which the key of the fingerprints is stored.
pub(super) const KEY: &[u8] = b"k";
/// Key of everything else of the last commit.
pub(super) const ROOT: &[u8] = b"r";

/// Key, in the queue, of the number of its commit: a damaged tree can be as old as an earlier commit in one keyspace
/// and not in the other. The keys of requests are longer.
pub(super) const COMMIT: &[u8] = b"c";

/// Returns the key of a part of the fingerprints of one commit.
pub(super) fn fingerprints(kind: u8, commit: u64, part: u32) -> Vec<u8> {
    let (commit, part) = (commit.to_be_bytes(), part.to_be_bytes());
    [&[kind], &commit[..], &part[..]].concat()
}

pub(super) fn host(host: HostId) -> Vec<u8> {
    [&[HOST], &host.0.to_be_bytes()[..]].concat()
}

pub(super) fn lane(host: HostId, priority: i32) -> Vec<u8> {
    let (host, priority) = (host.0.to_be_bytes(), priority.to_be_bytes());
    [&[LANE], &host[..], &priority[..]].concat()
}

pub(super) fn kept(kind: RecordKind, name: &str) -> Vec<u8> {
    [&kept_of(kind), name.as_bytes()].concat()
}

/// Returns the prefix of all keys of this kind of saved record.
pub(super) fn kept_of(kind: RecordKind) -> [u8; 2] {
    [KEPT, kind.letter()]
}

/// Reads back a key of [`host`]; `None` for any other key.
pub(super) fn host_of(key: &[u8]) -> Option<HostId> {
    let host = key.strip_prefix(&[HOST])?;
    Some(HostId(u32::from_be_bytes(host.try_into().ok()?)))
}

/// Reads back a key of [`lane`]; `None` for any other key.
pub(super) fn lane_of(key: &[u8]) -> Option<(HostId, i32)> {
    let (host, priority) = key.strip_prefix(&[LANE])?.split_first_chunk()?;
    let priority = i32::from_be_bytes(priority.try_into().ok()?);
    Some((HostId(u32::from_be_bytes(*host)), priority))
}
