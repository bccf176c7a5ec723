//! Record of the items that a stream's reader has had and that no commit knows of, so that a run that follows a kill
//! does not hand them over again.
//!
//! A record is written for each item before the reader gets the next one, so a process that is killed leaves at most the
//! item in doubt that its reader had in hands. When the page of an item is fetched again, the item is known by its
//! page's URL and its content. A page that has changed meanwhile gives new items.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::model::replace::private;
use crate::model::replace::{replace, unusable};
use crate::page::error::Result;

/// Size in bytes from which the records that no longer count are taken out.
const LARGE: u64 = 1 << 20;
/// Size of a record in bytes: its kind, an item, and a number of commits.
const RECORD: usize = 24;

/// Event of an item in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// The reader has had the item, after so many commits. The next commit knows of it.
    Had(u64),
    /// The reader of an earlier process has had the item.
    HadBefore,
    /// The item's page was fetched again, after so many commits. The next commit makes the record before needless.
    MetAgain(u64),
}

/// File of the items that a stream's reader has had since the last commit. See the [module](self).
#[derive(Debug)]
pub(crate) struct Streamed {
    path: PathBuf,
    log: Mutex<Log>,
}

#[derive(Debug)]
struct Log {
    file: File,
    length: u64,
    /// Length of the file, in bytes, from which it is looked through again.
    large: u64,
    has_failed: bool,
}

/// Number of times that the reader has had each item.
pub(crate) type Had = HashMap<u64, u64>;

impl Streamed {
    /// Opens the file of a run with so many commits; returns also which items the reader had had beyond them.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be read or written.
    pub(crate) fn open(path: PathBuf, commits: u64) -> Result<(Self, Had)> {
        let mut had = Had::new();
        for (item, note) in living(&read(&path)?, commits) {
            if !matches!(note, Note::MetAgain(_)) {
                *had.entry(item).or_default() += 1;
            }
        }
        let before = had.iter().flat_map(|(item, times)| {
            let times = usize::try_from(*times).unwrap_or_default();
            std::iter::repeat_n((*item, Note::HadBefore), times)
        });
        let log = rewrite(&path, before)?;
        let log = Mutex::new(log);
        Ok((Self { path, log }, had))
    }

    /// Adds a record. When it cannot be written, the item may come twice.
    pub(crate) fn note(&self, item: u64, note: Note) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match log.file.write_all(&record(item, note)) {
            Ok(()) => log.length += RECORD as u64,
            Err(error) if !std::mem::replace(&mut log.has_failed, true) => {
                let path = self.path.display();
                tracing::warn!(%path, %error, "cannot note which items were read: some may come twice");
            }
            Err(_) => {}
        }
    }

    /// Removes the records that are needless after so many commits, if the file is large.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be replaced.
    pub(crate) fn committed(&self, commits: u64) -> Result<()> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.length < log.large {
            return Ok(());
        }
        *log = rewrite(&self.path, living(&read(&self.path)?, commits))?;
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|error| unusable("read", path, error)),
    }
}

/// Replaces the file by these records, and opens it to append to.
fn rewrite(path: &Path, notes: impl IntoIterator<Item = (u64, Note)>) -> Result<Log> {
    let records: Vec<u8> = notes
        .into_iter()
        .flat_map(|(of, n)| record(of, n))
        .collect();
    replace(path, &records)?;
    let file = private().append(true).open(path);
    let length = records.len() as u64;
    Ok(Log {
        file: file.map_err(|error| unusable("write", path, error))?,
        length,
        large: LARGE.max(2 * length),
        has_failed: false,
    })
}

fn record(item: u64, note: Note) -> [u8; RECORD] {
    let (kind, commits) = match note {
        Note::Had(commits) => (0, commits),
        Note::HadBefore => (1, 0),
        Note::MetAgain(commits) => (2, commits),
    };
    let mut record = [0; RECORD];
    let (parts, _) = record.as_chunks_mut::<8>();
    for (part, number) in parts.iter_mut().zip([kind, item, commits]) {
        *part = u64::to_le_bytes(number);
    }
    record
}

/// Returns the records that still count after so many commits. A record that a kill cut off does not.
fn living(bytes: &[u8], commits: u64) -> Vec<(u64, Note)> {
    let (records, _) = bytes.as_chunks::<RECORD>();
    let (mut living, mut needless) = (Vec::new(), Had::new());
    for record in records {
        let (parts, _) = record.as_chunks::<8>();
        let [kind, item, since] =
            [0, 1, 2].map(|at| parts.get(at).copied().map_or(0, u64::from_le_bytes));
        match kind {
            0 if since < commits => {}
            0 => living.push((item, Note::Had(since))),
            1 => living.push((item, Note::HadBefore)),
            _ if since < commits => *needless.entry(item).or_default() += 1,
            _ => living.push((item, Note::MetAgain(since))),
        }
    }
    living.retain(|(item, note)| {
        let times = needless.get_mut(item).filter(|times| **times > 0);
        match (note, times) {
            (Note::HadBefore, Some(times)) => {
                *times -= 1;
                false
            }
            _ => true,
        }
    });
    living
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scratch::Scratch;

    /// Opens the file as a process does that is started after so many commits.
    fn reopened(scratch: &Scratch, commits: u64) -> (Streamed, Vec<(u64, u64)>) {
        let (streamed, had) = Streamed::open(scratch.path("streamed"), commits).unwrap();
        let mut had: Vec<_> = had.into_iter().collect();
        had.sort_unstable();
        (streamed, had)
    }

    #[test]
    fn what_was_had_since_the_last_commit_is_known_again() {
        let scratch = Scratch::new();
        let (streamed, had) = reopened(&scratch, 0);
        assert!(had.is_empty());
        for (item, commits) in [(1, 0), (2, 1), (3, 1), (3, 1), (4, 2)] {
            streamed.note(item, Note::Had(commits));
        }
        assert_eq!(reopened(&scratch, 1).1, [(2, 1), (3, 2), (4, 1)]);
    }

    #[test]
    fn it_is_known_until_its_page_was_met_again_and_committed() {
        let scratch = Scratch::new();
        reopened(&scratch, 1).0.note(7, Note::Had(1));
        let (streamed, had) = reopened(&scratch, 1);
        assert_eq!(had, [(7, 1)]);
        streamed.note(7, Note::MetAgain(3));
        assert_eq!(reopened(&scratch, 3).1, [(7, 1)]);
        let (streamed, _) = reopened(&scratch, 3);
        streamed.note(7, Note::MetAgain(4));
        assert!(reopened(&scratch, 5).1.is_empty());
    }

    #[test]
    fn half_a_record_is_none() {
        let scratch = Scratch::new();
        reopened(&scratch, 0).0.note(7, Note::Had(0));
        let path = scratch.path("streamed");
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(&[1; RECORD - 1]);
        fs::write(&path, bytes).unwrap();
        assert_eq!(reopened(&scratch, 0).1, [(7, 1)]);
    }

    #[test]
    fn a_large_file_loses_what_is_committed_and_nothing_else() {
        let scratch = Scratch::new();
        let (streamed, _) = reopened(&scratch, 0);
        for item in 0..60_000 {
            streamed.note(item, Note::Had(item / 50_000));
        }
        streamed.committed(1).unwrap();
        assert_eq!(
            fs::metadata(scratch.path("streamed")).unwrap().len(),
            240_000
        );
        streamed.note(60_000, Note::Had(1));
        assert_eq!(reopened(&scratch, 1).1.len(), 10_001);
    }
}
