//! The downloader: one request in, one response out.
//!
//! [`HttpDownloader`] is hyper. The [`Downloader`] trait is the seam for fakes in tests, for caches and browsers. A
//! downloader makes exactly one round trip: it follows no redirect and tries nothing twice; the crawler's policies do
//! that, through the scheduler.

mod address;
mod body;
mod certificate;
mod connector;
mod decode;
mod dns;
mod failure;
mod http;
mod look;
mod outgoing;
mod pool;
mod proxy;
mod route;
mod tls;

use futures_util::future::BoxFuture;

pub use self::decode::Decoder;
pub use self::http::HttpDownloader;
pub(crate) use self::look::Look;
pub(crate) use self::outgoing::{Defaults, check_framing};
use crate::fetch::clock;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;

/// Fetches one request.
///
/// ```
/// use crawlworks::{Downloader, Request, Response, Result};
///
/// struct Echo;
///
/// impl Downloader for Echo {
///     async fn fetch(&self, request: Request) -> Result<Response> {
///         let path = request.url().path().to_owned();
///         Ok(Response::new(request, 200).with_body("text/plain", path))
///     }
/// }
/// ```
pub trait Downloader: Send + Sync + 'static {
    /// Makes one round trip.
    ///
    /// # Errors
    /// Whenever there is no complete answer. Any status is an answer.
    fn fetch(&self, request: Request) -> impl Future<Output = Result<Response>> + Send;
}

/// A downloader whose type is forgotten.
pub(crate) trait ErasedDownloader: Send + Sync {
    fn fetch_boxed(&self, request: Request) -> BoxFuture<'_, Result<Response>>;
}

impl<D: Downloader> ErasedDownloader for D {
    fn fetch_boxed(&self, request: Request) -> BoxFuture<'_, Result<Response>> {
        Box::pin(async move {
            let started = clock::now();
            self.fetch(request)
                .await
                .map(|response| response.or_timed(clock::since(started)))
        })
    }
}
