//! The record that `crawl site` writes for each page.

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use url::Url;

/// Which form of a page's content a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Content {
    /// None of it.
    #[default]
    None,
    /// The visible text, a line per block.
    Text,
    /// The body as Markdown.
    Markdown,
    /// The page's source.
    Html,
}

/// A page as `crawl site` reports it. Serialises to `{"url", "title", "h1", "links"}` in this order and, when it was
/// asked for, the content under the name of its form: `text`, `markdown` or `html`. Before it comes `main`, when only the
/// main text was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SitePage {
    /// Where the page is, after redirects.
    pub url: Url,
    /// The text of the first `title`.
    pub title: Option<String>,
    /// The text of the first `h1`.
    pub h1: Option<String>,
    /// Where it links to: absolute http(s) URLs without fragment, in document order, once each.
    pub links: Vec<Url>,
    /// Whether the body ended early. Of a page that is whole, the record does not say so.
    pub incomplete: bool,
    pub(super) kind: Content,
    /// Whether the content is the main text; otherwise it is all of the page, which has no main text. `None` when it was not
    /// asked for.
    pub main: Option<bool>,
    /// The content, in the form that was asked for.
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
            + usize::from(self.main.is_some())
            + usize::from(self.incomplete);
        let mut record = serializer.serialize_struct("SitePage", 4 + more)?;
        record.serialize_field("url", self.url.as_str())?;
        record.serialize_field("title", &self.title)?;
        record.serialize_field("h1", &self.h1)?;
        record.serialize_field("links", &Links(&self.links))?;
        if self.incomplete {
            record.serialize_field("incomplete", &true)?;
        }
        if let Some(main) = self.main {
            record.serialize_field("main", &main)?;
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
