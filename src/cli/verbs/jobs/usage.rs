//! Disk usage of a directory.

use std::fs::{self, Metadata};
use std::path::Path;

/// Adds up the files of a directory and of those in it, in bytes. What goes away in the meantime, or cannot be looked at,
/// counts nothing.
pub(super) fn size_of(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let size_of_entry = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => size(&metadata),
        Err(_) => 0,
    };
    entries.map(size_of_entry).sum()
}

/// Returns the blocks that a file has: one that has room for more, or holes, is not as large as it is long.
#[cfg(unix)]
fn size(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn size(metadata: &Metadata) -> u64 {
    metadata.len()
}
