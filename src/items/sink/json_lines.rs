//! Writer of one JSON text per line: the format that survives any failure, because a line is complete or missing.

use std::io::{self, BufRead, BufReader, SeekFrom};
use std::path::Path;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::target::{Disk, Target, is_line_end};
use super::{FileFormat, Mode, Position, Record, Sink};
use crate::page::error::Result;

/// Writes [JSON lines](https://jsonlines.org).
///
/// Lines go to the file in one piece. What a full disk, a crash of the machine or another program made of the last one
/// is seen to when a file is appended to: one that only lacks its line break gets it; the beginning of a record is
/// removed, with a warning in the log; anything else is refused.
#[derive(Debug)]
pub struct JsonLines {
    target: Target,
}

/// A last line that no line break ends.
#[derive(Debug, PartialEq, Eq)]
enum Unended {
    /// A whole record.
    Whole,
    /// The beginning of one, at this position.
    Torn { start: u64, number: u64 },
    /// Neither, or either of them.
    Unclear { number: u64 },
}

impl JsonLines {
    /// Writes to standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::on(Target::stdout())
    }

    /// Writes to a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be opened, or is to be continued and ends
    /// with something that is no record.
    pub fn file(path: impl AsRef<Path>, mode: Mode) -> Result<Self> {
        Self::continuing(Target::file(path.as_ref(), mode)?)
    }

    /// Opens a file where an earlier process committed it, and cuts off what is behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when it cannot be opened, or no record ends there.
    pub(crate) fn reopen(path: &Path, position: Position) -> Result<Self> {
        let mut sink = Self::on(Target::reopen(path, position)?);
        sink.resume(position)?;
        Ok(sink)
    }
}

impl FileFormat for JsonLines {
    fn on(target: Target) -> Self {
        Self { target }
    }

    fn continuing(mut target: Target) -> Result<Self> {
        let unended = target.existing().map_or(Ok(None), unended_line);
        match unended.map_err(|error| target.unreadable(error))? {
            None => {}
            Some(Unended::Whole) => target.write(&[b"\n"])?,
            Some(Unended::Torn { start, number }) => {
                target.cut(
                    start,
                    &format!("line {number}, which an earlier run left unfinished"),
                )?;
            }
            Some(Unended::Unclear { number }) => {
                return Err(target.unfit(&format!("line {number} is not a whole record")));
            }
        }
        Ok(Self::on(target))
    }
}

impl Sink for JsonLines {
    fn write(&mut self, record: &Record) -> Result<()> {
        self.target.write(&[record.json().as_bytes(), b"\n"])
    }

    fn flush(&mut self) -> Result<()> {
        self.target.flush()
    }

    fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        Ok(self.target.commit(sync)?.map(Position::new))
    }

    fn resume(&mut self, position: Position) -> Result<()> {
        let length = position.get();
        self.target
            .resume(length, |file| Ok(is_line_end(file, length)?.then_some(())))
    }
}

/// The last line, if no line break ends it.
fn unended_line(file: &mut dyn Disk) -> io::Result<Option<Unended>> {
    let length = file.seek(SeekFrom::End(0))?;
    if is_line_end(file, length)? {
        return Ok(None);
    }
    file.rewind()?;
    let (mut start, mut number, mut line) = (0, 0, Vec::new());
    let mut reader = BufReader::new(file);
    while !reader.fill_buf()?.is_empty() {
        start += line.len() as u64;
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        number += 1;
    }
    Ok(Some(match &*line {
        line if is_whole(line) => Unended::Whole,
        line if is_torn(line) => Unended::Torn { start, number },
        _ => Unended::Unclear { number },
    }))
}

/// Returns whether this is a JSON text that cannot be the beginning of a longer one, as the number 12 can of 123.
fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<Value>(line).is_ok_and(|value| !value.is_number())
}

/// Returns whether this is no JSON text, but more bytes could make it one.
fn is_torn(line: &[u8]) -> bool {
    let ends_early =
        |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof());
    // To the parser a number without its digits, such as `-` or `1e`, is an error rather than an early end.
    ends_early(line) || ends_early(&[line, b"1"].concat())
}

#[cfg(test)]
mod tests;
