//! The practice site as its users hold it: started by a builder, asked for URLs and for the truth, stopped by its drop.

use std::fmt;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use url::Url;

use super::books::Book;
use super::content::Content;
use super::quotes::Quote;
use super::served::{Recorder, Served};
use super::server::{self, Shared};
use super::web;
use crate::page::error::{Error, ErrorKind, Result};

/// A running practice site on loopback. Dropping it stops it and closes every connection.
///
/// It runs on its own thread, so it can be started inside or outside a tokio runtime.
pub struct PracticeSite {
    url: Url,
    shared: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PracticeSite {
    /// Starts a site with the default seed on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`ErrorKind::Listen`] if there is no port or thread to be had.
    pub fn start() -> Result<Self> {
        Self::builder().start()
    }

    /// Returns a builder of a site with a port, a seed, threads or a log of your own.
    pub fn builder() -> PracticeSiteBuilder {
        PracticeSiteBuilder {
            port: 0,
            seed: 1,
            threads: 1,
            log: true,
        }
    }

    /// Returns the root of the site: `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// Returns the URL of a path on this site, which can have a query: `site.at("/delay/1?ms=50")`.
    ///
    /// # Panics
    /// Panics if the path cannot be part of a URL, which is a mistake in the test.
    #[must_use]
    pub fn at(&self, path: &str) -> Url {
        self.url
            .join(path)
            .expect("the path given to PracticeSite::at can be joined to a URL")
    }

    /// Returns a snapshot of what was requested so far.
    #[must_use]
    pub fn served(&self) -> Served {
        self.shared.recorder.snapshot()
    }

    /// Returns the quotes in the order of their pages: ten on each.
    #[must_use]
    pub fn quotes(&self) -> &[Quote] {
        &self.shared.content.quotes
    }

    /// Returns the books in the order of the shop's pages: twenty on each.
    #[must_use]
    pub fn books(&self) -> &[Book] {
        &self.shared.content.books
    }

    /// Returns the pages that `/web/SIZE/ID` links to, in the page's order; empty if there is no such page.
    #[must_use]
    pub fn web_links(&self, size: u64, id: u64) -> Vec<u64> {
        web::links(self.shared.content.seed, size, id).collect()
    }
}

impl fmt::Debug for PracticeSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticeSite")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl Drop for PracticeSite {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the server's thread was printed when it happened.
            let _ = thread.join();
        }
    }
}

/// Builder of a [`PracticeSite`].
#[derive(Debug, Clone)]
#[must_use = "nothing listens until start() is called"]
pub struct PracticeSiteBuilder {
    port: u16,
    seed: u64,
    threads: usize,
    log: bool,
}

impl PracticeSiteBuilder {
    /// Sets the port on 127.0.0.1. Default 0: any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the number from which all content follows. Default 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the number of threads that serve. Default 1, which is enough for tests.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets whether to keep a log of the first 100,000 requests for [`Served::requests`]. Default `true`; counts are
    /// kept in any case.
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Starts the site and waits until it listens.
    ///
    /// # Errors
    /// [`ErrorKind::Listen`] if the port is in use, or if there is no port or thread to be had.
    pub fn start(self) -> Result<PracticeSite> {
        let content = Arc::new(Content::new(self.seed));
        let shared = Shared {
            content,
            recorder: Arc::new(Recorder::new(self.log)),
        };
        let (stop, stopped) = oneshot::channel();
        let (ready, listens) = mpsc::channel();
        let refused = |error: io::Error| {
            let message = format!("the practice site cannot listen on 127.0.0.1:{}", self.port);
            Error::new(ErrorKind::Listen, message).with_source(error)
        };
        let (port, threads, serving) = (self.port, self.threads, shared.clone());
        let thread = std::thread::Builder::new()
            .name("practice-site".to_owned())
            .spawn(move || server::run(port, threads, serving, &ready, stopped))
            .map_err(refused)?;
        let address = listens
            .recv()
            .map_err(io::Error::other)
            .flatten()
            .map_err(refused)?;
        let url = Url::parse(&format!("http://{address}/"))?;
        Ok(PracticeSite {
            url,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}
