//! The record that `crawl site` writes for each page.

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use url::Url;

/// Form of a page's content in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Content {
    /// No content; the default.
    #[default]
    None,
    /// Visible text, a line per block.
    Text,
    /// Body as Markdown.
    Markdown,
    /// Source of the page.
    Html,
}

/// Metadata of the main text of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MainText {
    /// Reason why there is no main text, so that the content is that of the whole page; `None` when there is one.
    pub reason: Option<String>,
    /// Author of the text.
    pub byline: Option<String>,
    /// Time of publication: a date, or a date and time, of ISO 8601.
    pub published: Option<String>,
    /// Name of the site that the page is on.
    pub site_name: Option<String>,
    /// Language, such as `en-GB`.
    pub language: Option<String>,
}

impl MainText {
    pub(super) fn missing(reason: String) -> Self {
        Self {
            reason: Some(reason),
            ..Self::default()
        }
    }

    /// Returns whether the page has a main text.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.reason.is_none()
    }
}

/// A page as `crawl site` reports it. Serialises to `{"url", "title", "h1", "links"}` in this order and, when it was
/// asked for, the content under the name of its form: `text`, `markdown` or `html`. When only the main text was asked
/// for, its metadata comes before the content: `main` (whether there is a main text), `main_reason`, `byline`,
/// `published`, `site_name` and `language`, always all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SitePage {
    /// URL of the page, after redirects.
    pub url: Url,
    /// Text of the first `title`.
    pub title: Option<String>,
    /// Text of the first `h1`.
    pub h1: Option<String>,
    /// Links of the page: absolute http(s) URLs without fragment, in document order, once each.
    pub links: Vec<Url>,
    /// `true` if the body ended early. The record has this field only if it did.
    pub incomplete: bool,
    pub(super) kind: Content,
    /// Metadata of the main text, or the reason why there is none. `None` when the main text was not asked for.
    pub main: Option<MainText>,
    /// Content, in the form that was asked for.
    pub content: Option<String>,
}

impl Serialize for SitePage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = match self.kind {
            Content::None => None,
            Content::Text => Some("text"),
            Content::Markdown => Some("markdown"),
            Content::Html => Some("html"),
        };
        let more = usize::from(name.is_some())
            + self.main.as_ref().map_or(0, |_| 6)
            + usize::from(self.incomplete);
        let mut record = serializer.serialize_struct("SitePage", 4 + more)?;
        record.serialize_field("url", self.url.as_str())?;
        record.serialize_field("title", &self.title)?;
        record.serialize_field("h1", &self.h1)?;
        record.serialize_field("links", &Links(&self.links))?;
        if self.incomplete {
            record.serialize_field("incomplete", &true)?;
        }
        if let Some(main) = &self.main {
            record.serialize_field("main", &main.is_found())?;
            record.serialize_field("main_reason", &main.reason)?;
            record.serialize_field("byline", &main.byline)?;
            record.serialize_field("published", &main.published)?;
            record.serialize_field("site_name", &main.site_name)?;
            record.serialize_field("language", &main.language)?;
        }
        if let Some(name) = name {
            record.serialize_field(name, &self.content)?;
        }
        record.end()
    }
}

struct Links<'a>(&'a [Url]);

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for url in self.0 {
            list.serialize_element(url.as_str())?;
        }
        list.end()
    }
}
