//! The memory of a recrawl: every page of a job, as it last was, and as it was in the run before.
//!
//! A page is asked for with what is known of it, so that an unchanged one costs no body (304). Its file says which run
//! wrote it and what the last run that had ended knew: so a page that is fetched again after a crash, or by a run that
//! starts over, is still compared with that run.

mod layer;
mod runs;
mod survey;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::Store;
use super::stored::Head;
use crate::fetch::downloader::{Defaults, ErasedDownloader};
use crate::model::settings::Settings;
use crate::page::error::Result;
use crate::page::response::Recrawled;
use crate::page::time::rfc3339;
use layer::PageLayer;
use runs::Runs;

/// Data that a recrawl keeps about a page beside the page itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// The number of the run that wrote this.
    run: u64,
    /// Outcome of the page in that run.
    met: Met,
    /// The page in the last run that had ended by then.
    before: Option<Before>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Met {
    Fetched,
    /// 404 or 410; the file holds what was there.
    Gone,
    /// The page failed; the file holds the state before.
    Failed,
}

/// A page as an earlier run left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Before {
    sha256: String,
    #[serde(with = "rfc3339")]
    time: SystemTime,
}

/// The pages of a job that is being recrawled. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    store: Store,
    directory: Arc<Path>,
    runs: Arc<Runs>,
    feed: Option<PathBuf>,
    /// Pages failed that do not count as failed, because the spider takes any status.
    has_failures: Arc<AtomicBool>,
}

impl Pages {
    /// Opens the pages in this directory for the run that began then. `is_resumed`: an earlier process has crawled a part
    /// of it.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the directory cannot be made or written,
    /// [`ErrorKind::File`](crate::ErrorKind::File) when it cannot be read.
    pub(crate) fn open(
        directory: &Path,
        began: Timestamp,
        is_resumed: bool,
        settings: &Settings,
    ) -> Result<Self> {
        let store = Store::open(directory, settings.disk.sync)?;
        Ok(Self {
            store,
            runs: Arc::new(Runs::open(directory, began, is_resumed)?),
            directory: directory.into(),
            feed: settings.disk.recrawl_feed.clone(),
            has_failures: Arc::default(),
        })
    }

    /// The downloader with these pages around it.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for a bad header.
    pub(crate) fn around(
        &self,
        inner: Box<dyn ErasedDownloader>,
        settings: &Settings,
    ) -> Result<Box<dyn ErasedDownloader>> {
        Ok(Box::new(PageLayer {
            pages: self.clone(),
            defaults: Defaults::new(settings)?,
            inner,
        }))
    }

    /// The page in the last run that had ended before this one; none when that run did not have it.
    fn before(&self, head: &Head) -> Option<Before> {
        let page = head.page.as_ref()?;
        let was_missed = self
            .runs
            .last_complete()
            .is_some_and(|last| page.run < last);
        match page.met {
            _ if was_missed => None,
            // This run, or one that was given up.
            _ if !self.runs.has_ended(page.run) => page.before.clone(),
            Met::Gone => None,
            Met::Fetched | Met::Failed => Some(Before {
                sha256: head.sha256.clone(),
                time: head.received,
            }),
        }
    }

    fn page(&self, met: Met, before: Option<Before>) -> Page {
        Page {
            run: self.runs.number(),
            met,
            before,
        }
    }
}

/// Compares a page with the run before.
fn compare(head: &Head, before: Option<&Before>) -> Recrawled {
    match before {
        None => Recrawled::New,
        Some(before) if before.sha256 == head.sha256 => Recrawled::Unchanged,
        Some(_) => Recrawled::Changed,
    }
}
