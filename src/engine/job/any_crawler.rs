//! A crawler without the type of its spider, as the command line runs it.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use crate::engine::crawler::{Crawler, FetchStack};
use crate::engine::panicked;
use crate::engine::spider::Spider;
use crate::fetch::cassette::Replay;
use crate::fetch::cassette::Secrets;
use crate::fetch::downloader::{Downloader, ErasedDownloader};
use crate::fetch::middleware::{ErasedMiddleware, Middleware};
use crate::items::sink::{OutputFile, Record, Sink};
use crate::model::event::{Events, ProgressWatch};
use crate::model::output::Output;
use crate::model::report::Report;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// A [`Crawler`] without the type of its spider.
#[must_use = "a crawler does nothing until it is run"]
pub struct AnyCrawler(Box<dyn Erased>);

impl AnyCrawler {
    /// Returns the spider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// Returns the settings, to change them.
    pub fn settings_mut(&mut self) -> &mut Settings {
        self.0.settings_mut()
    }

    /// Subscribes to the events of the crawl: see [`Crawler::events`].
    #[must_use]
    pub fn events(&mut self) -> Events {
        self.0.events()
    }

    /// Subscribes to the counts of the crawl: see [`Crawler::progress`].
    #[must_use]
    pub fn progress(&mut self) -> ProgressWatch {
        self.0.progress()
    }

    /// Writes the items to this file: see [`Crawler::output_file`].
    pub fn output_file(self, output: OutputFile) -> Self {
        Self(self.0.output_file(output))
    }

    /// Writes the items to this sink: see [`Crawler::sink`].
    pub fn sink(self, sink: impl Sink) -> Self {
        Self(self.0.sink(Box::new(sink)))
    }

    /// Makes the crawl a durable job in this directory: see [`Crawler::job`].
    pub fn job(self, directory: impl Into<PathBuf>) -> Self {
        Self(self.0.job(directory.into()))
    }

    /// Starts the job over: see [`Crawler::fresh`].
    pub fn fresh(self) -> Self {
        Self(self.0.fresh())
    }

    /// Writes the requests that are given up into this file: see [`Crawler::failed_file`].
    pub fn failed_file(self, path: impl Into<PathBuf>) -> Self {
        Self(self.0.failed_file(path.into()))
    }

    /// Sets the name of the job and the arguments of its spider: see [`Crawler::job_about`].
    pub(crate) fn job_about(self, name: String, arguments: BTreeMap<String, String>) -> Self {
        Self(self.0.job_about(name, arguments))
    }

    /// Returns the schema that `Crawler::item_schema` was given; `None` without the feature `schema`.
    #[must_use]
    pub fn schema(&self) -> Option<&serde_json::Value> {
        self.0.schema()
    }

    /// Sets the crawl up to record a cassette: see [`Crawler::recorded`].
    pub(crate) fn recorded(
        self,
        path: &Path,
        headers: &[String],
        secrets: Secrets,
    ) -> Result<(Self, Arc<Notify>)> {
        let (crawler, failed) = self.0.recorded(path, headers, secrets)?;
        Ok((Self(crawler), failed))
    }

    /// Sets the crawl up to replay a cassette: see [`Crawler::replayed`].
    pub(crate) fn replayed(self, replay: Replay) -> Self {
        Self(self.0.replayed(replay))
    }

    /// Sets the downloader: see [`Crawler::downloader`].
    pub fn downloader(self, downloader: impl Downloader) -> Self {
        Self(self.0.downloader(Box::new(downloader)))
    }

    /// Adds a middleware: see [`Crawler::middleware`].
    pub fn middleware(self, middleware: impl Middleware) -> Self {
        Self(self.0.middleware(Box::new(middleware)))
    }

    /// Takes the fetch stack out of the crawler, for fetching single pages as the crawler does.
    pub(crate) fn take_fetch_stack(&mut self) -> FetchStack {
        self.0.take_fetch_stack()
    }

    /// Returns the requests that the crawl begins with: see [`Spider::start`].
    ///
    /// # Errors
    /// Returns the spider's own error; a panic is an error, too.
    pub fn start(&self) -> Result<Vec<Request>, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.0.start()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    /// Returns the items and requests that the spider takes from a page, without a crawl around it: no scope, no
    /// limits, no pipelines. A panic is an error.
    pub fn parse(&self, response: Response) -> impl Future<Output = Parsed> + Send {
        self.0.parse(response)
    }

    /// Crawls until nothing is left or `stop` completes: see [`Crawler::run_until`].
    ///
    /// # Errors
    /// Returns the errors of [`Crawler::run`].
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        self.0.run_until(Box::pin(stop)).await
    }
}

impl<S: Spider> From<Crawler<S>> for AnyCrawler {
    fn from(crawler: Crawler<S>) -> Self {
        Self(Box::new(crawler))
    }
}

impl fmt::Debug for AnyCrawler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCrawler")
            .field("spider", &self.name())
            .finish_non_exhaustive()
    }
}

/// The items, as JSON, and the requests that a spider takes from one page: see [`AnyCrawler::parse`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Parsed {
    /// Items, as the outputs get them.
    pub items: Vec<Record>,
    /// Requests, with their labels.
    pub requests: Vec<Request>,
    /// Error of the spider, or the error that items were lost; what the spider emitted is in the other fields.
    pub error: Option<BoxError>,
}

impl Parsed {
    async fn of<S: Spider>(spider: &S, response: Response) -> Self {
        let mut out = Output::new();
        // In a block of its own, so that a panic before the first await is caught as well.
        let parse = async { spider.parse(response, &mut out).await };
        let result = AssertUnwindSafe(parse)
            .catch_unwind()
            .await
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()));
        let lost = out.take_lost();
        let (emitted, requests, _) = out.into_parts();
        let mut items = Vec::with_capacity(emitted.len());
        let mut unwritable = None;
        for item in &emitted {
            match Record::new(item) {
                Ok(record) => items.push(record),
                Err(error) => unwritable = Some(error.into()),
            }
        }
        Self {
            items,
            requests,
            error: result.err().or(unwritable).or_else(|| lost_items(&lost)),
        }
    }
}

/// Returns the error that reports the lost items of a page; `None` when no items were lost.
fn lost_items(lost: &[String]) -> Option<BoxError> {
    let first = lost.first()?;
    let told = match lost.len() {
        1 => format!("an item was lost: {first}"),
        lost => format!("{lost} items were lost, the first: {first}"),
    };
    Some(told.into())
}

trait Erased: Send {
    fn name(&self) -> &str;
    fn settings_mut(&mut self) -> &mut Settings;
    fn schema(&self) -> Option<&serde_json::Value>;
    fn events(&mut self) -> Events;
    fn progress(&mut self) -> ProgressWatch;
    fn output_file(self: Box<Self>, output: OutputFile) -> Box<dyn Erased>;
    fn sink(self: Box<Self>, sink: Box<dyn Sink>) -> Box<dyn Erased>;
    fn job(self: Box<Self>, directory: PathBuf) -> Box<dyn Erased>;
    fn fresh(self: Box<Self>) -> Box<dyn Erased>;
    fn failed_file(self: Box<Self>, path: PathBuf) -> Box<dyn Erased>;
    fn job_about(
        self: Box<Self>,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Box<dyn Erased>;
    fn recorded(
        self: Box<Self>,
        path: &Path,
        headers: &[String],
        secrets: Secrets,
    ) -> Result<(Box<dyn Erased>, Arc<Notify>)>;
    fn replayed(self: Box<Self>, replay: Replay) -> Box<dyn Erased>;
    fn downloader(self: Box<Self>, downloader: Box<dyn ErasedDownloader>) -> Box<dyn Erased>;
    fn middleware(self: Box<Self>, middleware: Box<dyn ErasedMiddleware>) -> Box<dyn Erased>;
    fn take_fetch_stack(&mut self) -> FetchStack;
    fn start(&self) -> Result<Vec<Request>, BoxError>;
    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed>;
    fn run_until(
        self: Box<Self>,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>>;
}

impl<S: Spider> Erased for Crawler<S> {
    fn name(&self) -> &str {
        self.spider().name()
    }

    fn settings_mut(&mut self) -> &mut Settings {
        Self::settings_mut(self)
    }

    fn schema(&self) -> Option<&serde_json::Value> {
        Self::schema(self)
    }

    fn events(&mut self) -> Events {
        Self::events(self)
    }

    fn progress(&mut self) -> ProgressWatch {
        Self::progress(self)
    }

    fn output_file(self: Box<Self>, output: OutputFile) -> Box<dyn Erased> {
        Box::new(Self::output_file(*self, output))
    }

    fn sink(self: Box<Self>, sink: Box<dyn Sink>) -> Box<dyn Erased> {
        Box::new(Self::sink(*self, sink))
    }

    fn failed_file(self: Box<Self>, path: PathBuf) -> Box<dyn Erased> {
        Box::new(Self::failed_file(*self, path))
    }

    fn job(self: Box<Self>, directory: PathBuf) -> Box<dyn Erased> {
        Box::new(Self::job(*self, directory))
    }

    fn fresh(self: Box<Self>) -> Box<dyn Erased> {
        Box::new(Self::fresh(*self))
    }

    fn job_about(
        self: Box<Self>,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Box<dyn Erased> {
        Box::new(Self::job_about(*self, name, arguments))
    }

    fn recorded(
        self: Box<Self>,
        path: &Path,
        headers: &[String],
        secrets: Secrets,
    ) -> Result<(Box<dyn Erased>, Arc<Notify>)> {
        let (crawler, failed) = Self::recorded(*self, path, headers, secrets)?;
        Ok((Box::new(crawler), failed))
    }

    fn replayed(self: Box<Self>, replay: Replay) -> Box<dyn Erased> {
        Box::new(Self::replayed(*self, replay))
    }

    fn downloader(self: Box<Self>, downloader: Box<dyn ErasedDownloader>) -> Box<dyn Erased> {
        Box::new(Self::downloader_boxed(*self, downloader))
    }

    fn middleware(self: Box<Self>, middleware: Box<dyn ErasedMiddleware>) -> Box<dyn Erased> {
        Box::new(Self::middleware_boxed(*self, middleware))
    }

    fn take_fetch_stack(&mut self) -> FetchStack {
        Self::take_fetch_stack(self)
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        self.spider().start()
    }

    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed> {
        Box::pin(Parsed::of(self.spider(), response))
    }

    fn run_until(
        self: Box<Self>,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>> {
        Box::pin(Self::run_until(*self, stop))
    }
}
