//! All deliveries of a crawl, and the writing end of the outbox that they come from.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use url::Url;

use super::delivery::{Delivery, Ending, Outcome};
use crate::items::destination::{MAX_DESTINATIONS, Refusals, Run, refused_files};
use crate::items::outbox::{self, Outbox, OutboxReader};
use crate::items::output::AnyDestination;
use crate::items::sink::{Position, Record};
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::checkpoint::Command;

/// Size of committed items that are not delivered, in bytes, beyond which no further items are taken.
const MAX_WAITING: u64 = 256 << 20;
/// Number of delivered bytes after which files of the outbox are looked for that can go.
const TRIM_EVERY: u64 = 16 << 20;

/// Where the outbox of a crawl is, and how far an earlier process had come.
pub(crate) struct Place {
    pub(crate) outbox: PathBuf,
    /// Directory of the job, for the files of refused items; `None` in a crawl in memory.
    pub(crate) job: Option<PathBuf>,
    pub(crate) position: Position,
    pub(crate) store: Option<Sender<Command>>,
    /// End of the outbox in the last commit; `None` in a crawl in memory, whose items count as committed when written.
    pub(crate) committed: Option<watch::Receiver<Position>>,
}

/// Deliveries of a crawl, a task each.
#[derive(Debug)]
pub(crate) struct Deliveries {
    tasks: JoinSet<Result<Outcome>>,
    ending: watch::Sender<Ending>,
    outbox: PathBuf,
    /// Destinations, and the end of what each has.
    delivered: Vec<(String, watch::Receiver<Position>)>,
    /// Outbox of a crawl in memory, removed at its end.
    temporary: Option<Temporary>,
}

/// Writing end of the outbox, as the item writer drives it.
#[derive(Debug)]
pub(crate) struct OutboxWriter {
    outbox: Outbox,
    /// End of what is committed, or on its way there.
    committed: Position,
    /// Announces what is written, in a crawl in memory.
    announce: Option<watch::Sender<Position>>,
    delivered: Vec<watch::Receiver<Position>>,
    trimmed: u64,
}

/// Directory that is removed on drop.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Deliveries {
    /// Opens the outbox, connects to all destinations, and starts to deliver.
    ///
    /// # Errors
    /// Those of the destinations; [`ErrorKind::Storage`] when the outbox cannot be opened.
    pub(crate) async fn start(
        destinations: Vec<AnyDestination>,
        place: Place,
        run: &Run,
        patience: Duration,
    ) -> Result<(Self, OutboxWriter)> {
        if destinations.len() > MAX_DESTINATIONS {
            let message = format!("a crawl has at most {MAX_DESTINATIONS} destinations");
            return Err(Error::new(ErrorKind::Settings, message));
        }
        let temporary = place.job.is_none().then(|| Temporary(place.outbox.clone()));
        let outbox = Outbox::open(&place.outbox, place.position)?;
        let (announce, announced) = watch::channel(place.position);
        let (announce, committed) = match place.committed.clone() {
            Some(committed) => (None, committed),
            None => (Some(announce), announced),
        };
        let (ending, ended) = watch::channel(Ending::None);
        let mut deliveries = Self {
            tasks: JoinSet::new(),
            ending,
            outbox: place.outbox.clone(),
            delivered: Vec::new(),
            temporary,
        };
        let mut opened = Vec::new();
        for (destination, refused) in destinations.into_iter().zip(refused_files()) {
            let (name, destination) = destination.open()?;
            let (delivered, is_delivered) = watch::channel(Position::new(0));
            deliveries.delivered.push((name.clone(), is_delivered));
            let mut delivery = Delivery {
                note: note(&place, &name),
                name,
                destination,
                run: run.clone(),
                reader: OutboxReader::new(&place.outbox, Arc::clone(&run.id)),
                refusals: Refusals::default(),
                base: place.position,
                committed: committed.clone(),
                ending: ended.clone(),
                delivered,
                store: place.store.clone(),
                patience,
            };
            delivery.open().await?;
            if let Some(job) = &place.job {
                delivery.open_refusals(job.join(refused))?;
            }
            opened.push(delivery);
        }
        for delivery in opened {
            deliveries.tasks.spawn(delivery.run());
        }
        let writer = OutboxWriter {
            outbox,
            committed: place.position,
            announce,
            delivered: deliveries
                .delivered
                .iter()
                .map(|(_, at)| at.clone())
                .collect(),
            trimmed: 0,
        };
        Ok((deliveries, writer))
    }

    /// Waits for the first delivery that fails; forever while all go on.
    pub(crate) async fn failed(&mut self) -> Error {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => panicked(error),
            // None ends by itself before the crawl does.
            Some(Ok(Ok(_))) | None => std::future::pending().await,
        }
    }

    /// Delivers what is left, up to `end`, and returns the outcomes in the order of the destinations. A crawl that was
    /// stopped waits for so long only, and what is left then waits for the next process.
    ///
    /// # Errors
    /// Those of the destinations; [`ErrorKind::Stopped`] for a crawl in memory that is stopped before all is delivered.
    pub(crate) async fn finish(
        mut self,
        end: Position,
        stopped_within: Option<Duration>,
    ) -> Result<Vec<Outcome>> {
        self.ending.send_replace(match stopped_within {
            Some(_) => Ending::Stopped,
            None => Ending::Over,
        });
        let mut outcomes = Vec::new();
        let all = self.join(&mut outcomes);
        match stopped_within {
            None => {
                all.await?;
                outbox::empty(&self.outbox, end)?;
            }
            Some(within) => match timeout(within, all).await {
                Ok(done) => done?,
                Err(_) => self.left_behind(end)?,
            },
        }
        Ok(outcomes)
    }

    /// Waits for all tasks.
    async fn join(&mut self, outcomes: &mut Vec<Outcome>) -> Result<()> {
        while let Some(joined) = self.tasks.join_next().await {
            outcomes.push(joined.unwrap_or_else(|error| Err(panicked(error)))?);
        }
        Ok(())
    }

    /// Tells what is not delivered at a stop.
    fn left_behind(&self, end: Position) -> Result<()> {
        for (name, delivered) in &self.delivered {
            let bytes = end.get() - delivered.borrow().get();
            if bytes == 0 {
                continue;
            }
            if self.temporary.is_some() {
                let message = format!(
                    "stopped before all items were delivered to {name}: {bytes} bytes of them are lost; a job would keep them"
                );
                return Err(Error::new(ErrorKind::Stopped, message));
            }
            tracing::warn!(output = %name, bytes, "items are not delivered yet; the same command goes on");
        }
        Ok(())
    }
}

fn panicked(error: JoinError) -> Error {
    Error::new(ErrorKind::Panic, "a destination panicked").with_source(error)
}

/// Returns the path at which a job notes how far a destination is that does not remember it.
fn note(place: &Place, name: &str) -> Option<PathBuf> {
    place.job.as_ref()?;
    let hash = xxhash_rust::xxh3::xxh3_64(name.as_bytes());
    Some(place.outbox.join(format!("position-{hash:016x}")))
}

impl OutboxWriter {
    /// Takes an item, by its number in the run.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the outbox cannot be written.
    pub(crate) fn write(&mut self, number: u64, record: &Record, url: &Url) -> Result<()> {
        self.outbox.write(number, record, url)
    }

    /// Writes what is in the buffer. In a crawl in memory it can be delivered then.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the outbox cannot be written.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.outbox.flush()?;
        if let Some(announce) = &self.announce {
            self.committed = self.outbox.position();
            announce.send_replace(self.committed);
            self.trim()?;
        }
        Ok(())
    }

    /// Writes what is in the buffer, for a commit; returns where the outbox ends then.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the outbox cannot be written.
    pub(crate) fn commit(&mut self) -> Result<Position> {
        self.flush()?;
        self.committed = self.outbox.position();
        self.trim()?;
        Ok(self.committed)
    }

    /// Returns the number of destinations.
    pub(crate) fn destinations(&self) -> usize {
        self.delivered.len()
    }

    /// Waits until not too many committed items wait for a destination.
    ///
    /// Items that are not committed yet do not count: their commit may be behind the page that waits here.
    pub(crate) async fn room(&mut self) {
        for delivered in &mut self.delivered {
            let committed = self.committed.get();
            let has_room = |at: &Position| committed.saturating_sub(at.get()) <= MAX_WAITING;
            // Fails when the delivery has failed; then the crawl is ending and reports why.
            let _ = delivered.wait_for(has_room).await;
        }
    }

    /// Removes files that all destinations have had.
    fn trim(&mut self) -> Result<()> {
        let least = self.delivered.iter().map(|at| at.borrow().get()).min();
        let least = least.unwrap_or_default();
        if least < self.trimmed + TRIM_EVERY {
            return Ok(());
        }
        self.trimmed = least;
        outbox::remove_delivered(self.outbox.directory(), Position::new(least))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place {
    /// Returns a place for the crawl in memory with this id.
    pub(crate) fn temporary(run: &str) -> Self {
        let name = format!("crawlworks-outbox-{}-{run}", std::process::id());
        Self {
            outbox: std::env::temp_dir().join(name),
            job: None,
            position: Position::new(0),
            store: None,
            committed: None,
        }
    }
}
