//! The memory of a recrawl: every page of a job, as it last was, and as it was in the run before.
//!
//! A page is asked for with what is known of it, so that an unchanged one costs no body (304). Its file says which run
//! wrote it and what the last run that had ended knew: so a page that is fetched again after a crash, or by a run that
//! starts over, is still compared with that run.

mod runs;
mod survey;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::Key;
use super::layer::{confirmed, other_version};
use super::store::Store;
use super::stored::{Head, Stored};
use super::{FromCache, Notes, Recrawled, rules, vary};
use crate::downloader::{Downloader, ErasedDownloader, default_headers};
use crate::error::Result;
use crate::report::timestamp;
use crate::request::Request;
use crate::response::Response;
use crate::settings::Settings;
use runs::Runs;

/// What a recrawl knows of a page beside the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// The number of the run that wrote this.
    run: u64,
    /// What became of the page in it.
    met: Met,
    /// The page in the last run that had ended by then.
    before: Option<Before>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Met {
    Fetched,
    /// 404 or 410; the file holds what was there.
    Gone,
    /// It failed; the file holds what was there.
    Failed,
}

/// A page as an earlier run left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Before {
    sha256: String,
    #[serde(with = "timestamp")]
    time: SystemTime,
}

/// The pages of a job that is being recrawled. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    store: Store,
    folder: Arc<Path>,
    runs: Arc<Runs>,
    feed: Option<PathBuf>,
}

impl Pages {
    /// Opens the pages in this folder for the run that began then. `is_resumed`: an earlier process has crawled a part
    /// of it.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the folder cannot be made or written,
    /// [`ErrorKind::File`](crate::ErrorKind::File) when it cannot be read.
    pub(crate) fn open(
        folder: &Path,
        began: Timestamp,
        is_resumed: bool,
        settings: &Settings,
    ) -> Result<Self> {
        let store = Store::open(folder, settings.sync)?;
        Ok(Self {
            store,
            runs: Arc::new(Runs::open(folder, began, is_resumed)?),
            folder: folder.into(),
            feed: settings.recrawl_feed.clone(),
        })
    }

    /// The downloader with these pages around it.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for a bad header.
    pub(crate) fn around(
        &self,
        inner: Box<dyn ErasedDownloader>,
        settings: &Settings,
    ) -> Result<Box<dyn ErasedDownloader>> {
        Ok(Box::new(PageLayer {
            pages: self.clone(),
            defaults: default_headers(settings)?,
            inner,
        }))
    }

    /// The page in the last run that had ended before this one; none when that run did not have it.
    fn before(&self, head: &Head) -> Option<Before> {
        let page = head.page.as_ref()?;
        if page.run == self.runs.number() {
            return page.before.clone();
        }
        let was_missed = self
            .runs
            .last_complete()
            .is_some_and(|last| page.run < last);
        match page.met {
            _ if was_missed => None,
            _ if !self.runs.has_ended(page.run) => page.before.clone(),
            Met::Gone => None,
            Met::Fetched | Met::Failed => Some(Before {
                sha256: head.sha256.clone(),
                time: head.received,
            }),
        }
    }

    fn page(&self, met: Met, before: Option<Before>) -> Page {
        Page {
            run: self.runs.number(),
            met,
            before,
        }
    }
}

/// How a page compares with the run before.
fn compare(head: &Head, before: Option<&Before>) -> Recrawled {
    match before {
        None => Recrawled::New,
        Some(before) if before.sha256 == head.sha256 => Recrawled::Unchanged,
        Some(_) => Recrawled::Changed,
    }
}

/// Asks for pages by way of what is known of them.
struct PageLayer {
    pages: Pages,
    defaults: HeaderMap,
    inner: Box<dyn ErasedDownloader>,
}

impl Downloader for PageLayer {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let is_page = *request.method() == Method::GET
            && request.robots_for().is_none()
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
        let key = Key::page(request.url());
        let known = self.pages.store.read(key).await;
        let known = known.filter(|known| known.answers(&request));
        let before = known
            .as_ref()
            .and_then(|known| self.pages.before(&known.head));
        let mut headers = self.defaults.clone();
        headers.extend(request.headers().clone());
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
            self.pages.store.remove(asked.key).await;
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
            headers.remove(http::header::ETAG);
            headers.remove(http::header::LAST_MODIFIED);
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
    /// All headers that it goes out with.
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
    status.is_success() && status != StatusCode::PARTIAL_CONTENT
}

fn with_state(response: Response, state: Recrawled) -> Response {
    let mut notes = response.notes();
    notes.recrawled = Some(state);
    response.with_notes(notes)
}
