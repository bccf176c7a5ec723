//! Opening of a job: its lock, its run, which is resumed or started, and its store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::store::{self, Store, Summary};
use super::{Directory, FailedFile, Parsing, PastRun, RunFile, State, Unique, history};
use crate::fetch::cache::pages::Pages;
use crate::items::sink::OutputFile;
use crate::model::replace::unusable;
use crate::model::report::Report;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::FingerprintKey;
use crate::store::checkpoint::{Committed, JobStore};
use crate::store::thread::{Ended, StoreThread};

/// Settings of a job, as the crawler has them.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) directory: PathBuf,
    /// `true` to start over, whatever an earlier run left to do.
    pub(crate) fresh: bool,
    /// Name of the job; `None` for the spider's name.
    pub(crate) name: Option<String>,
    pub(crate) arguments: BTreeMap<String, String>,
    /// Rule by which the items are unique.
    pub(crate) unique: Unique,
    /// File that the requests that are given up are written to, beside the dead letters.
    pub(crate) failed: Option<PathBuf>,
    /// Requirements for the quality of the items, by setting.
    pub(crate) quality: BTreeMap<String, String>,
}

/// A job that is being crawled.
#[derive(Debug)]
pub(crate) struct OpenJob {
    /// Directory of the job, locked as long as it is held.
    pub(crate) directory: Arc<Directory>,
    run: RunFile,
    pub(crate) key: FingerprintKey,
    pub(crate) parsing: Arc<Parsing>,
    /// Last commit, which the crawl goes on with; `None` when it starts.
    pub(crate) committed: Option<Committed>,
    /// Outputs under their full names.
    pub(crate) outputs: Vec<OutputFile>,
    /// Reason why an unfinished run was not resumed; `None` if there was none, or it was to be started over.
    pub(crate) starts_over: Option<&'static str>,
    store_ended: Option<Ended>,
}

/// Reasons to start a job over whose last run did not finish.
const NO_READER: &str = "nobody read its only output, a pipe, any more";
const NO_PAGE: &str = "it fetched no page, and its outputs or `unique` were others";

/// Arguments for opening a job.
struct Opening {
    plan: Plan,
    spider: String,
    outputs: Vec<OutputFile>,
    /// Number of the other outputs, such as standard output and a program's own sinks.
    sinks: usize,
    sync: bool,
}

impl OpenJob {
    /// Opens a job for this spider and these outputs, on the store's own thread.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] when the job is being crawled already, [`ErrorKind::Settings`] when an unfinished run has
    /// other outputs or another `unique`, [`ErrorKind::File`] and [`ErrorKind::Storage`] when the job's directory
    /// cannot be used.
    pub(crate) async fn open(
        plan: Plan,
        spider: String,
        outputs: Vec<OutputFile>,
        sinks: usize,
        sync: bool,
    ) -> Result<(Self, StoreThread)> {
        let place = plan.directory.clone();
        let opening = Opening {
            plan,
            spider,
            outputs,
            sinks,
            sync,
        };
        let (thread, opened, ended) = StoreThread::start(move || {
            let (store, job) = opening.open()?;
            let held = Arc::clone(&job.directory);
            Ok((store, job, held))
        })?;
        let opened = opened.await.unwrap_or_else(|_| Err(store::damaged(&place)));
        let mut job = opened?;
        job.store_ended = Some(ended);
        Ok((job, thread))
    }

    /// Opens the pages that this run is compared with.
    ///
    /// # Errors
    /// Those of [`Pages::open`].
    pub(crate) fn pages(&self, settings: &Settings) -> Result<Pages> {
        let (began, is_resumed) = (self.run.started, self.run.resumes > 0);
        Pages::open(&self.directory.pages(), began, is_resumed, settings)
    }

    /// Notes how the crawl ended. After that nothing in this process holds the directory any more.
    ///
    /// # Errors
    /// The crawl's own error, else [`ErrorKind::Storage`] when the end cannot be noted.
    pub(crate) async fn ended(mut self, result: Result<Report>) -> Result<Report> {
        if let Some(ended) = self.store_ended.take() {
            // An error is what it ends with.
            let _ = ended.await;
        }
        let noted = self.note_end(&result);
        let report = result?;
        noted?;
        Ok(report)
    }

    fn note_end(&mut self, result: &Result<Report>) -> Result<()> {
        self.run.ended = Some(Timestamp::now());
        self.run.state = match result {
            Ok(report) if report.finish.is_unfinished() => State::Stopped,
            Ok(_) => State::Finished,
            Err(_) if self.has_begun() => State::Failed,
            Err(_) => State::New,
        };
        self.run.failure = match result {
            Ok(report) => report.why_failed(),
            Err(error) => Some(error.chain()).filter(|_| self.run.state == State::Failed),
        };
        // First, because this is what the next run looks at.
        self.run.write(&self.directory)?;
        let past = match result {
            Ok(report) => {
                self.directory.save_report(report)?;
                PastRun::of(report, self.run.resumes)
            }
            Err(error) => match self.reached(error)? {
                Some(reached) => PastRun::broken(&self.run, &reached, error),
                None => return Ok(()),
            },
        };
        history::add(&self.directory, &past)?;
        if let Ok(report) = result {
            self.trim(report);
        }
        Ok(())
    }

    /// Returns the progress of a run that was ended by this error; `None` without a commit, and for a store that is better
    /// left alone.
    fn reached(&self, error: &Error) -> Result<Option<Summary>> {
        if self.run.state != State::Failed || error.kind() == ErrorKind::Storage {
            return Ok(None);
        }
        store::summary(self.directory.path())
    }

    /// Gives room on the disk back that nothing needs any more. After this there is still all that a resumed run,
    /// `retry-failed`, a recrawl and a look at the job read.
    fn trim(&self, report: &Report) {
        let ledger = report.ledger;
        let is_over = !report.finish.is_unfinished() && ledger.pending == 0 && ledger.failed == 0;
        let trimmed = if is_over {
            self.directory.discard_progress()
        } else {
            store::shorten(self.directory.path())
        };
        // It costs room and nothing else.
        if let Err(error) = trimmed {
            tracing::debug!(error = error.chain(), "cannot trim the job");
        }
    }

    /// Returns whether there was a commit; without one there is nothing to go on with.
    fn has_begun(&self) -> bool {
        RunFile::read(self.directory.path())
            .is_ok_and(|run| run.is_some_and(|run| run.state != State::New))
    }
}

impl Opening {
    fn open(self) -> Result<(Store, OpenJob)> {
        let directory = Arc::new(Directory::lock(&self.plan.directory)?);
        let found = RunFile::read(directory.path())?;
        if found.is_none() {
            directory.check_is_free()?;
        }
        match found.filter(|run| !self.plan.fresh && run.state.is_unfinished()) {
            Some(run) if run.reader_gone => self.start(directory, Some(NO_READER)),
            Some(run) => self.resume(directory, run),
            None => self.start(directory, None),
        }
    }

    fn name(&self) -> &str {
        self.plan.name.as_deref().unwrap_or(&self.spider)
    }

    /// Returns the outputs of a run that began at this time.
    fn outputs(&self, time: &str) -> Vec<OutputFile> {
        let outputs = self.outputs.iter().cloned();
        outputs
            .map(|output| output.expand(&self.spider, time))
            .collect()
    }

    /// Goes on with an unfinished run, or starts one when there is nothing to go on with.
    fn resume(self, directory: Arc<Directory>, mut run: RunFile) -> Result<(Store, OpenJob)> {
        let outputs = self.outputs(&run.time());
        let (described, unique) = (RunFile::outputs_of(&outputs), self.plan.unique.clone());
        if let Err(error) = run.check(directory.path(), self.name(), &described, &unique) {
            return if self.replaces(&run, &described, &directory) {
                self.start(directory, Some(NO_PAGE))
            } else {
                Err(error)
            };
        }
        let parsing = parsing(&directory)?;
        let mut store = Store::open(directory.path(), self.sync)?;
        store.also_write_failed(self.plan.failed.clone().map(FailedFile::new));
        let committed = store.load()?;
        let committed = committed.ok_or_else(|| store.lost("what the run had done"))?;
        if committed
            .saved
            .finish
            .is_some_and(|finish| !finish.is_unfinished())
        {
            // It was over, but for a word about that.
            drop(store);
            return self.start(directory, None);
        }
        self.check_number(&committed, &directory)?;
        run.state = State::Running;
        (run.ended, run.failure) = (None, None);
        run.resumes = committed.saved.resumes + 1;
        run.unique = Some(unique);
        run.quality = self.plan.quality;
        run.write(&directory)?;
        let job = OpenJob {
            directory,
            run,
            key: store.key(),
            parsing: Arc::new(parsing),
            committed: Some(committed),
            outputs,
            starts_over: None,
            store_ended: None,
        };
        Ok((store, job))
    }

    /// Returns whether an unfinished run that does not fit can go, because it is of the same job and nothing of it is lost.
    /// What it may have written since its last commit would be taken for that of others, if it was not stopped in good
    /// order and has an output in common with this one.
    fn replaces(&self, run: &RunFile, outputs: &[String], directory: &Directory) -> bool {
        let shares = || run.outputs.iter().any(|output| outputs.contains(output));
        run.job == self.name()
            && (run.state == State::Stopped || !shares())
            && store::is_nothing_kept(directory)
    }

    /// Refuses to go on with more or fewer outputs, since each output finds its position by its place among them.
    fn check_number(&self, committed: &Committed, directory: &Directory) -> Result<()> {
        let had = committed.delivered.positions.len();
        let asked = self.sinks + self.outputs.len();
        if had == asked {
            return Ok(());
        }
        let message = format!(
            "cannot resume the unfinished run in {}: it has {had} outputs, standard output and a program's own sinks \
             counted, and this one has {asked}; use the same, or start over with --fresh",
            directory.path().display()
        );
        Err(Error::new(ErrorKind::Settings, message))
    }

    /// Starts a run, and clears what an earlier one left.
    fn start(
        self,
        directory: Arc<Directory>,
        starts_over: Option<&'static str>,
    ) -> Result<(Store, OpenJob)> {
        let (name, spider) = (self.name().to_owned(), self.spider.clone());
        let arguments = self.plan.arguments.clone();
        let mut run = RunFile::new(name, spider, arguments, Vec::new());
        let outputs = self.outputs(&run.time());
        run.outputs = RunFile::outputs_of(&outputs);
        (run.unique, run.quality) = (Some(self.plan.unique), self.plan.quality);
        directory.clear(&run)?;
        let mut store = Store::open(directory.path(), self.sync)?;
        store.also_write_failed(self.plan.failed.map(FailedFile::new));
        let (begun, held) = (run.clone().running(), Arc::clone(&directory));
        store.at_first_commit(move || begun.write(&held));
        let job = OpenJob {
            key: store.key(),
            parsing: Arc::new(parsing(&directory)?),
            directory,
            run,
            committed: None,
            outputs,
            starts_over,
            store_ended: None,
        };
        Ok((store, job))
    }
}

fn parsing(directory: &Directory) -> Result<Parsing> {
    let path = directory.parsing();
    Parsing::open(&path).map_err(|e| unusable("write", &path, e))
}
