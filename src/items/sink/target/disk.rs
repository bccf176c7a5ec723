//! Operations that a sink needs on a regular file, as a trait, so that tests can simulate a full disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A regular file.
pub(in crate::items::sink) trait Disk:
    Read + Write + Seek + Send + 'static
{
    /// Cuts the file off behind its first `length` bytes.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Makes its content survive a power cut.
    fn sync_data(&self) -> io::Result<()>;
}

impl Disk for File {
    fn set_len(&self, length: u64) -> io::Result<()> {
        Self::set_len(self, length)
    }

    fn sync_data(&self) -> io::Result<()> {
        Self::sync_data(self)
    }
}

/// The last `bytes` of the first `length` bytes of a file, or all of these.
pub(in crate::items::sink) fn tail(
    file: &mut dyn Disk,
    length: u64,
    bytes: u64,
) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    let mut tail = Vec::new();
    file.take(bytes.min(length)).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Returns whether a line ends with the first `length` bytes of a file, or `length` is 0.
pub(in crate::items::sink) fn is_line_end(file: &mut dyn Disk, length: u64) -> io::Result<bool> {
    let last = tail(file, length, 1)?;
    Ok(last.is_empty() || last == b"\n")
}
