//! The way of a request for a page in a recrawl, around the downloader and its cache.

use std::sync::atomic::Ordering;
use std::time::SystemTime;

use http::header::{ETAG, LAST_MODIFIED};
use http::{HeaderMap, Method, StatusCode};

use super::{Before, Met, Pages, compare};
use crate::fetch::cache::confirmed::{confirmed, other_version};
use crate::fetch::cache::key::Key;
use crate::fetch::cache::stored::Stored;
use crate::fetch::cache::{rules, vary};
use crate::fetch::downloader::{Defaults, Downloader, ErasedDownloader};
use crate::page::error::{ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::{FromCache, Notes, Recrawled, Response};

/// Asks for pages by way of what is known of them.
pub(super) struct PageLayer {
    pub(super) pages: Pages,
    pub(super) defaults: Defaults,
    pub(super) inner: Box<dyn ErasedDownloader>,
}

impl Downloader for PageLayer {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let is_page = *request.method() == Method::GET
            && !request.is_own()
            && request.body().is_empty()
            && !rules::is_partial_or_conditional(request.headers());
        if is_page {
            self.page(request).await
        } else {
            self.inner.fetch_boxed(request).await
        }
    }
}

impl PageLayer {
    async fn page(&self, request: Request) -> Result<Response> {
        let key = Key::of(&request);
        let known = self.pages.store.read(key).await;
        let known = known.filter(|known| known.answers(&request));
        let before = known
            .as_ref()
            .and_then(|known| self.pages.before(&known.head));
        let headers = self.defaults.with(&request);
        let mut asking = request.clone();
        let is_conditional = known.as_ref().is_some_and(|known| {
            let conditions = rules::conditions(&known.head.headers);
            let is_same = vary::matches(&known.head.vary, &headers);
            asking.headers_mut().extend(conditions.filter(|_| is_same));
            is_same && rules::has_validator(&known.head.headers)
        });
        let requested = SystemTime::now();
        let result = self.inner.fetch_boxed(asking).await;
        let asked = Asked {
            request,
            headers,
            key,
            before,
            requested,
        };
        match (result, known) {
            (Ok(response), Some(known)) if is_conditional && is_unmodified(&response) => {
                self.unmodified(asked, known, &response).await
            }
            (Ok(response), _) if is_a_page(&response) => Ok(self.fetched(asked, response).await),
            (result, known) => self.missed(asked, known, result).await,
        }
    }

    /// A page that has not changed since it was stored.
    async fn unmodified(
        &self,
        asked: Asked,
        mut known: Stored,
        response: &Response,
    ) -> Result<Response> {
        if !rules::confirms(&known.head.headers, response.headers()) {
            // What it was before stays known, and the next try asks for the whole of it.
            for name in [ETAG, LAST_MODIFIED] {
                known.head.headers.remove(name);
            }
            known.head.page = Some(self.pages.page(Met::Failed, asked.before));
            self.pages.store.write(asked.key, known).await;
            return Err(other_version(&asked.request));
        }
        known.head.headers = rules::updated(&known.head.headers, response.headers());
        let state = compare(&known.head, asked.before.as_ref());
        known.head.page = Some(self.pages.page(Met::Fetched, asked.before));
        self.pages.store.write(asked.key, known.clone()).await;
        // The counters of the cache are its own.
        let notes = Notes {
            from: Some(FromCache::Revalidated),
            ..response.notes()
        };
        let response = confirmed(known, asked.request, response, false).with_notes(notes);
        Ok(with_state(response, state))
    }

    async fn fetched(&self, asked: Asked, response: Response) -> Response {
        // Of a page that depends on what cannot be told, no other request is known to get the same.
        let vary = vary::selected(&asked.headers, response.headers());
        let mut headers = rules::storable(response.headers());
        if vary.is_none() {
            headers.remove(ETAG);
            headers.remove(LAST_MODIFIED);
        }
        let vary = vary.unwrap_or_default();
        let mut stored = Stored::new(&asked.request, &response, headers, vary, asked.requested);
        let state = compare(&stored.head, asked.before.as_ref());
        stored.head.page = Some(self.pages.page(Met::Fetched, asked.before));
        self.pages.store.write(asked.key, stored).await;
        with_state(response.with_request(asked.request), state)
    }

    /// Notes of a page that was known that it is gone, or at least that it was asked for.
    async fn missed(
        &self,
        asked: Asked,
        known: Option<Stored>,
        result: Result<Response>,
    ) -> Result<Response> {
        let is_gone = result.as_ref().is_ok_and(|response| {
            matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::GONE)
        });
        let is_redirect = result.as_ref().is_ok_and(|r| r.status().is_redirection());
        let is_unwanted = matches!(&result, Err(error) if error.kind() == ErrorKind::ContentType);
        if asked.request.takes_any_status() && !is_gone && !is_redirect && !is_unwanted {
            self.pages.has_failures.store(true, Ordering::Relaxed);
        }
        let state = (is_gone && asked.before.is_some()).then_some(Recrawled::Gone);
        if let (Some(mut known), false) = (known, is_redirect) {
            let was_gone = known
                .head
                .page
                .as_ref()
                .is_some_and(|page| page.met == Met::Gone);
            let met = if is_gone || was_gone {
                Met::Gone
            } else {
                Met::Failed
            };
            known.head.page = Some(self.pages.page(met, asked.before));
            self.pages.store.write(asked.key, known).await;
        }
        let response = result?.with_request(asked.request);
        Ok(match state {
            Some(state) => with_state(response, state),
            None => response,
        })
    }
}

/// A request, and what is noted with its answer.
struct Asked {
    request: Request,
    /// All headers that the request is sent with.
    headers: HeaderMap,
    key: Key,
    before: Option<Before>,
    requested: SystemTime,
}

fn is_unmodified(response: &Response) -> bool {
    response.status() == StatusCode::NOT_MODIFIED
}

fn is_a_page(response: &Response) -> bool {
    let status = response.status();
    status.is_success() && status != StatusCode::PARTIAL_CONTENT && !response.is_incomplete()
}

fn with_state(response: Response, state: Recrawled) -> Response {
    let mut notes = response.notes();
    notes.recrawled = Some(state);
    response.with_notes(notes)
}
