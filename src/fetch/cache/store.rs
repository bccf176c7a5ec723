//! A directory of stored responses, which any number of processes may use at a time.
//!
//! A file is written beside its place and then renamed, so a reader finds all of it or none. What is damaged is removed
//! and counts as none. All work on files is done beside the async workers.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::task::spawn_blocking;

use super::key::Key;
use super::stored::{Head, Stored};
use crate::page::error::{Error, ErrorKind, Result};

/// Suffix of the name of a file that is being written.
const UNFINISHED: &str = ".new";

/// See the [module](self). Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    directory: Arc<Path>,
    /// `true` if a file is synced to the disk before it is moved to its place.
    sync: bool,
    /// `true` if nothing can be written any more, which was reported.
    is_broken: Arc<AtomicBool>,
}

/// A file of the directory.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Size of the whole file, in bytes.
    pub(crate) size: u64,
    /// Head of the stored response; `None` when the file is damaged.
    pub(crate) head: Option<Head>,
}

impl Store {
    /// Opens the directory, and makes it if need be, for nobody else to read.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be made.
    pub(crate) fn open(directory: &Path, sync: bool) -> Result<Self> {
        make(directory).map_err(|error| {
            let message = format!("cannot keep responses in {}", directory.display());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })?;
        Ok(Self::at(directory, sync))
    }

    /// The directory as it is, which may be none.
    pub(crate) fn at(directory: &Path, sync: bool) -> Self {
        Self {
            directory: directory.into(),
            sync,
            is_broken: Arc::default(),
        }
    }

    /// Returns whether something could not be written.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Reads the response that is stored under this key.
    pub(crate) async fn read(&self, key: Key) -> Option<Stored> {
        let path = key.path(&self.directory);
        spawn_blocking(move || read(&path)).await.ok().flatten()
    }

    /// Stores this; answers whether that was possible. The first failure is told, and nothing is stored after it.
    pub(crate) async fn write(&self, key: Key, stored: Stored) -> bool {
        if self.is_broken() {
            return false;
        }
        let (path, sync) = (key.path(&self.directory), self.sync);
        let written = spawn_blocking(move || write(&path, &stored, sync)).await;
        match written.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(()) => true,
            Err(error) => {
                if !self.is_broken.swap(true, Ordering::Relaxed) {
                    let directory = self.directory.display();
                    tracing::warn!(%directory, %error, "cannot store responses: the crawl goes on without");
                }
                false
            }
        }
    }

    /// Forgets what is stored under this key.
    pub(crate) async fn remove(&self, key: Key) {
        let path = key.path(&self.directory);
        // What cannot be removed could not be written either, which is told.
        let _ = spawn_blocking(move || fs::remove_file(path)).await;
    }

    /// Reads the response that is stored under this key, and returns it with the path of its file. Blocks.
    pub(crate) fn find(&self, key: Key) -> Option<(PathBuf, Stored)> {
        let path = key.path(&self.directory);
        read(&path).map(|stored| (path, stored))
    }

    /// Returns all files in order of their names, without those that are being written. Blocks; a file that disappears
    /// meanwhile is left out.
    ///
    /// # Errors
    /// An error if the directory exists but cannot be read.
    pub(crate) fn walk(&self) -> io::Result<impl Iterator<Item = Found>> {
        let files = self.files()?.into_iter().flatten();
        let finished = files.filter(|path| !is_unfinished(path));
        Ok(finished.filter_map(|path| {
            let file = File::open(&path).ok()?;
            let size = file.metadata().ok()?.len();
            let head = Head::read(file);
            Some(Found { path, size, head })
        }))
    }

    /// Returns the unfinished files that killed processes left while writing. Blocks.
    ///
    /// # Errors
    /// An error if the directory exists but cannot be read.
    pub(crate) fn unfinished(&self) -> io::Result<impl Iterator<Item = PathBuf>> {
        let files = self.files()?.into_iter().flatten();
        Ok(files.filter(|path| is_unfinished(path)))
    }

    /// The files of each directory of two letters; other directories are none of ours.
    fn files(&self) -> io::Result<Vec<impl Iterator<Item = PathBuf>>> {
        let is_shard = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.len() == 2 && name.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let shards = sorted(&self.directory)?
            .into_iter()
            .filter(|path| is_shard(path));
        // Read one by one: there may be millions of files.
        Ok(shards.map(|shard| Shard::Closed(shard).flatten()).collect())
    }
}

/// A directory of two letters, which is read when its turn comes.
enum Shard {
    Closed(PathBuf),
    Open(std::vec::IntoIter<PathBuf>),
}

impl Shard {
    fn flatten(mut self) -> impl Iterator<Item = PathBuf> {
        std::iter::from_fn(move || {
            if let Self::Closed(directory) = &self {
                self = Self::Open(sorted(directory).unwrap_or_default().into_iter());
            }
            match &mut self {
                Self::Open(files) => files.next(),
                Self::Closed(_) => None,
            }
        })
    }
}

fn sorted(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    Ok(paths)
}

fn is_unfinished(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(UNFINISHED))
}

fn read(path: &Path) -> Option<Stored> {
    let stored = Stored::decode(fs::read(path).ok()?);
    if stored.is_none() {
        tracing::debug!(file = %path.display(), "a damaged file of the cache was removed");
        let _ = fs::remove_file(path);
    }
    stored
}

fn write(path: &Path, stored: &Stored, sync: bool) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let new = path.with_extension(format!("{}-{number}{UNFINISHED}", std::process::id()));
    let written = fill(&new, stored, sync).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // It may be what filled the disk.
        let _ = fs::remove_file(&new);
    }
    written
}

fn fill(path: &Path, stored: &Stored, sync: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), make)?;
            options.open(path)?
        }
        file => file?,
    };
    file.write_all(&stored.encode_head())?;
    file.write_all(&stored.body)?;
    if sync { file.sync_all() } else { Ok(()) }
}

fn make(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
