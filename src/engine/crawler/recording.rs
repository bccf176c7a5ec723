//! Recording a crawl into a cassette, and replaying a cassette as a crawl.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::Crawler;
use crate::engine::spider::Spider;
use crate::fetch::cassette::Secrets;
use crate::fetch::cassette::{Recorder, Replay};
use crate::fetch::downloader::HttpDownloader;
use crate::model::event::Announcer;
use crate::model::settings::CacheMode;
use crate::page::error::Result;

impl<S: Spider> Crawler<S> {
    /// Returns this crawl set up to record: it writes the answers of its downloader into a cassette and writes nothing
    /// else. Its settings must be complete. Also returns a [`Notify`] that fires when the cassette cannot be written.
    ///
    /// # Errors
    /// Returns the errors of the downloader and of the [`Recorder`].
    pub(crate) fn recorded(
        self,
        path: &Path,
        headers: &[String],
        secrets: Secrets,
    ) -> Result<(Self, Arc<Notify>)> {
        let mut bare = self.without_outputs();
        let downloader = match bare.downloader.take() {
            Some(downloader) => downloader,
            None => Box::new(HttpDownloader::new(&bare.settings)?),
        };
        let recorder = headers
            .iter()
            .try_fold(Recorder::around(path, downloader)?, |recorder, header| {
                recorder.with_header(header)
            })?
            .hiding(secrets);
        let failed = recorder.failed();
        Ok((bare.downloader(recorder), failed))
    }

    /// Returns this crawl set up to replay a cassette, always in the same order: one page at a time, without limits and
    /// without waiting.
    pub(crate) fn replayed(self, replay: Replay) -> Self {
        let mut bare = self.without_outputs();
        bare.never_waits = true;
        bare.announcer = Announcer::wide();
        let settings = &mut bare.settings;
        (settings.concurrency, settings.concurrency_per_host) = (1, 1);
        (settings.delay, settings.adaptive_delay) = (Duration::ZERO, false);
        (settings.max_rate, settings.max_time) = (None, None);
        (settings.max_pages, settings.max_items) = (None, None);
        settings.max_errors = None;
        settings.cookie_file = None;
        bare.downloader(replay)
    }

    /// Removes the job, the outputs, the cache and the file that cookies are saved to.
    fn without_outputs(mut self) -> Self {
        self.job = None;
        self.outputs.clear();
        self.sinks.clear();
        let settings = &mut self.settings;
        settings.cache = CacheMode::Off;
        settings.recrawl = false;
        settings.recrawl_feed = None;
        settings.save_cookies = None;
        self
    }
}
