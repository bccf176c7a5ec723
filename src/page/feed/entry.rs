//! What a feed publishes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

/// A feed that has been read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Feed {
    /// Which form it has.
    pub kind: FeedKind,
    /// What it is called, as text.
    pub title: Option<String>,
    /// The page that it is the feed of.
    pub home: Option<Url>,
    /// Where its next, older part is: `<link rel="next">` ([RFC 5005](https://www.rfc-editor.org/rfc/rfc5005)) or
    /// `next_url`.
    pub next: Option<Url>,
    /// Its entries, in order.
    pub entries: Vec<FeedEntry>,
    /// How many entries said nothing: neither id, URL, title, summary nor content.
    pub skipped: usize,
    /// Whether there was, or may have been, more: over 50,000 entries, or the feed breaks off, is too large or is malformed
    /// behind the last entry.
    pub truncated: bool,
}

/// The form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FeedKind {
    /// RSS 0.9x, 1.0 or 2.0.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
}

/// One entry of a feed: an item that is ready for an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeedEntry {
    /// The feed that it comes from.
    pub feed: Url,
    /// What identifies it: `guid`, `id`, `rdf:about`. Often, but not always, a URL.
    pub id: Option<String>,
    /// Its page: an absolute http(s) URL, with its fragment.
    pub url: Option<Url>,
    /// What it is called, as text.
    pub title: Option<String>,
    /// Who wrote it; the authors of the feed if it does not say.
    pub authors: Vec<String>,
    /// When it was published; a day counts from its beginning, in UTC. `None` also for a date that cannot be read.
    pub published: Option<Timestamp>,
    /// When it last changed, likewise.
    pub updated: Option<Timestamp>,
    /// What it is about, as text without markup.
    pub summary: Option<String>,
    /// What it says, as HTML: select from it with [`Html::parse`](crate::Html::parse). In a feed that has no other
    /// content, a summary that has markup.
    pub content: Option<String>,
    /// Categories, tags and subjects.
    pub categories: Vec<String>,
    /// Files that belong to it, such as the sound of a podcast.
    pub enclosures: Vec<Enclosure>,
}

/// A file that belongs to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Enclosure {
    /// Where it is: an absolute http(s) URL.
    pub url: Url,
    /// Its media type, as the feed says.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Its size in bytes, as the feed says.
    pub length: Option<u64>,
}

impl FeedEntry {
    pub(super) fn new(feed: Url) -> Self {
        Self {
            feed,
            id: None,
            url: None,
            title: None,
            authors: Vec::new(),
            published: None,
            updated: None,
            summary: None,
            content: None,
            categories: Vec::new(),
            enclosures: Vec::new(),
        }
    }

    /// Returns whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none()
            && self.url.is_none()
            && [&self.title, &self.summary, &self.content]
                .iter()
                .all(|text| text.is_none())
    }

    /// Returns when it last changed, as far as is known: `updated`, else `published`.
    #[must_use]
    pub fn modified(&self) -> Option<Timestamp> {
        self.updated.or(self.published)
    }
}
