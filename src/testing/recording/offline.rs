//! The crawl of a recording: no network, no waiting, the same order each time.

use std::future::pending;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::About;
use super::results::{PageError, PageItem, Results};
use crate::engine::job::{Args, Job};
use crate::fetch::cassette::{Exchange, MASK, Replay};
use crate::items::sink::{Record, Sink};
use crate::model::event::{Event, Events};
use crate::model::settings::layers;
use crate::page::error::{Error, ErrorKind, Result};

/// Maximum number of items that may be ahead of the events that name their pages.
const AHEAD: usize = 4096;

/// Result of a crawl of a recording.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// Number of pages that were parsed.
    pub(crate) pages: u64,
    pub(crate) results: Results,
    /// The fields that are together the key of an item, if the spider says so.
    pub(super) key: Vec<String>,
    pub(super) unused: Vec<String>,
    pub(crate) unrecorded: Vec<String>,
    /// A cassette for exactly this crawl.
    pub(crate) exchanges: Vec<Exchange>,
    /// Exchanges that this crawl did not ask for.
    pub(crate) spare: Vec<Exchange>,
}

/// Crawls these exchanges with a spider as it is now.
///
/// # Errors
/// Fails when the crawl cannot begin, or its pipelines fail.
pub(crate) async fn replay(job: &Job, about: &About, exchanges: Vec<Exchange>) -> Result<Replayed> {
    let arguments = Args::new(about.arguments.clone()).with_stand_in(MASK);
    let mut crawler = job.crawler(arguments)?;
    let name = crawler.name().to_owned();
    let set: Vec<(String, String)> = about.settings.clone().into_iter().collect();
    layers::apply(crawler.settings_mut(), &name, &set)?;
    let replay = Replay::settled(exchanges);
    crawler.config.replay(replay.clone());
    let key = crawler.settings_mut().show("unique").unwrap_or_default();
    let (sender, records) = sync_channel(AHEAD);
    let results = tokio::spawn(collect(crawler.events(), records));
    let report = match crawler.sink(Collected(sender)).run_until(pending()).await {
        Ok(report) => report,
        Err(error) => {
            // Nothing says that the events have ended.
            results.abort();
            return Err(error);
        }
    };
    let failed =
        |error| Error::new(ErrorKind::Panic, "the crawl cannot be followed").with_source(error);
    Ok(Replayed {
        pages: report.pages,
        results: results.await.map_err(failed)??,
        key: key
            .split(',')
            .map(str::trim)
            .filter(|field| !field.is_empty())
            .map(str::to_owned)
            .collect(),
        unused: replay.unused(),
        unrecorded: replay.unrecorded(),
        exchanges: replay.asked(),
        spare: replay.spare(),
    })
}

/// Follows a crawl to its end.
async fn collect(mut events: Events, records: Receiver<Record>) -> Result<Results> {
    let mut results = Results::default();
    while let Some(event) = events.next().await {
        match event {
            // An item is handed over before it is told.
            Event::Kept { url } => results.items.extend(
                records
                    .try_recv()
                    .map(|record| PageItem::new(url.as_str(), record.json())),
            ),
            // The replay says of which requests these are.
            Event::Failed {
                kind: ErrorKind::Stopped | ErrorKind::Unrecorded,
                ..
            } => {}
            Event::Failed { url, kind, message } => {
                let error = PageError::new(url.as_str(), kind, &message);
                results.errors.push(error);
            }

            Event::Missed(_) => {
                let message = "a page has more links and items than can be followed; see the setting `max_links`";
                return Err(Error::new(ErrorKind::Panic, message));
            }
            Event::Finished { .. } => break,
            _ => {}
        }
    }
    results.errors.sort();
    Ok(results)
}

/// Sink that hands the items over, and waits when too many are ahead.
struct Collected(SyncSender<Record>);

impl Sink for Collected {
    fn write(&mut self, record: &Record) -> Result<()> {
        let gone = |error| {
            Error::new(ErrorKind::Storage, "nobody takes the items any more").with_source(error)
        };
        self.0
            .send(record.clone())
            .map_err(|error| gone(error.to_string()))
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
