//! `runs.json`: the runs that pages were kept by, numbered, and how each of them ended.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::replace::{replace, unusable};
use crate::page::error::{Error, ErrorKind, Result};

const FILE: &str = "runs.json";
/// Number of runs that are remembered. Pages that older runs wrote count as pages of runs that ended.
const KEPT: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    number: u64,
    began: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

/// Kind of end of a run that came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    /// Nothing was left to do: pages that the run did not meet no longer exist.
    Complete,
    /// The run was ended by a limit.
    Limited,
}

/// The runs of a job, the last of which goes on.
#[derive(Debug)]
pub(super) struct Runs {
    path: PathBuf,
    list: Vec<Run>,
    /// Number of the run that goes on.
    number: u64,
    /// `true` if the pages do not contain all that the run has done so far.
    is_partial: bool,
}

impl Runs {
    /// The runs with the one that began then, which is added if it is new.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when the file cannot be read, [`ErrorKind::Storage`] when it cannot be written.
    pub(super) fn open(directory: &Path, began: Timestamp, is_resumed: bool) -> Result<Self> {
        let path = directory.join(FILE);
        let mut runs = read(&path)?;
        let known = runs
            .iter()
            .find(|run| run.began == began && run.end.is_none());
        let (number, is_new) = match known {
            Some(run) => (run.number, false),
            None => (runs.last().map_or(1, |last| last.number + 1), true),
        };
        if is_new {
            let end = None;
            runs.push(Run { number, began, end });
            runs.drain(..runs.len().saturating_sub(KEPT));
            write(&path, &runs)?;
        }
        Ok(Self {
            path,
            list: runs,
            number,
            is_partial: is_new && is_resumed,
        })
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The last run before this one in which nothing was left to do.
    pub(super) fn last_complete(&self) -> Option<u64> {
        let complete = self
            .list
            .iter()
            .rev()
            .find(|run| run.end == Some(End::Complete));
        complete.map(|run| run.number)
    }

    pub(super) fn has_ended(&self, number: u64) -> bool {
        let run = self.list.iter().find(|run| run.number == number);
        run.is_none_or(|run| run.end.is_some())
    }

    /// Notes how this run ended.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when that cannot be written.
    pub(super) fn ended(&self, end: End) -> Result<()> {
        let mut runs = self.list.clone();
        let this = runs.iter_mut().filter(|run| run.number == self.number);
        this.for_each(|run| run.end = Some(end));
        write(&self.path, &runs)
    }
}

fn read(path: &Path) -> Result<Vec<Run>> {
    let unreadable = || Error::new(ErrorKind::File, format!("cannot read {}", path.display()));
    match std::fs::read(path) {
        Ok(json) => serde_json::from_slice(&json).map_err(|e| unreadable().with_source(e)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable().with_source(error)),
    }
}

fn write(path: &Path, runs: &[Run]) -> Result<()> {
    let mut json =
        serde_json::to_vec_pretty(runs).map_err(|e| unusable("write", path, e.into()))?;
    json.push(b'\n');
    replace(path, &json)
}
