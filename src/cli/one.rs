//! Fetching one page as a crawl fetches it: through robots.txt, redirects, cookies and every limit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::exit::Failure;
use super::flags::PageFlags;
use super::{crawl, layers};
use crate::crawler::Crawler;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::event::{Event, Events};
use crate::output::Output;
use crate::policy::redirect;
use crate::report::Filter;
use crate::request::Request;
use crate::response::Response;
use crate::settings::{ScopeMode, Settings};
use crate::spider::Spider;

/// What came of it.
pub(super) enum Outcome {
    /// An answer, of whatever status.
    Answer(Box<Response>),
    /// None, and why. `kind` is an [`ErrorKind`] or a [`Filter`].
    Failure { kind: String, error: Error },
}

/// Fetches this request; `adjust` has the last word on the settings. All of it may take `limit`.
///
/// # Errors
/// When it cannot even begin, because of a bad setting. Everything else is an [`Outcome::Failure`].
pub(super) fn fetch(
    request: Request,
    adjust: impl FnOnce(&mut Settings) -> Result<()>,
    has_limit: bool,
) -> Result<Outcome> {
    let url = request.url().clone();
    let answer = Slot::default();
    let mut crawler = Crawler::new(One {
        request: request.any_status(),
        answer: Arc::clone(&answer),
    });
    let settings = crawler.settings_mut();
    layers::apply_without_keeping(settings, "fetch", &[])?;
    adjust(settings)?;
    only_one(settings);
    let (limit, redirects) = (has_limit.then_some(settings.timeout), settings.redirects);
    let mut events = crawler.events();
    let runtime = crawl::runtime()?;
    let outcome = runtime.block_on(async {
        let Some(report) = within(limit, crawler.run()).await else {
            let late = Error::new(ErrorKind::Timeout, "no complete answer in time");
            return Ok(failed(late.with_url(&url)));
        };
        report?;
        let response = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match response {
            Some(response) => Ok(answered(response, redirects, &url)),
            None => Ok(why(&mut events, &url).await),
        }
    });
    runtime.shutdown_background();
    outcome
}

/// Fetches a page whose content is wanted: a status that is not a success is an error.
///
/// # Errors
/// Whatever keeps the page from being had.
pub(super) fn page(url: &str, flags: &PageFlags) -> Result<Response, Failure> {
    match fetch(flags.request(url)?, |settings| flags.apply(settings), false)? {
        Outcome::Answer(response) if response.status().is_success() => Ok(*response),
        Outcome::Answer(response) => {
            let message = format!("status {}", response.status());
            let error = Error::new(ErrorKind::Status, message).with_url(response.url());
            Err(error.into())
        }
        Outcome::Failure { error, .. } => Err(error.into()),
    }
}

/// What a crawl of many pages may want means nothing for one.
pub(super) fn only_one(settings: &mut Settings) {
    settings.retries = 0;
    settings.delay = Duration::ZERO;
    settings.max_rate = None;
    settings.scope = ScopeMode::Any;
    settings.allow.clear();
    settings.deny.clear();
    settings.content_types.clear();
    settings.max_url_length = usize::MAX;
    (settings.depth, settings.max_pages, settings.max_items) = (None, None, None);
    (settings.max_time, settings.max_errors) = (None, None);
    (settings.max_pages_per_host, settings.max_per_pattern) = (None, None);
}

async fn within<T>(limit: Option<Duration>, work: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, work).await.ok(),
        None => Some(work.await),
    }
}

/// A redirect that cannot be followed is handed to a spider that takes any status. Here it keeps the page from being had,
/// unless none was to be followed.
fn answered(response: Response, redirects: u32, asked: &Url) -> Outcome {
    let (status, headers) = (response.status(), response.headers());
    match redirect::follow(response.request(), status, headers, redirects) {
        Err(error) if redirects > 0 => {
            let message = format!("{}{}", moved(response.url(), asked), error.chain());
            failed(Error::new(error.kind(), message).with_url(asked))
        }
        // Of those that could be followed, only loops are not.
        Ok(Some(next)) if redirects > 0 => {
            let message = format!("redirect loop: it leads back to {}", next.url());
            failed(Error::new(ErrorKind::Redirect, message).with_url(response.url()))
        }
        _ => Outcome::Answer(Box::new(response)),
    }
}

/// Reads from the events why there is no answer. What was asked for is named, wherever it led.
async fn why(events: &mut Events, asked: &Url) -> Outcome {
    let mut cause = None;
    while let Some(event) = events.next().await {
        match event {
            // Of a robots.txt, perhaps: then the page is filtered next.
            Event::Failed { url, kind, message } => {
                cause = Some(Error::new(kind, format!("{}{message}", moved(&url, asked))));
            }
            Event::Filtered { url, reason } => return filtered(reason, &url, cause, asked),
            _ => {}
        }
    }
    let error =
        cause.unwrap_or_else(|| Error::new(ErrorKind::Panic, "the crawl ended without an answer"));
    failed(error.with_url(asked))
}

/// Says where it happened when that is not what was asked for, nor its robots.txt.
fn moved(url: &Url, asked: &Url) -> String {
    let is_robots = url.path() == "/robots.txt" && url.origin() == asked.origin();
    if url == asked || is_robots {
        String::new()
    } else {
        format!("redirected to {url}: ")
    }
}

fn filtered(reason: Filter, url: &Url, cause: Option<Error>, asked: &Url) -> Outcome {
    let moved = moved(url, asked);
    let robots = |what: &str| {
        Error::new(ErrorKind::Robots, format!("{moved}robots.txt {what}")).with_url(asked)
    };
    match (reason, cause) {
        (Filter::Robots, _) => failed(robots("forbids it")),
        (Filter::RobotsUnreachable, Some(cause)) => {
            failed(robots("cannot be read").with_source(cause))
        }
        (Filter::RobotsUnreachable, None) => failed(robots("cannot be read")),
        (reason, _) => Outcome::Failure {
            kind: reason.to_string(),
            error: Error::new(ErrorKind::Url, format!("{moved}filtered by {reason}"))
                .with_url(asked),
        },
    }
}

fn failed(error: Error) -> Outcome {
    Outcome::Failure {
        kind: error.kind().to_string(),
        error,
    }
}

type Slot = Arc<Mutex<Option<Response>>>;

/// Puts the answer aside.
struct One {
    request: Request,
    answer: Slot,
}

impl Spider for One {
    type Item = ();

    fn name(&self) -> &str {
        "fetch"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.request.clone()])
    }

    async fn parse(&self, response: Response, _: &mut Output<()>) -> Result<(), BoxError> {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        Ok(())
    }
}
