//! Where the spider's type ends: past this file no code of the engine knows what an item is.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::BoxFuture;
use crate::error::{BoxError, Error, ErrorKind};
use crate::output::Output;
use crate::pipeline::Batch;
use crate::request::Request;
use crate::response::Response;
use crate::spider::Spider;

/// A spider plus the channel into its pipelines.
pub(crate) struct Plumbed<S: Spider> {
    pub(crate) spider: S,
    pub(crate) batches: mpsc::Sender<Batch<S::Item>>,
    pub(crate) max_links: usize,
}

/// What one page gave.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(super) requests: Vec<Request>,
    pub(super) over_limit: u64,
    pub(super) items: usize,
    /// The spider's own error or panic; what it emitted before is above.
    pub(super) error: Option<Error>,
}

/// A spider whose type is forgotten.
pub(crate) trait ErasedSpider: Send + Sync {
    fn start(&self) -> Result<Vec<Request>, BoxError>;
    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed>;
}

impl<S: Spider> ErasedSpider for Plumbed<S> {
    fn start(&self) -> Result<Vec<Request>, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.spider.start()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    fn parse(&self, response: Response) -> BoxFuture<'_, Parsed> {
        Box::pin(async move {
            let url = response.url().clone();
            let mut out = Output::with_max_links(self.max_links);
            // In a block of its own, so that a panic before the first await is caught as well.
            let parse = async { self.spider.parse(response, &mut out).await };
            let result = AssertUnwindSafe(parse).catch_unwind().await;
            let (items, requests, over_limit) = out.into_parts();
            let emitted = items.len();
            if emitted > 0 {
                // Fails only when the pipelines are gone; then the crawl is ending and says why.
                let _ = self
                    .batches
                    .send(Batch {
                        url: url.clone(),
                        items,
                    })
                    .await;
            }
            let error = match result {
                Ok(Ok(())) => None,
                Ok(Err(error)) => {
                    Some(Error::new(ErrorKind::Spider, "the spider failed").with_source(error))
                }
                Err(panic) => Some(panicked(panic.as_ref())),
            };
            Parsed {
                requests,
                over_limit,
                items: emitted,
                error: error.map(|error| error.with_url(&url)),
            }
        })
    }
}

/// What a panic said, as an error.
pub(super) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(
        ErrorKind::Panic,
        format!("panicked: {}", text.unwrap_or("no message")),
    )
}
