//! Overview of a job, as it is seen from outside.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::usage;
use crate::page::error::{Error, Result};
use crate::store::state::store::{self, Summary};
use crate::store::state::{Directory, RunFile, State, history};

#[derive(Debug)]
pub(super) struct Overview {
    /// Name of the directory of the job.
    pub(super) name: String,
    pub(super) directory: PathBuf,
    /// File of the last run; `None` when it cannot be read.
    pub(super) run: Option<RunFile>,
    pub(super) state: &'static str,
    /// Reason why the last run failed, if it did.
    pub(super) failure: Option<String>,
    /// Id of the process that crawls the job, if known.
    process: Option<u32>,
    pub(super) ended: Option<Timestamp>,
    /// Summary of the store; `None` while the job is crawled, because the store is locked then.
    pub(super) summary: Option<Summary>,
    /// The fields that were filled too seldom, if it has finished.
    pub(super) short_of: Vec<String>,
    /// Size of the directory, in bytes.
    pub(super) size: u64,
    /// Error of reading the job, if any.
    pub(super) error: Option<Error>,
}

impl Overview {
    pub(super) fn of(directory: PathBuf) -> Self {
        let name = directory.file_name().unwrap_or(directory.as_os_str());
        let mut overview = Self {
            name: name.to_string_lossy().into_owned(),
            run: None,
            state: "unreadable",
            failure: None,
            process: None,
            ended: None,
            summary: None,
            short_of: Vec::new(),
            size: usage::size_of(&directory),
            error: None,
            directory,
        };
        overview.error = overview.read().err();
        overview
    }

    fn read(&mut self) -> Result<()> {
        // No crawl begins as long as this lives: its store can be read.
        let peek = Directory::peek(&self.directory)?;
        let run = RunFile::read(&self.directory)?;
        if let Some(run) = &run {
            self.state = super::state(run.state, peek.holder.is_some());
        }
        if let Some(holder) = peek.holder {
            self.process = holder.process;
        } else {
            self.failure = run.as_ref().and_then(|run| run.failure.clone());
            if self.failure.is_some() {
                // As its exit code said: one that is over has the state `finished` in its file, and is not resumed.
                self.state = super::state(State::Failed, false);
            }
            self.ended = run
                .as_ref()
                .and_then(|run| super::ended(run, &self.directory));
            self.summary = store::summary(&self.directory)?;
            if run.as_ref().is_some_and(|run| run.state == State::Finished) {
                let last = history::read(&self.directory)?.pop();
                self.short_of = last.map_or_else(Vec::new, |last| last.short_of);
            }
        }
        self.run = run;
        Ok(())
    }

    /// Returns the state of the job in a few words: `failed, short of price`.
    pub(super) fn outcome(&self) -> String {
        match &self.failure {
            _ if !self.short_of.is_empty() => {
                format!("{}, short of {}", self.state, self.short_of.join(", "))
            }
            Some(failure) => format!("{}: {failure}", self.state),
            None => self.state.to_owned(),
        }
    }

    /// Returns the overview as JSON, without what is only shown of one job.
    pub(super) fn json(&self) -> Map<String, Value> {
        let (run, numbers) = (self.run.as_ref(), self.summary.as_ref());
        object([
            ("name", json!(self.name)),
            ("folder", json!(path(&self.directory))),
            ("state", json!(self.state)),
            ("failure", json!(self.failure)),
            ("short_of", json!(self.short_of)),
            ("process", json!(self.process)),
            ("spider", json!(run.map(|run| &run.spider))),
            ("started", json!(run.map(|run| run.started))),
            ("ended", json!(self.ended)),
            ("pages", json!(numbers.map(|numbers| numbers.pages))),
            ("items", json!(numbers.map(|numbers| numbers.items.kept))),
            (
                "waiting",
                json!(numbers.map(|numbers| numbers.ledger.pending)),
            ),
            ("dead_letters", json!(numbers.map(|numbers| numbers.dead))),
            ("size", json!(self.size)),
            ("error", json!(self.error.as_ref().map(Error::chain))),
        ])
        .collect()
    }
}

/// Names with their values, as a JSON object has them.
pub(super) fn object<const N: usize>(
    fields: [(&str, Value); N],
) -> impl Iterator<Item = (String, Value)> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
}

/// Returns a path as a person types it.
pub(super) fn path(path: &Path) -> String {
    path.display().to_string()
}
