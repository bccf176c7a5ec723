//! What a sink needs of a regular file, so that tests can fill up a disk.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

/// A regular file.
pub(in crate::sink) trait Disk: Read + Write + Seek + Send + 'static {
    /// Cuts the file off behind its first `length` bytes.
    fn set_len(&self, length: u64) -> io::Result<()>;
}

impl Disk for File {
    fn set_len(&self, length: u64) -> io::Result<()> {
        Self::set_len(self, length)
    }
}
