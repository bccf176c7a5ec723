//! From a builder to a running crawl: which task and which thread owns what.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Crawler;
use crate::downloader::HttpDownloader;
use crate::engine::{Context, Dispatcher, Parts, Plumbed, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::frontier::MemoryFrontier;
use crate::identity::FingerprintKey;
use crate::item::Item;
use crate::middleware::{Cookies, Stack};
use crate::pipeline::{Batch, Counts, Line};
use crate::report::{Items, Report};
use crate::spider::Spider;

/// How many pages' items may wait for the pipelines before visits wait for them.
const BATCHES: usize = 64;

impl<S: Spider> Crawler<S> {
    /// Puts all parts together and starts them.
    pub(super) fn launch(
        mut self,
        stream: Option<mpsc::Sender<S::Item>>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<impl Future<Output = Result<Report>> + Send> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let counts = Arc::new(Counts::default());
        let mut line = Line {
            steps: std::mem::take(&mut self.steps),
            sinks: std::mem::take(&mut self.sinks),
            stream,
            max_items: self.settings.max_items,
            counts: Arc::clone(&counts),
            announcer: self.announcer.clone(),
            items: Items::default(),
        };
        let name = self.spider.name().to_owned();
        let outputs = std::mem::take(&mut self.outputs);
        let (batches, received) = mpsc::channel(BATCHES);
        let mut dispatcher = Dispatcher::new(self.into_parts(batches, counts)?)?;
        dispatcher.seed()?;
        // A task of its own: on a worker thread it is woken by the visits without a switch between threads.
        let crawl = AbortOnDrop(tokio::spawn(async move {
            line.open().await?;
            // Last, because opening empties files: what cannot start must not cost the items of the run before.
            let time = jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string();
            for output in outputs {
                line.sinks.push(output.expand(&name, &time).open()?);
            }
            let written = spawn_line(line, received)?;
            dispatcher.run(name, written, stop).await
        }));
        Ok(crawl.join())
    }

    fn into_parts(
        mut self,
        batches: mpsc::Sender<Batch<S::Item>>,
        counts: Arc<Counts>,
    ) -> Result<Parts> {
        let settings = self.settings;
        if settings.cookies {
            self.middlewares.push(Box::new(Cookies::default()));
        }
        let downloader = match self.downloader {
            Some(downloader) => downloader,
            None => Box::new(HttpDownloader::new(&settings)?),
        };
        let context = Context {
            spider: Box::new(Plumbed {
                spider: self.spider,
                batches,
                max_links: settings.max_links,
            }),
            stack: Arc::new(Stack {
                middlewares: self.middlewares,
                downloader,
            }),
            key: FingerprintKey::random(),
            announcer: self.announcer,
            user_agent: settings.user_agent.clone(),
            retries: settings.retries,
            redirects: settings.redirects,
        };
        Ok(Parts {
            context,
            frontier: Box::new(MemoryFrontier::new(settings.order)),
            settings,
            counts,
        })
    }
}

/// Runs the items' line on a thread of its own: its files are written with blocking calls, and its steps may take
/// their time.
fn spawn_line<I: Item>(line: Line<I>, batches: mpsc::Receiver<Batch<I>>) -> Result<Written> {
    let (sender, written) = oneshot::channel();
    let runtime = Handle::current();
    std::thread::Builder::new()
        .name("crawl-items".to_owned())
        .spawn(move || sender.send(runtime.block_on(line.run(batches))))
        .map_err(|e| {
            Error::new(ErrorKind::Pipeline, "no thread for the pipelines").with_source(e)
        })?;
    Ok(written)
}

/// A crawl ends when the future that waits for it is dropped.
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
