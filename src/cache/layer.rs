//! The way of a request through the cache, around the downloader.

use std::path::Path;
use std::time::SystemTime;

use http::header::{AGE, CONTENT_LOCATION, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};

use super::key::Key;
use super::rules::{self, Use};
use super::store::Store;
use super::stored::Stored;
use super::{FromCache, Notes, Passage, vary};
use crate::downloader::{Downloader, ErasedDownloader, default_headers};
use crate::error::{Error, ErrorKind, Result};
use crate::policy::retry;
use crate::request::Request;
use crate::response::Response;
use crate::settings::{CacheMode, Settings};

/// See the [module](self).
pub(crate) struct CacheLayer {
    store: Store,
    is_by_the_rules: bool,
    /// What every request has beside its own headers; responses may depend on it.
    defaults: HeaderMap,
    /// What the downloader would refuse is not taken from the cache either.
    content_types: Vec<String>,
    max_body: u64,
    inner: Box<dyn ErasedDownloader>,
}

/// A request for a page, and what is asked of the cache for it.
struct Asked {
    request: Request,
    /// All headers that it goes out with.
    headers: HeaderMap,
    key: Key,
}

impl CacheLayer {
    /// The downloader with the cache that the settings ask for around it, if they do.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when there is no place for it, [`ErrorKind::Settings`] for a bad header.
    pub(crate) fn around(
        inner: Box<dyn ErasedDownloader>,
        settings: &Settings,
    ) -> Result<Box<dyn ErasedDownloader>> {
        if settings.cache == CacheMode::Off {
            return Ok(inner);
        }
        Ok(Box::new(Self {
            store: Store::open(Path::new(&settings.cache_dir), false)?,
            is_by_the_rules: settings.cache == CacheMode::Http,
            defaults: default_headers(settings)?,
            content_types: settings
                .content_types
                .iter()
                .map(|t| t.to_ascii_lowercase())
                .collect(),
            max_body: settings.max_body.0,
            inner,
        }))
    }

    /// `cache = "always"`: what was fetched once is answered from the disk.
    async fn always(&self, request: Request) -> Result<Response> {
        let key = Key::of(&request);
        if let Some(stored) = self.find(key, &request).await {
            return Ok(stored.into_response(request, FromCache::Fresh));
        }
        let requested = SystemTime::now();
        let response = self.inner.fetch_boxed(request.clone()).await?;
        let status = response.status();
        let is_kept = (status.is_success() && status != StatusCode::PARTIAL_CONTENT)
            || (status.is_redirection() && status != StatusCode::NOT_MODIFIED)
            || matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
        let is_stored = is_kept && !rules::is_partial_or_conditional(request.headers()) && {
            let headers = rules::of_the_response(response.headers());
            let vary = std::collections::BTreeMap::new();
            let stored = Stored::new(&request, &response, headers, vary, requested);
            self.store.write(key, stored).await
        };
        Ok(response.with_notes(asked(is_stored)))
    }

    /// `cache = "http"`.
    async fn by_the_rules(&self, request: Request) -> Result<Response> {
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
            Some((Use::Fresh, mut stored)) => {
                let age = rules::age_header(&stored.head, now);
                stored.head.headers.insert(AGE, age);
                Ok(answer(stored, asked.request, FromCache::Fresh))
            }
            found if asked.request.method() == Method::HEAD => {
                self.head(asked, found.map(|(_, stored)| stored)).await
            }
            Some((Use::Stale, stored)) => self.revalidate(asked, stored).await,
            Some((Use::None, _)) | None => self.fetch(asked).await,
        }
    }

    /// All headers that a request goes out with.
    fn sent(&self, request: &Request) -> HeaderMap {
        let mut headers = self.defaults.clone();
        // With names that repeat, the first replaces and the others add, as `HeaderMap` extends itself.
        headers.extend(request.headers().clone());
        headers
    }

    /// What is stored for a request, if the downloader would take it.
    async fn find(&self, key: Key, request: &Request) -> Option<Stored> {
        let stored = self.store.read(key).await?;
        let is_whole = stored.head.length <= self.max_body || request.robots_for().is_some();
        (stored.answers(request) && is_whole && self.is_wanted(request, &stored)).then_some(stored)
    }

    fn is_wanted(&self, request: &Request, stored: &Stored) -> bool {
        let is_any = self.content_types.is_empty() || request.robots_for().is_some();
        let Some(header) = stored.head.headers.get(CONTENT_TYPE) else {
            return true;
        };
        let header = String::from_utf8_lossy(header.as_bytes()).to_ascii_lowercase();
        let mime = header.split(';').next().unwrap_or_default().trim();
        is_any
            || !stored.head.status.is_success()
            || self.content_types.iter().any(|wanted| wanted == mime)
    }

    /// What is nothing for a cache. If it may have changed something, that is forgotten (RFC 9111, section 4.4).
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
        Ok(response.with_notes(self::asked(false)))
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
            Err(error) => retry::is_worthwhile(error.kind()),
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
        match vary.filter(|_| may_store) {
            Some(vary) => {
                head.vary = vary;
                self.store.write(asked.key, stored.clone()).await
            }
            None => {
                self.store.remove(asked.key).await;
                false
            }
        }
    }

    /// Fetches what is not stored.
    async fn fetch(&self, asked: Asked) -> Result<Response> {
        let requested = SystemTime::now();
        let response = self.inner.fetch_boxed(asked.request.clone()).await?;
        Ok(self.keep(asked, response, requested).await)
    }

    /// Stores a response, if it may be.
    async fn keep(&self, asked: Asked, response: Response, requested: SystemTime) -> Response {
        let (status, headers) = (response.status(), response.headers());
        let vary = vary::selected(&asked.headers, headers);
        let may_store = rules::may_store(&asked.headers, status, headers);
        let is_stored = match vary.filter(|_| may_store) {
            Some(vary) => {
                let headers = rules::storable(headers);
                let stored = Stored::new(&asked.request, &response, headers, vary, requested);
                self.store.write(asked.key, stored).await
            }
            None => {
                // What is stored is of another user, or older than an answer that is for all.
                if !rules::has_credentials(&asked.headers) && !retry::is_temporary(status) {
                    self.store.remove(asked.key).await;
                }
                false
            }
        };
        let passage = if rules::has_credentials(&asked.headers) && !is_stored {
            Passage::Past
        } else {
            Passage::Asked
        };
        let notes = Notes {
            passage,
            ..self::asked(is_stored)
        };
        response.with_request(asked.request).with_notes(notes)
    }
}

impl Downloader for CacheLayer {
    async fn fetch(&self, request: Request) -> Result<Response> {
        if self.is_by_the_rules {
            self.by_the_rules(request).await
        } else {
            self.always(request).await
        }
    }
}

fn asked(is_stored: bool) -> Notes {
    Notes {
        passage: Passage::Asked,
        is_stored,
        ..Notes::default()
    }
}

/// The answer to a request; that to a `HEAD` has no body.
fn answer(mut stored: Stored, request: Request, from: FromCache) -> Response {
    if request.method() == Method::HEAD {
        stored.body.clear();
    }
    stored.into_response(request, from)
}

/// A stored response that the server has confirmed, with the time that took and the cookies that came.
pub(super) fn confirmed(
    stored: Stored,
    request: Request,
    not_modified: &Response,
    is_stored: bool,
) -> Response {
    let response = stored.into_response(request, FromCache::Revalidated);
    let mut headers = response.headers().clone();
    for cookie in not_modified.headers().get_all(SET_COOKIE) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    let notes = Notes {
        is_stored,
        ..Notes::from_cache(FromCache::Revalidated)
    };
    let timings = not_modified.timings();
    response
        .with_headers(headers)
        .with_timings(timings.head, timings.total)
        .with_wire_bytes(not_modified.wire_bytes())
        .with_notes(notes)
}

/// The error for a 304 that is about something else than was asked; the next try asks without conditions.
pub(super) fn other_version(request: &Request) -> Error {
    let message = "304, but for another version than the one asked about";
    Error::new(ErrorKind::Http, message).with_url(request.url())
}
