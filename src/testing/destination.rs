//! [`destination_crash_test`]: a destination of one's own, killed at each of its steps.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use url::Url;

use crate::engine::items::{Delivery, Ending};
use crate::items::destination::{Batch, Batching, Destination, Reached, Refusals, Run};
use crate::items::outbox::{Outbox, OutboxReader};
use crate::items::sink::{Position, Record};
use crate::page::error::{BoxError, Error, ErrorKind, Result};

/// Number of items that are delivered, and of those in a batch.
const ITEMS: u64 = 8;
const BATCH: usize = 3;
/// Highest number of times that a destination may wait, in all that it does for these items.
const STEPS: u32 = 10_000;

/// Delivers items to a destination that is broken off whenever it waits, goes on as a crawl does after a kill, and checks that
/// each item is there: once if the destination remembers positions, else at least once.
///
/// `make` makes the destination, for a run that no other was before: what it writes to is told by the number. `read_back`
/// returns the items there in the order of their delivery: each is an object with a number `n`, from 0.
///
/// A kill does not happen to a server, so this is no substitute for killing one: it finds what is wrong with the order of steps.
///
/// # Errors
/// The first thing that is wrong: items that are missing or there twice, or an error of the destination.
pub async fn destination_crash_test<D: Destination>(
    mut make: impl FnMut(u32) -> D,
    mut read_back: impl FnMut(u32) -> Result<Vec<u64>, BoxError>,
) -> Result<()> {
    for run in 0..STEPS {
        let place = Scratch::new();
        let end = fill(&place.0)?;
        let process = |destination| Process::new(destination, &place.0, run, end);
        // Two processes that end at this step, and one that ends when it is done.
        let (is_over, remembers) = process(make(run)).run(Some(run + 1)).await?;
        if !is_over {
            process(make(run)).run(Some(run + 1)).await?;
            process(make(run)).run(None).await?;
        }
        let had =
            read_back(run).map_err(|error| failed("cannot read back", run).with_source(error))?;
        check(&had, remembers, run)?;
        if is_over {
            return Ok(());
        }
    }
    Err(failed(
        "it waits more often than this test can count",
        STEPS,
    ))
}

/// Item that is delivered.
#[derive(Serialize)]
struct Item {
    n: u64,
}

/// Checks that all items are there, and in order.
fn check(had: &[u64], is_once: bool, run: u32) -> Result<()> {
    let mut first = Vec::new();
    for number in had {
        if !first.contains(number) {
            first.push(*number);
        }
    }
    if !first.iter().copied().eq(0..ITEMS) {
        return Err(failed(
            &format!("it has {had:?}, not 0 to {}", ITEMS - 1),
            run,
        ));
    }
    if is_once && had.len() != first.len() {
        return Err(failed(&format!("it has items twice: {had:?}"), run));
    }
    Ok(())
}

/// Writes the items into an outbox; returns where it ends.
fn fill(directory: &Path) -> Result<Position> {
    let mut outbox = Outbox::open(directory, Position::new(0))?;
    let url = Url::parse("http://example.com/").map_err(|error| failed(&error.to_string(), 0))?;
    for number in 0..ITEMS {
        outbox.write(number, &Record::new(&Item { n: number })?, &url)?;
    }
    outbox.flush()?;
    Ok(outbox.position())
}

/// A process that delivers.
struct Process {
    delivery: Delivery,
    remembers: watch::Receiver<bool>,
    // Senders that the delivery listens to.
    _held: (watch::Sender<Position>, watch::Sender<Ending>),
}

impl Process {
    fn new(destination: impl Destination, outbox: &Path, run: u32, end: Position) -> Self {
        let run = Run {
            id: format!("{run:016x}").into(),
            spider: "items".to_owned(),
            ..Run::default()
        };
        let (commits, committed) = watch::channel(end);
        let (ends, ending) = watch::channel(Ending::Over);
        let (remembering, remembers) = watch::channel(true);
        let small = Small {
            destination,
            remembering,
        };
        let delivery = Delivery {
            name: "test".to_owned(),
            destination: Box::new(small),
            reader: OutboxReader::new(outbox, Arc::clone(&run.id)),
            run,
            refusals: Refusals::default(),
            note: Some(outbox.join("position")),
            base: end,
            committed,
            ending,
            delivered: watch::channel(Position::new(0)).0,
            store: None,
            patience: Duration::from_secs(10),
        };
        Self {
            delivery,
            remembers,
            _held: (commits, ends),
        }
    }

    /// Delivers until all is done, or until it has waited so often; returns whether all is done, and whether the destination
    /// remembers positions.
    async fn run(mut self, steps: Option<u32>) -> Result<(bool, bool)> {
        let work = async move {
            self.delivery.open().await?;
            self.delivery.run().await
        };
        let done = within(pin!(work), steps).await;
        let remembers = *self.remembers.borrow();
        done.map_or(Ok((false, remembers)), |done| {
            done.map(|_| (true, remembers))
        })
    }
}

/// Waits for a future; `None` when it has to wait for the nth time.
async fn within<F: Future>(mut future: Pin<&mut F>, steps: Option<u32>) -> Option<F::Output> {
    let mut waited = 0;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if steps.is_some_and(|steps| waited + 1 >= steps) => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

/// A destination with small batches.
struct Small<D> {
    destination: D,
    remembering: watch::Sender<bool>,
}

impl<D: Destination> Destination for Small<D> {
    async fn open(&mut self, run: &Run) -> Result<Reached> {
        let reached = self.destination.open(run).await?;
        self.remembering.send_replace(reached != Reached::Unknown);
        Ok(reached)
    }

    async fn deliver(&mut self, batch: &Batch, refusals: &mut Refusals) -> Result<()> {
        self.destination.deliver(batch, refusals).await
    }

    async fn finish(&mut self) -> Result<()> {
        self.destination.finish().await
    }

    fn batching(&self) -> Batching {
        Batching {
            items: BATCH,
            ..self.destination.batching()
        }
    }
}

/// Directory that is removed on drop.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crawlworks-crash-test-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn failed(what: &str, run: u32) -> Error {
    Error::new(
        ErrorKind::Failed,
        format!("broken off at step {}: {what}", run + 1),
    )
}
