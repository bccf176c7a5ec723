//! Delivery of committed items from the outbox to a destination: a task for each of them.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::items::destination::{Batch, ErasedDestination, Reached, Refusals, Run};
use crate::items::outbox::OutboxReader;
use crate::items::sink::Position;
use crate::model::replace::{replace, unusable};
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::checkpoint::Command;

/// First and longest wait between two tries to reach a destination.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// Size of the first items of a run that tell what the others are like, in bytes: some hundred of them.
const FIRST: u64 = 64 << 10;
/// Time after which a wait for a destination is told.
const SILENT: Duration = Duration::from_secs(2);

/// Delivers the items of a run to one destination.
pub(crate) struct Delivery {
    /// Name of the destination in messages, reports and `run.json`, without secrets.
    pub(crate) name: String,
    pub(crate) destination: Box<dyn ErasedDestination>,
    pub(crate) run: Run,
    pub(crate) reader: OutboxReader,
    pub(crate) refusals: Refusals,
    /// File in which the position is noted, for a destination that does not remember it; `None` in a crawl in memory.
    pub(crate) note: Option<PathBuf>,
    /// End of what an earlier process committed.
    pub(crate) base: Position,
    /// End of what this process committed; zero before it has.
    pub(crate) committed: watch::Receiver<Position>,
    pub(crate) ending: watch::Receiver<Ending>,
    /// End of what is delivered.
    pub(crate) delivered: watch::Sender<Position>,
    /// Store of the job; `None` in a crawl in memory.
    pub(crate) store: Option<Sender<Command>>,
    pub(crate) patience: Duration,
}

/// Time in which a destination has not done what it was asked for.
struct Absence {
    since: Instant,
    /// Wait before the next try.
    wait: Duration,
    /// `true` if it was told.
    is_told: bool,
}

impl Absence {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            wait: BACKOFF.0,
            is_told: false,
        }
    }
}

/// Whether more items will be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The crawl goes on.
    None,
    /// The crawl was stopped; a later process goes on with the run.
    Stopped,
    /// The run is over.
    Over,
}

/// Result of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    /// Number of items of the run that were refused.
    pub(crate) refused: u64,
}

impl Delivery {
    /// Connects to the destination and finds out where to go on.
    ///
    /// # Errors
    /// Those of the destination; [`ErrorKind::Storage`] when it has more of the run than the job.
    pub(crate) async fn open(&mut self) -> Result<()> {
        let at = self.reach().await?;
        self.delivered.send_replace(at);
        Ok(())
    }

    /// Goes on with the file of refused items at this path.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be read or written.
    pub(crate) fn open_refusals(&mut self, path: PathBuf) -> Result<()> {
        let at = *self.delivered.borrow();
        let next = self.reader.number_at(at, self.base)?;
        self.refusals = Refusals::open(path, next.unwrap_or(u64::MAX))?;
        Ok(())
    }

    /// Returns the end of what is committed.
    fn end(&mut self) -> Position {
        let committed = *self.committed.borrow_and_update();
        Position::new(committed.get().max(self.base.get()))
    }

    async fn reach(&mut self) -> Result<Position> {
        let opened = self.destination.open_boxed(&self.run);
        let reached = timeout(self.patience, opened)
            .await
            .unwrap_or_else(|_| Err(silent()));
        let at = match reached.map_err(|error| self.named(error))? {
            Reached::Remembered(position) => position,
            Reached::Unknown => self.noted()?,
        };
        let committed = self.end();
        if at.get() > committed.get() {
            let message = format!(
                "{} has items of this run that the job does not know of: the job's directory is older than they are; start \
                 over with --fresh",
                self.name
            );
            return Err(Error::new(ErrorKind::Storage, message));
        }
        Ok(at)
    }

    /// Delivers until nothing more is committed and all of it is delivered; then completes the output, if the run is over.
    ///
    /// # Errors
    /// Those of the destination, of the outbox and of the job's store.
    pub(crate) async fn run(mut self) -> Result<Outcome> {
        let limits = self.destination.batching_any();
        loop {
            let at = *self.delivered.borrow();
            let ending = *self.ending.borrow_and_update();
            let waiting = self.end().get().saturating_sub(at.get());
            if waiting == 0 {
                match ending {
                    Ending::None => self.news().await,
                    Ending::Stopped => break,
                    Ending::Over => {
                        self.complete().await?;
                        break;
                    }
                }
                continue;
            }
            let (enough, wait) = match at.get() {
                0 => (FIRST, limits.wait_at_start),
                _ => (limits.bytes as u64, limits.wait),
            };
            if ending == Ending::None && waiting < enough {
                // Over at once when the crawl ends.
                let ending = self.ending.wait_for(|ending| *ending != Ending::None);
                let _ = timeout(wait, ending).await;
            }
            let committed = self.end();
            if let Some(batch) = self.reader.batch(at, committed, limits)? {
                self.ship(&batch).await?;
            }
        }
        Ok(Outcome {
            name: self.name,
            refused: self.refusals.count(),
        })
    }

    /// Waits until more is committed, or the crawl ends.
    async fn news(&mut self) {
        let (committed, ending) = (&mut self.committed, &mut self.ending);
        // A sender that is gone is the end of the crawl, and of this task.
        let gone = tokio::select! {
            more = committed.changed() => more.is_err(),
            end = ending.changed() => end.is_err(),
        };
        if gone {
            std::future::pending::<()>().await;
        }
    }

    async fn ship(&mut self, batch: &Batch) -> Result<()> {
        self.secure(batch).await?;
        let mut absence = Absence::new();
        loop {
            let done = self.destination.deliver_boxed(batch, &mut self.refusals);
            let done = timeout(self.patience, done)
                .await
                .unwrap_or_else(|_| Err(silent()));
            let Err(error) = done else {
                return self.shipped(batch);
            };
            if error.kind() != ErrorKind::Unreachable {
                self.refusals.take_back()?;
                return Err(self.named(error));
            }
            let reached = self.reach_again(self.named(error), &mut absence).await?;
            if reached == batch.end {
                // It was delivered; only the answer was lost.
                return self.shipped(batch);
            }
            self.refusals.take_back()?;
            if reached != batch.start {
                self.delivered.send_replace(reached);
                return Ok(());
            }
        }
    }

    /// Forces all that is about to be delivered to the disk: the other end must never know more of the run than the job,
    /// not even after a power cut.
    async fn secure(&mut self, batch: &Batch) -> Result<()> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        self.reader.sync(batch.start, batch.end)?;
        let (done, synced) = oneshot::channel();
        // Fails only when the store is gone; then the crawl is ending and reports why.
        let _ = store.send(Command::Sync(done));
        match synced.await {
            Ok(synced) => synced,
            Err(_) => std::future::pending().await,
        }
    }

    fn shipped(&mut self, batch: &Batch) -> Result<()> {
        let (refused, reason) = self.refusals.accept()?;
        if let Some(reason) = reason {
            let (output, all) = (&self.name, self.refusals.count());
            // The same on batch after batch would bury everything else.
            if all == refused {
                tracing::warn!(%output, refused, %reason, "items were refused; more are counted in the report");
            } else {
                tracing::debug!(%output, refused, %reason, "items were refused");
            }
        }
        if let Some(path) = &self.note {
            replace(path, batch.end.get().to_string().as_bytes())?;
        }
        self.delivered.send_replace(batch.end);
        Ok(())
    }

    /// Tries to reach a destination again that did not answer, until the patience is over.
    async fn reach_again(&mut self, mut error: Error, absence: &mut Absence) -> Result<Position> {
        loop {
            if absence.since.elapsed() >= self.patience {
                return Err(error);
            }
            if !absence.is_told && absence.since.elapsed() >= SILENT {
                absence.is_told = true;
                let (output, error) = (&self.name, error.chain());
                tracing::warn!(%output, error, "the output does not answer; the crawl waits for it");
            }
            sleep(absence.wait).await;
            absence.wait = (absence.wait * 2).min(BACKOFF.1);
            match self.reach().await {
                Ok(position) => return Ok(position),
                Err(next) if next.kind() == ErrorKind::Unreachable => error = next,
                Err(other) => return Err(other),
            }
        }
    }

    async fn complete(&mut self) -> Result<()> {
        let mut absence = Absence::new();
        loop {
            match self.destination.finish_boxed().await {
                Err(error) if error.kind() == ErrorKind::Unreachable => {
                    self.reach_again(self.named(error), &mut absence).await?;
                }
                finished => return finished.map_err(|error| self.named(error)),
            }
        }
    }

    /// Returns the position that was noted for a destination that does not remember it.
    fn noted(&self) -> Result<Position> {
        if self.note.is_none() {
            return Ok(*self.delivered.borrow());
        }
        let Some(path) = self.note.as_ref().filter(|path| path.exists()) else {
            return Ok(Position::new(0));
        };
        let text = std::fs::read_to_string(path).map_err(|e| unusable("read", path, e))?;
        text.parse().map(Position::new).map_err(|error| {
            let message = format!("{} is damaged; start over with --fresh", path.display());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })
    }

    /// Names the destination in an error of its own.
    fn named(&self, error: Error) -> Error {
        let message = format!("cannot deliver items to {}", self.name);
        Error::new(error.kind(), message).with_source(error)
    }
}

fn silent() -> Error {
    Error::new(ErrorKind::Unreachable, "no answer within `sink_patience`")
}
