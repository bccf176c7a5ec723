//! A visit: one round trip and the handling of its answer, in a task of its own.
//!
//! All CPU work is here, so that it uses every core: decoding, parsing, joining URLs, fingerprints, scope. The
//! dispatcher gets back only what it has to look up and queue. An answer is handled on [threads](super::parsers) that
//! no socket waits for.

mod failed;
mod hop;
mod link;
mod robots;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use url::Url;

use super::erased::{Delivery, ErasedSpider, Parsed, panicked};
use super::parsers::Parsers;
use super::robots::RobotsFile;
use crate::fetch::middleware::{Accounts, Cookies, Stack};
use crate::model::event::{Announcer, Event};
use crate::model::output::Listed;
use crate::model::report::{Fetched, Filter};
use crate::model::settings::{RecrawlItems, RobotsTags};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::Cuts;
use crate::page::identity::{Fingerprint, FingerprintKey, Strip};
use crate::page::request::Request;
use crate::page::response::{Recrawled, Response};
use crate::policy::identity::Identity;
use crate::policy::own::RetryPolicies;
use crate::policy::retry;
use crate::policy::robots::PageTags;
use crate::policy::scope::Scope;
use crate::policy::trap::mirror::{self, Mirrors};
use crate::queue::queued::Queued;
use crate::store::state::{Parse, Parsing};
pub(super) use hop::is_in_own_chain;
pub(crate) use link::Link;

/// Read-only state that all visits of a crawl share.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, mostly a setting"
)]
pub(crate) struct Context {
    pub(crate) spider: Box<dyn ErasedSpider>,
    /// Threads that pages are parsed on.
    pub(crate) parsers: Parsers,
    pub(crate) stack: Arc<Stack>,
    pub(crate) key: FingerprintKey,
    pub(crate) announcer: Announcer,
    pub(crate) user_agent: String,
    pub(crate) robots_tags: RobotsTags,
    /// Pages whose items a recrawl keeps.
    pub(crate) recrawl_items: RecrawlItems,
    pub(crate) sitemaps: bool,
    /// `true` if nothing is retried and no host is waited for, because the answers are replayed from a cassette.
    pub(crate) never_waits: bool,
    pub(crate) retries: u32,
    pub(crate) identity: Identity,
    /// Policies of the user's that refuse answers.
    pub(crate) retry_policies: RetryPolicies,
    /// `true` if answers of any status are parsed.
    pub(crate) any_status: bool,
    pub(crate) redirects: u32,
    /// Media types that are wanted, in lower case; empty: all.
    pub(crate) content_types: Vec<String>,
    /// Parts of the URL that are removed from found links.
    pub(crate) strip: Strip,
    /// `true` if links that differ only in a session id are one.
    pub(crate) ignores_sessions: bool,
    /// Detection of pages that mirror each other; `None` when traps are not looked for.
    pub(crate) mirrors: Option<Mirrors>,
    pub(crate) meta_refresh: bool,
    /// Cookies of the crawl; `None` when the setting `cookies` is off.
    pub(crate) cookies: Option<Cookies>,
    pub(crate) accounts: Accounts,
    /// Record of the pages that are being parsed; `None` unless the crawl is a durable job.
    pub(crate) parsing: Option<Arc<Parsing>>,
}

/// A finished visit.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) queued: Queued,
    pub(super) fetched: Option<Fetched>,
    pub(super) outcome: Outcome,
}

/// Outcome of a visit.
#[derive(Debug)]
pub(super) enum Outcome {
    Parsed {
        emitted: Emitted,
        nofollow: u64,
        is_login: bool,
        cuts: Cuts,
        error: Option<Error>,
    },
    Redirected(Link),
    Sitemap {
        links: Vec<Link>,
        /// Number of listed sitemaps that are nested too deeply.
        too_deep: u64,
    },
    Robots(RobotsFile),
    RobotsUnreachable(Error),
    RobotsMoved(Request),
    Retry(Error),
    /// The site asks for credentials, and the request is to be made again with them.
    Challenged,
    Filtered(Filter),
    Failed(Error),
}

/// A task of the dispatcher that has ended.
#[derive(Debug)]
pub(super) enum Ended {
    Visited(Finished),
    GivenUp(GivenUp),
}

/// A round trip: its answer, or `None` for one without.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip(pub(super) Option<Fetched>);

/// A request that is given up, after `Spider::failed` has handled it.
#[derive(Debug)]
pub(super) struct GivenUp {
    pub(super) queued: Queued,
    /// The last round trip, if there was one and it has not been counted yet.
    pub(super) trip: Option<Trip>,
    /// Reason why the request is given up.
    pub(super) error: Error,
    pub(super) emitted: Emitted,
}

/// Items and links that a spider emitted in one call.
#[derive(Debug)]
pub(super) struct Emitted {
    pub(super) items: Delivery,
    pub(super) links: Vec<Link>,
    pub(super) duplicates: u64,
    pub(super) over_limit: u64,
    pub(super) over_rules: u64,
    pub(super) files: u64,
    pub(super) lists: Vec<Listed>,
    /// Error or panic of `Spider::failed`.
    pub(super) second: Option<Error>,
}

impl Outcome {
    /// Returns the error of a request that failed; `None` if it did not.
    pub(super) fn error(&self) -> Option<&Error> {
        match self {
            Self::RobotsUnreachable(error) | Self::Retry(error) | Self::Failed(error) => {
                Some(error)
            }
            _ => None,
        }
    }

    /// Returns whether the request failed because no answer came in time.
    pub(super) fn is_late(&self) -> bool {
        let kind = self.error().map(Error::kind);
        matches!(kind, Some(ErrorKind::Timeout | ErrorKind::Slow))
    }
}

impl Context {
    pub(super) fn link(&self, scope: &Scope, request: Request) -> Link {
        Link::new(request, scope, &self.identity)
    }

    /// Builds the link for a request that was found on a page.
    fn found(&self, scope: &Scope, request: Request) -> Link {
        Link::found(
            request,
            scope,
            &self.identity,
            &self.strip,
            self.ignores_sessions,
        )
    }

    /// Makes the visit. A panic anywhere in it fails this request only.
    pub(super) async fn visit(self: Arc<Self>, scope: Arc<Scope>, queued: Queued) -> Finished {
        let request = &queued.request;
        self.announcer.announce(|| Event::Started {
            url: request.url().clone(),
        });
        let result = self.fetch(request).await;
        let fetched = result.as_ref().ok().map(fetched);
        let has_answer = result.is_ok();
        let context = Arc::clone(&self);
        let conclude = Box::pin(async move {
            let outcome = context.outcome(&scope, &queued.request, result).await;
            Finished {
                queued,
                fetched,
                outcome,
            }
        });
        if has_answer {
            self.parsers.run(conclude).await
        } else {
            // There is nothing to parse.
            conclude.await
        }
    }

    /// Makes the round trip. Middlewares and downloaders of the program may block, as its spider may.
    async fn fetch(&self, request: &Request) -> Result<Response> {
        let stack = Arc::clone(&self.stack);
        let own = match request.clone() {
            own if self.takes_any_status(request) => own.any_status(),
            own => own,
        };
        let fetch = async move { AssertUnwindSafe(stack.fetch(own)).catch_unwind().await };
        let result = if self.stack.has_foreign && self.parsers.are_apart() {
            self.parsers.run(Box::pin(fetch)).await
        } else {
            fetch.await
        };
        result.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).with_url(request.url())))
    }

    /// Returns the outcome for the result of a round trip.
    async fn outcome(&self, scope: &Scope, request: &Request, result: Result<Response>) -> Outcome {
        if request.robots_for().is_some() {
            return self.robots(request, result);
        }
        match result {
            Ok(response) => self.answer(scope, request, response).await,
            Err(error) => self.failure(request, error),
        }
    }

    /// Returns whether the answer is parsed whatever its status is.
    fn takes_any_status(&self, request: &Request) -> bool {
        request.takes_any_status() || (self.any_status && !request.is_own())
    }

    fn may_retry(&self, request: &Request) -> bool {
        !self.never_waits && request.attempt() < request.retries().unwrap_or(self.retries)
    }

    fn failure(&self, request: &Request, error: Error) -> Outcome {
        match error.kind() {
            ErrorKind::ContentType => Outcome::Filtered(Filter::ContentType),
            kind if kind.is_temporary() && self.may_retry(request) => Outcome::Retry(error),
            _ => Outcome::Failed(error),
        }
    }

    async fn answer(&self, scope: &Scope, request: &Request, response: Response) -> Outcome {
        // In this order: what asks for another request (credentials, a redirect) is no page yet, so no policy is asked about
        // it. Then reasons to try again, each of which holds only while there is a try left: on the last one, a temporary
        // status fails as a status, and a body that ended early is a page after all.
        let status = response.status();
        if self.accounts.are_challenged(request, &response) {
            return Outcome::Challenged;
        }
        match self.next_hop(request, &response) {
            Ok(Some(next)) => return Outcome::Redirected(self.link(scope, next)),
            Ok(None) => {}
            Err(_) if self.takes_any_status(request) => {}
            Err(error) => return Outcome::Failed(error),
        }
        if let Some(error) = self.refusal(request, &response) {
            let is_again = error.kind() == ErrorKind::Refused && self.may_retry(request);
            return if is_again {
                Outcome::Retry(error)
            } else {
                Outcome::Failed(error)
            };
        }
        if retry::is_temporary(status) && self.may_retry(request) {
            return Outcome::Retry(status_error(&response));
        }
        if response.is_incomplete() && self.may_retry(request) {
            let error = Error::new(ErrorKind::Incomplete, "the body ended early");
            return Outcome::Retry(error.with_url(response.url()));
        }
        if !status.is_success() && !self.takes_any_status(request) {
            return Outcome::Failed(status_error(&response));
        }
        if let Some(level) = request.sitemap() {
            return self.sitemap(scope, &response, level);
        }
        if self.is_unwanted(&response) {
            return Outcome::Filtered(Filter::ContentType);
        }
        let (fingerprint, _) = self.identity.of(request);
        // Noted before the spider sees the page: if that ends the process, the next one knows which page it was.
        let suspect = self.suspect(fingerprint).await;
        self.parse(scope, request, fingerprint, response, suspect)
            .await
    }

    /// Returns the error for a page that a policy of the user's refuses, or panics on.
    fn refusal(&self, request: &Request, page: &Response) -> Option<Error> {
        if request.is_own() {
            return None;
        }
        let error = match self.retry_policies.refusal(page) {
            Ok(None) => return None,
            Ok(Some(policy)) => Error::new(ErrorKind::Refused, format!("refused by {policy:?}")),
            Err(panic) => panicked(panic.as_ref()),
        };
        Some(error.with_url(page.url()))
    }

    /// Notes, in a durable job, that the spider is at work on this request.
    async fn suspect(&self, request: Fingerprint) -> Option<Parse> {
        let parsing = self.parsing.as_ref()?;
        Some(parsing.enter(request).await)
    }

    /// Returns whether an answer without a media type turns out to have one that is not wanted. An answer with an
    /// unwanted media type was already dropped after its head.
    fn is_unwanted(&self, response: &Response) -> bool {
        if self.content_types.is_empty() || response.has_media_type() {
            return false;
        }
        let media_type = response.media_type();
        // A page can begin with text.
        media_type != "text/plain" && !self.content_types.contains(&media_type)
    }

    async fn parse(
        &self,
        scope: &Scope,
        request: &Request,
        fingerprint: Fingerprint,
        response: Response,
        suspect: Option<Parse>,
    ) -> Outcome {
        let url = response.url().clone();
        let tags = PageTags::of(
            &response,
            &self.user_agent,
            self.robots_tags,
            jiff::Timestamp::now(),
        );
        let (status, bytes, elapsed) = (
            response.status(),
            response.body().len() as u64,
            response.timings().total,
        );
        let body = response.body().clone();
        let unwanted = left_by_recrawl(self.recrawl_items, response.recrawled());
        let mut parsed = self
            .spider
            .parse(request, fingerprint, response, suspect)
            .await;
        let mut nofollow = 0;
        if tags.nofollow {
            nofollow = std::mem::take(&mut parsed.requests).len() as u64;
        }
        if tags.noindex {
            parsed.items = parsed.items.dropped("noindex");
        } else if let Some(reason) = unwanted {
            parsed.items = parsed.items.dropped(reason);
        }
        let (items, found) = (parsed.items.len(), parsed.requests.len());
        let (is_login, cuts, error) = (parsed.is_login, parsed.cuts, parsed.error.take());
        let page = Arc::new(without_fragment(request.url()));
        let mut emitted = self.emitted(scope, request, parsed, Some(&page));
        self.mark_mirrored(&url, &body, &mut emitted.links);
        if error.is_none() {
            self.announcer.announce(|| Event::Page {
                url,
                status,
                bytes,
                items,
                links: found,
                elapsed,
            });
        }
        Outcome::Parsed {
            emitted,
            nofollow,
            is_login,
            cuts,
            error,
        }
    }

    /// Returns what a spider emitted, with all about its links that needs no dispatcher.
    /// `page` is where the links were found.
    fn emitted(
        &self,
        scope: &Scope,
        request: &Request,
        parsed: Parsed,
        page: Option<&Arc<Url>>,
    ) -> Emitted {
        let found = parsed.requests.len();
        let mut known = HashSet::with_capacity(found);
        let depth = request.depth().saturating_add(1);
        let links = parsed
            .requests
            .into_iter()
            .map(|request| self.found(scope, request.at_depth(depth).found_on(page)));
        let links: Vec<Link> = links
            .filter(|link| {
                known.insert(link.fingerprint) || link.request.is_unfiltered() || link.has_session
            })
            .collect();
        Emitted {
            items: parsed.items,
            duplicates: (found - links.len()) as u64,
            links,
            over_limit: parsed.over_limit,
            over_rules: parsed.over_rules,
            files: parsed.files,
            lists: parsed.lists,
            second: parsed.second,
        }
    }

    /// Marks the links that lead further down, if the page is equal to too many of the pages above it.
    fn mark_mirrored(&self, url: &Url, body: &[u8], links: &mut [Link]) {
        let Some(mirrors) = &self.mirrors else {
            return;
        };
        let is_below =
            |link: &Link| link.verdict.is_ok() && mirror::is_below(url, link.request.url());
        if links.iter().any(is_below) && mirrors.is_endless(url, body) {
            for link in links.iter_mut().filter(|link| is_below(link)) {
                link.is_mirrored = true;
            }
        }
    }
}

/// Returns the reason for which the items of a page are dropped, if it is not one of those that a recrawl keeps.
fn left_by_recrawl(kept: RecrawlItems, page: Option<Recrawled>) -> Option<&'static str> {
    match (kept, page?) {
        (RecrawlItems::Changed | RecrawlItems::New, Recrawled::Unchanged) => Some("unchanged page"),
        (RecrawlItems::New, Recrawled::Changed | Recrawled::Gone) => Some("page that is not new"),
        _ => None,
    }
}

/// Returns the URL of a page, whatever part of it was asked for.
fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn status_error(response: &Response) -> Error {
    Error::new(
        ErrorKind::Status,
        format!("status {}", response.status().as_u16()),
    )
    .with_status(response.status())
    .with_url(response.url())
}

/// Returns the facts of this answer.
fn fetched(response: &Response) -> Fetched {
    let now = jiff::Timestamp::now();
    let retry_after = response
        .header("retry-after")
        .and_then(|value| retry::retry_after(&value, now));
    Fetched {
        status: response.status(),
        took: response.timings().total,
        wire: response.wire_bytes(),
        body: response.body().len() as u64,
        retry_after,
        is_incomplete: response.is_incomplete(),
        notes: response.notes(),
    }
}
