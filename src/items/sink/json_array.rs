//! Writer of one JSON array that is whole at every flush, so the output of a running crawl can be read already.

use std::io::{self, BufReader, Read, SeekFrom};
use std::path::Path;

use serde::de::IgnoredAny;

use super::target::{Disk, Target, tail};
use super::{FileFormat, Mode, Position, Record, Sink};
use crate::page::error::Result;

/// End of an array written by this sink. Its records have no line breaks, so no beginning of one ends like this.
const END: &[u8] = b"\n]\n";

/// Writes one JSON array, a record per line.
///
/// On a file, every write ends the array with the three bytes `\n]\n`, and the next record is written over them. A stream
/// cannot go back, so there the end comes with [`close`](Sink::close).
#[derive(Debug)]
pub struct JsonArray {
    target: Target,
    /// Bytes to write before the next record.
    before: &'static [u8],
}

/// Bytes before a record that is the first of all, of an array without elements, or none of these.
const OPENING: &[u8] = b"[\n";
const FIRST: &[u8] = b"\n";
const NEXT: &[u8] = b",\n";

/// Limit on the part of a file that is read in search of the start of its last record, in bytes: more than nearly any
/// record has.
const LONG_RECORD: u64 = 1024 * 1024;

/// Content of an existing file that is to be appended to.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    /// An array, with the length up to its last element or its opening bracket, and whether it has no elements.
    Array {
        length: u64,
        empty: bool,
    },
    NoArray,
}

impl JsonArray {
    /// Writes to standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::on(Target::stdout())
    }

    /// Writes to a file, which holds a valid array from now on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be opened, or is to be continued and holds
    /// something else than an array.
    pub fn file(path: impl AsRef<Path>, mode: Mode) -> Result<Self> {
        Self::continuing(Target::file(path.as_ref(), mode)?)
    }

    /// Writes the opening bracket, unless it is there.
    fn open(&mut self) -> Result<()> {
        if self.before == OPENING {
            self.target.write(&[b"["])?;
            self.before = FIRST;
        }
        Ok(())
    }
}

impl FileFormat for JsonArray {
    fn on(target: Target) -> Self {
        Self {
            target: target.ending_with(END),
            before: OPENING,
        }
    }

    fn continuing(target: Target) -> Result<Self> {
        let mut sink = Self::on(target);
        let Some(file) = sink.target.existing() else {
            return Ok(sink);
        };
        match examine(file).map_err(|error| sink.target.unreadable(error))? {
            Found::Nothing => sink.target.continue_at(0)?,
            Found::NoArray => return Err(sink.target.unfit("it is not one whole JSON array")),
            Found::Array { length, empty } => {
                sink.before = if empty { FIRST } else { NEXT };
                sink.target.continue_at(length)?;
            }
        }
        sink.open()?;
        sink.flush()?;
        Ok(sink)
    }

    /// The position is that of the last record, without the end of the array.
    fn length_at(position: Position) -> u64 {
        position.get() + END.len() as u64
    }
}

impl Sink for JsonArray {
    fn write(&mut self, record: &Record) -> Result<()> {
        let before = std::mem::replace(&mut self.before, NEXT);
        self.target.write(&[before, record.json().as_bytes()])
    }

    fn flush(&mut self) -> Result<()> {
        self.target.flush()
    }

    fn close(&mut self) -> Result<()> {
        self.open()?;
        self.target.close()
    }

    fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        Ok(self.target.commit(sync)?.map(Position::new))
    }

    fn resume(&mut self, position: Position) -> Result<()> {
        let length = position.get();
        let resumed = self.target.resume(length, |file| before_next(file, length));
        self.before = resumed?;
        Ok(())
    }
}

/// Returns the bytes to write before the next record, if the first `length` bytes are an array up to an element or its
/// opening bracket.
fn before_next(file: &mut dyn Disk, length: u64) -> io::Result<Option<&'static [u8]>> {
    let first = tail(file, length.min(1), 1)?;
    if first == b"[" && is_behind_record(&tail(file, length, LONG_RECORD)?) {
        return Ok(Some(NEXT));
    }
    // Rare: the first or a very long record, or an array of somebody else's. Then all of it is read.
    file.rewind()?;
    let array = BufReader::new(file.take(length)).chain(&b"]"[..]);
    match serde_json::from_reader::<_, Vec<IgnoredAny>>(array) {
        Ok(elements) if elements.is_empty() => Ok(Some(FIRST)),
        Ok(_) => Ok(Some(NEXT)),
        Err(error) if error.is_io() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Returns whether this ends with a record of this sink after another one: on a line of its own, without indentation.
fn is_behind_record(tail: &[u8]) -> bool {
    let mut lines = tail.rsplitn(2, |&byte| byte == b'\n');
    let (line, others) = (lines.next(), lines.next());
    let is_record = |line: &[u8]| {
        line.trim_ascii_start() == line && serde_json::from_slice::<IgnoredAny>(line).is_ok()
    };
    others.is_some_and(|others| others.ends_with(b",")) && line.is_some_and(is_record)
}

/// Examines the content of the file.
fn examine(file: &mut dyn Disk) -> io::Result<Found> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(Found::Nothing);
    }
    let mut first = [0];
    file.rewind()?;
    file.read_exact(&mut first)?;
    let last = tail(file, length, 4)?;
    match last.strip_suffix(END) {
        Some(b"[") if length == 4 => Ok(Found::Array {
            length: 1,
            empty: true,
        }),
        Some([before]) if first == *b"[" && !before.is_ascii_whitespace() => Ok(Found::Array {
            length: length.saturating_sub(END.len() as u64),
            empty: false,
        }),
        _ => foreign(file, length),
    }
}

/// Reads the whole file, since nobody promised how an array of somebody else's looks at its end.
fn foreign(file: &mut dyn Disk, length: u64) -> io::Result<Found> {
    file.rewind()?;
    let elements: Option<Vec<IgnoredAny>> =
        serde_json::from_reader(BufReader::new(&mut *file)).ok();
    let tail = tail(file, length, 4096)?;
    let trimmed = tail.trim_ascii_end();
    match (elements, trimmed.strip_suffix(b"]")) {
        (Some(elements), Some(before)) if !before.trim_ascii_end().is_empty() => {
            let end = (tail.len() - before.trim_ascii_end().len()) as u64;
            Ok(Found::Array {
                length: length.saturating_sub(end),
                empty: elements.is_empty(),
            })
        }
        _ if length == tail.len() as u64 && trimmed.is_empty() => Ok(Found::Nothing),
        _ => Ok(Found::NoArray),
    }
}

#[cfg(test)]
mod tests;
