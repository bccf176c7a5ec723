//! [`FeedSpider`]: the entries of feeds as items, or their pages for another spider.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Spider;
use super::documents::LAST;
use super::feed_pages::FeedPages;
use crate::model::output::Output;
use crate::page::error::{BoxError, Result};
use crate::page::feed::{Entries, FeedEntry};
use crate::page::request::Request;
use crate::page::response::Response;

/// Label of the requests for feeds.
pub(super) const LABEL: &str = "feed";
/// Metadata name of the progress, on the request for a further page of a feed.
const PROGRESS: &str = "feed";

/// Default limit of entries of one feed, over all its pages.
const DEFAULT_ENTRIES: usize = 10_000;
/// Default limit of pages of one feed.
const DEFAULT_PAGES: u32 = 100;

/// Crawls feeds: every entry is an item, a [`FeedEntry`].
///
/// The spider reads RSS, Atom and JSON Feed, and the next pages of a feed that is divided (RFC 5005). To crawl the
/// pages of the entries instead, see [`with_pages`](Self::with_pages).
///
/// ```
/// use crawlworks::FeedSpider;
/// use crawlworks::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let site = crawlworks::testing::PracticeSite::start()?;
/// let spider = FeedSpider::new([site.at("/feed.xml"), site.at("/atom.xml")]).max_entries(5);
/// let report = Crawler::new(spider).delay(Duration::ZERO).run().await?;
/// assert_eq!(report.items.kept, 10);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FeedSpider {
    name: String,
    start: Vec<Request>,
    since: Option<SystemTime>,
    max_entries: usize,
    max_pages: u32,
}

/// Numbers of pages and entries of a feed that were read so far.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Progress {
    pages: u32,
    entries: usize,
}

impl FeedSpider {
    /// Creates a spider for the entries of these feeds.
    pub fn new<R: Into<Request>>(feeds: impl IntoIterator<Item = R>) -> Self {
        Self {
            name: "feeds".to_owned(),
            start: feeds.into_iter().map(Into::into).collect(),
            since: None,
            max_entries: DEFAULT_ENTRIES,
            max_pages: DEFAULT_PAGES,
        }
    }

    /// Sets the spider's name in logs and reports. Default: `feeds`.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Leaves out entries that last changed (or, without that date, were published) before this time. An entry without
    /// either date is taken. Reading stops at a page of a feed with nothing newer. Default: all.
    /// [`clean::timestamp`](crate::clean::timestamp) reads a time; `SystemTime::now() - Duration::from_hours(7 * 24)` is a week ago.
    #[must_use]
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Sets the maximum number of entries of each feed, over all its pages. Default: 10,000.
    #[must_use]
    pub fn max_entries(mut self, entries: usize) -> Self {
        self.max_entries = entries;
        self
    }

    /// Sets the maximum number of pages that are read of each feed. Default: 100.
    #[must_use]
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = pages;
        self
    }

    /// Hands the pages of the entries to another spider, whose items become those of the crawl. The entry, without its
    /// content, is metadata of the request: `response.request().meta::<FeedEntry>("entry")?`.
    ///
    /// The inner spider's own start requests are made as well; a spider without any returns an empty `Vec`. A page has
    /// no label unless [`rules`](FeedPages::rules) give it one; the label `feed` is reserved. Pages are links like any
    /// other: a feed on another host than its pages needs `scope` set to `domain` or `any`.
    ///
    /// ```
    /// use crawlworks::feed::FeedEntry;
    /// use crawlworks::prelude::*;
    ///
    /// struct Articles;
    ///
    /// impl Spider for Articles {
    ///     type Item = (Option<String>, String);
    ///
    ///     fn name(&self) -> &str {
    ///         "articles"
    ///     }
    ///
    ///     fn start(&self) -> Result<Vec<Request>, BoxError> {
    ///         Ok(Vec::new()) // all comes from the feed
    ///     }
    ///
    ///     async fn parse(&self, response: Response, out: &mut Output<Self::Item>) -> Result<(), BoxError> {
    ///         let entry: Option<FeedEntry> = response.request().meta("entry")?;
    ///         let title = entry.and_then(|entry| entry.title);
    ///         out.item((title, response.html()?.one("h1")?.text()));
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let spider = crawlworks::FeedSpider::new([Request::get("https://example.com/feed")?]).with_pages(Articles);
    /// assert_eq!(spider.name(), "articles");
    /// # Ok::<(), BoxError>(())
    /// ```
    pub fn with_pages<S: Spider>(self, inner: S) -> FeedPages<S> {
        FeedPages::new(self, inner)
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = Request> {
        let feeds = self.start.iter().cloned();
        feeds.map(|request| request.with_label(LABEL))
    }

    /// Reads a feed, or a page of one, and returns the request for its next page.
    pub(super) fn read(
        &self,
        response: &Response,
        mut take: impl FnMut(FeedEntry) -> Result<()>,
    ) -> Result<Option<Request>> {
        let url = response.url();
        let before: Progress = response.request().meta(PROGRESS)?.unwrap_or_default();
        let content_type = response.header("content-type");
        let read = Entries::read_as(response.body(), content_type.as_deref(), url);
        let mut entries = read.map_err(|error| error.with_url(url))?;
        let (mut taken, mut is_full) = (before.entries, false);
        for entry in entries.by_ref() {
            let modified = entry.modified();
            if modified.is_some() && modified < self.since {
                continue;
            }
            is_full = taken >= self.max_entries;
            if is_full {
                break;
            }
            taken += 1;
            take(entry)?;
        }
        if is_full || entries.is_truncated() {
            tracing::warn!(%url, taken, "the feed has more entries than are taken, or is cut off");
        }
        if !entries.has_any() {
            tracing::warn!(%url, skipped = entries.skipped(), "the feed has no entry");
        }
        let has_none_newer = self.since.is_some() && taken == before.entries;
        let pages = before.pages + 1;
        let next = entries.next_page();
        let next = next.filter(|_| !is_full && !has_none_newer && pages < self.max_pages);
        let progress = Progress {
            pages,
            entries: taken,
        };
        next.map(|next| {
            let request = Request::from(next).with_label(LABEL).with_priority(LAST);
            request.with_meta(PROGRESS, progress)
        })
        .transpose()
    }
}

impl Spider for FeedSpider {
    type Item = FeedEntry;

    fn name(&self) -> &str {
        &self.name
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.requests().collect())
    }

    async fn parse(&self, response: Response, out: &mut Output<FeedEntry>) -> Result<(), BoxError> {
        let next = self.read(&response, |entry| {
            out.item(entry);
            Ok(())
        })?;
        out.follow_all(next);
        Ok(())
    }
}
