//! The parts of a crawl that differ between a crawl in memory and a durable job.

use std::collections::VecDeque;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::engine::{Commits, Place, WriterCommits};
use crate::fetch::cache::pages::Pages;
use crate::fetch::middleware::Cookies;
use crate::items::output::AnyDestination;
use crate::items::sink::{AnySink, OutputFile, Position};
use crate::model::settings::{RecrawlItems, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::FingerprintKey;
use crate::queue::Queue;
use crate::store::checkpoint::Committed;
use crate::store::state::store::store_in;
use crate::store::state::{Directory, OpenJob};
use crate::store::thread::StoreThread;

/// Parts of a crawl that depend on whether it is a durable job.
pub(super) struct Setup {
    pub(super) key: FingerprintKey,
    pub(super) queue: Queue,
    pub(super) commits: Option<Commits>,
    /// The item writer's side of the commits; `None` in a crawl in memory.
    pub(super) line_commits: Option<WriterCommits>,
    /// Committed state that the crawl resumes from; `None` when it starts anew.
    pub(super) committed: Option<Committed>,
    /// Output files, under their full names.
    pub(super) outputs: Vec<OutputFile>,
    pub(super) destinations: Vec<AnyDestination>,
    /// Outbox of the destinations.
    pub(super) place: Place,
    /// Directory of the job, held open by everything that writes for the job; `None` in a crawl in memory.
    pub(super) directory: Option<Arc<Directory>>,
    /// Pages that a recrawl compares with; `None` when the crawl is no recrawl.
    pub(super) pages: Option<Pages>,
}

/// # Errors
/// [`ErrorKind::Settings`] for a choice of pages in a crawl that does not compare them.
pub(super) fn check_recrawl(settings: &Settings) -> Result<()> {
    if settings.disk.recrawl || settings.disk.recrawl_items == RecrawlItems::All {
        return Ok(());
    }
    let message = "the setting \"recrawl_items\" needs `recrawl=true`: other crawls do not know which pages have changed";
    Err(Error::new(ErrorKind::Settings, message))
}

impl Setup {
    /// # Errors
    /// [`ErrorKind::Settings`] for a recrawl, which needs a job to compare with.
    pub(super) fn memory(
        settings: &Settings,
        outputs: Vec<OutputFile>,
        destinations: Vec<AnyDestination>,
    ) -> Result<Self> {
        if settings.disk.recrawl {
            let message = "the setting \"recrawl\" needs a durable job, which keeps the pages from run to run";
            return Err(Error::new(ErrorKind::Settings, message));
        }
        let key = FingerprintKey::random();
        Ok(Self {
            key,
            queue: Queue::in_memory(settings),
            commits: None,
            line_commits: None,
            committed: None,
            outputs,
            destinations,
            place: Place::temporary(&run_id(key)),
            directory: None,
            pages: None,
        })
    }

    /// Returns the cookies that the crawl begins with; `None` when the setting `cookies` is off.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when the setting `cookie_file` names a file that cannot be read; [`ErrorKind::Settings`]
    /// when `cookie_file` or `save_cookies` is set and `cookies` is off.
    pub(super) fn cookies(&self, settings: &Settings) -> Result<Option<Cookies>> {
        if !settings.requests.cookies {
            let (read, write) = (
                &settings.requests.cookie_file,
                &settings.requests.save_cookies,
            );
            return match read.as_ref().or(write.as_ref()) {
                Some(_) => Err(Error::new(
                    ErrorKind::Settings,
                    "the settings \"cookie_file\" and \"save_cookies\" need `cookies=true`",
                )),
                None => Ok(None),
            };
        }
        let cookies = match self.commits {
            Some(_) => Cookies::kept(),
            None => Cookies::default(),
        };
        // A resumed crawl has cookies of its own, which are newer.
        if let (Some(file), None) = (&settings.requests.cookie_file, &self.committed) {
            cookies.load(file)?;
        }
        Ok(Some(cookies))
    }

    /// # Errors
    /// Returns the errors of [`OpenJob::pages`].
    pub(super) fn durable(
        job: &mut OpenJob,
        store: StoreThread,
        settings: &Settings,
    ) -> Result<Self> {
        let pages = settings
            .disk
            .recrawl
            .then(|| job.pages(settings))
            .transpose()?;
        let line_commits = WriterCommits {
            store: store.commands.clone(),
            sync: settings.disk.sync,
            count: job
                .committed
                .as_ref()
                .map_or(0, |last| last.delivered.commits),
            waiting: VecDeque::new(),
        };
        let last = job.committed.as_ref();
        let place = Place {
            outbox: job.directory.outbox(),
            job: Some(job.directory.path().to_owned()),
            position: last
                .and_then(|last| last.delivered.outbox)
                .unwrap_or(Position::new(0)),
            store: Some(store.commands.clone()),
            committed: Some(store.outbox.clone()),
        };
        Ok(Self {
            key: job.key,
            queue: Queue::durable(settings),
            commits: Some(Commits::new(
                store,
                store_in(job.directory.path()),
                Arc::clone(&job.parsing),
            )),
            line_commits: Some(line_commits),
            committed: job.committed.take(),
            outputs: std::mem::take(&mut job.outputs),
            destinations: std::mem::take(&mut job.destinations),
            place,
            directory: Some(Arc::clone(&job.directory)),
            pages,
        })
    }
}

/// Returns the id of a run, by its key: the same in all processes that resume it.
pub(super) fn run_id(key: FingerprintKey) -> Arc<str> {
    let hash = Sha256::digest(key.to_bytes());
    let digits = hash.iter().take(8).map(|byte| format!("{byte:02x}"));
    digits.collect::<String>().into()
}

/// Opens the outputs and adds them after the sinks that the program gave, which are in `sinks`. `positions` are those
/// of an unfinished run, in the same order. If that run was stopped in an orderly way, nothing after the positions can
/// be its own.
///
/// # Errors
/// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when an output cannot be opened, or cannot be continued at its
/// position.
pub(super) async fn open_outputs(
    sinks: &mut Vec<AnySink>,
    outputs: Vec<OutputFile>,
    positions: Option<Vec<Option<Position>>>,
    was_stopped: bool,
) -> Result<()> {
    let Some(positions) = positions else {
        for output in outputs {
            sinks.push(AnySink::Blocking(output.open()?));
        }
        return Ok(());
    };
    let mut positions = positions.into_iter();
    for (sink, position) in sinks.iter_mut().zip(&mut positions) {
        if let Some(position) = position {
            sink.resume(position).await?;
        }
    }
    for output in outputs {
        let position = positions.next().flatten();
        if was_stopped && position.is_some_and(|position| output.compare(position).is_gt()) {
            return Err(continued(&output));
        }
        sinks.push(AnySink::Blocking(output.resume(position)?));
    }
    Ok(())
}

/// Returns the error for an output that others have added to since the crawl was stopped.
fn continued(output: &OutputFile) -> Error {
    let name = output.path().map(|path| path.display().to_string());
    let message = format!(
        "cannot go on with {}: something was added to it since the crawl was stopped; take that out, or start over \
         with --fresh",
        name.unwrap_or_default()
    );
    Error::new(ErrorKind::Storage, message)
}
