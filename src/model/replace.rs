//! Atomic replacement of small files: a reader finds the old content or the new one, never a mixture.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::page::error::{Error, ErrorKind, Result};

/// Replaces the content of a file of the job, and syncs it to the disk.
///
/// # Errors
/// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be written; then its content is unchanged.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    replace_private(path, content).map_err(|error| unusable("write", path, error))
}

/// Replaces the content of a file that does not belong to the job, and syncs it to the disk.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = unfinished(path);
    let replaced = write(&new, content).and_then(|()| fs::rename(&new, path));
    if replaced.is_err() {
        // It may be what filled the disk. The error of the write says more than one of this.
        let _ = fs::remove_file(&new);
    }
    replaced.and_then(|()| sync_directory(path))
}

/// Returns the path of the temporary file that holds the new content until it is complete.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private().truncate(true).open(path)?;
    file.write_all(content)?;
    // Before the rename: some file systems would otherwise put the name on the disk before the content.
    file.sync_all()
}

/// Options to open a file of the job for writing: created if missing, readable for its owner only.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Syncs the directory of a file to the disk: a rename survives a power cut only then.
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        // A name alone is one in the current directory.
        Some(directory) if cfg!(unix) && directory.as_os_str().is_empty() => {
            File::open(".")?.sync_all()
        }
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}

/// Cause of an error about the directory of a job, whatever the system reported. The job can be kept in another directory,
/// and whoever reports the error may suggest that.
#[derive(Debug)]
pub(crate) struct Unusable(io::Error);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Returns the error for a file of the job that the system refuses: `cannot write .crawl/quotes/run.json`.
pub(crate) fn unusable(what: &str, path: &Path, error: io::Error) -> Error {
    let message = format!("cannot {what} {}", path.display());
    Error::new(ErrorKind::Storage, message).with_source(Unusable(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scratch::Scratch;

    #[test]
    fn the_new_content_takes_the_place_of_the_old() {
        let scratch = Scratch::new();
        let path = scratch.path("a.json");
        replace(&path, b"a longer text").unwrap();
        replace(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert!(!unfinished(&path).exists());
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        let path = scratch.path("a.json");
        replace(&path, b"x").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_named_and_leaves_nothing_behind() {
        let scratch = Scratch::new();
        let path = scratch.path("a.json");
        fs::create_dir(&path).unwrap();
        let error = replace(&path, b"x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.to_string().ends_with("a.json"), "{error}");
        assert!(!unfinished(&path).exists());
    }
}
