//! Entry as it is written in its feed, and its conversion into a [`FeedEntry`].

use std::borrow::Cow;

use url::Url;

use super::date::date;
use super::entry::{Enclosure, FeedEntry};
use super::markup;
use crate::page::html::{self, Html};
use crate::page::identity;

/// Text that may have markup.
#[derive(Debug, Clone, Default)]
pub(super) struct Markup {
    pub(super) text: String,
    pub(super) is_html: bool,
}

#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Option<String>,
    pub(super) link: Option<String>,
    /// URL of the page if the entry has no link.
    pub(super) permalink: Option<String>,
    pub(super) title: Option<Markup>,
    pub(super) authors: Vec<String>,
    pub(super) published: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) summary: Option<Markup>,
    pub(super) content: Option<Markup>,
    pub(super) categories: Vec<String>,
    /// URLs, media types and lengths of the enclosed files.
    pub(super) enclosures: Vec<(String, Option<String>, Option<String>)>,
}

impl Draft {
    /// Returns the entry of the feed at this URL, which relative URLs of the entry are resolved against.
    pub(super) fn entry(self, feed: &Url) -> FeedEntry {
        let base = feed;
        let url = |text: &String| identity::parse(text.trim(), Some(base)).ok();
        let permalink = self.permalink.as_ref();
        let permalink = permalink.and_then(|text| identity::parse(text.trim(), None).ok());
        let content = self.content.as_ref().and_then(Markup::html);
        let with_markup = self
            .summary
            .as_ref()
            .filter(|summary| summary.is_marked_up());
        let enclosures = self.enclosures.iter().filter_map(|(href, kind, length)| {
            Some(Enclosure {
                url: url(href)?,
                media_type: kind.clone().filter(|kind| !kind.is_empty()),
                length: length.as_ref().and_then(|length| length.parse().ok()),
            })
        });
        FeedEntry {
            url: self.link.as_ref().and_then(url).or(permalink),
            enclosures: enclosures.collect(),
            title: self.title.as_ref().and_then(|title| title.plain(base)),
            summary: self
                .summary
                .as_ref()
                .and_then(|summary| summary.plain(base)),
            content: content.or_else(|| with_markup?.html()),
            published: self.published.as_deref().and_then(date),
            updated: self.updated.as_deref().and_then(date),
            id: self.id.filter(|id| !id.is_empty()),
            authors: self.authors,
            categories: self.categories,
            ..FeedEntry::new(feed.clone())
        }
    }
}

impl Markup {
    fn is_marked_up(&self) -> bool {
        self.is_html && self.text.contains('<')
    }

    /// Returns the text without markup, with white space collapsed; `None` for an empty text.
    pub(super) fn plain(&self, base: &Url) -> Option<String> {
        let text = if self.is_html && self.text.contains(['<', '&']) {
            Html::parse(&self.text, base.clone()).root().text()
        } else {
            // Many feeds escape references once more than they should.
            html::collapse(&html::decode(&self.text, html::Place::Text))
        };
        let text = match markup::without_cdata(&text) {
            Cow::Owned(text) => html::collapse(&text),
            Cow::Borrowed(_) => text,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// Returns the text as HTML; `None` for an empty text.
    fn html(&self) -> Option<String> {
        let text = self.text.trim();
        if text.is_empty() {
            None
        } else if self.is_html {
            Some(text.to_owned())
        } else {
            Some(html::escape(text).into_owned())
        }
    }
}
