//! Opening of a job: its lock, its run, which is resumed or started, and its store.

mod end;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::store::{self, Store};
use super::{Directory, FailedFile, Parsing, RunFile, State, Unique};
use crate::fetch::cache::pages::Pages;
use crate::items::output::AnyDestination;
use crate::items::sink::OutputFile;
use crate::model::replace::unusable;
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
    /// `true` to go on with a run that a limit ended, and to count the limits anew.
    pub(crate) goes_on: bool,
    /// Name of the job; `None` for the spider's name.
    pub(crate) name: Option<String>,
    pub(crate) arguments: BTreeMap<String, String>,
    /// Rule by which the items are unique.
    pub(crate) unique: Unique,
    /// Names of the program's policies by which requests are told apart.
    pub(crate) identity: Vec<String>,
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
    pub(crate) destinations: Vec<AnyDestination>,
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
    destinations: Vec<AnyDestination>,
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
        (outputs, destinations): (Vec<OutputFile>, Vec<AnyDestination>),
        sinks: usize,
        sync: bool,
    ) -> Result<(Self, StoreThread)> {
        let place = plan.directory.clone();
        let opening = Opening {
            plan,
            spider,
            outputs,
            destinations,
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
}

impl Opening {
    fn open(self) -> Result<(Store, OpenJob)> {
        let directory = Arc::new(Directory::lock(&self.plan.directory)?);
        let found = RunFile::read(directory.path())?;
        if found.is_none() {
            directory.check_is_free()?;
        }
        let goes_on = self.plan.goes_on;
        let is_wanted =
            |run: &RunFile| run.state.is_unfinished() || (goes_on && run.state == State::Finished);
        match found.filter(|run| !self.plan.fresh && is_wanted(run)) {
            Some(run) if run.reader_gone && !goes_on => self.start(directory, Some(NO_READER)),
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

    /// Returns the destinations of a run that began at this time.
    fn take_destinations(&mut self, time: &str) -> Vec<AnyDestination> {
        let destinations = std::mem::take(&mut self.destinations).into_iter();
        destinations
            .map(|destination| destination.expand(&self.spider, time))
            .collect()
    }

    /// Goes on with an unfinished run, or starts one when there is nothing to go on with.
    fn resume(mut self, directory: Arc<Directory>, mut run: RunFile) -> Result<(Store, OpenJob)> {
        if run.state == State::Finished && !store::store_in(directory.path()).exists() {
            return Err(nothing_waits(&directory));
        }
        let outputs = self.outputs(&run.time());
        let destinations = self.take_destinations(&run.time());
        let described = RunFile::outputs_of(&outputs, &destinations);
        let unique = self.plan.unique.clone();
        let identity = &self.plan.identity;
        if let Err(error) = run.check(
            directory.path(),
            self.name(),
            &described,
            (&unique, identity),
        ) {
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
        let mut committed = committed.ok_or_else(|| store.lost("what the run had done"))?;
        let finish = committed.saved.finish;
        if finish.is_some_and(|finish| !finish.is_unfinished()) {
            if !self.plan.goes_on {
                // It was over, but for a word about that.
                drop(store);
                return self.start(directory, None);
            }
            if committed.saved.tally.pending() == 0 && committed.saved.seeds.are_all {
                return Err(nothing_waits(&directory));
            }
            committed.count_anew();
        }
        let asked = self.sinks + outputs.len() + destinations.len();
        check_number(&committed, asked, &directory)?;
        run.state = State::Running;
        (run.ended, run.failure, run.reader_gone) = (None, None, false);
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
            destinations,
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

    /// Starts a run, and clears what an earlier one left.
    fn start(
        mut self,
        directory: Arc<Directory>,
        starts_over: Option<&'static str>,
    ) -> Result<(Store, OpenJob)> {
        let (name, spider) = (self.name().to_owned(), self.spider.clone());
        let arguments = self.plan.arguments.clone();
        let mut run = RunFile::new(name, spider, arguments, Vec::new());
        let outputs = self.outputs(&run.time());
        let destinations = self.take_destinations(&run.time());
        run.outputs = RunFile::outputs_of(&outputs, &destinations);
        (run.unique, run.quality) = (Some(self.plan.unique), self.plan.quality);
        run.identity = self.plan.identity;
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
            destinations,
            starts_over,
            store_ended: None,
        };
        Ok((store, job))
    }
}

/// Refuses to go on with more or fewer outputs, since each output finds its position by its place among them.
fn check_number(committed: &Committed, asked: usize, directory: &Directory) -> Result<()> {
    let had = committed.delivered.positions.len();
    if had == asked {
        return Ok(());
    }
    let message = format!(
        "cannot resume the unfinished run in {}: it has {had} outputs, standard output and a program's own sinks counted, \
         and this one has {asked}; use the same, or start over with --fresh",
        directory.path().display()
    );
    Err(Error::new(ErrorKind::Settings, message))
}

/// Returns the error for a run that is to go on and of which nothing is left to do.
fn nothing_waits(directory: &Directory) -> Error {
    let message = format!(
        "nothing waits in {}: its last run has finished; without --continue the same command starts over",
        directory.path().display()
    );
    Error::new(ErrorKind::Settings, message)
}

fn parsing(directory: &Directory) -> Result<Parsing> {
    let path = directory.parsing();
    Parsing::open(&path).map_err(|e| unusable("write", &path, e))
}
