//! Feeds and their entries, as they are returned to the caller.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::page::time::rfc3339;

/// Feed that has been read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Feed {
    /// Format of the feed.
    pub kind: FeedKind,
    /// Title of the feed, as text.
    pub title: Option<String>,
    /// Page that the feed belongs to.
    pub home: Option<Url>,
    /// URL of the next, older part of the feed: `<link rel="next">` ([RFC 5005](https://www.rfc-editor.org/rfc/rfc5005)) or
    /// `next_url`.
    pub next: Option<Url>,
    /// Entries of the feed, in order.
    pub entries: Vec<FeedEntry>,
    /// Number of entries that were left out because they are empty: no id, URL, title, summary or content.
    pub skipped: usize,
    /// Set when there was, or may have been, more: over 50,000 entries, or the feed breaks off, is too large or is
    /// malformed after the last entry.
    pub truncated: bool,
}

/// Format of a feed.
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

/// Entry of a feed: an item that is ready for an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeedEntry {
    /// URL of the feed.
    pub feed: Url,
    /// Identifier of the entry: `guid`, `id`, `rdf:about`. Often, but not always, a URL.
    pub id: Option<String>,
    /// Page of the entry: an absolute http(s) URL, with its fragment.
    pub url: Option<Url>,
    /// Title of the entry, as text.
    pub title: Option<String>,
    /// Authors of the entry; those of the feed if the entry names none.
    pub authors: Vec<String>,
    /// Time of publication; a day counts from its beginning, in UTC. `None` also for a date that cannot be read. As text, in
    /// records too, it is RFC 3339: [`clean::rfc3339`](crate::clean::rfc3339).
    #[serde(default, with = "rfc3339::option")]
    pub published: Option<SystemTime>,
    /// Time of the last change; read like `published`.
    #[serde(default, with = "rfc3339::option")]
    pub updated: Option<SystemTime>,
    /// Summary of the entry, as text without markup.
    pub summary: Option<String>,
    /// Content of the entry, as HTML: select from it with [`Html::parse`](crate::Html::parse). If the feed has no other
    /// content, a summary that has markup.
    pub content: Option<String>,
    /// Categories, tags and subjects of the entry.
    pub categories: Vec<String>,
    /// Files that belong to the entry, such as the audio of a podcast.
    pub enclosures: Vec<Enclosure>,
}

/// File that belongs to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Enclosure {
    /// URL of the file: absolute, http(s).
    pub url: Url,
    /// Media type of the file, according to the feed.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Size of the file in bytes, according to the feed.
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

    /// Returns whether the entry is empty: no id, URL, title, summary or content.
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none()
            && self.url.is_none()
            && [&self.title, &self.summary, &self.content]
                .iter()
                .all(|text| text.is_none())
    }

    /// Returns the time of the last change, as far as it is known: `updated`, else `published`.
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.updated.or(self.published)
    }
}
