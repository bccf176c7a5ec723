//! Where the spider's type ends: past this file no code of the engine knows what an item is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::FutureExt;

use url::Url;

use super::BoxFuture;
use crate::error::{BoxError, Error, ErrorKind};
use crate::html::{Cuts, Limits, Marks};
use crate::output::Output;
use crate::pipeline::Entrance;
use crate::request::Request;
use crate::response::Response;
use crate::spider::Spider;
use crate::state::Parse;
use crate::state::store::Cut;

/// A spider plus the way into its pipelines.
pub(crate) struct Plumbed<S: Spider> {
    pub(crate) spider: S,
    pub(crate) entrance: Entrance<S::Item>,
    pub(crate) max_links: usize,
    pub(crate) tree: Limits,
}

/// The items of one page on their way to the pipelines, where there is a place for them already.
///
/// The dispatcher lets them go on in the order in which it hears of visits: so what has gone in before a commit is
/// exactly what the visits gave that are over by then.
#[derive(Default)]
pub(crate) struct Delivery {
    deliver: Option<Deliver>,
    items: usize,
    /// Why they are dropped.
    reason: Option<&'static str>,
}

type Deliver = Box<dyn FnOnce(Option<&'static str>) + Send>;

impl Delivery {
    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.items
    }

    /// Has them dropped, and counted, instead of kept.
    pub(super) fn dropped(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Hands them to the pipelines; never waits.
    pub(super) fn deliver(self) {
        if let Some(deliver) = self.deliver {
            deliver(self.reason);
        }
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Delivery({} items)", self.items)
    }
}

/// What one page gave.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(super) requests: Vec<Request>,
    pub(super) over_limit: u64,
    /// Links that the limits of rules left out.
    pub(super) over_rules: u64,
    pub(super) files: u64,
    /// Whether the page is part of a login.
    pub(super) is_login: bool,
    /// What was cut off of its trees.
    pub(super) cuts: Cuts,
    pub(super) items: Delivery,
    /// The spider's own error or panic; what it emitted before is above.
    pub(super) error: Option<Error>,
}

/// A spider whose type is forgotten.
pub(crate) trait ErasedSpider: Send + Sync {
    fn start(&self) -> Result<Vec<Request>, BoxError>;
    /// `suspect` is dropped when the spider is done: whoever waits for a place after that has parsed.
    fn parse(&self, response: Response, suspect: Option<Parse>) -> BoxFuture<'_, Parsed>;
    /// Sends a commit after the items that were delivered so far.
    fn commit(&self, cut: Box<Cut>);
    /// Ends the pipelines after the items that were delivered so far.
    fn end(&self);
}

impl<S: Spider> ErasedSpider for Plumbed<S> {
    fn start(&self) -> Result<Vec<Request>, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.spider.start()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    fn parse(&self, response: Response, suspect: Option<Parse>) -> BoxFuture<'_, Parsed> {
        Box::pin(async move {
            let url = response.url().clone();
            let marks = Arc::new(Marks::default());
            let response = response.within(self.tree, Arc::clone(&marks));
            let mut out = Output::with_max_links(self.max_links);
            // In a block of its own, so that a panic before the first await is caught as well.
            let parse = async { self.spider.parse(response, &mut out).await };
            let result = AssertUnwindSafe(parse).catch_unwind().await;
            drop(suspect);
            let (over_rules, files) = (out.over_rules(), out.files());
            let (lost, is_login) = (out.take_lost(), out.is_login());
            let (items, requests, over_limit) = out.into_parts();
            let items = self.delivery(url.clone(), items, lost).await;
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
                over_rules,
                files,
                is_login,
                cuts: marks.cuts(),
                items,
                error: error.map(|error| error.with_url(&url)),
            }
        })
    }

    fn commit(&self, cut: Box<Cut>) {
        self.entrance.commit(cut);
    }

    fn end(&self) {
        self.entrance.end();
    }
}

impl<S: Spider> Plumbed<S> {
    /// Waits for a place among the items that wait for the pipelines.
    async fn delivery(&self, url: Url, items: Vec<S::Item>, lost: Vec<String>) -> Delivery {
        let count = items.len();
        if count == 0 && lost.is_empty() {
            return Delivery::default();
        }
        // None only when the pipelines are gone; then the crawl is ending and says why.
        let place = self.entrance.place().await;
        let deliver = place.map(|place| {
            Box::new(move |reason| place.deliver(url, items, lost, reason)) as Deliver
        });
        Delivery {
            deliver,
            items: count,
            reason: None,
        }
    }
}

/// What a panic said, as an error.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(
        ErrorKind::Panic,
        format!("panicked: {}", text.unwrap_or("no message")),
    )
}
