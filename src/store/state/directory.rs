//! The locked directory of a job, and operations on the directory as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::lock::{Glance, Holder};
use super::{DISCARDED, FRONTIER, HISTORY, OUTBOX, PAGES, PARSING, REPORT, RunFile, STREAMED};
use crate::items::destination::refused_files;
use crate::model::replace::replace;
use crate::model::replace::unusable;
use crate::model::report::Report;
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::dead_letter::DEAD_LETTERS;

/// Locked directory of a job, which no other process crawls as long as this lives.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    lock: Lock,
}

/// Result of a look at a directory: the process that crawls it, or `None`; then no crawl begins before this is dropped.
#[derive(Debug)]
pub(crate) struct Peek {
    pub(crate) holder: Option<Holder>,
    #[expect(dead_code, reason = "it is held, not used")]
    glance: Option<Glance>,
}

impl Directory {
    /// Makes the directory if need be, and locks it.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] when another process crawls the job, [`ErrorKind::Storage`] when the directory cannot be
    /// made or written.
    pub(crate) fn lock(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        match Lock::take(&path) {
            Ok(Ok(lock)) => Ok(Self { path, lock }),
            Ok(Err(holder)) => Err(holder.refuses(&path)),
            Err(error) => Err(unusable("keep the job in", &path, error)),
        }
    }

    /// Looks at the directory of a job, or at where one would be, without changing anything.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the directory cannot be read.
    pub(crate) fn peek(path: &Path) -> Result<Peek> {
        let (holder, glance) = match Glance::take(path) {
            Ok(Ok(glance)) => (None, glance),
            Ok(Err(holder)) => (Some(holder), None),
            Err(error) => return Err(unusable("keep the job in", path, error)),
        };
        Ok(Peek { holder, glance })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path at which a recrawl keeps pages.
    pub(crate) fn pages(&self) -> PathBuf {
        self.path.join(PAGES)
    }

    /// Returns the path of the file that notes what the reader of a stream has had.
    pub(crate) fn streamed(&self) -> PathBuf {
        self.path.join(STREAMED)
    }

    /// Returns the path of the outbox.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.path.join(OUTBOX)
    }

    /// Returns the path of the file that notes which pages are being parsed.
    pub(crate) fn parsing(&self) -> PathBuf {
        self.path.join(PARSING)
    }

    /// Checks that a directory without a run has nothing in it with a name that a job gives: nobody knows whose it is.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when there is something with such a name.
    pub(crate) fn check_is_free(&self) -> Result<()> {
        let names = [
            FRONTIER,
            DEAD_LETTERS,
            OUTBOX,
            PARSING,
            STREAMED,
            REPORT,
            HISTORY,
            PAGES,
        ];
        let names = names.map(str::to_owned).into_iter().chain(refused_files());
        match { names }.find(|name| self.path.join(name).exists()) {
            Some(name) => Err(Error::new(
                ErrorKind::Storage,
                format!(
                    "{}/ holds no job, and its {name} is not to be lost; remove the directory to start over, or use another",
                    self.path.display()
                ),
            )),
            None => Ok(()),
        }
    }

    /// Starts over with this run, whose state is [`State::New`](super::State::New). The run is written first, so that
    /// the next start clears what a kill leaves behind. Reports, history and the pages of recrawls stay.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when something can be neither written nor removed.
    pub(crate) fn clear(&self, run: &RunFile) -> Result<()> {
        debug_assert_eq!(run.state, super::State::New);
        run.write(self)?;
        self.remove([FRONTIER, DISCARDED, DEAD_LETTERS, OUTBOX, PARSING, STREAMED])?;
        self.remove(refused_files())
    }

    /// Removes what only a run needs that goes on. The store goes under another name first: half of it would be a damaged
    /// one.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when something cannot be removed; then the store is whole, or no longer under its name.
    pub(crate) fn discard_progress(&self) -> Result<()> {
        let (store, discarded) = (self.path.join(FRONTIER), self.path.join(DISCARDED));
        fs::rename(&store, discarded).map_err(|error| unusable("remove", &store, error))?;
        self.remove([DISCARDED, OUTBOX, PARSING, STREAMED])
    }

    /// Saves the report, in the place of the one before.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the report cannot be written.
    pub(crate) fn save_report(&self, report: &Report) -> Result<()> {
        let path = self.path.join(REPORT);
        let mut json = serde_json::to_vec_pretty(report)
            .map_err(|error| unusable("write", &path, error.into()))?;
        json.push(b'\n');
        replace(&path, &json)
    }

    /// Returns the report of the last run that had one in this directory; `None` when there is none.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when the report cannot be read.
    pub(super) fn report_in(directory: &Path) -> Result<Option<Report>> {
        let path = directory.join(REPORT);
        let Some(json) = read(&path)? else {
            return Ok(None);
        };
        serde_json::from_slice(&json).map(Some).map_err(|error| {
            let message = format!("cannot read {}", path.display());
            Error::new(ErrorKind::File, message).with_source(error)
        })
    }

    fn remove(&self, names: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        names.into_iter().try_for_each(|name| {
            let path = self.path.join(name);
            remove(&path).map_err(|error| unusable("remove", &path, error))
        })
    }

    /// Removes the job. Returns `false` when the directory stays, because something in it is none of a job's files.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when something cannot be removed.
    pub(crate) fn destroy(self) -> Result<bool> {
        use super::{LOCK, RUN, State};
        use crate::model::replace::unfinished;

        // A run that says so cannot be continued, should this be cut short. One that cannot be read goes as it is.
        if let Ok(Some(mut run)) = RunFile::read(&self.path) {
            run.state = State::New;
            self.clear(&run)?;
        }
        self.remove([
            FRONTIER,
            DISCARDED,
            DEAD_LETTERS,
            OUTBOX,
            PARSING,
            REPORT,
            HISTORY,
            PAGES,
        ])?;
        self.remove(refused_files())?;
        for name in [STREAMED, REPORT, HISTORY, RUN] {
            let path = unfinished(&self.path.join(name));
            remove(&path).map_err(|error| unusable("remove", &path, error))?;
        }
        self.remove([RUN, LOCK])?;
        let Self { path, lock } = self;
        drop(lock);
        match fs::remove_dir(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
            Err(error) => Err(unusable("remove", &path, error)),
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Returns the content of a file of the job; `None` when there is no such file.
///
/// # Errors
/// [`ErrorKind::File`] when the file cannot be read.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("cannot read {}", path.display());
            Err(Error::new(ErrorKind::File, message).with_source(error))
        }
    }
}

#[cfg(test)]
mod tests;
