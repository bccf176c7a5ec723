//! [`FeedPages`]: the pages of the entries of feeds, for another spider.

use super::feed::{FeedSpider, LABEL};
use super::{Seeds, Spider, documents};
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Error};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::sitemap::MAX_ENTRIES;
use crate::policy::rules::Rules;

/// Metadata name of the entry, on the request for its page.
const ENTRY: &str = "entry";

/// Crawls the pages of the entries of feeds: see [`FeedSpider::with_pages`].
#[derive(Debug)]
pub struct FeedPages<S> {
    feeds: FeedSpider,
    inner: S,
    rules: Option<Rules>,
}

impl<S> FeedPages<S> {
    pub(super) fn new(feeds: FeedSpider, inner: S) -> Self {
        Self {
            feeds,
            inner,
            rules: None,
        }
    }

    /// Takes only pages that these rules follow, with their labels, priorities, metadata and limits. Rules check only
    /// the URL here, see [`Rules::follow_urls`]. Default: every page, without a label.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = Some(rules);
        self
    }
}

impl<S: Spider> Spider for FeedPages<S> {
    type Item = S::Item;

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.feeds.requests().chain(self.inner.start()?).collect())
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        self.inner.seeds()
    }

    async fn parse(&self, response: Response, out: &mut Output<S::Item>) -> Result<(), BoxError> {
        if response.label() != Some(LABEL) {
            return self.inner.parse(response, out).await;
        }
        let next = self.feeds.read(&response, |mut entry| {
            entry.content = None;
            if let Some(mut url) = entry.url.clone() {
                url.set_fragment(None);
                if let Some(request) = documents::request(url, self.rules.as_ref(), out) {
                    out.follow(request.with_meta(ENTRY, entry)?);
                }
            }
            Ok(())
        })?;
        out.follow_all(next);
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
        settings.links.max_links = settings.links.max_links.max(MAX_ENTRIES);
        documents::also_take(&mut settings);
        settings
    }
}
