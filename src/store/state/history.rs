//! `history.jsonl`: a line for each of the last runs of a job, the newest at the end.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::directory::{Directory, read as read_file};
use super::store::Summary;
use super::{HISTORY, RunFile};
use crate::model::replace::replace;
use crate::model::replace::unusable;
use crate::model::report::{Finish, Report};
use crate::page::error::{Error, Result};

/// Number of runs that are remembered.
const KEPT: usize = 100;
/// The end of a run that failed.
const FAILED: &str = "failed";

/// A run that has ended, with a report or with an error; one that was killed is not among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PastRun {
    pub(crate) started: Timestamp,
    pub(crate) ended: Timestamp,
    /// Reason why the run ended, as in reports, or `failed`.
    pub(crate) finish: String,
    /// Reason why the run failed; `None` if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
    pub(crate) pages: u64,
    pub(crate) items: u64,
    /// Requests that were given up.
    pub(crate) errors: u64,
    /// Duration of the run, in seconds.
    pub(crate) seconds: f64,
    /// Number of times that the run had been resumed.
    pub(crate) resumes: u32,
    /// Fields that were filled too seldom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) short_of: Vec<String>,
}

impl PastRun {
    /// Returns the past run that this report describes.
    pub(crate) fn of(report: &Report, resumes: u32) -> Self {
        // A clock that is thousands of years off has no better date.
        let date = |time| Timestamp::try_from(time).unwrap_or_default();
        Self {
            started: date(report.started),
            ended: date(report.ended),
            finish: if report.has_failed() {
                FAILED.to_owned()
            } else {
                name(report.finish)
            },
            failure: report.why_failed(),
            pages: report.pages,
            items: report.items.kept,
            errors: report.ledger.failed,
            seconds: report.seconds,
            resumes,
            short_of: report
                .shortfalls
                .iter()
                .map(|short| short.field.clone())
                .collect(),
        }
    }

    /// Returns the past run that was ended by an error; `reached` is what was committed by then.
    pub(crate) fn broken(run: &RunFile, reached: &Summary, error: &Error) -> Self {
        Self {
            started: run.started,
            ended: run.ended.unwrap_or(run.started),
            finish: FAILED.to_owned(),
            failure: Some(error.chain()),
            pages: reached.pages,
            items: reached.items.kept,
            errors: reached.ledger.failed,
            seconds: reached.seconds,
            resumes: run.resumes,
            short_of: Vec::new(),
        }
    }
}

/// Returns the name of this finish in reports.
fn name(finish: Finish) -> String {
    match serde_json::to_value(finish) {
        Ok(serde_json::Value::String(name)) => name,
        _ => finish.to_string(),
    }
}

/// Adds the end of a run, and forgets the oldest when there are too many.
///
/// # Errors
/// [`ErrorKind::File`](crate::ErrorKind::File) and [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file can be
/// neither read nor written.
pub(crate) fn add(directory: &Directory, ended: &PastRun) -> Result<()> {
    let path = directory.path().join(HISTORY);
    let mut runs = read(directory.path())?;
    runs.push(ended.clone());
    let mut text = Vec::new();
    for run in runs.iter().skip(runs.len().saturating_sub(KEPT)) {
        serde_json::to_writer(&mut text, run)
            .map_err(|error| unusable("write", &path, error.into()))?;
        text.push(b'\n');
    }
    // As a whole: it is short, and so never torn.
    replace(&path, &text)
}

/// Returns the last runs, the oldest first. Lines that cannot be read are left out, with a warning.
///
/// # Errors
/// [`ErrorKind::File`](crate::ErrorKind::File) when the file cannot be read.
pub(crate) fn read(directory: &Path) -> Result<Vec<PastRun>> {
    let path = directory.join(HISTORY);
    let text = read_file(&path)?.unwrap_or_default();
    let mut runs = Vec::new();
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        match serde_json::from_slice(line) {
            Ok(run) => runs.push(run),
            Err(_) if line.is_empty() => {}
            Err(error) => {
                tracing::warn!("left out {}, line {}: {error}", path.display(), at + 1);
            }
        }
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scratch::Scratch;

    fn ended(pages: u64) -> PastRun {
        PastRun {
            started: Timestamp::from_second(1_800_000_000).unwrap(),
            ended: Timestamp::from_second(1_800_000_060).unwrap(),
            finish: "max_pages".to_owned(),
            failure: None,
            pages,
            items: 3,
            errors: 1,
            seconds: 60.5,
            resumes: 1,
            short_of: Vec::new(),
        }
    }

    fn pages(directory: &Path) -> Vec<u64> {
        read(directory)
            .unwrap()
            .iter()
            .map(|run| run.pages)
            .collect()
    }

    #[test]
    fn a_run_is_one_line() {
        let scratch = Scratch::new();
        let directory = Directory::lock(scratch.path("job")).unwrap();
        add(&directory, &ended(7)).unwrap();
        let line = r#"{"started":"2027-01-15T08:00:00Z","ended":"2027-01-15T08:01:00Z","finish":"max_pages","pages":7,"items":3,"errors":1,"seconds":60.5,"resumes":1}"#;
        let text = std::fs::read_to_string(scratch.path("job/history.jsonl")).unwrap();
        assert_eq!(text, format!("{line}\n"));
        assert_eq!(read(directory.path()).unwrap(), [ended(7)]);
    }

    #[test]
    fn the_last_hundred_are_kept() {
        let scratch = Scratch::new();
        let directory = Directory::lock(scratch.path("job")).unwrap();
        let line = serde_json::to_string(&ended(0)).unwrap() + "\n";
        scratch.file("job/history.jsonl", &line.repeat(100));
        add(&directory, &ended(1)).unwrap();
        let pages = pages(directory.path());
        assert_eq!((pages.len(), pages.last()), (100, Some(&1)));
    }

    #[test]
    fn a_torn_last_line_costs_no_other() {
        let scratch = Scratch::new();
        let directory = Directory::lock(scratch.path("job")).unwrap();
        let line = serde_json::to_string(&ended(1)).unwrap();
        scratch.file("job/history.jsonl", &format!("{line}\n{}", &line[..40]));
        assert_eq!(pages(directory.path()), [1]);
        add(&directory, &ended(2)).unwrap();
        assert_eq!(pages(directory.path()), [1, 2]);
    }

    #[test]
    fn a_job_that_never_ran_has_no_history() {
        assert!(pages(&Scratch::new().path("job")).is_empty());
    }

    #[test]
    fn an_end_has_the_name_that_reports_have_for_it() {
        assert_eq!(name(Finish::MaxPages), "max_pages");
        assert_eq!(name(Finish::Finished), "finished");
    }
}
