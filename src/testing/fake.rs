//! A downloader without a network: answers from a function, and remembers what it was asked.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::fetch::downloader::Downloader;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;

/// Downloader that answers every request with a function of your own. Clones share what they remember.
///
/// With `#[tokio::test(start_paused = true)]`, tokio's time jumps ahead when nothing is left to do, so that a test of
/// delays and retries is exact and takes no time.
///
/// ```
/// # use crawlworks::{Request, Response, testing::FakeDownloader, Downloader};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> crawlworks::Result<()> {
/// let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
/// let response = fake.fetch(Request::get("https://example.com/")?).await?;
/// assert_eq!(response.status(), 404);
/// assert_eq!(fake.urls(), ["https://example.com/"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeDownloader {
    answer: Arc<dyn Fn(Request) -> Result<Response> + Send + Sync>,
    latency: Duration,
    asked: Arc<Mutex<Vec<(Instant, Url)>>>,
}

impl FakeDownloader {
    /// Returns a downloader that answers at once with what `answer` returns.
    pub fn new(answer: impl Fn(Request) -> Result<Response> + Send + Sync + 'static) -> Self {
        Self {
            answer: Arc::new(answer),
            latency: Duration::ZERO,
            asked: Arc::default(),
        }
    }

    /// Returns a downloader that knows these HTML pages and answers 404 to everything else, robots.txt included.
    #[must_use]
    pub fn with_pages<U: Into<String>, H: Into<String>>(
        pages: impl IntoIterator<Item = (U, H)>,
    ) -> Self {
        let pages: std::collections::HashMap<String, String> = pages
            .into_iter()
            .map(|(url, html)| (url.into(), html.into()))
            .collect();
        Self::new(move |request| {
            let page = pages.get(request.url().as_str()).cloned();
            Ok(match page {
                Some(html) => {
                    Response::new(request, 200).with_body("text/html; charset=utf-8", html)
                }
                None => Response::new(request, 404),
            })
        })
    }

    /// Makes every answer take this long, in tokio's time.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Returns the URLs that were asked for, in order.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.log(|(_, url)| url.to_string())
    }

    /// Returns the time of each request, counted from the first one, in tokio's time.
    #[must_use]
    pub fn times(&self) -> Vec<Duration> {
        let times = self.log(|(at, _)| *at);
        times
            .iter()
            .map(|at| *at - times.first().copied().unwrap_or(*at))
            .collect()
    }

    fn log<T>(&self, read: impl Fn(&(Instant, Url)) -> T) -> Vec<T> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(read)
            .collect()
    }
}

impl Downloader for FakeDownloader {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let entry = (Instant::now(), request.url().clone());
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        (self.answer)(request)
    }
}

impl fmt::Debug for FakeDownloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeDownloader")
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
