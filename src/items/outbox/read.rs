//! The reading end of an outbox: items between two positions, in batches.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::value::RawValue;

use super::{lost, segment, segments};
use crate::items::destination::{Batch, Batching, Delivery, ItemId};
use crate::items::sink::{ItemKey, Position, Record};
use crate::model::replace::unusable;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::Fingerprint;

/// Line of an outbox: number, request, index, URL, time, item.
#[derive(serde::Deserialize)]
struct Line<'a>(
    u64,
    u64,
    u32,
    #[serde(borrow)] Cow<'a, str>,
    u64,
    #[serde(borrow)] &'a RawValue,
);

/// Reads items of an outbox for one destination.
#[derive(Debug)]
pub(crate) struct OutboxReader {
    directory: PathBuf,
    run: Arc<str>,
    /// File that was read last, and the position at which it begins.
    open: Option<(u64, File)>,
}

impl OutboxReader {
    /// Reads the outbox in this directory, of the run with this id.
    pub(crate) fn new(directory: &Path, run: Arc<str>) -> Self {
        Self {
            directory: directory.to_owned(),
            run,
            open: None,
        }
    }

    /// Returns the next batch behind `start`, of items up to `committed`; `None` if there are none.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the outbox cannot be read, or no longer has what is asked for.
    pub(crate) fn batch(
        &mut self,
        start: Position,
        committed: Position,
        limits: Batching,
    ) -> Result<Option<Batch>> {
        let mut items = Vec::new();
        let mut at = start.get();
        let mut bytes = 0;
        while at < committed.get() && items.len() < limits.items && bytes < limits.bytes {
            let wanted = limits.bytes.saturating_sub(bytes).max(1);
            let text = self.lines(at, committed.get(), wanted)?;
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                if items.len() >= limits.items || (bytes >= limits.bytes && !items.is_empty()) {
                    break;
                }
                let delivery = self.delivery(line, at)?;
                bytes += delivery.record.json().len();
                items.push(delivery);
                at += line.len() as u64;
            }
        }
        let end = Position::new(at);
        Ok((!items.is_empty()).then_some(Batch { items, start, end }))
    }

    /// Returns the number in the run of the first item behind a position; `None` if none is committed.
    ///
    /// # Errors
    /// Those of [`batch`](Self::batch).
    pub(crate) fn number_at(&mut self, at: Position, committed: Position) -> Result<Option<u64>> {
        let one = Batching {
            items: 1,
            bytes: 1,
            ..Batching::default()
        };
        let batch = self.batch(at, committed, one)?;
        let first = batch.as_ref().and_then(|batch| batch.items.first());
        Ok(first.map(|delivery| delivery.id.number()))
    }

    /// Forces everything between two positions to the disk.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when that fails.
    pub(crate) fn sync(&self, start: Position, end: Position) -> Result<()> {
        let starts = segments(&self.directory)?;
        let nexts = starts.iter().skip(1).copied().chain([u64::MAX]);
        for (first, next) in starts.iter().copied().zip(nexts) {
            if first < end.get() && next > start.get() {
                let path = segment(&self.directory, first);
                let synced = File::open(&path).and_then(|file| file.sync_data());
                synced.map_err(|error| unusable("write", &path, error))?;
            }
        }
        Ok(())
    }

    /// Returns whole lines from a position on, of about this many bytes, of one file; at least one.
    fn lines(&mut self, at: u64, committed: u64, wanted: usize) -> Result<Vec<u8>> {
        let mut size = wanted as u64;
        loop {
            let size_here = size.min(committed - at);
            let mut text = Vec::new();
            self.segment_at(at)?
                .take(size_here)
                .read_to_end(&mut text)
                .map_err(|error| unusable("read", &self.directory, error))?;
            if let Some(end) = memchr::memrchr(b'\n', &text) {
                text.truncate(end + 1);
                return Ok(text);
            }
            if (text.len() as u64) < size || size_here < size {
                return Err(lost(&self.directory, at));
            }
            // An item that is larger than a batch is a batch alone.
            size *= 2;
        }
    }

    /// Returns the file that has this position, at the position.
    fn segment_at(&mut self, at: u64) -> Result<&mut File> {
        let starts = segments(&self.directory)?;
        let start = starts.into_iter().rev().find(|start| *start <= at);
        let start = start.ok_or_else(|| lost(&self.directory, at))?;
        let path = segment(&self.directory, start);
        let failed = |error| unusable("read", &path, error);
        let file = match self.open.take() {
            Some((open, file)) if open == start => file,
            _ => File::open(&path).map_err(failed)?,
        };
        let (_, file) = self.open.insert((start, file));
        file.seek(SeekFrom::Start(at - start)).map_err(failed)?;
        Ok(file)
    }

    fn delivery(&self, line: &[u8], at: u64) -> Result<Delivery> {
        let read: serde_json::Result<Line<'_>> = serde_json::from_slice(line);
        let Line(number, request, index, url, kept, item) = read.map_err(|error| {
            let place = self.directory.display();
            let message = format!("{place} is damaged at {at}; start over with --fresh");
            Error::new(ErrorKind::Storage, message).with_source(error)
        })?;
        let key = ItemKey::new(Fingerprint::from(request), index);
        Ok(Delivery {
            id: ItemId::new(&self.run, number),
            url: url.into_owned(),
            kept: UNIX_EPOCH + Duration::from_millis(kept),
            record: Record::of_json(item.get().to_owned()).with_key(key),
        })
    }
}
