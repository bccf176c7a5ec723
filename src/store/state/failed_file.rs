//! The file of failed requests: what was given up, as JSON lines for others to read.
//!
//! It follows the dead letters, which are what counts: each process begins it anew with those that are committed, and adds
//! the further ones as they are. So after a kill it has whole lines, and after the next run each request once.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::items::sink::{JsonLines, Mode, Position, Record, Sink};
use crate::model::replace::unusable;
use crate::page::error::Result;
use crate::store::dead_letter::{self, DeadLetter};

/// A file of failed requests, which is made with the first commit.
#[derive(Debug)]
pub(crate) struct FailedFile {
    path: PathBuf,
    sink: Option<JsonLines>,
}

/// A line of the file.
#[derive(Debug, Serialize)]
struct Line<'a> {
    url: &'a Url,
    status: Option<u16>,
    kind: &'a str,
    message: &'a str,
    referrer: Option<&'a Url>,
    tries: u32,
    at: Timestamp,
}

impl<'a> Line<'a> {
    fn of(letter: &'a DeadLetter) -> Self {
        Self {
            url: &letter.url,
            status: letter.status,
            kind: &letter.kind,
            message: &letter.message,
            referrer: letter.referrer.as_ref(),
            tries: letter.attempts,
            at: letter.at,
        }
    }
}

impl FailedFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, sink: None }
    }

    /// Adds requests that are given up, after those among the dead letters of this job up to this position.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be written.
    pub(crate) fn add(
        &mut self,
        letters: &[DeadLetter],
        before: (&Path, Option<Position>),
    ) -> Result<()> {
        let sink = match &mut self.sink {
            Some(_) if letters.is_empty() => return Ok(()),
            Some(sink) => sink,
            none => none.insert(begun(&self.path, before)?),
        };
        write(sink, letters)?;
        sink.flush()
    }
}

/// Begins a file with the dead letters of a job.
fn begun(path: &Path, (letters, end): (&Path, Option<Position>)) -> Result<JsonLines> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|error| unusable("write", path, error))?;
    }
    let mut sink = JsonLines::file(path, Mode::Overwrite)?;
    let Some(end) = end else {
        return Ok(sink);
    };
    let read =
        dead_letter::read(letters, Some(end.get())).and_then(Iterator::collect::<Result<Vec<_>>>);
    match read {
        Ok(letters) => write(&mut sink, &letters)?,
        // They are a record, and no reason to end a crawl.
        Err(error) => {
            let error = error.chain();
            tracing::warn!(file = %path.display(), %error, "what was given up before is not in the file of failed requests");
        }
    }
    Ok(sink)
}

fn write(sink: &mut JsonLines, letters: &[DeadLetter]) -> Result<()> {
    for letter in letters {
        sink.write(&Record::new(&Line::of(letter))?)?;
    }
    Ok(())
}
