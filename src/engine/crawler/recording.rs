//! Recording a crawl into a cassette, and replaying a cassette as a crawl.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::Config;
use crate::fetch::cassette::Secrets;
use crate::fetch::cassette::{Recorder, Replay};
use crate::fetch::downloader::HttpDownloader;
use crate::model::event::Announcer;
use crate::model::settings::{CacheMode, RecrawlItems};
use crate::page::error::Result;

impl Config {
    /// Sets the crawl up to record: it writes the answers of its downloader into a cassette and writes nothing else. Its
    /// settings must be complete. Returns a [`Notify`] that fires when the cassette cannot be written.
    ///
    /// # Errors
    /// Returns the errors of the downloader and of the [`Recorder`].
    pub(crate) fn record(
        &mut self,
        path: &Path,
        headers: &[String],
        secrets: Secrets,
    ) -> Result<Arc<Notify>> {
        self.remove_outputs();
        let downloader = match self.downloader.take() {
            Some(downloader) => downloader,
            None => Box::new(HttpDownloader::new(&self.settings)?),
        };
        let recorder = headers
            .iter()
            .try_fold(Recorder::around(path, downloader)?, |recorder, header| {
                recorder.keep_header(header)
            })?
            .hiding(secrets);
        let failed = recorder.failed();
        self.downloader = Some(Box::new(recorder));
        Ok(failed)
    }

    /// Sets the crawl up to replay a cassette, always in the same order: one page at a time, without limits and without
    /// waiting.
    pub(crate) fn replay(&mut self, replay: Replay) {
        self.remove_outputs();
        self.never_waits = true;
        self.announcer = Announcer::wide();
        let settings = &mut self.settings;
        (
            settings.politeness.concurrency,
            settings.politeness.concurrency_per_host,
        ) = (1, 1);
        (
            settings.politeness.delay,
            settings.politeness.adaptive_delay,
        ) = (Duration::ZERO, false);
        (settings.politeness.max_rate, settings.end.max_time) = (None, None);
        (settings.end.max_pages, settings.end.max_items) = (None, None);
        settings.end.max_errors = None;
        settings.requests.cookie_file = None;
        self.downloader = Some(Box::new(replay));
    }

    /// Removes the job, the outputs, the cache and the file that cookies are saved to.
    fn remove_outputs(&mut self) {
        self.job = None;
        self.outputs.clear();
        self.sinks.clear();
        let settings = &mut self.settings;
        settings.disk.cache = CacheMode::Off;
        settings.disk.recrawl = false;
        settings.disk.recrawl_items = RecrawlItems::All;
        settings.disk.recrawl_feed = None;
        settings.requests.save_cookies = None;
    }
}
