//! Type erasure of the spider: no code of the engine outside this file depends on the type of the items.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use url::Url;

use super::items::ItemSender;
use crate::engine::spider::{Seeds, Spider, handles_failures};
use crate::model::output::{Listed, Output};
use crate::page::error::{BoxError, Error, ErrorKind};
use crate::page::html::{Cuts, Limits, Marks};
use crate::page::identity::Fingerprint;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::store::state::Parse;

/// A spider with the sender of its item channel and its limits.
pub(crate) struct Plumbed<S: Spider> {
    pub(crate) spider: S,
    pub(crate) entrance: ItemSender<S::Item>,
    pub(crate) max_links: usize,
    pub(crate) tree: Limits,
    /// `true` if the warning about a slow page has been logged.
    pub(crate) has_warned: AtomicBool,
}

/// Time for which a page may hold its thread before a warning is logged.
const LONG: Duration = Duration::from_secs(1);

/// The items of one page on their way to the pipelines, with a place in the item channel already reserved.
///
/// The dispatcher sends them on in the order in which visits are reported to it. So the items in the channel before a
/// commit are exactly those of the visits that are over by then.
#[derive(Default)]
pub(crate) struct Delivery {
    deliver: Option<Deliver>,
    items: usize,
    /// Reason for dropping the items; `None` when they are kept.
    reason: Option<&'static str>,
}

type Deliver = Box<dyn FnOnce(Option<&'static str>) + Send>;

impl Delivery {
    /// Returns the number of items.
    pub(super) fn len(&self) -> usize {
        self.items
    }

    /// Marks the items to be dropped and counted instead of kept.
    pub(super) fn dropped(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Hands the items to the pipelines; never waits.
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

/// Result of parsing one page.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(super) requests: Vec<Request>,
    pub(super) over_limit: u64,
    /// Number of links that the limits of rules left out.
    pub(super) over_rules: u64,
    pub(super) files: u64,
    /// Lists that a recipe has looked for.
    pub(super) lists: Vec<Listed>,
    /// `true` if the page is part of a login.
    pub(super) is_login: bool,
    /// Parts that were cut off of the page's trees.
    pub(super) cuts: Cuts,
    pub(super) items: Delivery,
    /// Error or panic of the spider in `parse`; what it emitted before is in the other fields.
    pub(super) error: Option<Error>,
    /// Error or panic of the spider in `failed`.
    pub(super) second: Option<Error>,
}

/// A spider without the type of its items.
pub(crate) trait ErasedSpider: Send + Sync {
    fn start(&self) -> Result<Vec<Request>, BoxError>;
    fn seeds(&self) -> Result<Seeds, BoxError>;
    /// Parses the page that answers this request. `fingerprint` is that of the request, for the keys of its items. `suspect`
    /// is dropped when the spider is done with the page: a page that waits for its place among the items after that counts
    /// as parsed.
    fn parse<'a>(
        &'a self,
        request: &'a Request,
        fingerprint: Fingerprint,
        response: Response,
        suspect: Option<Parse>,
    ) -> BoxFuture<'a, Parsed>;
    /// Returns whether the spider has something to do when a request is given up.
    fn handles_failures(&self) -> bool;
    /// Hands a request that is given up to the spider, with the reason. The rest is as for a page.
    fn failed<'a>(
        &'a self,
        request: &'a Request,
        fingerprint: Fingerprint,
        error: &'a Error,
        suspect: Option<Parse>,
    ) -> BoxFuture<'a, Parsed>;
}

impl<S: Spider> ErasedSpider for Plumbed<S> {
    fn start(&self) -> Result<Vec<Request>, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.spider.start()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        catch_unwind(AssertUnwindSafe(|| self.spider.seeds()))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))
    }

    fn parse<'a>(
        &'a self,
        request: &'a Request,
        fingerprint: Fingerprint,
        response: Response,
        suspect: Option<Parse>,
    ) -> BoxFuture<'a, Parsed> {
        Box::pin(async move {
            let url = response.url().clone();
            let marks = Arc::new(Marks::default());
            let response = response.within(self.tree, Arc::clone(&marks));
            let mut out = Output::with_max_links(self.max_links);
            // In a block of its own, so that a panic before the first await is caught as well.
            let parse = async { self.spider.parse(response, &mut out).await };
            let (result, held) = timed(AssertUnwindSafe(parse).catch_unwind()).await;
            let error = fault(result, &url);
            let second = match &error {
                Some(error) => self.call_failed(request, error, &mut out).await,
                None => None,
            };
            drop(suspect);
            self.warn_if_long(&url, held);
            Parsed {
                cuts: marks.cuts(),
                error,
                second,
                ..self.parsed(fingerprint, url, out).await
            }
        })
    }

    fn handles_failures(&self) -> bool {
        handles_failures::<S>()
    }

    fn failed<'a>(
        &'a self,
        request: &'a Request,
        fingerprint: Fingerprint,
        error: &'a Error,
        suspect: Option<Parse>,
    ) -> BoxFuture<'a, Parsed> {
        Box::pin(async move {
            let mut out = Output::with_max_links(self.max_links);
            let second = self.call_failed(request, error, &mut out).await;
            drop(suspect);
            Parsed {
                second,
                ..self.parsed(fingerprint, request.url().clone(), out).await
            }
        })
    }
}

/// Returns the error of a spider that failed or panicked at this URL.
fn fault(result: std::thread::Result<Result<(), BoxError>>, url: &Url) -> Option<Error> {
    let error = match result {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => Error::new(ErrorKind::Spider, "the spider failed").with_source(error),
        Err(panic) => panicked(panic.as_ref()),
    };
    Some(error.with_url(url))
}

/// Returns the output of a future, and the time for which it held the thread: the time that it waited does not count.
async fn timed<F: Future>(future: F) -> (F::Output, Duration) {
    let (mut future, mut held) = (pin!(future), Duration::ZERO);
    poll_fn(|cx| {
        let began = Instant::now();
        let poll = future.as_mut().poll(cx);
        held += began.elapsed();
        poll.map(|output| (output, held))
    })
    .await
}

impl<S: Spider> Plumbed<S> {
    /// Logs a warning about the first page that held its thread for long.
    fn warn_if_long(&self, url: &Url, held: Duration) {
        if held >= LONG && !self.has_warned.swap(true, Ordering::Relaxed) {
            let seconds = held.as_secs_f64();
            tracing::warn!(
                %url,
                seconds,
                "the spider's parse held a thread for long; let it hand such work to a pipeline step or to \
                 `spawn_blocking` (said once)"
            );
        }
    }

    /// Calls `Spider::failed`; returns its error or panic.
    async fn call_failed(
        &self,
        request: &Request,
        error: &Error,
        out: &mut Output<S::Item>,
    ) -> Option<Error> {
        let failed = async { self.spider.failed(request, error, out).await };
        let result = AssertUnwindSafe(failed).catch_unwind().await;
        fault(result, request.url())
    }

    /// Returns what the spider emitted at this URL, once there is a place for its items.
    async fn parsed(&self, fingerprint: Fingerprint, url: Url, mut out: Output<S::Item>) -> Parsed {
        let (over_rules, files) = (out.over_rules(), out.files());
        let (lost, lists, is_login) = (out.take_lost(), out.take_lists(), out.is_login());
        let (items, requests, over_limit) = out.into_parts();
        Parsed {
            requests,
            over_limit,
            over_rules,
            files,
            lists,
            is_login,
            cuts: Cuts::default(),
            items: self.delivery(fingerprint, url, items, lost).await,
            error: None,
            second: None,
        }
    }

    /// Waits for a place in the item channel.
    async fn delivery(
        &self,
        request: Fingerprint,
        url: Url,
        items: Vec<S::Item>,
        lost: Vec<String>,
    ) -> Delivery {
        let count = items.len();
        if count == 0 && lost.is_empty() {
            return Delivery::default();
        }
        // There is no place only when the pipelines are gone; then the crawl is ending and reports why.
        let place = self.entrance.place().await;
        let deliver = place.map(|place| {
            Box::new(move |reason| place.deliver(request, url, items, lost, reason)) as Deliver
        });
        Delivery {
            deliver,
            items: count,
            reason: None,
        }
    }
}

/// Returns the error for a panic, with its message.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::sink::captured_log::warnings;
    use crate::model::settings::Settings;

    struct Idle;

    impl Spider for Idle {
        type Item = ();

        fn name(&self) -> &'static str {
            "idle"
        }

        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(Vec::new())
        }

        async fn parse(&self, _: Response, _: &mut Output<()>) -> Result<(), BoxError> {
            Ok(())
        }
    }

    #[test]
    fn the_first_page_that_holds_its_thread_for_long_is_named_with_the_time() {
        let (entrance, _exit) = ItemSender::new();
        let plumbed = Plumbed {
            spider: Idle,
            entrance,
            max_links: 1,
            tree: Settings::default().tree_limits(),
            has_warned: AtomicBool::new(false),
        };
        let warned = warnings(|| {
            for (path, seconds) in [("/short", 0.5), ("/long", 2.5), ("/longer", 9.0)] {
                let url = Url::parse("http://a.example/").unwrap().join(path).unwrap();
                plumbed.warn_if_long(&url, Duration::from_secs_f64(seconds));
            }
        });
        assert_eq!(warned.len(), 1, "{warned:?}");
        assert!(warned[0].contains("http://a.example/long"), "{warned:?}");
        assert!(warned[0].contains("2.5"), "{warned:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_page_waits_for_does_not_hold_its_thread() {
        let page = async {
            tokio::time::sleep(Duration::from_mins(1)).await;
            tokio::time::advance(Duration::from_secs(2)).await;
        };
        let ((), held) = timed(page).await;
        assert!((2..60).contains(&held.as_secs()), "{held:?}");
    }
}
