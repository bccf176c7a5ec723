//! Lock of a job's directory: one process crawls the job, and while none does, others may look at it.
//!
//! The lock is one of the system on an open file (`flock`), so the lock of a process that was killed is free again. The
//! process id in the file is for people; nothing is decided by it.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::LOCK;
use crate::model::replace::private;
use crate::page::error::{Error, ErrorKind};

/// Number of times that the lock is tried while others only look, and the pause between two tries: ten seconds in all.
const TRIES: u32 = 2_000;
const PAUSE: Duration = Duration::from_millis(5);
/// Number of times that a lock which this process holds itself is tried: half a second in all.
const OWN_TRIES: u32 = 100;

/// Exclusive lock: the right to crawl, as long as this lives.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is kept open, not used")] File);

/// Shared lock that keeps a crawl from beginning, as long as this lives; the crawl waits that long.
#[derive(Debug)]
pub(super) struct Glance(#[expect(dead_code, reason = "it is kept open, not used")] File);

/// Process that crawls a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Id of the process; `None` when the file does not say.
    pub(crate) process: Option<u32>,
}

impl Lock {
    /// Takes the lock of this directory, which is made if need be. Does not wait for a process that crawls it already.
    pub(super) fn take(directory: &Path) -> io::Result<Result<Self, Holder>> {
        loop {
            make(directory)?;
            let path = directory.join(LOCK);
            let file = private().read(true).open(&path)?;
            if let Some(taken) = Self::of(file, &path)? {
                return Ok(taken);
            }
        }
    }

    /// Locks this file. Returns `None` when the path leads to another file by then, because the holder of the lock has
    /// removed the directory.
    fn of(mut file: File, path: &Path) -> io::Result<Option<Result<Self, Holder>>> {
        let mut tries = 0;
        while !is_free(&file, || std::thread::sleep(PAUSE))? {
            file.rewind()?;
            let holder = Holder::named_in(&mut file);
            tries += 1;
            // A crawl of this process may have ended just now, and a program that another thread starts at this moment
            // still has a copy of its lock.
            if holder.process != Some(std::process::id()) || tries > OWN_TRIES {
                return Ok(Some(Err(holder)));
            }
            std::thread::sleep(PAUSE);
        }
        if !is_at(&file, path) {
            return Ok(None);
        }
        sign(&mut file)?;
        Ok(Some(Ok(Self(file))))
    }
}

impl Glance {
    /// Keeps crawls away from this directory, unless one is going on; `None` when the directory was never locked.
    pub(super) fn take(directory: &Path) -> io::Result<Result<Option<Self>, Holder>> {
        let mut file = match File::open(directory.join(LOCK)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(None)),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Ok(Some(Self(file)))),
            Err(TryLockError::WouldBlock) => Ok(Err(Holder::named_in(&mut file))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Holder {
    fn named_in(file: &mut File) -> Self {
        let mut text = String::new();
        // Where a lock keeps others from reading too, the process has no name.
        let _ = file.read_to_string(&mut text);
        Self {
            process: text.trim().parse().ok(),
        }
    }

    /// Returns the error for a run whose job is being crawled already.
    pub(crate) fn refuses(self, directory: &Path) -> Error {
        let message = format!(
            "job {} is already being crawled by {self}",
            directory.display()
        );
        Error::new(ErrorKind::Locked, message)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(f, "process {process}"),
            None => f.write_str("another process"),
        }
    }
}

/// Makes the directory, and those on the way to it, so that nobody else can read them.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Locks the file, and returns whether that worked. Waits for processes that only look: their locks are shared, while a
/// process that crawls shares nothing.
fn is_free(file: &File, mut pause: impl FnMut()) -> io::Result<bool> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        match file.try_lock_shared() {
            Ok(()) => file.unlock()?,
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        pause();
    }
    Ok(false)
}

/// Writes the id of this process over that of an earlier one; the file is never empty on the way.
fn sign(file: &mut File) -> io::Result<()> {
    let text = format!("{}\n", std::process::id());
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)
}

/// Returns whether the path still leads to this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(file), Ok(found)) => place(file) == place(found),
        _ => false,
    }
}

/// Returns whether the path exists: an open file keeps its place on this system.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests;
