//! The way of a request through the cache, around the downloader.

mod http;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use ::http::header::{CONTENT_TYPE, SET_COOKIE};
use ::http::{HeaderMap, StatusCode};

use super::key::Key;
use super::rules;
use super::store::Store;
use super::stored::Stored;
use crate::fetch::downloader::{Defaults, Downloader, ErasedDownloader};
use crate::model::settings::{CacheMode, Settings};
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::response::{FromCache, Notes, Passage};

/// Time for which a stored robots.txt is used without asking again.
const ROBOTS_LIFETIME: Duration = Duration::from_hours(24);

/// See the [module](self).
pub(crate) struct CacheLayer {
    store: Store,
    is_by_the_rules: bool,
    /// Headers that every request has beside its own; responses may depend on them.
    defaults: Defaults,
    /// Content types that the downloader accepts; a response of another type is not taken from the cache either.
    content_types: Vec<String>,
    max_body: u64,
    inner: Box<dyn ErasedDownloader>,
}

impl CacheLayer {
    /// The downloader with the cache that the settings ask for around it, if they do.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when there is no place for it,
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for a bad header.
    pub(crate) fn around(
        inner: Box<dyn ErasedDownloader>,
        settings: &Settings,
    ) -> Result<Box<dyn ErasedDownloader>> {
        if settings.disk.cache == CacheMode::Off {
            return Ok(inner);
        }
        Ok(Box::new(Self {
            store: Store::open(&settings.disk.cache_dir, false)?,
            is_by_the_rules: settings.disk.cache == CacheMode::Http,
            defaults: Defaults::new(settings)?,
            content_types: settings
                .answers
                .content_types
                .iter()
                .map(|t| t.to_ascii_lowercase())
                .collect(),
            max_body: settings.answers.max_body.0,
            inner,
        }))
    }

    /// `cache = "always"`: what was fetched once is answered from the disk.
    async fn always(&self, request: Request) -> Result<Response> {
        let key = Key::of(&request);
        let found = self.find(key, &request).await;
        let old = match found {
            // What is stored may be the answer that was refused: a later try asks the server.
            Some(stored) if request.attempt() == 0 && !is_old_robots(&request, &stored) => {
                return Ok(stored.into_response(request, FromCache::Fresh));
            }
            found => found,
        };
        let requested = SystemTime::now();
        let response = match (self.inner.fetch_boxed(request.clone()).await, old) {
            (Err(error), Some(old)) if error.kind().is_temporary() => {
                return Ok(old.into_response(request, FromCache::Stale));
            }
            (result, _) => result?,
        };
        let is_stored =
            is_kept(&response) && !rules::is_partial_or_conditional(request.headers()) && {
                let headers = rules::of_the_response(response.headers());
                let vary = BTreeMap::new();
                let stored = Stored::new(&request, &response, headers, vary, requested);
                self.store.write(key, stored).await
            };
        Ok(response.with_notes(asked(is_stored)))
    }

    /// Returns all headers that a request is sent with.
    fn sent(&self, request: &Request) -> HeaderMap {
        self.defaults.with(request)
    }

    /// Returns the response stored for a request, if the downloader would accept it.
    async fn find(&self, key: Key, request: &Request) -> Option<Stored> {
        let stored = self.store.read(key).await?;
        let is_whole = stored.head.length <= self.max_body || request.robots_for().is_some();
        (stored.answers(request) && is_whole && self.is_wanted(request, &stored)).then_some(stored)
    }

    fn is_wanted(&self, request: &Request, stored: &Stored) -> bool {
        let is_any = self.content_types.is_empty() || request.is_own();
        let Some(header) = stored.head.headers.get(CONTENT_TYPE) else {
            return true;
        };
        let header = String::from_utf8_lossy(header.as_bytes()).to_ascii_lowercase();
        let mime = header.split(';').next().unwrap_or_default().trim();
        is_any
            || !stored.head.status.is_success()
            || self.content_types.iter().any(|wanted| wanted == mime)
    }
}

impl Downloader for CacheLayer {
    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.is_private() {
            let response = self.inner.fetch_boxed(request).await?;
            return Ok(response.with_notes(Notes {
                passage: Passage::Past,
                ..Notes::default()
            }));
        }
        if self.is_by_the_rules {
            self.by_the_rules(request).await
        } else {
            self.always(request).await
        }
    }
}

/// Returns whether `cache = "always"` stores a response.
fn is_kept(response: &Response) -> bool {
    if response.is_incomplete() {
        return false;
    }
    let status = response.status();
    // A site that looks for cookies sends everyone back who has none yet: kept, that would never end.
    let is_redirect = status.is_redirection()
        && status != StatusCode::NOT_MODIFIED
        && !response.headers().contains_key(SET_COOKIE);
    is_redirect
        || (status.is_success() && status != StatusCode::PARTIAL_CONTENT)
        || matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}

/// Returns whether this is a robots.txt that is too old to be used without asking again (RFC 9309, section 2.4).
fn is_old_robots(request: &Request, stored: &Stored) -> bool {
    let age = stored.head.received.elapsed().unwrap_or_default();
    request.robots_for().is_some() && age > ROBOTS_LIFETIME
}

fn asked(is_stored: bool) -> Notes {
    Notes {
        passage: Passage::Asked,
        is_stored,
        ..Notes::default()
    }
}
