//! A crawler without the type of its spider, as the command line runs it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use url::Url;

use crate::engine::crawler::{Config, Crawler, Typed};
use crate::engine::panicked;
use crate::engine::spider::{Seeds, Spider};
use crate::fetch::downloader::Downloader;
use crate::fetch::middleware::Middleware;
use crate::items::destination::{Destination, DestinationUrl};
use crate::items::output::{AnyDestination, AnyOutput};
use crate::items::sink::{AnySink, AsyncSink, OutputFile, Record, Sink};
use crate::model::event::{Events, ProgressWatch};
use crate::model::output::Output;
use crate::model::report::Report;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// A [`Crawler`] without the type of its spider.
#[must_use = "a crawler does nothing until it is run"]
pub struct AnyCrawler {
    typed: Box<dyn Erased>,
    pub(crate) config: Config,
}

impl AnyCrawler {
    /// Returns the spider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.typed.name()
    }

    /// Returns the settings, to change them.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.config.settings
    }

    /// Subscribes to the events of the crawl: see [`Crawler::events`].
    #[must_use]
    pub fn events(&mut self) -> Events {
        self.config.announcer.events()
    }

    /// Subscribes to the counts of the crawl: see [`Crawler::progress`].
    #[must_use]
    pub fn progress(&mut self) -> ProgressWatch {
        self.config.announcer.progress()
    }

    /// Writes the items to this file: see [`Crawler::output_file`].
    pub fn output_file(mut self, output: OutputFile) -> Self {
        self.config.outputs.push(output);
        self
    }

    /// Adds an output that was named on the command line.
    pub(crate) fn any_output(mut self, output: AnyOutput) -> Self {
        self.config.output(output);
        self
    }

    /// Delivers the items to this database or server: see [`Crawler::destination_url`].
    pub fn destination_url(mut self, url: DestinationUrl) -> Self {
        self.config.destinations.push(AnyDestination::Url(url));
        self
    }

    /// Delivers the items to a destination of the program's own: see [`Crawler::destination`].
    pub fn destination(mut self, name: &str, destination: impl Destination) -> Self {
        let own = AnyDestination::Own(name.to_owned(), Box::new(destination));
        self.config.destinations.push(own);
        self
    }

    /// Writes the items to this sink: see [`Crawler::sink`].
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.config.sinks.push(sink.into());
        self
    }

    /// Writes the items to this sink: see [`Crawler::async_sink`].
    pub fn async_sink(mut self, sink: impl AsyncSink) -> Self {
        self.config.sinks.push(AnySink::Async(Box::new(sink)));
        self
    }

    /// Adds a policy about links: see [`Crawler::scope_by`].
    pub fn scope_by(
        mut self,
        name: &str,
        follows: impl Fn(&Url) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.scope_policies.add(name, Arc::new(follows));
        self
    }

    /// Adds a policy about the identity of requests: see [`Crawler::identity_by`].
    pub fn identity_by(
        mut self,
        name: &str,
        identifies: impl Fn(&Request) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.config
            .identity_policies
            .add(name, Arc::new(identifies));
        self
    }

    /// Adds a policy about answers: see [`Crawler::retry_by`].
    pub fn retry_by(
        mut self,
        name: &str,
        refuses: impl Fn(&Response) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.retry_policies.add(name, Arc::new(refuses));
        self
    }

    /// Makes the crawl a durable job in this directory: see [`Crawler::job`].
    pub fn job(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.keep_in(directory.into());
        self
    }

    /// Starts the job over: see [`Crawler::fresh`].
    pub fn fresh(mut self) -> Self {
        self.config.fresh = true;
        self
    }

    /// Writes the requests that are given up into this file: see [`Crawler::failed_file`].
    pub fn failed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.failed_file = Some(path.into());
        self
    }

    /// Goes on with a run that a limit ended: see [`Crawler::go_on`].
    pub fn go_on(mut self) -> Self {
        self.config.goes_on = true;
        self
    }

    /// Returns the schema that `Crawler::item_schema` was given; `None` without the feature `schema`.
    #[must_use]
    pub fn schema(&self) -> Option<&serde_json::Value> {
        self.config.schema.as_ref()
    }

    /// Sets the downloader: see [`Crawler::downloader`].
    pub fn downloader(mut self, downloader: impl Downloader) -> Self {
        self.config.downloader = Some(Box::new(downloader));
        self
    }

    /// Adds a middleware: see [`Crawler::middleware`].
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.config.middlewares.push(Box::new(middleware));
        self
    }

    /// Returns the requests that the crawl begins with: see [`Spider::start`].
    ///
    /// # Errors
    /// Returns the spider's own error; a panic is an error, too.
    pub fn start(&self) -> Result<Vec<Request>, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.typed.start()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    /// Returns the further requests that the crawl begins with: see [`Spider::seeds`].
    ///
    /// # Errors
    /// Returns the spider's own error; a panic is an error, too.
    pub fn seeds(&self) -> Result<Seeds, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.typed.seeds()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    /// Returns the items and requests that the spider takes from a page, without a crawl around it: no scope, no
    /// limits, no pipelines. A panic is an error.
    pub fn parse(&self, response: Response) -> impl Future<Output = Parsed> + Send {
        self.typed.parse(response)
    }

    /// Crawls until nothing is left or `stop` completes: see [`Crawler::run_until`].
    ///
    /// # Errors
    /// Returns the errors of [`Crawler::run`].
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        self.typed.run_until(self.config, Box::pin(stop)).await
    }
}

impl<S: Spider> From<Crawler<S>> for AnyCrawler {
    fn from(crawler: Crawler<S>) -> Self {
        let Crawler { typed, config } = crawler;
        let typed = Box::new(typed);
        Self { typed, config }
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

/// The typed parts of a crawler, without their types.
trait Erased: Send {
    fn name(&self) -> &str;
    fn start(&self) -> Result<Vec<Request>, BoxError>;
    fn seeds(&self) -> Result<Seeds, BoxError>;
    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed>;
    fn run_until(
        self: Box<Self>,
        config: Config,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>>;
}

impl<S: Spider> Erased for Typed<S> {
    fn name(&self) -> &str {
        self.spider.name()
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        self.spider.start()
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        self.spider.seeds()
    }

    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed> {
        Box::pin(Parsed::of(&self.spider, response))
    }

    fn run_until(
        self: Box<Self>,
        config: Config,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>> {
        let typed = *self;
        Box::pin(Crawler { typed, config }.run_until(stop))
    }
}
