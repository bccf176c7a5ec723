//! Parts of an entry, or of a feed, while it is being read: of several parts for the same field, the best is chosen at
//! the end.

use url::Url;

use super::draft::{Draft, Markup};
use super::names::Part;
use crate::page::feed::date;
use crate::page::identity;

/// Maximum number of authors, categories or enclosures of an entry, and of texts for the same field.
const MAX_PARTS: usize = 1000;

/// Parts of an entry or a feed that were read so far.
#[derive(Debug, Default)]
pub(super) struct Parts {
    titles: Ranked<Markup>,
    summaries: Ranked<Markup>,
    contents: Ranked<Markup>,
    links: Ranked<String>,
    ids: Ranked<String>,
    published: Ranked<String>,
    updated: Ranked<String>,
    authors: Vec<String>,
    /// Authors that are named only if there are no others.
    other_authors: Vec<String>,
    categories: Vec<String>,
    enclosures: Vec<(String, Option<String>, Option<String>)>,
    /// Identifier of the entry in an attribute: `rdf:about`.
    pub(super) about: Option<String>,
    /// Set when the identifier is declared to be no URL of a page: `isPermaLink="false"`.
    pub(super) is_no_permalink: bool,
}

/// Values for the same field, the best first: by rank, then in the order of the document.
#[derive(Debug)]
struct Ranked<T>(Vec<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Ranked<T> {
    fn offer(&mut self, rank: u8, value: T) {
        let at = self.0.partition_point(|(before, _)| *before <= rank);
        if self.0.len() < MAX_PARTS {
            self.0.insert(at, (rank, value));
        }
    }

    /// Returns the best value for which `says_something` is true; if there is none, the best of all.
    fn best(mut self, says_something: impl Fn(&T) -> bool) -> Option<T> {
        let is_only = self.0.len() == 1;
        let good = |(_, value): &(u8, T)| is_only || says_something(value);
        let at = self.0.iter().position(good).unwrap_or(0);
        (at < self.0.len()).then(|| self.0.swap_remove(at).1)
    }
}

impl Parts {
    /// Keeps the text of a part. `base` is the base of relative URLs in it, if it is not the feed's address.
    pub(super) fn keep(&mut self, part: Part, rank: u8, text: Markup, base: Option<&Url>) {
        let plain = text.text.trim().to_owned();
        match part {
            Part::Title => self.titles.offer(rank, text),
            Part::Summary => self.summaries.offer(rank, text),
            Part::Content => self.contents.offer(rank, text),
            _ if plain.is_empty() => {}
            Part::Link => self.link(rank, &plain, base),
            Part::Id => self.ids.offer(rank, plain),
            Part::Published => self.published.offer(rank, plain),
            Part::Updated => self.updated.offer(rank, plain),
            Part::Author if rank > 1 => push(&mut self.other_authors, plain),
            Part::Author => push(&mut self.authors, plain),
            Part::Category => push(&mut self.categories, plain),
        }
    }

    pub(super) fn link(&mut self, rank: u8, href: &str, base: Option<&Url>) {
        self.links.offer(rank, absolute(href, base));
    }

    pub(super) fn category(&mut self, name: Option<String>) {
        let name = name.unwrap_or_default().trim().to_owned();
        if !name.is_empty() {
            push(&mut self.categories, name);
        }
    }

    /// Keeps an enclosed file with its URL, media type and length.
    pub(super) fn enclose(
        &mut self,
        url: &str,
        base: Option<&Url>,
        kind: Option<String>,
        length: Option<String>,
    ) {
        if self.enclosures.len() < MAX_PARTS {
            self.enclosures.push((absolute(url, base), kind, length));
        }
    }

    /// Returns the authors.
    pub(super) fn authors(&self) -> &[String] {
        if self.authors.is_empty() {
            &self.other_authors
        } else {
            &self.authors
        }
    }

    /// Returns the title, as text.
    pub(super) fn title(&self, feed: &Url) -> Option<String> {
        let mut titles = self.titles.0.iter();
        titles.find_map(|(_, title)| title.plain(feed))
    }

    /// Returns the URL of the page.
    pub(super) fn page(&self, feed: &Url) -> Option<Url> {
        let mut links = self.links.0.iter();
        links.find_map(|(_, link)| identity::parse(link.trim(), Some(feed)).ok())
    }

    /// Returns the draft of an entry of the feed at this URL; `authors` are its authors if it names none.
    pub(super) fn draft(self, feed: &Url, authors: &[String]) -> Draft {
        let says = |text: &Markup| text.plain(feed).is_some();
        let mut of_entry = self.authors().to_vec();
        if of_entry.is_empty() {
            of_entry = authors.to_vec();
        }
        let id = self.ids.best(|id| !id.is_empty()).or(self.about);
        let link = self.links.best(|link| is_page(link, feed));
        Draft {
            permalink: id.clone().filter(|_| !self.is_no_permalink),
            id,
            link: link.filter(|link| is_page(link, feed)),
            title: self.titles.best(says),
            authors: of_entry,
            published: self.published.best(|text| date(text).is_some()),
            updated: self.updated.best(|text| date(text).is_some()),
            summary: self.summaries.best(says),
            content: self.contents.best(says),
            categories: self.categories,
            enclosures: self.enclosures,
        }
    }
}

/// Returns a reference as it is written, or resolved to a URL if there is a `base` other than the feed's address.
pub(super) fn absolute(href: &str, base: Option<&Url>) -> String {
    let url = base.and_then(|base| identity::parse(href.trim(), Some(base)).ok());
    url.map_or_else(|| href.to_owned(), String::from)
}

fn is_page(link: &str, feed: &Url) -> bool {
    identity::parse(link.trim(), Some(feed)).is_ok()
}

fn push(list: &mut Vec<String>, value: String) {
    if list.len() < MAX_PARTS {
        list.push(value);
    }
}
