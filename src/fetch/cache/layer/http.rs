//! `cache = "http"`: the way of a request by RFC 9111.

use std::time::SystemTime;

use ::http::header::{AGE, CONTENT_LOCATION, LOCATION};
use ::http::{HeaderMap, Method, StatusCode};

use super::CacheLayer;
use crate::fetch::cache::confirmed::{confirmed, other_version};
use crate::fetch::cache::key::Key;
use crate::fetch::cache::rules::{self, Use};
use crate::fetch::cache::stored::Stored;
use crate::fetch::cache::vary;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::response::{FromCache, Notes, Passage};
use crate::policy::retry;

/// A request for a page, and what is asked of the cache for it.
struct Asked {
    request: Request,
    /// All headers that the request is sent with.
    headers: HeaderMap,
    key: Key,
}

impl CacheLayer {
    /// `cache = "http"`.
    pub(super) async fn by_the_rules(&self, request: Request) -> Result<Response> {
        let headers = self.sent(&request);
        let is_page = matches!(*request.method(), Method::GET | Method::HEAD)
            && request.body().is_empty()
            && !rules::is_partial_or_conditional(&headers)
            && !rules::forbids_storing(&headers);
        if !is_page {
            return self.past(request).await;
        }
        let asked = Asked {
            key: Key::page(request.url()),
            headers,
            request,
        };
        let now = SystemTime::now();
        let found = self.find(asked.key, &asked.request).await;
        let found = found.map(|stored| (rules::worth(&stored.head, &asked.headers, now), stored));
        match found {
            // What is stored may be the answer that was refused: a later try asks the server.
            Some((Use::Fresh, _)) if asked.request.attempt() > 0 => self.fetch_page(asked).await,
            Some((Use::Fresh, mut stored)) => {
                let age = rules::age_header(&stored.head, now);
                stored.head.headers.insert(AGE, age);
                Ok(answer(stored, asked.request, FromCache::Fresh))
            }
            found if asked.request.method() == Method::HEAD => {
                self.head(asked, found.map(|(_, stored)| stored)).await
            }
            Some((Use::Stale, stored)) => self.revalidate(asked, stored).await,
            Some((Use::None, _)) | None => self.fetch_page(asked).await,
        }
    }

    /// Fetches a request that the cache does not handle. If the request may have changed a page, the stored response is
    /// removed (RFC 9111, section 4.4).
    async fn past(&self, request: Request) -> Result<Response> {
        let is_safe = request.method().is_safe();
        let url = request.url().clone();
        let response = self.inner.fetch_boxed(request).await?;
        let status = response.status();
        if !is_safe && (status.is_success() || status.is_redirection()) {
            self.store.remove(Key::page(&url)).await;
            for name in [LOCATION, CONTENT_LOCATION] {
                let target = response.header(name.as_str());
                let target = target.and_then(|target| url.join(&target).ok());
                if let Some(target) = target.filter(|target| target.origin() == url.origin()) {
                    self.store.remove(Key::page(&target)).await;
                }
            }
        }
        Ok(response.with_notes(Notes {
            passage: Passage::Past,
            ..Notes::default()
        }))
    }

    /// A `HEAD` is not stored, but may tell that what is stored is not right any more.
    async fn head(&self, asked: Asked, stored: Option<Stored>) -> Result<Response> {
        let response = self.inner.fetch_boxed(asked.request).await?;
        let is_outdated =
            |stored: Stored| rules::contradicts(&stored.head.headers, response.headers());
        if response.status() == StatusCode::OK && stored.is_some_and(is_outdated) {
            self.store.remove(asked.key).await;
        }
        Ok(response.with_notes(super::asked(false)))
    }

    /// Asks the server whether what is stored is still right.
    async fn revalidate(&self, asked: Asked, mut stored: Stored) -> Result<Response> {
        let mut conditional = asked.request.clone();
        conditional
            .headers_mut()
            .extend(rules::conditions(&stored.head.headers));
        let requested = SystemTime::now();
        let result = self.inner.fetch_boxed(conditional).await;
        let is_failure = match &result {
            Ok(response) => rules::is_failure(response.status()),
            Err(error) => error.kind().is_temporary(),
        };
        if is_failure && rules::may_stand_in(&stored.head, SystemTime::now()) {
            return Ok(answer(stored, asked.request, FromCache::Stale));
        }
        let response = result?;
        let is_asked = rules::has_validator(&stored.head.headers);
        if response.status() != StatusCode::NOT_MODIFIED || !is_asked {
            return Ok(self.keep(asked, response, requested).await);
        }
        if !rules::confirms(&stored.head.headers, response.headers()) {
            self.store.remove(asked.key).await;
            return Err(other_version(&asked.request));
        }
        stored.head.headers = rules::updated(&stored.head.headers, response.headers());
        (stored.head.requested, stored.head.received) = (requested, SystemTime::now());
        let is_stored = self.refresh(&asked, &mut stored).await;
        Ok(confirmed(stored, asked.request, &response, is_stored))
    }

    /// Stores a response with its new headers, or forgets it when they do not allow that any more.
    async fn refresh(&self, asked: &Asked, stored: &mut Stored) -> bool {
        let head = &mut stored.head;
        let vary = vary::selected(&asked.headers, &head.headers);
        let may_store = rules::may_store(&asked.headers, head.status, &head.headers);
        if let Some(vary) = vary.filter(|_| may_store) {
            head.vary = vary;
            return self.store.write(asked.key, stored.clone()).await;
        }
        self.store.remove(asked.key).await;
        false
    }

    /// Fetches what is not stored.
    async fn fetch_page(&self, asked: Asked) -> Result<Response> {
        let requested = SystemTime::now();
        let response = self.inner.fetch_boxed(asked.request.clone()).await?;
        Ok(self.keep(asked, response, requested).await)
    }

    /// Stores a response, if it may be.
    async fn keep(&self, asked: Asked, response: Response, requested: SystemTime) -> Response {
        let (status, headers) = (response.status(), response.headers());
        let vary = vary::selected(&asked.headers, headers);
        let may_store =
            !response.is_incomplete() && rules::may_store(&asked.headers, status, headers);
        let has_credentials = rules::has_credentials(&asked.headers);
        let mut is_stored = false;
        if let Some(vary) = vary.filter(|_| may_store) {
            let headers = rules::storable(headers);
            let stored = Stored::new(&asked.request, &response, headers, vary, requested);
            is_stored = self.store.write(asked.key, stored).await;
        } else if !has_credentials && !retry::is_temporary(status) {
            // Older than this answer, which is for all. That to a user says nothing about it.
            self.store.remove(asked.key).await;
        }
        let passage = if has_credentials && !is_stored {
            Passage::Past
        } else {
            Passage::Asked
        };
        let notes = Notes {
            passage,
            ..super::asked(is_stored)
        };
        response.with_request(asked.request).with_notes(notes)
    }
}

/// The answer to a request; that to a `HEAD` has no body.
fn answer(mut stored: Stored, request: Request, from: FromCache) -> Response {
    if request.method() == Method::HEAD {
        stored.body.clear();
    }
    stored.into_response(request, from)
}
