//! A [`Draft`]: the directory in which a recording is made, so that a broken one never takes the place of a good one.

use std::fs;
use std::path::{Path, PathBuf};

use super::{ABOUT, CASSETTE, ITEMS, Recording, unwritable};
use crate::page::error::Result;

/// A directory beside the one of the recording, gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Draft {
    directory: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Returns a draft of the recording in this directory, whose parents are made. Drafts that killed processes have
    /// left are removed.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be made.
    pub(crate) fn of(target: &Path) -> Result<Self> {
        // A link stays one; the files go to where it leads, on the same disk.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        remove_left(&target);
        let start = start_of_name(&target);
        let draft = Self {
            directory: target.with_file_name(format!("{start}{}", std::process::id())),
            target,
        };
        fs::create_dir_all(&draft.directory)
            .map_err(|error| unwritable(&draft.directory, error))?;
        Ok(draft)
    }

    /// Returns the path of the cassette that is recorded.
    pub(crate) fn cassette(&self) -> PathBuf {
        self.directory.join(CASSETTE)
    }

    /// Writes the recording, and puts its files in the place of those that are there. Others stay. Answers how many bytes
    /// they have.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when that fails; while the draft cannot be written, the old
    /// recording stays.
    pub(crate) fn finish(self, recording: &Recording) -> Result<u64> {
        recording.write(&self.directory)?;
        fs::create_dir_all(&self.target).map_err(|error| unwritable(&self.target, error))?;
        let mut size = 0;
        for name in [CASSETTE, ITEMS, ABOUT] {
            let (file, place) = (self.directory.join(name), self.target.join(name));
            size += fs::metadata(&file).map_or(0, |metadata| metadata.len());
            fs::rename(&file, &place).map_err(|error| unwritable(&place, error))?;
        }
        Ok(size)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        remove(&self.directory);
    }
}

/// Returns the start of the names of all drafts of a recording; the id of the process follows.
fn start_of_name(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}-new-")
}

/// Removes the drafts of processes that are gone.
fn remove_left(target: &Path) {
    let start = start_of_name(target);
    let directory = target.parent().map(fs::read_dir);
    for entry in directory.into_iter().flatten().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(&start));
        if process.is_some_and(|process| process.parse().is_ok_and(is_gone)) {
            remove(&entry.path());
        }
    }
}

/// Returns whether the process does not exist any more, or is this one, which has no draft yet. Without `/proc`, any
/// other process may exist.
fn is_gone(process: u32) -> bool {
    let proc = Path::new("/proc");
    process == std::process::id()
        || proc.join("self").exists() && !proc.join(process.to_string()).exists()
}

/// Removes a draft, and nothing that is none. What cannot be removed is in nobody's way.
fn remove(draft: &Path) {
    for name in [CASSETTE, ITEMS, ABOUT] {
        let _ = fs::remove_file(draft.join(name));
    }
    let _ = fs::remove_dir(draft);
}
