//! A crawl that is recorded, and a crawl of what was recorded.

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
    /// The same crawl, which writes what its downloader answers into a cassette and nothing anywhere else. Its settings
    /// must be complete. With it comes what is told when the cassette cannot be written.
    ///
    /// # Errors
    /// Those of the downloader and of the [`Recorder`].
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

    /// A crawl of a cassette, always in the same order: one page at a time, without a limit and without waiting.
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

    /// Neither a job nor an output, a cache or a file of cookies.
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
