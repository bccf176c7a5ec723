//! The fetch stack of a spider: what a spider has set up around its requests, usable for more than one crawl.

use std::fmt;
use std::sync::Arc;

use crate::engine::crawler::{Crawler, FetchStack};
use crate::engine::job::AnyCrawler;
use crate::engine::spider::Spider;
use crate::fetch::downloader::{Downloader, ErasedDownloader};
use crate::fetch::middleware::{ErasedMiddleware, Middleware, Next};
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;

/// Middlewares and a downloader, as a spider's crawler had them. The default is none, and the usual downloader.
#[derive(Clone, Default)]
pub(in crate::cli) struct SharedStack {
    /// Middlewares, the outermost first.
    middlewares: Vec<Shared<dyn ErasedMiddleware>>,
    downloader: Option<Shared<dyn ErasedDownloader>>,
}

impl SharedStack {
    /// Takes the stack out of a crawler, which can then only parse.
    pub(in crate::cli) fn out_of(crawler: &mut AnyCrawler) -> Self {
        let FetchStack {
            middlewares,
            downloader,
        } = crawler.config.take_fetch_stack();
        let middlewares = middlewares.into_iter().map(|m| Shared(Arc::from(m)));
        Self {
            middlewares: middlewares.collect(),
            downloader: downloader.map(|downloader| Shared(Arc::from(downloader))),
        }
    }

    /// Gives a crawler this stack.
    pub(super) fn of<S: Spider>(&self, mut crawler: Crawler<S>) -> Crawler<S> {
        for middleware in &self.middlewares {
            crawler = crawler.middleware(middleware.clone());
        }
        match &self.downloader {
            Some(downloader) => crawler.downloader(downloader.clone()),
            None => crawler,
        }
    }
}

impl fmt::Debug for SharedStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStack")
            .field("middlewares", &self.middlewares.len())
            .field("own_downloader", &self.downloader.is_some())
            .finish()
    }
}

struct Shared<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Middleware for Shared<dyn ErasedMiddleware> {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        self.0.handle_boxed(request, next).await
    }
}

impl Downloader for Shared<dyn ErasedDownloader> {
    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.fetch_boxed(request).await
    }
}
