//! Launch of a crawl: turns a builder into a running crawl, and assigns its parts to tasks and threads.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Crawler;
use super::setup::{Setup, check_recrawl, open_outputs, run_id};
use crate::engine::spider::Spider;
use crate::engine::{Commits, Context, Dispatcher, Parsers, Parts, Plumbed, Written};
use crate::engine::{
    Counts, Deliveries, Handed, Handover, ItemReceiver, ItemSender, ItemWriter, Memory,
};
use crate::fetch::cache::CacheLayer;
use crate::fetch::cache::pages::Pages;
use crate::fetch::downloader::HttpDownloader;
use crate::fetch::middleware::{Accounts, Cookies, Stack};
use crate::items::destination::Run;
use crate::items::quality::{self, KeyOf, Keys, Quality, Schema};
use crate::items::sink::Layout;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::report::Report;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::{FingerprintKey, Strip};
use crate::policy::identity::Identity;
use crate::policy::trap::mirror::Mirrors;
use crate::store::state::{Directory, OpenJob, Parsing, Streamed, Unique};

impl<S: Spider> Crawler<S> {
    /// Builds all parts of the crawl and starts them.
    pub(super) fn launch(
        self,
        stream: Option<mpsc::Sender<Handed<S::Item>>>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = Result<Report>> + Send {
        // A task of its own: on a worker thread it is woken by the visits without a switch between threads.
        AbortOnDrop(tokio::spawn(self.crawl(stream, stop))).join()
    }

    async fn crawl(
        mut self,
        stream: Option<mpsc::Sender<Handed<S::Item>>>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        if let Some(error) = self.config.error {
            return Err(error);
        }
        quality::check(&self.config.settings)?;
        check_recrawl(&self.config.settings)?;
        let schema = match &self.config.settings.items.item_schema {
            Some(file) => Some(Schema::read(file)?),
            None => self.config.schema.take().map(Schema::new).transpose()?,
        };
        let name = self.typed.spider.name().to_owned();
        let outputs = std::mem::take(&mut self.config.outputs);
        let destinations = std::mem::take(&mut self.config.destinations);
        let failed_file = self.config.failed_file.take();
        let Some(mut plan) = self.config.job.take() else {
            if failed_file.is_some() {
                let message = "a file of failed requests takes a job, whose dead letters they are";
                return Err(Error::new(ErrorKind::Settings, message));
            }
            let time = jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string();
            let outputs = outputs.into_iter().map(|o| o.expand(&name, &time));
            let destinations = destinations.into_iter().map(|d| d.expand(&name, &time));
            let (outputs, destinations) = (outputs.collect(), destinations.collect());
            let setup = Setup::memory(&self.config.settings, outputs, destinations)?;
            return self.crawl_with(setup, schema, name, stream, stop).await;
        };
        (plan.fresh, plan.goes_on) = (self.config.fresh, self.config.goes_on);
        plan.failed = failed_file;
        plan.unique = self.unique();
        plan.identity = self.config.identity_policies.names();
        plan.quality = quality::given(&self.config.settings);
        let (sinks, sync) = (self.config.sinks.len(), self.config.settings.disk.sync);
        let outputs = (outputs, destinations);
        let opened = OpenJob::open(plan, name.clone(), outputs, sinks, sync).await;
        let (mut job, store) = opened?;
        if let Some(reason) = job.starts_over {
            self.config
                .announcer
                .announce(|| Event::StartedOver { reason });
        }
        let result = match Setup::durable(&mut job, store, &self.config.settings) {
            Ok(setup) => self.crawl_with(setup, schema, name, stream, stop).await,
            Err(error) => Err(error),
        };
        job.ended(result).await
    }

    async fn crawl_with(
        mut self,
        mut setup: Setup,
        schema: Option<Schema>,
        name: String,
        stream: Option<mpsc::Sender<Handed<S::Item>>>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        let cookies = setup.cookies(&self.config.settings)?;
        let saved = cookies
            .clone()
            .zip(self.config.settings.requests.save_cookies.clone());
        let last = setup.committed.as_ref();
        let was_stopped = last.is_some_and(|last| last.saved.finish.is_some());
        if let Some(last) = last {
            last.saved.base.raise(&mut self.config.settings);
        }
        let delivered = last.map(|last| last.delivered.clone());
        let (positions, items) = match delivered {
            Some(delivered) => (Some(delivered.positions), delivered.items),
            None => Default::default(),
        };
        let counts = Arc::new(Counts::new(items.kept));
        let handover = |items| -> Result<_> { Ok(Handover::new(items, memory(&setup)?)) };
        let stream = stream.map(handover).transpose()?;
        let mut line = ItemWriter {
            steps: std::mem::take(&mut self.typed.steps),
            sinks: std::mem::take(&mut self.config.sinks),
            outbox: None,
            stream,
            max_items: self.config.settings.end.max_items,
            counts: Arc::clone(&counts),
            announcer: self.config.announcer.clone(),
            items,
            quality: self.quality(schema, &mut setup),
            commits: setup.line_commits,
        };
        let (entrance, exit) = ItemSender::new();
        let settings = self.config.settings.clone();
        let layout = Layout {
            columns: std::mem::take(&mut self.config.columns),
            csv_escape: settings.items.csv_escape,
        };
        let run = Run {
            id: run_id(setup.key),
            spider: name.clone(),
            schema: self.config.known_schema.take(),
            columns: layout.columns.clone(),
        };
        let patience = settings.items.sink_patience;
        let scope_policies = std::mem::take(&mut self.config.scope_policies);
        let parsing = setup.commits.as_ref().map(Commits::parsing);
        let mut dispatcher = Dispatcher::new(Parts {
            context: self.into_context(
                entrance.clone(),
                setup.key,
                parsing,
                cookies,
                setup.pages.as_ref(),
            )?,
            queue: setup.queue,
            items: Box::new(entrance.clone()),
            commits: setup.commits,
            settings,
            counts,
            scope_policies,
        })?;
        match setup.committed {
            Some(committed) => dispatcher.restore(committed)?,
            None => dispatcher.seed()?,
        }
        line.open().await?;
        if !setup.destinations.is_empty() {
            let (deliveries, outbox) =
                Deliveries::start(setup.destinations, setup.place, &run, patience).await?;
            dispatcher.deliver(deliveries);
            line.outbox = Some(outbox);
        }
        // Last, because opening empties files: what cannot start must not cost the items of the run before.
        open_outputs(&mut line.sinks, setup.outputs, positions, was_stopped).await?;
        for sink in &mut line.sinks {
            sink.layout(&layout);
        }
        let written = spawn_line(line, exit, setup.directory)?;
        let report = dispatcher.run(name, written, stop).await;
        let saved = saved.map_or(Ok(()), |(cookies, file)| cookies.save(&file));
        // Cookies are saved for a crawl that failed, too, but its own error says more than one of that file.
        let mut report = report?;
        if let Some(pages) = setup.pages {
            pages.conclude(&mut report).await?;
        }
        saved.map(|()| report)
    }

    /// Returns the key by which items are unique.
    fn unique(&self) -> Unique {
        match (
            quality::key_names(&self.config.settings),
            &self.typed.unique_by,
        ) {
            (names, _) if !names.is_empty() => Unique::Fields(names),
            (_, Some(_)) => Unique::Function,
            (_, None) => Unique::Nothing,
        }
    }

    /// Returns the checks that items have to pass.
    fn quality(&mut self, schema: Option<Schema>, setup: &mut Setup) -> Quality<S::Item> {
        let key_of = match self.unique() {
            Unique::Fields(names) => Some(KeyOf::Fields(names)),
            _ => self.typed.unique_by.take().map(KeyOf::Function),
        };
        let last = setup.committed.as_mut();
        let known = last.map(|last| std::mem::take(&mut last.item_keys));
        let is_durable = setup.commits.is_some();
        let keys = |key_of| Keys::new(key_of, setup.key, known.unwrap_or_default(), is_durable);
        Quality {
            schema,
            keys: key_of.map(keys),
            min_fill: self.config.settings.items.min_fill.clone(),
        }
    }

    fn into_context(
        mut self,
        entrance: ItemSender<S::Item>,
        key: FingerprintKey,
        parsing: Option<Arc<Parsing>>,
        cookies: Option<Cookies>,
        pages: Option<&Pages>,
    ) -> Result<Context> {
        let settings = self.config.settings;
        let own = self.config.middlewares.len();
        let has_foreign = self.config.downloader.is_some() || !self.config.middlewares.is_empty();
        // Inside the program's own middlewares: what these make of a request is what cookies are chosen for.
        if let Some(cookies) = cookies.clone() {
            self.config.middlewares.push(Box::new(cookies));
        }
        // Innermost: what is further out never sees a password.
        let accounts = Accounts::new(&settings.requests.credentials)?;
        self.config.middlewares.push(Box::new(accounts.clone()));
        let downloader = match self.config.downloader {
            Some(downloader) => downloader,
            None => Box::new(HttpDownloader::new(&settings)?),
        };
        let cached = CacheLayer::around(downloader, &settings)?;
        let downloader = match pages {
            Some(pages) => pages.around(cached, &settings)?,
            None => cached,
        };
        Ok(Context {
            spider: Box::new(Plumbed {
                spider: self.typed.spider,
                entrance,
                max_links: settings.links.max_links,
                tree: settings.tree_limits(),
                has_warned: AtomicBool::new(false),
            }),
            parsers: Parsers::new(&Handle::current()),
            stack: Arc::new(Stack {
                middlewares: self.config.middlewares,
                own,
                downloader,
                has_foreign,
            }),
            key,
            announcer: self.config.announcer,
            user_agent: settings.requests.user_agent,
            robots_tags: settings.politeness.robots_tags,
            recrawl_items: settings.disk.recrawl_items,
            identity: Identity::new(key, self.config.identity_policies),
            retry_policies: self.config.retry_policies,
            sitemaps: settings.links.sitemaps,
            never_waits: self.config.never_waits,
            retries: settings.failures.retries,
            any_status: settings.failures.any_status,
            redirects: settings.failures.redirects,
            content_types: lowered(&settings.answers.content_types),
            mirrors: settings.links.traps.then(Mirrors::default),
            strip: Strip::new(&settings.links.strip_params)?,
            ignores_sessions: settings.links.traps,
            meta_refresh: settings.failures.meta_refresh,
            cookies,
            accounts,
            parsing,
        })
    }
}

/// Returns a durable job's record of the stream of its last run; `None` when there is none.
fn memory(setup: &Setup) -> Result<Option<Memory>> {
    let (Some(directory), Some(commits)) = (&setup.directory, &setup.line_commits) else {
        return Ok(None);
    };
    let (streamed, had) = Streamed::open(directory.streamed(), commits.count)?;
    Ok(Some(Memory {
        streamed: Arc::new(streamed),
        had,
        key: setup.key,
    }))
}

fn lowered(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.to_ascii_lowercase()).collect()
}

/// Runs the item writer on a thread of its own: its files are written with blocking calls, and its steps may take long.
/// While it writes, the job's directory stays locked.
fn spawn_line<I: Item>(
    line: ItemWriter<I>,
    exit: ItemReceiver<I>,
    directory: Option<Arc<Directory>>,
) -> Result<Written> {
    let (sender, written) = oneshot::channel();
    let runtime = Handle::current();
    let write = move || {
        let result = runtime.block_on(line.run(exit));
        drop(directory);
        // Nobody waits any more when the crawl has been given up.
        let _ = sender.send(result);
    };
    std::thread::Builder::new()
        .name("crawl-items".to_owned())
        .spawn(write)
        .map_err(|e| {
            Error::new(ErrorKind::Pipeline, "no thread for the pipelines").with_source(e)
        })?;
    Ok(written)
}

/// Task of a crawl, which is aborted when the future that waits for it is dropped.
struct AbortOnDrop(JoinHandle<Result<Report>>);

impl AbortOnDrop {
    async fn join(mut self) -> Result<Report> {
        (&mut self.0).await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Panic, "the crawl itself failed").with_source(error))
        })
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
