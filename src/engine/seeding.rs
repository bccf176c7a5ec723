//! The thread that takes a spider's seeds, and the bounded channel in which they wait for the dispatcher.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::mpsc;

use super::erased::panicked;
use crate::engine::spider::Seeds;
use crate::page::error::{BoxError, Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::store::checkpoint::SeedsTaken;

/// Number of seeds that the dispatcher takes at a time, and that wait for it.
const BATCH: usize = 500;
/// Number of waiting requests from which on no more seeds are taken.
pub(super) const ENOUGH: u64 = 10_000;

/// Seeds on their way from their thread, which ends when the other end is gone.
#[derive(Debug)]
pub(super) struct Seeding(mpsc::Receiver<Result<Request>>);

impl Seeding {
    /// Starts to take the seeds behind those that an earlier process has taken. Returns `None` when there
    /// are none.
    ///
    /// # Errors
    /// [`ErrorKind::Spider`] when there can be no thread.
    pub(super) fn start(seeds: Seeds, before: SeedsTaken) -> Result<Option<Self>> {
        if seeds.is_none() {
            return Ok(None);
        }
        let (sender, receiver) = mpsc::channel(BATCH);
        let take = move || send(seeds, before, &sender);
        std::thread::Builder::new()
            .name("crawl-seeds".to_owned())
            .spawn(take)
            .map_err(|error| {
                Error::new(ErrorKind::Spider, "no thread for the seeds").with_source(error)
            })?;
        Ok(Some(Self(receiver)))
    }

    /// Waits for the next seeds; none when there are no more.
    ///
    /// # Errors
    /// Those of the spider, and [`ErrorKind::Panic`] when it panics. Seeds of the same batch are not returned then; they
    /// count as not taken, so a job that goes on has them again.
    pub(super) async fn next(&mut self) -> Result<Vec<Request>> {
        let mut batch = Vec::with_capacity(BATCH);
        self.0.recv_many(&mut batch, BATCH).await;
        batch.into_iter().collect()
    }
}

/// Waits for the next seeds; forever when there are none to come.
pub(super) async fn next(seeding: Option<&mut Seeding>) -> Result<Vec<Request>> {
    match seeding {
        Some(seeding) => seeding.next().await,
        None => std::future::pending().await,
    }
}

/// Sends the seeds until there are no more, one is an error, or nobody takes them.
fn send(mut seeds: Seeds, before: SeedsTaken, sender: &mpsc::Sender<Result<Request>>) {
    let mut passed = SeedsTaken::default();
    loop {
        let next = catch_unwind(AssertUnwindSafe(|| seeds.next()));
        let seed = match next {
            Ok(None) if passed.number < before.number => Err(changed()),
            Ok(None) => return,
            Ok(Some(seed)) => seed.map_err(cannot_start),
            Err(panic) => Err(panicked(panic.as_ref())),
        };
        let seed = match seed {
            Ok(seed) if passed.number < before.number => {
                passed.take(&seed);
                if passed.number < before.number || passed.hash == before.hash {
                    continue;
                }
                Err(changed())
            }
            seed => seed,
        };
        let is_last = seed.is_err();
        if sender.blocking_send(seed).is_err() || is_last {
            return;
        }
    }
}

/// Returns the error for seeds that are not those of the process before.
fn changed() -> Error {
    let message = "the seeds are not those that the job began with, so it cannot go on among them: give the same ones, or \
                   start over with `--fresh`";
    Error::new(ErrorKind::Settings, message)
}

/// Returns the error of a spider that cannot start. An error of this library already says what failed and where.
pub(super) fn cannot_start(error: BoxError) -> Error {
    error.downcast::<Error>().map_or_else(
        |error| Error::new(ErrorKind::Spider, "the spider cannot start").with_source(error),
        |error| *error,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: u64) -> std::result::Result<Request, BoxError> {
        Ok(Request::get(format!("http://a.example/{number}"))?)
    }

    fn taken(numbers: std::ops::Range<u64>) -> SeedsTaken {
        let mut taken = SeedsTaken::default();
        for number in numbers {
            taken.take(&request(number).unwrap());
        }
        taken
    }

    async fn all(mut seeding: Seeding) -> Result<Vec<String>> {
        let mut urls = Vec::new();
        loop {
            let batch = seeding.next().await?;
            if batch.is_empty() {
                return Ok(urls);
            }
            urls.extend(batch.iter().map(|request| request.url().path().to_owned()));
        }
    }

    #[tokio::test]
    async fn seeds_that_were_taken_before_are_passed_over() {
        let seeds = Seeds::new((0..2_000).map(request));
        let seeding = Seeding::start(seeds, taken(0..1_998)).unwrap().unwrap();
        assert_eq!(all(seeding).await.unwrap(), ["/1998", "/1999"]);
    }

    #[tokio::test]
    async fn a_sequence_that_has_changed_is_an_error() {
        let before = taken(0..20);
        for now in [0..10, 1..30, 5..5] {
            let seeds = Seeds::new(now.map(request));
            let error = all(Seeding::start(seeds, before).unwrap().unwrap()).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Settings);
        }
    }

    #[tokio::test]
    async fn an_error_among_the_seeds_is_returned_and_a_panic_too() {
        let bad = || std::iter::once(Err("line 3 is no URL".into()));
        let seeds = Seeds::new((0..2).map(request).chain(bad()));
        let error = all(Seeding::start(seeds, SeedsTaken::default())
            .unwrap()
            .unwrap())
        .await;
        assert!(error.unwrap_err().chain().contains("line 3 is no URL"));
        let seeds = Seeds::new((0..1).map(|_| panic!("seedless")));
        let error = all(Seeding::start(seeds, SeedsTaken::default())
            .unwrap()
            .unwrap())
        .await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Panic);
    }

    #[test]
    fn a_spider_without_seeds_needs_no_thread() {
        assert!(
            Seeding::start(Seeds::none(), SeedsTaken::default())
                .unwrap()
                .is_none()
        );
    }
}
