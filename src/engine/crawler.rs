//! The [`Crawler`]: builds a crawl from a spider, its settings and everything around it, and runs it.
//!
//! ```
//! use crawlworks::Site;
//! use crawlworks::prelude::*;
//! use crawlworks::testing::PracticeSite;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> crawlworks::Result<()> {
//! let site = PracticeSite::start()?;
//! let crawler = Crawler::new(Site::new([site.at("/quotes/")])).delay(Duration::ZERO);
//! let report = crawler.max_pages(5).run().await?;
//! assert_eq!(report.pages, 5);
//! assert!(report.ledger.balances());
//! # Ok(())
//! # }
//! ```

mod config;
mod launch;
mod recording;
mod setup;
mod stream;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use url::Url;

use crate::engine::spider::Spider;
use crate::fetch::downloader::Downloader;
use crate::fetch::middleware::Middleware;
use crate::items::destination::{Destination, DestinationUrl};
use crate::items::output::{AnyDestination, AnyOutput};
use crate::items::pipeline::{ErasedPipeline, Pipeline};
use crate::items::quality::KeyFn;
use crate::items::sink::{AnySink, AsyncSink, Mode, OutputFile, Sink};
use crate::model::event::{Events, ProgressWatch};
use crate::model::report::Report;
use crate::model::settings::Settings;
#[cfg(feature = "recipe")]
use crate::model::settings::layers;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;
pub(crate) use config::{Config, FetchStack};
pub use stream::ItemStream;

/// Maximum number of items that wait for the reader of a stream.
const STREAMED: usize = 64;

/// Builds and runs one crawl.
///
/// Settings start from the defaults and the spider's own ([`Spider::settings`]); what is set on the crawler takes
/// precedence.
#[must_use = "a crawler does nothing until it is run"]
pub struct Crawler<S: Spider> {
    pub(crate) typed: Typed<S>,
    pub(crate) config: Config,
}

/// The parts of a crawler that depend on the types of the spider and its items.
pub(crate) struct Typed<S: Spider> {
    pub(crate) spider: S,
    steps: Vec<Box<dyn ErasedPipeline<S::Item>>>,
    unique_by: Option<KeyFn<S::Item>>,
}

impl<S: Spider> Crawler<S> {
    /// Creates a crawl of this spider with its own settings.
    pub fn new(spider: S) -> Self {
        let config = Config::new(spider.settings(Settings::default()));
        let typed = Typed {
            spider,
            steps: Vec::new(),
            unique_by: None,
        };
        Self { typed, config }
    }

    /// Returns the settings, to change them.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.config.settings
    }

    /// Changes the settings within a chain of builder calls.
    ///
    /// ```
    /// # use crawlworks::prelude::*;
    /// # fn crawler<S: Spider>(spider: S) -> Crawler<S> {
    /// Crawler::new(spider).configure(|settings| settings.requests.cookies = false).output("books.jsonl")
    /// # }
    /// ```
    pub fn configure(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.config.settings);
        self
    }

    /// Returns the settings, to read them.
    pub fn settings(&self) -> &Settings {
        &self.config.settings
    }

    /// Returns the spider.
    pub fn spider(&self) -> &S {
        &self.typed.spider
    }

    /// Sets the maximum number of visits in flight, over all hosts. Default: 64.
    pub fn concurrency(mut self, visits: usize) -> Self {
        self.config.settings.politeness.concurrency = visits;
        self
    }

    /// Applies a file of settings as the command applies `crawl.toml`: names with their values, and tables
    /// `[spider.NAME]` for one spider alone. What is set after it wins.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::Site;
    ///
    /// # fn main() -> Result<(), BoxError> {
    /// let file = std::env::temp_dir().join(format!("settings-{}.toml", std::process::id()));
    /// std::fs::write(&file, "delay = '2s'\n[spider.site]\nretries = 7\n")?;
    /// let site = Site::new([Url::parse("https://example.com/")?]);
    /// let mut crawler = Crawler::new(site).settings_file(&file)?;
    /// assert_eq!(crawler.settings_mut().politeness.delay, Duration::from_secs(2));
    /// assert_eq!(crawler.settings_mut().failures.retries, 7);
    /// # std::fs::remove_file(file)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::File`](crate::ErrorKind::File) when it cannot be read, [`ErrorKind::Settings`](crate::ErrorKind::Settings)
    /// for an unknown name or a bad value, with its line.
    #[cfg(feature = "recipe")]
    pub fn settings_file(mut self, path: impl AsRef<std::path::Path>) -> Result<Self> {
        let spider = self.typed.spider.name().to_owned();
        layers::apply_file(&mut self.config.settings, &spider, path.as_ref())?;
        Ok(self)
    }

    /// Sets the maximum number of visits in flight at one host. Default: 2.
    pub fn concurrency_per_host(mut self, visits: usize) -> Self {
        self.config.settings.politeness.concurrency_per_host = visits;
        self
    }

    /// Sets the time between the starts of two requests at one host. Default: 500 ms.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.config.settings.politeness.delay = delay;
        self
    }

    /// Stops the crawl after this many pages. Default: no limit.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.config.settings.end.max_pages = Some(pages);
        self
    }

    /// Stops the crawl after this many items. Default: no limit.
    pub fn max_items(mut self, items: u64) -> Self {
        self.config.settings.end.max_items = Some(items);
        self
    }

    /// Adds a pipeline step after those added before.
    pub fn pipeline(mut self, step: impl Pipeline<S::Item>) -> Self {
        self.typed.steps.push(Box::new(step));
        self
    }

    /// Adds a middleware, inside those added before.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.config.middlewares.push(Box::new(middleware));
        self
    }

    /// Sets the downloader to use instead of [`HttpDownloader`](crate::HttpDownloader).
    pub fn downloader(mut self, downloader: impl Downloader) -> Self {
        self.config.downloader = Some(Box::new(downloader));
        self
    }

    /// Writes the items to this file or [destination](DestinationUrl), which is replaced. The format comes from the extension
    /// (`.jsonl`, `.json`, `.csv`, `.db`) or from `FILE:FORMAT`; `-` is standard output.
    pub fn output(mut self, file: &str) -> Self {
        match AnyOutput::parse(file, Mode::Overwrite) {
            Ok(output) => self.config.output(output),
            Err(error) => self.config.error = self.config.error.or(Some(error)),
        }
        self
    }

    /// Writes the items to this file, with all its options.
    pub fn output_file(mut self, output: OutputFile) -> Self {
        self.config.outputs.push(output);
        self
    }

    /// Delivers the items to this database or server, with all its options.
    pub fn destination_url(mut self, url: DestinationUrl) -> Self {
        self.config.destinations.push(AnyDestination::Url(url));
        self
    }

    /// Delivers the items to a destination of the program's own. The name is that in messages, in the report, and in a job,
    /// where a later process finds the destination by it.
    pub fn destination(mut self, name: &str, destination: impl Destination) -> Self {
        let own = AnyDestination::Own(name.to_owned(), Box::new(destination));
        self.config.destinations.push(own);
        self
    }

    /// Writes the items to this sink.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.config.sinks.push(sink.into());
        self
    }

    /// Writes the items to this sink, whose methods are `async`.
    pub fn async_sink(mut self, sink: impl AsyncSink) -> Self {
        self.config.sinks.push(AnySink::Async(Box::new(sink)));
        self
    }

    /// Names the fields that items may have, in their order: the header of a CSV file whose first item does not have
    /// all of them. Default: the fields of the first item.
    pub fn columns<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.config.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Keeps the first of several items with the same key, after all pipeline steps; the others are dropped and counted
    /// as `duplicate`. An item for which `key` returns `None` is never a duplicate.
    ///
    /// Keys are remembered as 64-bit hashes, for as long as the crawl takes: a [job](Self::job) that is resumed knows
    /// the keys of the items in its outputs, and a job that starts over knows none. The setting `unique`, which names
    /// fields, takes the place of this function.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Site, testing::PracticeSite};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// let crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(5).delay(Duration::ZERO);
    /// let report = crawler.unique_by(|page| page.title.clone()).run().await?;
    /// assert_eq!(report.items.kept + report.items.dropped.get("duplicate").unwrap_or(&0), 5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by(mut self, key: impl Fn(&S::Item) -> Option<String> + Send + 'static) -> Self {
        self.typed.unique_by = Some(Box::new(key));
        self
    }

    /// Adds a policy that decides which links belong to the crawl: those for whose URL `follows` returns `true`.
    ///
    /// It is asked after the settings `scope`, `allow` and `deny`, about links and what they redirect to, never about
    /// start requests, what these redirect to, and sitemaps. Links that it leaves out are counted under its name in
    /// [`Report::left_out`](Report::left_out), each once; those for which it panics are left out too, and counted as
    /// `NAME (panicked)`. With several policies, the first that leaves a link out counts.
    ///
    /// The answer for a URL is remembered for as long as the crawl takes, also in a [job](Self::job) that is resumed: it
    /// is to depend on nothing but the URL.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Site, testing::PracticeSite};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// let crawler = Crawler::new(Site::new([site.at("/quotes/")])).delay(Duration::ZERO);
    /// let report = crawler.scope_by("start-only", |url| url.path() == "/quotes/").run().await?;
    /// assert_eq!(report.pages, 1);
    /// assert!(report.left_out["start-only"] > 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope_by(
        mut self,
        name: &str,
        follows: impl Fn(&Url) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.scope_policies.add(name, Arc::new(follows));
        self
    }

    /// Adds a policy that decides which requests are one and the same, so that it is made once: those to which `identifies` gives
    /// the same text. `None` leaves a request its usual identity, by method, URL and body.
    ///
    /// It is asked about start requests, links and redirects that belong to the crawl, not about sitemaps, on every discovery; with several policies the
    /// first that gives an identity counts. Requests that it identified are counted under its name in
    /// [`Report::identified`](Report::identified), once for each page that they were found on; those that were there already count
    /// as duplicates, too. A request for which it
    /// panics has its usual identity, and is counted as `NAME (panicked)`. A [job](Self::job) is resumed with policies of the
    /// same names only.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Site, testing::PracticeSite};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// let crawler = Crawler::new(Site::new([site.at("/quotes/")])).delay(Duration::ZERO);
    /// // URLs that differ in their query only are one page.
    /// let crawler = crawler.identity_by("path", |request| Some(request.url().path().to_owned()));
    /// let report = crawler.max_pages(5).run().await?;
    /// assert!(report.identified["path"] > 5);
    /// # Ok(())
    /// # }
    /// ```
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

    /// Adds a policy that decides which answers are accepted: a request whose answer it refuses, by returning `true`, is made
    /// again, as after a status 503: with the same growing waits, at most [`retries`](crate::settings::Failures::retries)
    /// times. It is asked about pages of any status but redirects, such as a `200` that says "try again later".
    ///
    /// Retries are counted in [`Report::retries`](Report::retries) as `refused by "NAME"`; a request whose last answer is
    /// refused has failed, as [`ErrorKind::Refused`](crate::ErrorKind::Refused), and so has one on whose answer the policy
    /// panics, as [`ErrorKind::Panic`](crate::ErrorKind::Panic).
    ///
    /// ```
    /// # use crawlworks::prelude::*;
    /// # fn example(spider: impl Spider) -> Crawler<impl Spider> {
    /// Crawler::new(spider).retry_by("busy", |page| page.text().contains("please try again"))
    /// # }
    /// ```
    pub fn retry_by(
        mut self,
        name: &str,
        refuses: impl Fn(&Response) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.retry_policies.add(name, Arc::new(refuses));
        self
    }

    /// Validates every item against a JSON Schema, after all pipeline steps. An item that does not match is left out,
    /// and counted among the failed items by field and rule: `schema: /price: is not of type "number"`.
    ///
    /// Drafts 4 to 2020-12 are supported, formats are checked, and nothing is fetched: with a `$ref` to a file or a
    /// site, or with anything that is not a schema, [`run`](Self::run) returns an error before it begins. The setting
    /// `item_schema`, which names a file, takes the place of this schema. Both need the feature `schema`, which is not
    /// on by default: the validator is the second largest crate to compile.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Site, testing::PracticeSite};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// let crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
    /// let report = crawler.item_schema(json!({"required": ["price"]})).run().await?;
    /// assert_eq!(report.items.failed[r#"schema: "price" is a required property"#], 1);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "schema")]
    pub fn item_schema(mut self, schema: serde_json::Value) -> Self {
        self.config.schema = Some(schema);
        self
    }

    /// Makes the crawl a durable job, which keeps its state in this directory.
    ///
    /// However the process ends, the next run with the same directory resumes at the last commit, and its outputs are
    /// those of an uninterrupted run: no item is lost, and none is written twice. A run after one that had finished
    /// starts over.
    ///
    /// Pipelines see an item again only if its page was not committed. A custom [`Sink`] takes part by returning
    /// positions, and so does the reader of a [`stream`](Self::stream): items are committed when the reader has had
    /// them.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Site, testing::PracticeSite};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// # let directory = std::env::temp_dir().join(format!("crawlworks-doc-{}", std::process::id()));
    /// let quotes = Site::new([site.at("/quotes/")]);
    /// let report = Crawler::new(quotes).job(directory.join("quotes")).delay(Duration::ZERO).run().await?;
    /// assert!(report.ledger.balances());
    /// # std::fs::remove_dir_all(&directory).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub fn job(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.keep_in(directory.into());
        self
    }

    /// Writes the requests that are given up into this file, as JSON lines: `url`, HTTP `status`, `kind` of error, `message`,
    /// `referrer`, `tries` and `at`, the time. It takes a [job](Self::job), whose dead letters they are.
    ///
    /// The file is begun anew, also when the job is resumed: with what was given up before, so that it has each of them once
    /// in the end.
    pub fn failed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.failed_file = Some(path.into());
        self
    }

    /// Starts the [job](Self::job) over, discarding whatever an earlier run left to do. Has no effect without a job.
    pub fn fresh(mut self) -> Self {
        self.config.fresh = true;
        self
    }

    /// Goes on with the last run of the [job](Self::job) if a limit ended it, such as `max_pages`, and counts the limits anew;
    /// without this, such a run has finished, and the next one starts over. [`fresh`](Self::fresh) takes precedence. A run
    /// of which nothing waits is an error of the kind [`ErrorKind::Settings`](crate::ErrorKind::Settings). Has no effect
    /// without a job.
    pub fn go_on(mut self) -> Self {
        self.config.goes_on = true;
        self
    }

    /// Subscribes to the events of the crawl. Events are only created for subscribers.
    #[must_use]
    pub fn events(&mut self) -> Events {
        self.config.announcer.events()
    }

    /// Subscribes to the counts of the crawl, which are updated ten times a second: for a progress bar, for example.
    #[must_use]
    pub fn progress(&mut self) -> ProgressWatch {
        self.config.announcer.progress()
    }

    /// Crawls until nothing is left or a limit is reached.
    ///
    /// # Errors
    /// Returns an error when the crawl cannot begin (a bad setting, an output that cannot be opened, a spider that
    /// cannot start) or cannot go on (items cannot be written any more). Failures of single pages are in the report.
    ///
    /// # Cancellation
    /// Dropping this future ends the crawl at once; the items of the last quarter of a second may be missing from the
    /// files. To stop without losing items, use [`run_until`](Self::run_until).
    pub async fn run(self) -> Result<Report> {
        self.run_until(std::future::pending()).await
    }

    /// Crawls like [`run`](Self::run), but stops when `stop` completes: nothing more is started, visits in flight get
    /// the setting `grace` to finish, and the report has [`Finish::Stopped`](crate::Finish::Stopped).
    ///
    /// # Errors
    /// Returns the errors of [`run`](Self::run).
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        self.launch(None, stop).await
    }

    /// Crawls and hands over the items as they come, typed, after all pipelines. A slow reader slows the crawl down;
    /// dropping the stream ends the crawl.
    ///
    /// An item is delivered when its reader asks for the next one, or for the end by [`ItemStream::finish`]. A durable
    /// [job](Self::job) commits a page when its items are delivered. So over any number of runs, whether they were
    /// finished, dropped or killed, a reader gets every item, and none twice except the one that it held when the
    /// stream was dropped or the process was killed. A page that has changed when it is fetched again gives its new
    /// items. After a power cut, some items may be delivered again, whatever the setting `sync` is: the record of
    /// delivered items is not forced to the disk.
    ///
    /// Must be called within a tokio runtime.
    pub fn stream(self) -> ItemStream<S::Item> {
        self.stream_until(std::future::pending())
    }

    /// Streams the items like [`stream`](Self::stream), but stops when `stop` completes, as
    /// [`run_until`](Self::run_until) does: items on their way are still handed over, and then the stream ends.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Finish, Site, testing::PracticeSite};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// # let site = PracticeSite::start()?;
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let crawler = Crawler::new(Site::new([site.at("/quotes/")]));
    /// let mut pages = crawler.stream_until(async move { drop(stopped.await) });
    /// let first = pages.next().await;
    /// drop(stop);
    /// while let Some(page) = pages.next().await {
    ///     println!("{}", page.url);
    /// }
    /// assert_eq!(pages.finish().await?.finish, Finish::Stopped);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> ItemStream<S::Item> {
        let (sender, receiver) = mpsc::channel(STREAMED);
        let (reader, halt) = (sender.clone(), Arc::new(Notify::new()));
        let halted = Arc::clone(&halt);
        let over = async move {
            tokio::select! {
                () = stop => {}
                () = halted.notified() => {}
                // Nothing reads any more: noticed at once, not only at the next item, which may never come.
                () = reader.closed() => {}
            }
        };
        let crawl = async move { self.launch(Some(sender), over).await };
        ItemStream::new(receiver, halt, tokio::spawn(crawl))
    }
}

impl<S: Spider> std::fmt::Debug for Crawler<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crawler")
            .field("spider", &self.typed.spider.name())
            .field("pipelines", &self.typed.steps.len())
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
