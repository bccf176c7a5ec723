//! Reading of `<link>`: the page's own URL, its icon, its other languages and its feeds.

use serde::Serialize;
use url::Url;

use super::Skipped;
use super::room::Room;
use crate::page::html::Element;

/// Media types of feeds.
const FEEDS: [&str; 3] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
];

/// A link to the page in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Alternate {
    /// The language, such as `de-AT`, as the page writes it; `x-default` is for all other readers.
    pub language: String,
    /// URL of the page in this language, absolute.
    pub url: Url,
}

/// A link to a feed of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeedLink {
    /// URL of the feed, absolute.
    pub url: Url,
    /// The media type: `application/rss+xml`, `application/atom+xml` or `application/feed+json`.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Title of the feed, if it has one.
    pub title: Option<String>,
}

#[derive(Default)]
pub(super) struct Links {
    pub(super) canonical: Option<Url>,
    pub(super) favicon: Option<Url>,
    pub(super) alternates: Vec<Alternate>,
    pub(super) feeds: Vec<FeedLink>,
}

impl Links {
    pub(super) fn read<'a>(
        links: impl Iterator<Item = Element<'a>>,
        skipped: &mut Vec<Skipped>,
    ) -> Self {
        let mut found = Self::default();
        let (mut alternates, mut feeds) = (Room::default(), Room::default());
        for link in links {
            let Some(url) = link.url("href") else {
                continue;
            };
            if has_relation(link, "alternate") {
                found.alternate(link, &url, &mut alternates);
                found.feed(link, &url, &mut feeds);
            }
            if has_relation(link, "canonical") && found.canonical.is_none() {
                found.canonical = Some(url);
            } else if has_relation(link, "icon") && found.favicon.is_none() {
                found.favicon = Some(url);
            }
        }
        alternates.tell("alternates", skipped);
        feeds.tell("feeds", skipped);
        found
    }

    fn alternate(&mut self, link: Element<'_>, url: &Url, room: &mut Room) {
        let language = link.attr("hreflang").map(str::trim).unwrap_or_default();
        // A feed may have a language, too, but is no translation of the page.
        let is_page = feed_type(link).is_none();
        if !language.is_empty() && is_page && room.take(language.len() + url.as_str().len()) {
            self.alternates.push(Alternate {
                language: language.to_owned(),
                url: url.clone(),
            });
        }
    }

    fn feed(&mut self, link: Element<'_>, url: &Url, room: &mut Room) {
        let Some(media_type) = feed_type(link) else {
            return;
        };
        let title = link.attr("title").map(str::trim).filter(|t| !t.is_empty());
        if room.take(url.as_str().len() + title.map_or(0, str::len)) {
            self.feeds.push(FeedLink {
                url: url.clone(),
                media_type: media_type.to_owned(),
                title: title.map(str::to_owned),
            });
        }
    }
}

fn has_relation(link: Element<'_>, relation: &str) -> bool {
    let mut relations = link
        .attr("rel")
        .unwrap_or_default()
        .split_ascii_whitespace();
    relations.any(|one| one.eq_ignore_ascii_case(relation))
}

fn feed_type(link: Element<'_>) -> Option<&'static str> {
    let essence = link.attr("type")?.split(';').next()?.trim();
    FEEDS
        .into_iter()
        .find(|feed| essence.eq_ignore_ascii_case(feed))
}
