//! Parser of JSON Feed, versions 1 and 1.1.

use std::io::Read;

use serde::Deserialize;

use super::draft::{Draft, Markup};
use super::read::{About, MAX_ENTRIES};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::json;
use crate::page::xml::source::{self, Source};

mod lenient;

use lenient::{List, Object, Text};

/// Maximum number of authors, tags or attachments of an entry.
const MAX_PARTS: usize = 1000;

/// JSON Feed, with the fields that are used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct JsonFeed {
    title: Text,
    home_page_url: Text,
    next_url: Text,
    authors: List<Object<Author>, MAX_PARTS>,
    author: Object<Author>,
    items: List<Object<Item>, MAX_ENTRIES>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Author {
    name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    content_html: Text,
    content_text: Text,
    summary: Text,
    date_published: Text,
    date_modified: Text,
    authors: List<Object<Author>, MAX_PARTS>,
    author: Object<Author>,
    tags: List<Text, MAX_PARTS>,
    attachments: List<Object<Attachment>, MAX_PARTS>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    url: Text,
    mime_type: Text,
    size_in_bytes: Text,
}

impl JsonFeed {
    /// Reads a feed as a whole; its length is limited by `source`, and no more than 50,000 of its items are kept.
    pub(super) fn read(mut source: Source<'_>) -> Result<Self> {
        let mut text = String::new();
        source
            .read_to_string(&mut text)
            .map_err(|error| source::fault("feed", &error))?;
        let feed: Self = json::typed(&text).map_err(|error| {
            Error::new(ErrorKind::Json, "the feed is no JSON Feed").with_source(error)
        })?;
        if feed.items.is_missing {
            let message = "the feed is no JSON Feed: it has no list \"items\"";
            return Err(Error::new(ErrorKind::Json, message));
        }
        Ok(feed)
    }

    /// Returns title and links of the feed itself.
    pub(super) fn about(&mut self) -> About {
        About {
            title: self.title.0.take().map(plain),
            home: self.home_page_url.0.take(),
            next: self.next_url.0.take(),
        }
    }

    /// Returns whether there are more items than were kept.
    pub(super) fn is_cut(&self) -> bool {
        self.items.is_cut
    }

    /// Returns the entries; those without authors get the authors of the feed.
    pub(super) fn into_drafts(self) -> impl Iterator<Item = Draft> {
        let of_feed = names(self.authors, self.author);
        self.items.items.into_iter().map(move |Object(item)| {
            let mut draft = item.draft();
            if draft.authors.is_empty() {
                draft.authors.clone_from(&of_feed);
            }
            draft
        })
    }
}

impl Item {
    fn draft(self) -> Draft {
        let html = |text| Markup {
            text,
            is_html: true,
        };
        let content = self.content_html.0.map(html);
        let attachments = self.attachments.items.into_iter();
        Draft {
            id: self.id.0,
            link: self.url.0.or(self.external_url.0),
            title: self.title.0.map(plain),
            authors: names(self.authors, self.author),
            published: self.date_published.0,
            updated: self.date_modified.0,
            summary: self.summary.0.map(plain),
            content: content.or_else(|| self.content_text.0.map(plain)),
            categories: self
                .tags
                .items
                .into_iter()
                .filter_map(|tag| tag.0)
                .collect(),
            enclosures: attachments
                .filter_map(|Object(file)| {
                    Some((file.url.0?, file.mime_type.0, file.size_in_bytes.0))
                })
                .collect(),
            ..Draft::default()
        }
    }
}

fn plain(text: String) -> Markup {
    Markup {
        text,
        is_html: false,
    }
}

fn names(authors: List<Object<Author>, MAX_PARTS>, author: Object<Author>) -> Vec<String> {
    let authors = authors.items.into_iter().chain([author]);
    let mut names: Vec<String> = authors.filter_map(|Object(author)| author.name.0).collect();
    names.dedup();
    names
}
