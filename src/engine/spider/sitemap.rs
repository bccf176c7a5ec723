//! [`SitemapSpider`]: the pages that a site's sitemaps list, for another spider.

use std::time::SystemTime;

use url::Url;

use super::documents::{self, LAST};
use super::{Seeds, Spider};
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::sitemap::{Entries, Entry, MAX_ENTRIES, MAX_LEVEL, MAX_LISTED, SitemapKind};
use crate::policy::robots::RobotsTxt;
use crate::policy::rules::Rules;

/// Label of the requests for sitemaps.
const LABEL: &str = "sitemap";
/// Metadata name of a sitemap's nesting level: 1 for a sitemap that was named.
const LEVEL: &str = "level";

/// Fetches sitemaps and hands the pages that they list to another spider.
///
/// The spider reads every form that [`sitemap`](crate::sitemap) does: indexes of sitemaps, up to three deep, plain
/// lists, RSS and Atom, each also gzipped. A URL that ends in `/robots.txt` is read for the sitemaps that it names. The
/// inner spider's own start requests are made as well; a spider without any returns an empty `Vec`. A page has no label
/// unless [`rules`](Self::rules) give it one; the label `sitemap` is reserved.
///
/// Sitemaps are read one after the other: the next of an index when the pages so far are done, so that a queue never
/// holds the pages of all sitemaps. A sitemap that cannot be read counts as a failed page, with the reason.
///
/// **Scope.** Pages, and sitemaps that an index lists, are links like any other: the settings `scope`, `allow`, `deny`
/// and `depth` apply to them, relative to the start requests, which are the sitemaps and those of the inner spider. A
/// sitemap on another host than its pages needs a start request there, or `scope` set to `domain` or `any`. The spider
/// raises `max_links` to 50,000, the number of pages that a sitemap may list.
///
/// The setting [`sitemaps`](crate::settings::Links::sitemaps) is for a spider that starts elsewhere and takes the pages of sitemaps
/// too.
///
/// ```
/// use crawlworks::prelude::*;
/// use crawlworks::{Rule, Rules, SitemapSpider};
///
/// struct Titles;
///
/// impl Spider for Titles {
///     type Item = String;
///
///     fn name(&self) -> &str {
///         "titles"
///     }
///
///     fn start(&self) -> Result<Vec<Request>, BoxError> {
///         Ok(Vec::new()) // all comes from the sitemap
///     }
///
///     async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
///         if response.label() == Some("book") {
///             out.item(response.html()?.one("h1")?.text());
///         }
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let site = crawlworks::testing::PracticeSite::start()?;
/// let books = Rules::new([Rule::new().allow("/book/").label("book").limit(3)])?;
/// let spider = SitemapSpider::new([site.at("/sitemap.xml")], Titles).rules(books);
/// let report = Crawler::new(spider).delay(Duration::ZERO).run().await?;
/// assert_eq!(report.items.kept, 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SitemapSpider<S> {
    inner: S,
    start: Vec<Request>,
    rules: Option<Rules>,
    since: Option<SystemTime>,
    takes_alternates: bool,
}

impl<S: Spider> SitemapSpider<S> {
    /// Creates a spider that hands the pages of these sitemaps to `inner`.
    pub fn new<R: Into<Request>>(sitemaps: impl IntoIterator<Item = R>, inner: S) -> Self {
        Self {
            inner,
            start: sitemaps.into_iter().map(Into::into).collect(),
            rules: None,
            since: None,
            takes_alternates: false,
        }
    }

    /// Creates a spider that hands to `inner` the pages of the sitemaps that the robots.txt of this URL's site names. A
    /// robots.txt that names none is an error in the report.
    #[must_use]
    pub fn from_robots(site: &Url, inner: S) -> Self {
        let mut robots = site.clone();
        robots.set_path("/robots.txt");
        robots.set_query(None);
        robots.set_fragment(None);
        Self::new([robots], inner)
    }

    /// Takes only pages that these rules follow, with their labels, priorities, metadata and limits. Rules check only
    /// the URL here, see [`Rules::follow_urls`]. Default: every page, without a label.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// Leaves out pages, and sitemaps in an index, that were last changed before this time according to `lastmod`. A
    /// page or sitemap without `lastmod` is taken. A day counts as changed until its end, in UTC. Default: all.
    /// [`clean::timestamp`](crate::clean::timestamp) reads a time; `SystemTime::now() - Duration::from_hours(7 * 24)` is a week ago.
    #[must_use]
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Also takes the versions of a page in other languages and regions (`<xhtml:link rel="alternate" hreflang="de">`).
    /// Default: they are left out.
    #[must_use]
    pub fn alternates(mut self) -> Self {
        self.takes_alternates = true;
        self
    }

    fn read_robots(response: &Response, out: &mut Output<S::Item>) -> Result<()> {
        let file = RobotsTxt::parse(response.body());
        let listed = file.sitemaps();
        if listed.is_empty() {
            let error = Error::new(ErrorKind::Missing, "the robots.txt names no sitemap");
            return Err(error.with_url(response.url()));
        }
        out.left_out(listed.len().saturating_sub(MAX_LISTED));
        for sitemap in listed.iter().take(MAX_LISTED) {
            match identity::parse(sitemap, Some(response.url())) {
                Ok(url) => out.follow(sitemap_request(url, 1)?),
                Err(error) => tracing::warn!(%error, "a sitemap that robots.txt names is left out"),
            }
        }
        Ok(())
    }

    fn read_sitemap(&self, response: &Response, out: &mut Output<S::Item>) -> Result<()> {
        let url = response.url();
        let level = response.request().meta(LEVEL)?.unwrap_or(1);
        let content_type = response.header("content-type");
        let read = Entries::read_as(response.body(), content_type.as_deref(), url);
        let mut entries = read.map_err(|error| error.with_url(url))?;
        let is_index = entries.kind() == SitemapKind::Index;
        let (mut older, mut too_deep) = (0_u64, 0_u64);
        for entry in entries.by_ref() {
            if self.since.is_some_and(|since| !entry.may_be_newer(since)) {
                older += 1;
            } else if entry.is_sitemap && level >= MAX_LEVEL {
                too_deep += 1;
            } else if entry.is_sitemap {
                out.follow(sitemap_request(entry.loc, level + 1)?);
            } else {
                self.follow(entry, out);
            }
        }
        let (skipped, is_truncated) = (entries.skipped(), entries.is_truncated());
        tracing::debug!(%url, is_index, older, skipped, "sitemap read");
        if !entries.has_any() {
            tracing::warn!(%url, skipped, "the sitemap lists nothing that can be used");
        }
        if is_truncated {
            tracing::warn!(%url, "the sitemap is cut off, or has more entries than it may");
        }
        if too_deep > 0 {
            let message = format!(
                "sitemaps that are nested more than {MAX_LEVEL} deep are not read: {too_deep}"
            );
            return Err(Error::new(ErrorKind::Xml, message).with_url(url));
        }
        Ok(())
    }

    fn follow(&self, entry: Entry, out: &mut Output<S::Item>) {
        let alternates = entry
            .alternates
            .into_iter()
            .filter(|_| self.takes_alternates);
        for url in [entry.loc].into_iter().chain(alternates.map(|to| to.href)) {
            let request = documents::request(url, self.rules.as_ref(), out);
            out.follow_all(request);
        }
    }
}

fn sitemap_request(url: Url, level: u8) -> Result<Request> {
    let request = Request::from(url).with_label(LABEL).with_priority(LAST);
    request.with_meta(LEVEL, level)
}

/// Returns whether this is an answer to a request for a robots.txt, even after redirects.
fn is_robots(response: &Response) -> bool {
    let asked = response.request().redirects().first();
    asked.unwrap_or(response.url()).path() == "/robots.txt"
}

impl<S: Spider> Spider for SitemapSpider<S> {
    type Item = S::Item;

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        let sitemaps = self.start.iter().cloned();
        let sitemaps = sitemaps.map(|request| request.with_label(LABEL));
        Ok(sitemaps.chain(self.inner.start()?).collect())
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        self.inner.seeds()
    }

    async fn parse(&self, response: Response, out: &mut Output<S::Item>) -> Result<(), BoxError> {
        if response.label() != Some(LABEL) {
            return self.inner.parse(response, out).await;
        }
        if is_robots(&response) {
            Self::read_robots(&response, out)?;
        } else {
            self.read_sitemap(&response, out)?;
        }
        Ok(())
    }

    fn failed(
        &self,
        request: &Request,
        error: &Error,
        out: &mut Output<S::Item>,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        self.inner.failed(request, error, out)
    }

    fn settings(&self, settings: Settings) -> Settings {
        let mut settings = self.inner.settings(settings);
        let most = MAX_ENTRIES * if self.takes_alternates { 10 } else { 1 };
        settings.links.max_links = settings.links.max_links.max(most);
        documents::also_take(&mut settings);
        settings
    }
}
