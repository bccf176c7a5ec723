//! Inspection of an existing CSV file before appending: its header, and whether its last row is whole.

use std::io::{self, BufReader, Read, SeekFrom};

use crate::items::sink::target::Disk;

/// A file with something in it.
#[derive(Debug)]
pub(super) struct Existing {
    /// The names of the columns.
    pub(super) header: Vec<String>,
    /// `true` if the file ends within a row.
    pub(super) is_cut: bool,
    /// Number of lines, including one that is not ended.
    pub(super) lines: u64,
}

/// Reads the whole file once; none if it is empty.
pub(super) fn examine(file: &mut dyn Disk) -> io::Result<Option<Existing>> {
    let length = file.seek(SeekFrom::End(0))?;
    examine_first(file, length)
}

/// Reads the first `length` bytes of the file; none if that is 0.
pub(super) fn examine_first(file: &mut dyn Disk, length: u64) -> io::Result<Option<Existing>> {
    if length == 0 {
        return Ok(None);
    }
    file.rewind()?;
    let (is_cut, lines) = end(file.take(length))?;
    file.rewind()?;
    Ok(Some(Existing {
        header: header(file.take(length))?,
        is_cut,
        lines,
    }))
}

/// The names of the columns, from the start of a file.
fn header(file: impl Read) -> io::Result<Vec<String>> {
    let mut reader = csv::Reader::from_reader(BufReader::new(file));
    let names = reader.headers().map_err(io::Error::from)?.iter();
    let names = names.map(|name| name.trim_start_matches('\u{feff}').to_owned());
    Ok(names.collect())
}

/// Returns whether the file ends within a row, and the number of its lines. Every row that this sink writes ends with a
/// line break, and quotes come in pairs: an odd one at the end means that the last line break is part of a cell.
fn end(mut file: impl Read) -> io::Result<(bool, u64)> {
    let (mut quotes, mut breaks, mut last) = (0_u64, 0_u64, b'\n');
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = buffer.get(..length).unwrap_or_default();
        quotes += count(read, b'"');
        breaks += count(read, b'\n');
        last = read.last().copied().unwrap_or(last);
    }
    let unended = last != b'\n';
    Ok((unended || quotes % 2 == 1, breaks + u64::from(unended)))
}

fn count(bytes: &[u8], wanted: u8) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == wanted)).sum()
}
