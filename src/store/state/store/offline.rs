//! Operations on a job that nobody crawls: showing its progress, and trying again what failed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::guard::guarded;
use super::{Root, Store, json, keys, storage};
use crate::items::sink::{Mode, OutputFile, Position};
use crate::model::report::{Finish, Items, Ledger};
use crate::page::error::{Error, ErrorKind, Result};
use crate::queue::frontier::disk::{Key, record};
use crate::queue::queued::HostId;
use crate::store::checkpoint::HostRecord;
use crate::store::dead_letter::{self, DEAD_LETTERS};
use crate::store::state::{Directory, FRONTIER, RunFile, State};

/// Progress of a job.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub(crate) pages: u64,
    pub(crate) items: Items,
    pub(crate) ledger: Ledger,
    /// Duration of the crawl, in seconds.
    pub(crate) seconds: f64,
    /// Requests that were given up and can be tried again.
    pub(crate) dead: u64,
}

/// Returns the progress of a job; `None` when nothing was committed.
///
/// # Errors
/// [`ErrorKind::Storage`] when its store cannot be read, [`ErrorKind::File`] when there is none any more and its report
/// cannot be read.
pub(crate) fn summary(directory: &Path) -> Result<Option<Summary>> {
    if !directory.join(FRONTIER).exists() {
        return reported(directory);
    }
    let store = Store::open(directory, false)?;
    let root = guarded(&store.path, || store.root())?;
    Ok(root.map(|root| {
        let tally = root.saved.tally;
        let ledger = Ledger {
            pending: tally.pending(),
            ..tally.ledger
        };
        Summary {
            pages: tally.pages,
            items: root.delivered.items,
            ledger,
            seconds: root.saved.seconds,
            dead: ledger.failed,
        }
    }))
}

/// Returns the progress of a job by the report of its last run, if that left nothing to do and so no store.
fn reported(directory: &Path) -> Result<Option<Summary>> {
    let run = RunFile::read(directory)?;
    if run.is_none_or(|run| run.state != State::Finished) {
        return Ok(None);
    }
    let report = Directory::report_in(directory)?;
    Ok(report.map(|report| Summary {
        pages: report.pages,
        items: report.items,
        ledger: report.ledger,
        seconds: report.seconds,
        dead: report.ledger.failed,
    }))
}

/// Returns whether the run in this directory has fetched no page and keeps nothing that another would miss: no item, no
/// host that asked to be left alone, no page that may have killed the process. `false` when its store cannot be read.
pub(crate) fn is_nothing_kept(directory: &Directory) -> bool {
    let Ok(store) = Store::open(directory.path(), false) else {
        return false;
    };
    let look = || Ok((store.root()?, store.hosts()?));
    let Ok((Some(root), hosts)) = guarded(&store.path, look) else {
        return false;
    };
    let was_streamed = fs::metadata(directory.streamed()).is_ok_and(|file| file.len() > 0);
    let is_calm = |host: &HostRecord| host.closed_until.is_none() && host.backoff.is_none();
    !root.saved.tally.has_fetched()
        && root.delivered.items.kept == 0
        && root.saved.suspects.is_empty()
        && hosts.iter().all(is_calm)
        && !was_streamed
}

/// Notes of a run that failed that nobody reads what it writes, if it has no more outputs than these pipes.
///
/// # Errors
/// [`ErrorKind::Storage`] when its store cannot be read or the note cannot be written, [`ErrorKind::File`] when its run
/// cannot be read.
pub(crate) fn note_reader_gone(directory: &Directory, pipes: usize) -> Result<()> {
    let run = RunFile::read(directory.path())?;
    let Some(mut run) = run.filter(|run| run.state == State::Failed) else {
        return Ok(());
    };
    let store = Store::open(directory.path(), false)?;
    let root = guarded(&store.path, || store.root())?;
    if root.is_some_and(|root| root.delivered.positions.len() == pipes) {
        run.reader_gone = true;
        run.write(directory)?;
    }
    Ok(())
}

/// Cuts the journal of a closed store back to what is written in it. The tree makes it 64 MiB long, most of which is a
/// hole, and shortens it when it is opened again.
///
/// # Errors
/// [`ErrorKind::Storage`] when the store cannot be opened.
pub(crate) fn shorten(directory: &Path) -> Result<()> {
    Store::open(directory, false).map(drop)
}

/// Puts the dead letters of a job back into its queue, so that its next run goes on with them; returns how many.
///
/// # Errors
/// [`ErrorKind::File`] for a dead letter that cannot be read, [`ErrorKind::Storage`] when the store cannot be read or
/// written. Then nothing has changed.
pub(crate) fn retry_failed(directory: &Directory) -> Result<u64> {
    if !directory.path().join(FRONTIER).exists() {
        return Ok(0);
    }
    let mut store = Store::open(directory.path(), true)?;
    let path = store.path.clone();
    let Some(mut root) = guarded(&path, || store.root())? else {
        return Ok(0);
    };
    let run = RunFile::read(directory.path())?;
    if let Some(run) = &run {
        check_outputs(run, &root)?;
    }
    let count = guarded(&path, || store.requeue(directory.path(), &mut root))?;
    let has_work = count > 0 || root.saved.finish.is_some_and(Finish::is_unfinished);
    // By the store, not by the count: an earlier call may have been cut short just before this.
    let is_put_off = |run: &RunFile| run.state == State::Finished || run.reader_gone;
    if let Some(mut run) = run.filter(|run| has_work && is_put_off(run)) {
        (run.state, run.failure) = (State::Stopped, None);
        run.reader_gone = false;
        run.write(directory)?;
    }
    Ok(count)
}

/// Checks that every output of a run that has ended is as the run left it: it will be continued where it ended.
///
/// # Errors
/// [`ErrorKind::Storage`] for an output that was moved, changed or continued by others.
fn check_outputs(run: &RunFile, root: &Root) -> Result<()> {
    if root.saved.finish.is_none() {
        // It was killed: what is behind is its own, and will be cut off.
        return Ok(());
    }
    let positions = &root.delivered.positions;
    let own = positions.len().saturating_sub(run.outputs.len());
    for (output, position) in run.outputs.iter().zip(positions.iter().skip(own)) {
        let Some(position) = position else {
            continue;
        };
        let output = OutputFile::parse(output, Mode::Append)?;
        if output.compare(*position).is_ne() {
            let name = output.path().map(Path::display);
            let message = format!(
                "{} was moved or changed since the run ended, so it cannot be continued",
                name.map_or_else(String::new, |name| name.to_string())
            );
            return Err(Error::new(ErrorKind::Storage, message));
        }
    }
    Ok(())
}

impl Store {
    /// Moves all dead letters into the queue, in one commit.
    fn requeue(&mut self, directory: &Path, root: &mut Root) -> Result<u64> {
        let length = root.dead_letters.map(Position::get);
        let Some(length) = length.filter(|length| *length > 0) else {
            return Ok(0);
        };
        let names = self.hosts()?.into_iter().map(|record| record.name);
        let mut hosts: HashMap<String, u32> = names.zip(0..).collect();
        let mut batch = self.database.batch();
        let mut count = 0;
        let failed = &mut root.saved.tally.failed;
        for letter in dead_letter::read(&directory.join(DEAD_LETTERS), Some(length))? {
            let letter = letter?;
            failed.forget(&letter.kind, letter.status);
            let request = letter.request.never_tried();
            let name = request.url().host_str().unwrap_or_default();
            let next = u32::try_from(hosts.len()).unwrap_or(u32::MAX);
            let host = *hosts.entry(name.to_owned()).or_insert_with(|| {
                let record = HostRecord::new(name);
                if let Ok(record) = json(&record) {
                    batch.insert(&self.notes, keys::host(HostId(next)), record);
                }
                next
            });
            let host = HostId(host);
            root.last += 1;
            count += 1;
            let key = Key {
                host,
                priority: request.priority(),
                number: root.last,
            };
            batch.insert(&self.queue, key.to_bytes(), record::encode(&request)?);
            batch.insert(&self.notes, keys::lane(host, key.priority), []);
        }
        let ledger = &mut root.saved.tally.ledger;
        ledger.failed = ledger.failed.saturating_sub(count);
        // One that was killed stays so: what is behind the last commit in its outputs is its own.
        root.saved.finish = root.saved.finish.and(Some(Finish::Stopped));
        root.dead_letters = Some(Position::new(0));
        batch.insert(&self.notes, keys::ROOT, json(&root)?);
        batch
            .durability(Some(fjall::PersistMode::SyncData))
            .commit()
            .map_err(|error| storage(&self.path, error))?;
        // They are in the queue. What cannot be removed now does not count, and the next run removes it.
        let _ = self.dead.go_back(root.dead_letters);
        Ok(count)
    }
}
