//! Items that a destination refuses for good.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Delivery;
use crate::model::replace::{private, unusable};
use crate::page::error::Result;

/// Items of a batch that its destination refuses, with the reasons: a value that does not fit a column, a constraint.
///
/// They are counted in the report, and a job has them in its file `refused.jsonl`.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Those of the batch in hand, as lines of the file.
    lines: Vec<String>,
    /// First reason of the batch in hand.
    first: Option<String>,
    is_written: bool,
    /// Path of the file, and its length without the batch in hand.
    file: Option<(PathBuf, u64)>,
    /// Number of items refused in the run, without the batch in hand.
    count: u64,
}

/// Line of the file of refused items.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    /// Number of the item in the run.
    number: u64,
    url: &'a str,
    reason: String,
    item: &'a RawValue,
}

/// The only field that is read back.
#[derive(Debug, Deserialize)]
struct Number {
    number: u64,
}

impl Refusals {
    /// Goes on with the file at this path, of items before this number in the run: the batches of later ones were never
    /// committed.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be read or written.
    pub(crate) fn open(path: PathBuf, before: u64) -> Result<Self> {
        let failed = |error| unusable("read", &path, error);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        let (mut length, mut count) = (0, 0);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let is_before = |line: Number| line.number < before;
            // A line that cannot be read is the torn end of a batch that was not committed.
            if !serde_json::from_slice(line).is_ok_and(is_before) {
                break;
            }
            length += line.len() as u64;
            count += 1;
        }
        let refusals = Self {
            file: Some((path, length)),
            count,
            ..Self::default()
        };
        refusals.cut()?;
        Ok(refusals)
    }

    /// Refuses an item for this reason, in the words of the destination.
    pub fn add(&mut self, delivery: &Delivery, reason: impl Into<String>) {
        let reason = reason.into();
        self.first.get_or_insert_with(|| reason.clone());
        let line = Line {
            number: delivery.id.number(),
            url: &delivery.url,
            reason,
            item: serde_json::from_str(delivery.record.json()).unwrap_or(RawValue::NULL),
        };
        self.lines
            .extend(serde_json::to_string(&line).map(|line| line + "\n"));
    }

    /// Returns the number of items of the batch that are refused.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns the first reason of the batch.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// Returns whether no item of the batch is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Writes the refused items of the batch into the job's file. To be called right before the transaction of the other
    /// items is committed: a kill in between leaves them noted, and the next process takes them out if the transaction was
    /// not committed after all. It is called after [`deliver`](super::Destination::deliver) in any case.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be written.
    pub fn write(&mut self) -> Result<()> {
        if self.is_written || self.lines.is_empty() {
            return Ok(());
        }
        self.is_written = true;
        let Some((path, _)) = &self.file else {
            return Ok(());
        };
        let write = || -> std::io::Result<()> {
            let mut file = private().append(true).open(path)?;
            file.write_all(self.lines.concat().as_bytes())?;
            file.sync_data()
        };
        write().map_err(|error| unusable("write", path, error))
    }

    /// Makes the refusals of the batch final; returns their number and the first reason.
    pub(crate) fn accept(&mut self) -> Result<(u64, Option<String>)> {
        self.write()?;
        let (count, bytes) = self.lines.iter().fold((0, 0), |(count, bytes), line| {
            (count + 1, bytes + line.len() as u64)
        });
        if let Some((_, length)) = &mut self.file {
            *length += bytes;
        }
        self.count += count;
        self.lines.clear();
        self.is_written = false;
        Ok((count, self.first.take()))
    }

    /// Forgets the refusals of a batch that was not delivered.
    pub(crate) fn take_back(&mut self) -> Result<()> {
        let was_written = std::mem::take(&mut self.is_written);
        self.lines.clear();
        self.first = None;
        if was_written { self.cut() } else { Ok(()) }
    }

    /// Returns the numbers and reasons of the batch in hand.
    #[cfg(test)]
    pub(crate) fn told(&self) -> Vec<(usize, String)> {
        let line = |line: &String| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let number = usize::try_from(line["number"].as_u64().unwrap()).unwrap();
            (number, line["reason"].as_str().unwrap().to_owned())
        };
        self.lines.iter().map(line).collect()
    }

    /// Returns the number of items that were refused in the run.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    fn cut(&self) -> Result<()> {
        let Some((path, length)) = &self.file else {
            return Ok(());
        };
        match File::options().write(true).open(path) {
            Ok(file) => file
                .set_len(*length)
                .map_err(|error| unusable("write", path, error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unusable("write", path, error)),
        }
    }
}

/// Maximum number of destinations of a crawl.
pub(crate) const MAX_DESTINATIONS: usize = 16;

/// Returns the names of the files of refused items in a job's directory, one for each destination.
pub(crate) fn refused_files() -> impl Iterator<Item = String> {
    (1..=MAX_DESTINATIONS).map(|place| match place {
        1 => "refused.jsonl".to_owned(),
        place => format!("refused-{place}.jsonl"),
    })
}
