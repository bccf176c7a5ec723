//! The item writer: takes items through the pipeline steps into the sinks, and out of the stream.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::channel::{Arrival, ItemReceiver};
use super::deliveries::OutboxWriter;
use super::handover::Handover;
use crate::items::pipeline::{ErasedPipeline, Verdict};
use crate::items::quality::{Look, Quality};
use crate::items::sink::{AnySink, ItemKey, Record};
use crate::model::event::{Announcer, Event};
use crate::model::item::Item;
use crate::model::report::Items;
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::checkpoint::{Checkpoint, Command, Delivered};

/// Longest time that written records stay in a buffer before readers of the file see them.
const FLUSH_EVERY: Duration = Duration::from_millis(250);
/// Maximum number of different failures that the report lists separately.
const MAX_FAILURES: usize = 50;

/// Counts that the engine reads while items are written.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    kept: AtomicU64,
    /// Notified when no more items are wanted because `max_items` is reached.
    pub(crate) enough: Notify,
}

impl Counts {
    /// Starts the counts with the number of items that an earlier process kept.
    pub(crate) fn new(kept: u64) -> Self {
        Self {
            kept: AtomicU64::new(kept),
            enough: Notify::new(),
        }
    }

    pub(crate) fn kept(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }
}

/// The item writer's side of a durable job's commits.
#[derive(Debug)]
pub(crate) struct WriterCommits {
    pub(crate) store: std::sync::mpsc::Sender<Command>,
    /// `true` if the outputs are forced to the disk at each commit.
    pub(crate) sync: bool,
    /// Number of commits so far, in all processes.
    pub(crate) count: u64,
    /// Commits that wait until the reader of the stream has had so many items.
    pub(crate) waiting: VecDeque<(u64, Box<Checkpoint>, Delivered)>,
}

/// Owns the steps and the sinks. Runs on a thread of its own, within the runtime of the crawl, because files are written with
/// blocking calls.
pub(crate) struct ItemWriter<I> {
    pub(crate) steps: Vec<Box<dyn ErasedPipeline<I>>>,
    pub(crate) sinks: Vec<AnySink>,
    /// Outbox of the destinations; `None` if there are none.
    pub(crate) outbox: Option<OutboxWriter>,
    pub(crate) stream: Option<Handover<I>>,
    pub(crate) max_items: Option<u64>,
    pub(crate) counts: Arc<Counts>,
    pub(crate) announcer: Announcer,
    pub(crate) items: Items,
    pub(crate) quality: Quality<I>,
    pub(crate) commits: Option<WriterCommits>,
}

impl<I: Item> ItemWriter<I> {
    /// Opens the steps, before anything is fetched.
    ///
    /// # Errors
    /// [`ErrorKind::Pipeline`] when a step cannot open.
    pub(crate) async fn open(&mut self) -> Result<()> {
        for step in &mut self.steps {
            step.open_boxed()
                .await
                .map_err(|e| step_failed("a pipeline step cannot open").with_source(e))?;
        }
        Ok(())
    }

    /// Receives items until the last sender is gone, then closes everything and returns how far it got. The reader of a
    /// stream gets the time that it takes to read all items, as long as it is there.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when a sink cannot write; [`ErrorKind::Pipeline`] when a step cannot close.
    pub(crate) async fn run(mut self, mut exit: ItemReceiver<I>) -> Result<Delivered> {
        let result = self.drain(&mut exit.arrivals).await;
        // The sinks are closed in any case: what is complete so far must be readable even when one sink failed.
        let closed = self.close().await;
        result.and(closed)?;
        self.quality.warn_of_unknown_names(&self.items);
        let mut delivered = self.delivered().await?;
        if let Some(stream) = &self.stream {
            stream.conclusion().await;
            self.pass_on_what_is_delivered();
        }
        if let Some(stream) = &self.stream {
            delivered.is_refused = !stream.is_complete();
            delivered.items.kept = delivered.items.kept.saturating_sub(stream.undelivered());
        }
        Ok(delivered)
    }

    async fn drain(&mut self, arrivals: &mut mpsc::UnboundedReceiver<Arrival<I>>) -> Result<()> {
        let mut flush_at: Option<Instant> = None;
        loop {
            self.pass_on_what_is_delivered();
            let next = tokio::select! {
                biased;
                arrival = arrivals.recv() => Some(arrival),
                () = self.delivery() => None,
                () = sleep_until(flush_at.unwrap_or_else(Instant::now)), if flush_at.is_some() => None,
            };
            match next {
                Some(Some(Arrival::Page {
                    request,
                    url,
                    items,
                    lost,
                    dropped,
                    place,
                })) => {
                    drop(place);
                    if let Some(outbox) = &mut self.outbox {
                        outbox.room().await;
                    }
                    for reason in lost {
                        match dropped {
                            Some(reason) => self.dropped(reason, &url),
                            None => self.failed(reason, &url),
                        }
                    }
                    for (index, item) in (0..).zip(items) {
                        match dropped {
                            Some(reason) => self.dropped(reason, &url),
                            None => self.take(item, ItemKey::new(request, index), &url).await?,
                        }
                    }
                    flush_at.get_or_insert_with(|| Instant::now() + FLUSH_EVERY);
                }
                Some(Some(Arrival::Commit(cut))) => {
                    self.commit(cut).await?;
                    flush_at = None;
                }
                Some(Some(Arrival::End) | None) => return Ok(()),
                None => {}
            }
            // Also when batches come without a pause, and the timer never gets to run out.
            if flush_at.is_some_and(|at| at <= Instant::now()) {
                self.flush().await?;
                flush_at = None;
            }
        }
    }

    async fn flush(&mut self) -> Result<()> {
        for sink in &mut self.sinks {
            sink.flush().await?;
        }
        self.outbox.as_mut().map_or(Ok(()), OutboxWriter::flush)
    }

    /// Adds the counts and positions of what is written so far to a commit, and queues the commit.
    async fn commit(&mut self, cut: Box<Checkpoint>) -> Result<()> {
        let delivered = self.delivered().await?;
        let stream = self.stream.as_ref();
        if stream.is_some_and(Handover::has_refused) {
            // The pages of this commit come again in the next run.
            return Ok(());
        }
        if let Some(commits) = &mut self.commits {
            if let Some(stream) = stream {
                // The commit before is stored, or there would not be another.
                stream.committed(commits.count)?;
            }
            commits.count = delivered.commits;
            let sent = stream.map_or(0, Handover::sent);
            commits.waiting.push_back((sent, cut, delivered));
        }
        Ok(())
    }

    /// Passes on the commits whose items are delivered.
    fn pass_on_what_is_delivered(&mut self) {
        let (Some(commits), stream) = (&mut self.commits, &self.stream) else {
            return;
        };
        let is_delivered = |items: u64| {
            stream
                .as_ref()
                .is_none_or(|stream| stream.has_delivered(items))
        };
        while commits
            .waiting
            .front()
            .is_some_and(|(items, ..)| is_delivered(*items))
            && let Some((_, cut, delivered)) = commits.waiting.pop_front()
        {
            // Fails only when the store is gone; then the crawl is ending and reports why.
            let _ = commits.store.send(Command::Commit(cut, delivered));
        }
    }

    /// Waits until an item is delivered that a commit may wait for; forever when no commit waits.
    async fn delivery(&self) {
        let waits = self
            .commits
            .as_ref()
            .is_some_and(|commits| !commits.waiting.is_empty());
        match &self.stream {
            Some(stream) if waits => stream.delivery().await,
            _ => std::future::pending().await,
        }
    }

    /// Returns the counts and positions of what is written so far; in a job, the outputs up to there survive the end of
    /// the process.
    async fn delivered(&mut self) -> Result<Delivered> {
        let mut positions = Vec::with_capacity(self.sinks.len());
        if let Some(commits) = &self.commits {
            for sink in &mut self.sinks {
                positions.push(sink.commit(commits.sync).await?);
            }
        }
        let outbox = self.outbox.as_mut().map(|outbox| {
            positions.extend(std::iter::repeat_n(None, outbox.destinations()));
            outbox.commit()
        });
        Ok(Delivered {
            items: self.items.clone(),
            positions,
            outbox: outbox.transpose()?,
            commits: self.commits.as_ref().map_or(0, |commits| commits.count + 1),
            is_refused: false,
            new_keys: self.quality.take_new_keys(),
        })
    }

    async fn take(&mut self, item: I, place: ItemKey, url: &Url) -> Result<()> {
        if self.max_items.is_some_and(|max| self.items.kept >= max) {
            self.dropped("max_items", url);
            self.counts.enough.notify_one();
            return Ok(());
        }
        let Some(item) = self.through_steps(item, url).await else {
            return Ok(());
        };
        if !self.keep(&item, place, url).await? {
            return Ok(());
        }
        if let Some(stream) = &mut self.stream {
            let commits = self.commits.as_ref().map_or(0, |commits| commits.count);
            if !stream.hand(item, url, commits).await {
                // Nothing reads any more: the crawl is stopping already.
                return Ok(());
            }
        }
        self.items.kept += 1;
        self.counts.kept.store(self.items.kept, Ordering::Relaxed);
        self.announcer.announce(|| Event::Kept { url: url.clone() });
        if self.max_items.is_some_and(|max| self.items.kept >= max) {
            self.counts.enough.notify_one();
        }
        Ok(())
    }

    async fn through_steps(&mut self, mut item: I, url: &Url) -> Option<I> {
        for index in 0..self.steps.len() {
            let step = self.steps.get_mut(index)?;
            match step.process_boxed(item).await {
                Ok(Verdict::Keep(kept)) => item = kept,
                Ok(Verdict::Drop(reason)) => {
                    self.dropped(reason, url);
                    return None;
                }
                Err(error) => {
                    self.failed(error.to_string(), url);
                    return None;
                }
            }
        }
        Some(item)
    }

    /// Checks an item, writes it to every sink and counts its fields; returns whether it is kept.
    async fn keep(&mut self, item: &I, place: ItemKey, url: &Url) -> Result<bool> {
        let record = match Record::new(item) {
            Ok(record) => record.with_key(place),
            // Nothing needs the item as JSON: a stream gets it as it is.
            Err(_) if !self.is_written() && !self.quality.reads_json() => return Ok(true),
            Err(error) => {
                self.failed(error.chain(), url);
                return Ok(false);
            }
        };
        let key = match self.quality.look(item, &record) {
            Look::Good(key) => key,
            Look::Dropped(reason) => {
                self.dropped(reason, url);
                return Ok(false);
            }
            Look::Bad(why) => {
                self.failed(why, url);
                return Ok(false);
            }
        };
        let is_written = self.write(&record, url).await?;
        if is_written {
            self.quality.kept(&record, key, &mut self.items);
        }
        Ok(is_written)
    }

    /// Returns whether items are written anywhere, as JSON.
    fn is_written(&self) -> bool {
        !self.sinks.is_empty() || self.outbox.is_some()
    }

    /// Writes an item to every sink, or to none; returns whether it is written.
    async fn write(&mut self, record: &Record, url: &Url) -> Result<bool> {
        match self.write_to_all(record, url).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Pipeline => {
                self.failed(error.chain(), url);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn write_to_all(&mut self, record: &Record, url: &Url) -> Result<()> {
        // One sink alone says in its `write` what it would say now.
        if self.sinks.len() + usize::from(self.outbox.is_some()) > 1 {
            self.sinks.iter().try_for_each(|sink| sink.check(record))?;
        }
        for sink in &mut self.sinks {
            sink.write(record).await?;
        }
        match &mut self.outbox {
            Some(outbox) => outbox.write(self.items.kept, record, url),
            None => Ok(()),
        }
    }

    fn dropped(&mut self, reason: &'static str, url: &Url) {
        count(&mut self.items.dropped, reason);
        self.announcer.announce(|| Event::Dropped {
            url: url.clone(),
            reason: reason.to_owned(),
        });
    }

    fn failed(&mut self, reason: String, url: &Url) {
        let failures = &mut self.items.failed;
        let known = failures.contains_key(&reason) || failures.len() < MAX_FAILURES;
        let counted = if known { &reason } else { "other" };
        // The same failure on page after page would bury everything else.
        if failures.contains_key(counted) {
            tracing::debug!(%url, %reason, "an item was lost");
        } else {
            tracing::warn!(%url, %reason, "an item was lost; more of the same are counted in the report");
        }
        count(failures, counted);
        self.announcer.announce(|| Event::Dropped {
            url: url.clone(),
            reason,
        });
    }

    async fn close(&mut self) -> Result<()> {
        let mut result = Ok(());
        for step in &mut self.steps {
            let closed = step.close_boxed().await;
            result = result.and(
                closed.map_err(|e| step_failed("a pipeline step cannot close").with_source(e)),
            );
        }
        for sink in &mut self.sinks {
            result = result.and(sink.close().await);
        }
        result
    }
}

fn count(counts: &mut BTreeMap<String, u64>, reason: &str) {
    if let Some(count) = counts.get_mut(reason) {
        *count += 1;
    } else {
        counts.insert(reason.to_owned(), 1);
    }
}

fn step_failed(message: &str) -> Error {
    Error::new(ErrorKind::Pipeline, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::sink::captured_log::warnings;

    fn line() -> ItemWriter<u32> {
        ItemWriter {
            steps: Vec::new(),
            sinks: Vec::new(),
            outbox: None,
            stream: None,
            max_items: None,
            counts: Arc::default(),
            announcer: Announcer::default(),
            items: Items::default(),
            quality: Quality::default(),
            commits: None,
        }
    }

    #[test]
    fn a_failure_is_a_warning_once_for_each_reason() {
        let mut line = line();
        let url = Url::parse("http://a.example/").unwrap();
        let warned = warnings(|| {
            for reason in ["no price", "no price", "no title", "no price"] {
                line.failed(reason.to_owned(), &url);
            }
        });
        assert_eq!(warned.len(), 2, "{warned:?}");
        assert!(warned[0].contains("reason=no price"), "{warned:?}");
        assert!(warned[1].contains("reason=no title"), "{warned:?}");
        assert_eq!(line.items.failed["no price"], 3);
    }

    #[test]
    fn reasons_without_end_are_one_warning_more() {
        let mut line = line();
        let url = Url::parse("http://a.example/").unwrap();
        let warned = warnings(|| {
            for number in 0..MAX_FAILURES + 3 {
                line.failed(format!("reason {number}"), &url);
            }
        });
        assert_eq!(warned.len(), MAX_FAILURES + 1, "{warned:?}");
        assert_eq!(line.items.failed["other"], 3);
    }
}
