//! Fetching one page as a crawl fetches it: through robots.txt, redirects, cookies and every limit.

mod shared_stack;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::cli::crawl;
use crate::cli::exit::Failure;
use crate::cli::flags::FetchFlags;
use crate::engine::crawler::Crawler;
use crate::engine::spider::Spider;
use crate::model::event::{Event, Events};
use crate::model::output::Output;
use crate::model::report::Filter;
use crate::model::settings::layers;
use crate::model::settings::{ScopeMode, Settings};
use crate::page::error::{BoxError, Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::redirect;
pub(super) use shared_stack::SharedStack;

/// Outcome of a fetch.
pub(super) enum Outcome {
    /// Response, of any status.
    Answer(Box<Response>),
    /// No response, and the reason. `kind` is an [`ErrorKind`] or a [`Filter`].
    Failure { kind: String, error: Error },
}

/// Condition that ends a fetch that has not ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Only the limits of each request.
    Each,
    /// The setting `timeout` bounds all of it.
    Whole,
    /// Ctrl-C, which then does not end the program: from then on it never does.
    Person,
}

/// Fetches this request; `adjust` has the last word on the settings.
///
/// # Errors
/// Fails when the fetch cannot begin, because of a bad setting. Every other failure is an [`Outcome::Failure`].
pub(super) fn fetch(
    request: Request,
    adjust: impl FnOnce(&mut Settings) -> Result<()>,
    patience: Patience,
) -> Result<Outcome> {
    let mut settings = Settings::default();
    layers::apply_without_keeping(&mut settings, "fetch", &[])?;
    adjust(&mut settings)?;
    fetch_by(&SharedStack::default(), settings, request, patience)
}

/// Fetches a request through the fetch stack of a spider, with all its settings.
///
/// # Errors
/// Fails as [`fetch`] does.
pub(super) fn fetch_by(
    way: &SharedStack,
    mut settings: Settings,
    request: Request,
    patience: Patience,
) -> Result<Outcome> {
    only_one(&mut settings);
    let url = request.url().clone();
    let (timeout, redirects) = (settings.answers.timeout, settings.failures.redirects);
    let answer = Slot::default();
    let mut crawler = way.of(Crawler::new(One {
        request: request.any_status(),
        answer: Arc::clone(&answer),
    }));
    *crawler.settings_mut() = settings;
    let mut events = crawler.events();
    let runtime = crawl::runtime()?;
    let outcome = runtime.block_on(async {
        match within(patience, timeout, crawler.run()).await {
            Ok(report) => report?,
            Err(error) => return Ok(failed(error.with_url(&url))),
        };
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
/// Fails when the page cannot be fetched.
pub(super) fn page(url: &str, flags: &FetchFlags) -> Result<Response, Failure> {
    let adjust = |settings: &mut Settings| flags.apply(settings);
    fetch(flags.request(url)?, adjust, Patience::Each)?.success()
}

impl Outcome {
    /// Returns the response, of any status.
    ///
    /// # Errors
    /// Fails with the reason why there is no response.
    pub(super) fn answer(self) -> Result<Response, Failure> {
        match self {
            Self::Answer(response) => Ok(*response),
            Self::Failure { error, .. } => Err(error.into()),
        }
    }

    /// Returns the response, whose status has to be a success.
    ///
    /// # Errors
    /// Fails with the reason why there is no successful response.
    pub(super) fn success(self) -> Result<Response, Failure> {
        let response = self.answer()?;
        if response.status().is_success() {
            return Ok(response);
        }
        let message = format!("status {}", response.status());
        let error = Error::new(ErrorKind::Status, message).with_status(response.status());
        Err(error.with_url(response.url()).into())
    }
}

/// Resets the settings that only make sense for a crawl of many pages.
pub(super) fn only_one(settings: &mut Settings) {
    settings.failures.retries = 0;
    settings.politeness.delay = Duration::ZERO;
    settings.politeness.max_rate = None;
    settings.links.scope = ScopeMode::Any;
    settings.links.allow.clear();
    settings.links.deny.clear();
    settings.answers.content_types.clear();
    settings.links.max_url_length = usize::MAX;
    settings.links.sitemaps = false;
    (
        settings.links.depth,
        settings.end.max_pages,
        settings.end.max_items,
    ) = (None, None, None);
    (settings.end.max_time, settings.end.max_errors) = (None, None);
    (
        settings.links.max_pages_per_host,
        settings.links.max_per_pattern,
    ) = (None, None);
}

async fn within<T>(
    patience: Patience,
    timeout: Duration,
    work: impl Future<Output = T>,
) -> Result<T> {
    match patience {
        Patience::Each => Ok(work.await),
        Patience::Whole => tokio::time::timeout(timeout, work)
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, "no complete answer in time")),
        Patience::Person => tokio::select! {
            done = work => Ok(done),
            Ok(()) = tokio::signal::ctrl_c() => Err(Error::new(ErrorKind::Stopped, "stopped by Ctrl-C")),
        },
    }
}

/// Returns the outcome of a response. A spider that takes any status also gets a redirect that cannot be followed; here
/// it is a failure, unless no redirect was to be followed.
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

/// Returns the URL at which the error happened, if that is neither what was asked for nor its robots.txt.
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

/// Spider that keeps the answer.
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
