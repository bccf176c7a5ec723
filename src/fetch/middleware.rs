#![doc = include_str!("../docs/links.txt")]
#![doc = include_str!("../docs/middleware.md")]

mod auth;
mod cookies;

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::fetch::downloader::ErasedDownloader;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;
pub(crate) use auth::Accounts;
pub use cookies::Cookies;

/// An effect around one download: authentication, signing, caching, measuring.
///
/// Middlewares are an onion: the one added first is outermost. Each gets the request, may change it, calls
/// [`next.run(request)`](Next::run) for the rest of the stack, or answers by itself. What wants to try again or go
/// elsewhere is not a middleware: return an error or the response, and the crawler's policies reschedule.
///
/// robots.txt is fetched without them, but with the credentials that the request which waits for it has: the setting
/// `credentials`, cookies, and the headers of that request, to its own origin only.
pub trait Middleware: Send + Sync + 'static {
    /// Handles one request.
    ///
    /// # Errors
    /// An error stands for the answer: it is retried or counted by its [kind](crate::Error::kind).
    fn handle(&self, request: Request, next: Next)
    -> impl Future<Output = Result<Response>> + Send;
}

/// A middleware from a function or closure `async fn(Request, Next) -> Result<Response>`.
///
/// ```
/// use crawlworks::{Next, Request, middleware};
/// let signed = middleware::from_fn(|request: Request, next: Next| async move {
///     next.run(request.with_header("x-signature", "abc")?).await
/// });
/// # let _ = signed;
/// ```
pub fn from_fn<F, Fut>(function: F) -> FromFn<F>
where
    F: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send,
{
    FromFn(function)
}

/// See [`from_fn`].
#[derive(Clone)]
pub struct FromFn<F>(F);

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}

impl<F, Fut> Middleware for FromFn<F>
where
    F: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send,
{
    fn handle(
        &self,
        request: Request,
        next: Next,
    ) -> impl Future<Output = Result<Response>> + Send {
        (self.0)(request, next)
    }
}

/// The rest of the stack: the middlewares further in, and the downloader.
#[derive(Clone)]
pub struct Next {
    stack: Arc<Stack>,
    depth: usize,
}

impl Next {
    /// Hands the request on and waits for the response.
    ///
    /// # Errors
    /// Whatever the rest of the stack returns.
    pub async fn run(self, request: Request) -> Result<Response> {
        let Self { stack, depth } = self;
        match stack.middlewares.get(depth) {
            Some(middleware) => {
                let next = Self {
                    stack: Arc::clone(&stack),
                    depth: depth + 1,
                };
                middleware.handle_boxed(request, next).await
            }
            None => stack.downloader.fetch_boxed(request).await,
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

/// A middleware whose type is forgotten.
pub(crate) trait ErasedMiddleware: Send + Sync {
    fn handle_boxed(&self, request: Request, next: Next) -> BoxFuture<'_, Result<Response>>;
}

impl<M: Middleware> ErasedMiddleware for M {
    fn handle_boxed(&self, request: Request, next: Next) -> BoxFuture<'_, Result<Response>> {
        Box::pin(self.handle(request, next))
    }
}

/// The downloader with everything around it.
pub(crate) struct Stack {
    pub(crate) middlewares: Vec<Box<dyn ErasedMiddleware>>,
    /// Index from which on the middlewares are the crawl's own, which say who the crawl is.
    pub(crate) own: usize,
    pub(crate) downloader: Box<dyn ErasedDownloader>,
    /// `true` if any middleware or the downloader is the program's own.
    pub(crate) has_foreign: bool,
}

impl Stack {
    /// Fetches through all middlewares; robots.txt only through those that say who the crawl is.
    pub(crate) async fn fetch(self: &Arc<Self>, request: Request) -> Result<Response> {
        let depth = match request.robots_for() {
            Some(_) => self.own,
            None => 0,
        };
        Next {
            stack: Arc::clone(self),
            depth,
        }
        .run(request)
        .await
    }
}
