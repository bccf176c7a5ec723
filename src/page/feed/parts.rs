//! The parts of an entry, or of a feed, while it is being read: of several that say the same, the best is found at the end.

use url::Url;

use super::draft::{Draft, Markup};
use super::names::Part;
use crate::page::feed::date;
use crate::page::identity;

/// How many authors, categories or enclosures of an entry are taken, and texts that say the same.
const MAX_PARTS: usize = 1000;

/// What was read so far.
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
    /// Those to name where there are no others.
    other_authors: Vec<String>,
    categories: Vec<String>,
    enclosures: Vec<(String, Option<String>, Option<String>)>,
    /// What identifies it, in an attribute.
    pub(super) about: Option<String>,
    /// Whether the identifier is said to be no URL of a page.
    pub(super) is_no_permalink: bool,
}

/// Values that say the same, the best first: by rank, then as they came.
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

    /// The best that says something; else the best.
    fn best(mut self, says_something: impl Fn(&T) -> bool) -> Option<T> {
        let is_only = self.0.len() == 1;
        let good = |(_, value): &(u8, T)| is_only || says_something(value);
        let at = self.0.iter().position(good).unwrap_or(0);
        (at < self.0.len()).then(|| self.0.swap_remove(at).1)
    }
}

impl Parts {
    /// Keeps the text of a part. `base` is what a URL in it is relative to, if that is not the feed's address.
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

    /// A file with its URL, media type and length.
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

    /// Those who wrote it.
    pub(super) fn authors(&self) -> &[String] {
        if self.authors.is_empty() {
            &self.other_authors
        } else {
            &self.authors
        }
    }

    /// Returns what it is called, as text.
    pub(super) fn title(&self, feed: &Url) -> Option<String> {
        let mut titles = self.titles.0.iter();
        titles.find_map(|(_, title)| title.plain(feed))
    }

    /// Returns where its page is.
    pub(super) fn page(&self, feed: &Url) -> Option<Url> {
        let mut links = self.links.0.iter();
        links.find_map(|(_, link)| identity::parse(link.trim(), Some(feed)).ok())
    }

    /// All of it, of an entry of the feed at this URL; these wrote it if nobody is said to have.
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

/// A reference as it is, or as a URL where it is relative to something else than the feed's address.
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
