//! A target's part in a durable job: how far it is committed, and the way back to there.

use std::fs;
use std::io::{self, SeekFrom};
use std::path::Path;

use super::{Disk, Out, Target};
use crate::items::sink::{Mode, Position};
use crate::page::error::{Error, ErrorKind, Result};

impl Target {
    /// Opens a file that an earlier process committed, and leaves what it holds as it is.
    pub(in crate::items::sink) fn reopen(path: &Path, position: Position) -> Result<Self> {
        let is_missing = fs::metadata(path).is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
        if is_missing && position.get() > 0 {
            let why = "it is missing, and the job had written to it; it was moved or lost";
            return Err(lost(&path.display().to_string(), why));
        }
        Self::file(path, Mode::Append)
    }

    /// Writes every record, with `sync` to the disk itself, and answers how long the file is up to its last record; none
    /// for a stream. The file is that and its end, and nothing else.
    pub(in crate::items::sink) fn commit(&mut self, sync: bool) -> Result<Option<u64>> {
        self.flush()?;
        let Out::File(file) = &mut self.out else {
            return Ok(None);
        };
        let committed = file.commit(self.end, sync);
        let length = self.noted(committed)?;
        if sync && let Some(directory) = self.directory.take() {
            self.noted(sync_directory(&directory))?;
        }
        Ok(Some(length))
    }

    /// Goes back to the first `length` bytes of the file, which an earlier process committed. What `examine` finds at
    /// their end is the answer; nothing means that they do not end where a record does.
    pub(in crate::items::sink) fn resume<T>(
        &mut self,
        length: u64,
        examine: impl FnOnce(&mut dyn Disk) -> io::Result<Option<T>>,
    ) -> Result<T> {
        let Out::File(file) = &mut self.out else {
            let why = "it is no regular file, and was one when the job had written to it";
            return Err(lost(&self.name, why));
        };
        let examined = match file.disk().seek(SeekFrom::End(0)) {
            Ok(has) if has < length => {
                let why = format!(
                    "it has {has} bytes, and the job had written {length}; it was changed or lost"
                );
                return Err(lost(&self.name, &why));
            }
            Ok(_) => examine(file.disk()),
            Err(error) => Err(error),
        };
        let found = examined.map_err(|error| self.unreadable(error))?;
        let found = found.ok_or_else(|| {
            let why = format!(
                "no record ends at byte {length}, up to which the job had written it; it was changed"
            );
            lost(&self.name, &why)
        })?;
        self.cut_back(length)?;
        Ok(found)
    }

    /// Removes what the process that was killed had written since its last commit, whatever it is.
    fn cut_back(&mut self, length: u64) -> Result<()> {
        // Opening may have put something right that is gone now.
        self.records.clear(super::BUFFER);
        let Out::File(file) = &mut self.out else {
            return Ok(());
        };
        let cut = file.cut_back(length, self.end);
        let bytes = self.noted(cut)?;
        if bytes > 0 {
            tracing::debug!(
                file = self.name,
                length,
                bytes,
                "cut back to the last commit"
            );
        }
        Ok(())
    }
}

/// The error for a file that is not as the job left it.
fn lost(name: &str, why: &str) -> Error {
    let message = format!("cannot go on with {name}: {why}; start over with --fresh");
    Error::new(ErrorKind::Storage, message)
}

/// Forces the name of a new file to the disk: syncing the file itself does not promise that, see fsync(2).
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    let is_current = directory.as_os_str().is_empty();
    let directory = if is_current {
        Path::new(".")
    } else {
        directory
    };
    fs::File::open(directory)?.sync_all()
}

/// A directory cannot be synced here.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
