//! A [`Draft`]: the folder in which a recording is made, so that a broken one never takes the place of a good one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{CASSETTE, Recording, unwritable};
use crate::error::Result;

/// A folder beside the one of the recording, gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Draft {
    folder: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// A draft of the recording in this folder, whose parents are made.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be made.
    pub(crate) fn of(target: &Path) -> Result<Self> {
        let draft = Self {
            folder: beside(target, "new"),
            target: target.to_owned(),
        };
        fs::create_dir_all(&draft.folder).map_err(|error| unwritable(&draft.folder, error))?;
        Ok(draft)
    }

    /// Where the cassette is recorded.
    pub(crate) fn cassette(&self) -> PathBuf {
        self.folder.join(CASSETTE)
    }

    /// Writes the recording, and puts it in the place of the one that is there. Answers how many bytes it has.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when that fails; then the old one stays.
    pub(crate) fn finish(self, recording: &Recording) -> Result<u64> {
        recording.write(&self.folder)?;
        let size = size(&self.folder);
        let old = beside(&self.target, "old");
        let had_old = match fs::rename(&self.target, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(unwritable(&self.target, error)),
        };
        if let Err(error) = fs::rename(&self.folder, &self.target) {
            if had_old {
                // What comes of it is told by the error below.
                let _ = fs::rename(&old, &self.target);
            }
            return Err(unwritable(&self.target, error));
        }
        if had_old {
            fs::remove_dir_all(&old).map_err(|error| unwritable(&old, error))?;
        }
        Ok(size)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there when the recording was finished.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A hidden folder of this process, on the same disk.
fn beside(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}-{what}-{}", std::process::id()))
}

fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
