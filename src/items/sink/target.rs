//! The file or stream under a sink: buffered by whole records, named in every error, never left with half a record.

mod commit;

mod disk;
pub(super) use disk::{Disk, is_line_end, tail};

mod records;
use records::Records;

mod whole_file;
use whole_file::WholeFile;

#[cfg(test)]
pub(super) mod full_disk;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Mode;
use crate::page::error::{Error, ErrorKind, Result};

/// Size of the write buffer, in bytes. It holds whole records only, so a record that is larger is written alone.
const BUFFER: usize = 64 * 1024;

/// Name of standard output in errors.
const STDOUT: &str = "standard output";

/// An output that is being written.
pub(super) struct Target {
    name: String,
    out: Out,
    /// Records that are not written yet.
    records: Records,
    /// Bytes that make the output valid after its last record: a file has them after every write, a stream when it is
    /// closed.
    end: &'static [u8],
    /// The directory of a file whose name may not be on the disk yet.
    directory: Option<PathBuf>,
    /// `true` if a write failed. Records are missing then, and more of them would hide the gap.
    failed: bool,
}

enum Out {
    /// A regular file.
    File(WholeFile),
    /// Output that cannot go back: standard output, a pipe, a device.
    Stream(Box<dyn Write + Send>),
}

impl Target {
    pub(super) fn stdout() -> Self {
        Self::stream(STDOUT, io::stdout())
    }

    pub(super) fn stream(name: &str, stream: impl Write + Send + 'static) -> Self {
        Self::new(name.to_owned(), Out::Stream(Box::new(stream)))
    }

    /// Opens a file to be written from its start (emptied) or from its end, and the directories that lead to it.
    pub(super) fn file(path: &Path, mode: Mode) -> Result<Self> {
        let name = path.display().to_string();
        let out = open(path, mode).map_err(|error| {
            Error::new(ErrorKind::Storage, format!("cannot open {name}")).with_source(error)
        })?;
        let mut target = Self::new(name, out);
        target.directory = path.parent().map(Path::to_owned);
        Ok(target)
    }

    fn new(name: String, out: Out) -> Self {
        Self {
            name,
            out,
            records: Records::default(),
            end: b"",
            directory: None,
            failed: false,
        }
    }

    /// Makes this the end of the output.
    pub(super) fn ending_with(mut self, end: &'static [u8]) -> Self {
        self.end = end;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The file, to look at what an earlier run left in it; none for a stream.
    pub(super) fn existing(&mut self) -> Option<&mut dyn Disk> {
        match &mut self.out {
            Out::File(file) => Some(file.disk()),
            Out::Stream(_) => None,
        }
    }

    /// Takes one record, in pieces: all of it will be written, or nothing.
    pub(super) fn write(&mut self, record: &[&[u8]]) -> Result<()> {
        self.not_failed()?;
        let length = record.iter().map(|piece| piece.len()).sum::<usize>();
        if self.records.len() + length > BUFFER {
            self.write_out()?;
        }
        self.records.push(record);
        if self.records.len() < BUFFER {
            return Ok(());
        }
        self.write_out()
    }

    /// Makes every record visible.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.write_out()?;
        let flushed = match &mut self.out {
            Out::File(_) => Ok(()),
            Out::Stream(stream) => stream.flush(),
        };
        self.noted(flushed)
    }

    /// Makes every record visible, and the end of the output too.
    pub(super) fn close(&mut self) -> Result<()> {
        if matches!(self.out, Out::Stream(_)) {
            let end = std::mem::take(&mut self.end);
            self.records.push(&[end]);
        }
        self.flush()
    }

    fn write_out(&mut self) -> Result<()> {
        self.not_failed()?;
        let written = match &mut self.out {
            _ if self.records.len() == 0 => Ok(()),
            Out::File(file) => file.append(&self.records, self.end),
            Out::Stream(stream) => stream.write_all(self.records.bytes()),
        };
        self.records.clear(BUFFER);
        self.noted(written)
    }

    fn not_failed(&self) -> Result<()> {
        if self.failed {
            let message = format!("cannot write {}: an earlier write failed", self.name);
            return Err(Error::new(ErrorKind::Storage, message));
        }
        Ok(())
    }

    /// Lets the next record be written over what the file has behind its first `length` bytes.
    pub(super) fn continue_at(&mut self, length: u64) -> Result<()> {
        let moved = match &mut self.out {
            Out::File(file) => file.continue_at(length),
            Out::Stream(_) => Ok(()),
        };
        moved.map_err(|error| self.unreadable(error))
    }

    /// Removes what the file has behind its first `length` bytes, and says so in the log.
    pub(super) fn cut(&mut self, length: u64, what: &str) -> Result<()> {
        let cut = match &mut self.out {
            Out::File(file) => file.cut(length),
            Out::Stream(_) => return Ok(()),
        };
        let bytes = self.noted(cut)?;
        tracing::warn!(file = self.name, bytes, "removed {what}");
        Ok(())
    }

    /// The result, as an error for an output that cannot be written any more.
    fn noted<T>(&mut self, result: io::Result<T>) -> Result<T> {
        result.map_err(|error| {
            self.failed = true;
            Error::new(ErrorKind::Storage, format!("cannot write {}", self.name)).with_source(error)
        })
    }

    /// The error for a file whose end an earlier run or another program left in a state that cannot be continued.
    pub(super) fn unfit(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::Storage,
            format!(
                "cannot append to {}: {why}; repair the file, or overwrite it with -O",
                self.name
            ),
        )
    }

    /// The error for a file that cannot be read before it is continued.
    pub(super) fn unreadable(&self, error: io::Error) -> Error {
        Error::new(
            ErrorKind::Storage,
            format!("cannot read {} to append to it", self.name),
        )
        .with_source(error)
    }
}

/// Writes the records still in the buffer of a sink that was not closed; after a failure the buffer is empty.
impl Drop for Target {
    fn drop(&mut self) {
        if !self.failed {
            // Nobody is left to hear of an error.
            let _ = self.flush();
        }
    }
}

fn open(path: &Path, mode: Mode) -> io::Result<Out> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    // Appending reads the end of the file first. What is not a regular file may not allow that, and has no end.
    let regular = fs::metadata(path).map_or(true, |existing| existing.is_file());
    let append = mode == Mode::Append;
    let mut file = OpenOptions::new()
        .read(append && regular)
        .write(true)
        .create(true)
        .truncate(!append && regular)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(Out::Stream(Box::new(file)));
    }
    let length = file.seek(SeekFrom::End(0))?;
    Ok(Out::File(WholeFile::new(file, length)))
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
