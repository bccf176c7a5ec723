//! Reading of a store: what an earlier process had committed.

use super::{DeadLetters, Root, Store, keys, storage, unreadable};
use crate::model::saved_record::{RecordKind, SavedRecord};
use crate::page::error::{Error, ErrorKind, Result};
use crate::queue::frontier::SeenSet;
use crate::queue::frontier::disk::Remembered;
use crate::queue::queued::HostId;
use crate::store::checkpoint::{Committed, HostRecord};

impl Store {
    /// Reads everything but the queue; `None` when nothing was ever committed.
    pub(super) fn load_all(&mut self) -> Result<Option<Committed>> {
        let Some(root) = self.root()? else {
            return Ok(None);
        };
        let commit = self.queue.get(keys::COMMIT);
        let commit = commit.map_err(|error| storage(&self.path, error))?;
        if commit.is_none_or(|commit| *commit != root.commits.to_be_bytes()) {
            return Err(self.lost("a part of the queue"));
        }
        self.commits = root.commits;
        self.dead.go_back(root.dead_letters)?;
        let remembered = Remembered {
            seen: self.fingerprints(keys::SEEN)?,
            foreign: self.fingerprints(keys::FOREIGN)?,
            lanes: self.lanes()?,
            last: root.last,
        };
        Ok(Some(Committed {
            saved: root.saved,
            delivered: root.delivered,
            remembered,
            item_keys: self.fingerprints(keys::ITEM)?,
            hosts: self.hosts()?,
            scope: self.scope()?,
            records: self.records()?,
        }))
    }

    /// Reads the last commit's own record; `None` when there was no commit.
    pub(super) fn root(&self) -> Result<Option<Root>> {
        let root = self.notes.get(keys::ROOT);
        let Some(root) = root.map_err(|error| storage(&self.path, error))? else {
            return Ok(None);
        };
        serde_json::from_slice(&root)
            .map(Some)
            .map_err(|error| self.damaged().with_source(error))
    }

    fn scope(&self) -> Result<Vec<String>> {
        let scope = self.notes.get(keys::SCOPE);
        let scope = scope.map_err(|error| storage(&self.path, error))?;
        scope.map_or(Ok(Vec::new()), |scope| {
            serde_json::from_slice(&scope).map_err(|error| self.damaged().with_source(error))
        })
    }

    fn fingerprints(&self, kind: u8) -> Result<SeenSet> {
        let mut set = SeenSet::default();
        for entry in self.notes.prefix([kind]) {
            let (_, packed) = entry
                .into_inner()
                .map_err(|error| storage(&self.path, error))?;
            let (fingerprints, rest) = packed.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(self.damaged());
            }
            for fingerprint in fingerprints {
                set.insert(u64::from_le_bytes(*fingerprint));
            }
        }
        Ok(set)
    }

    /// Reads the hosts in the order of their numbers.
    pub(super) fn hosts(&self) -> Result<Vec<HostRecord>> {
        let mut hosts = Vec::new();
        for entry in self.notes.prefix([keys::HOST]) {
            let (key, record) = entry
                .into_inner()
                .map_err(|error| storage(&self.path, error))?;
            let host = keys::host_of(&key);
            if host.is_none_or(|host| host.0 as usize != hosts.len()) {
                return Err(self.damaged());
            }
            let record = serde_json::from_slice(&record);
            hosts.push(record.map_err(|error| self.damaged().with_source(error))?);
        }
        Ok(hosts)
    }

    fn records(&self) -> Result<Vec<SavedRecord>> {
        let mut records = Vec::new();
        for kind in RecordKind::ALL {
            let prefix = keys::kept_of(kind);
            for entry in self.notes.prefix(prefix) {
                let entry = entry.into_inner();
                let (key, value) = entry.map_err(|error| storage(&self.path, error))?;
                let name = key.get(prefix.len()..).unwrap_or_default().to_vec();
                records.push(SavedRecord {
                    kind,
                    name: String::from_utf8(name).map_err(|_| self.damaged())?,
                    value: Some(value.to_vec()),
                });
            }
        }
        Ok(records)
    }

    /// Reads the hosts and priorities of which the queue may have requests.
    fn lanes(&self) -> Result<Vec<(HostId, i32)>> {
        let mut lanes = Vec::new();
        for entry in self.notes.prefix([keys::LANE]) {
            let key = entry.key().map_err(|error| storage(&self.path, error))?;
            lanes.push(keys::lane_of(&key).ok_or_else(|| self.damaged())?);
        }
        Ok(lanes)
    }

    fn damaged(&self) -> Error {
        Error::new(ErrorKind::Storage, unreadable(&self.path))
    }
}

impl std::fmt::Debug for DeadLetters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadLetters")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
