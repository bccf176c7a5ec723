//! Outbox: the items of a run in files on this machine, from which they go to the destinations.
//!
//! It is written like any other output: what is behind the last commit is cut off when a killed run goes on. A position is
//! the number of bytes since the run began. Each line is a JSON array: number of the item in the run, fingerprint of
//! the request, index of the item there, URL of the page, milliseconds since 1970, the item.
//!
//! Files ("segments") have about 16 MiB each and are named by the position at which they begin, so a position leads to its
//! file, and files that all destinations have had are removed.

mod read;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

pub(crate) use read::OutboxReader;

use super::sink::{Position, Record};
use crate::model::replace::{private, unusable};
use crate::page::error::{Error, ErrorKind, Result};

/// Size at which a file is full, in bytes.
const SEGMENT: u64 = 16 << 20;
/// Number of bytes that stay, after all destinations have had them, for one that goes back: a replica that took over.
const KEPT: u64 = 64 << 20;
/// Size of the buffer, in bytes.
const BUFFER: usize = 64 << 10;

/// The writing end of an outbox.
#[derive(Debug)]
pub(crate) struct Outbox {
    directory: PathBuf,
    /// The last file and the position at which it begins; `None` before the first item.
    last: Option<(u64, File)>,
    /// Lines that are not written yet.
    buffer: Vec<u8>,
    /// Position behind the lines that are written.
    written: u64,
}

impl Outbox {
    /// Opens the outbox in this directory, at a position that an earlier process committed: what is behind it goes.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the directory cannot be written, or the outbox ends before the position.
    pub(crate) fn open(directory: &Path, position: Position) -> Result<Self> {
        make_private(directory).map_err(|error| unusable("write", directory, error))?;
        let mut outbox = Self {
            directory: directory.to_owned(),
            last: None,
            buffer: Vec::with_capacity(BUFFER),
            written: position.get(),
        };
        outbox.cut()?;
        Ok(outbox)
    }

    /// Removes all that is behind the position.
    fn cut(&mut self) -> Result<()> {
        for start in segments(&self.directory)?.into_iter().rev() {
            let path = segment(&self.directory, start);
            if start > self.written {
                fs::remove_file(&path).map_err(|error| unusable("remove", &path, error))?;
                continue;
            }
            let failed = |error| unusable("write", &path, error);
            let file = private().append(true).open(&path).map_err(failed)?;
            let length = self.written - start;
            if file.metadata().map_err(failed)?.len() < length {
                return Err(lost(&self.directory, self.written));
            }
            file.set_len(length).map_err(failed)?;
            self.last = Some((start, file));
            return Ok(());
        }
        if self.written == 0 {
            return Ok(());
        }
        Err(lost(&self.directory, self.written))
    }

    /// Takes an item, by its number in the run; it may stay in the buffer for a while.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the file cannot be written.
    pub(crate) fn write(&mut self, number: u64, record: &Record, url: &Url) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_millis();
        let key = record.key();
        let (request, index) = key.map_or((0, 0), |key| (key.request().get(), key.index()));
        // The item is JSON already, and a URL as JSON has its quotes.
        let line = write!(self.buffer, "[{number},{request},{index},")
            .and_then(|()| Ok(serde_json::to_writer(&mut self.buffer, url.as_str())?))
            .and_then(|()| writeln!(self.buffer, ",{now},{}]", record.json()));
        line.map_err(|error| unusable("write", &self.directory, error))?;
        if self.buffer.len() < BUFFER {
            return Ok(());
        }
        self.flush()
    }

    /// Writes the buffer; what is written survives the end of the process.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the file cannot be written.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let (start, file) = match self.last.take() {
            Some((start, file)) if self.written - start < SEGMENT => (start, file),
            _ => (self.written, self.begin()?),
        };
        let (_, file) = self.last.insert((start, file));
        if let Err(error) = file.write_all(&self.buffer) {
            // Half a line would be the beginning of the next one.
            let _ = file.set_len(self.written - start);
            let path = segment(&self.directory, start);
            return Err(unusable("write", &path, error));
        }
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Returns the position behind the items that are written.
    pub(crate) fn position(&self) -> Position {
        Position::new(self.written)
    }

    /// Returns the directory of the outbox.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    fn begin(&self) -> Result<File> {
        let path = segment(&self.directory, self.written);
        let failed = |error| unusable("write", &path, error);
        private().create_new(true).open(&path).map_err(failed)
    }
}

/// Removes the files of an outbox that all destinations have had, and so much more that none can need them again.
///
/// # Errors
/// [`ErrorKind::Storage`] when a file cannot be removed.
pub(crate) fn remove_delivered(directory: &Path, position: Position) -> Result<()> {
    let starts = segments(directory)?;
    for (start, next) in starts.iter().zip(starts.iter().skip(1)) {
        if next + KEPT > position.get() {
            break;
        }
        let path = segment(directory, *start);
        fs::remove_file(&path).map_err(|error| unusable("remove", &path, error))?;
    }
    Ok(())
}

/// Removes all files of an outbox whose items are all delivered, up to this position; a later process can go on from there.
///
/// # Errors
/// [`ErrorKind::Storage`] when a file cannot be made or removed.
pub(crate) fn empty(directory: &Path, position: Position) -> Result<()> {
    let last = segment(directory, position.get());
    let made = private().open(&last);
    made.map_err(|error| unusable("write", &last, error))?;
    for start in segments(directory)? {
        if start < position.get() {
            let path = segment(directory, start);
            fs::remove_file(&path).map_err(|error| unusable("remove", &path, error))?;
        }
    }
    Ok(())
}

/// Returns the positions at which the files of an outbox begin, in order.
fn segments(directory: &Path) -> Result<Vec<u64>> {
    let failed = |error| unusable("read", directory, error);
    let mut starts = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        // Other names are other files: the positions of destinations.
        let start = name.to_str().filter(|name| name.len() == 20);
        starts.extend(start.and_then(|start| start.parse::<u64>().ok()));
    }
    starts.sort_unstable();
    Ok(starts)
}

fn segment(directory: &Path, start: u64) -> PathBuf {
    directory.join(format!("{start:020}"))
}

/// Makes a directory that nobody else can read: items may be secret.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true);
    builder.create(path)
}

fn lost(directory: &Path, position: u64) -> Error {
    let message = format!(
        "{} has lost items that are not delivered, at {position}; start over with --fresh",
        directory.display()
    );
    Error::new(ErrorKind::Storage, message)
}
