//! What a sitemap lists, and how much of it is taken.

use jiff::Timestamp;
use url::Url;

use crate::page::feed::Date;
use crate::page::identity;

/// How many entries are taken from one sitemap: as many as sitemaps.org allows it.
pub const MAX_ENTRIES: usize = 50_000;

/// The longest URL taken, in bytes once resolved and percent-encoded: what sitemaps.org allows.
pub const MAX_LOC: usize = 2_048;

/// How deep sitemaps may be nested: one that is named, an index in it, and what that lists.
pub(crate) const MAX_LEVEL: u8 = 3;

/// How many sitemaps of one robots.txt are looked at.
pub(crate) const MAX_LISTED: usize = 1_000;

/// The longest `lastmod` taken, in bytes. The longest sensible one is an RFC 822 date of about 40.
const MAX_LASTMOD: usize = 64;

/// A sitemap that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sitemap {
    /// Which form it has. The entries of an [`Index`](SitemapKind::Index) should be further sitemaps, those of all others
    /// pages; what each is, it says itself ([`is_sitemap`](Entry::is_sitemap)).
    pub kind: SitemapKind,
    /// What it lists, in order, repetitions included.
    pub entries: Vec<Entry>,
    /// How many entries could not be used: no, bad or overlong URL, or not http(s).
    pub skipped: usize,
    /// Whether there was, or may have been, more: over [`MAX_ENTRIES`] usable or as many unusable ones, or the file
    /// breaks off, is too large or is malformed behind the last entry.
    pub truncated: bool,
}

/// The form of a sitemap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SitemapKind {
    /// `<urlset>`: pages.
    UrlSet,
    /// `<sitemapindex>`: further sitemaps.
    Index,
    /// One URL per line.
    Text,
    /// An RSS feed (0.9x, 1.0 or 2.0).
    Rss,
    /// An Atom feed ([RFC 4287](https://www.rfc-editor.org/rfc/rfc4287)).
    Atom,
}

/// One page or one further sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Where it is: an absolute http(s) URL.
    pub loc: Url,
    /// Whether it is a further sitemap. Some indexes list pages as well, and some url sets sitemaps.
    pub is_sitemap: bool,
    /// When it changed, as it is written: a W3C date in sitemaps and Atom, an RFC 822 date in RSS.
    pub lastmod: Option<String>,
    /// The same page in other languages or regions: at most 200 `<xhtml:link rel="alternate">`.
    pub alternates: Vec<Alternate>,
}

/// A page in another language or region.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alternate {
    /// Which one, as it is written: `de`, `en-GB`, `x-default`.
    pub hreflang: String,
    /// Where it is: an absolute http(s) URL.
    pub href: Url,
}

impl Entry {
    /// When it changed; a day or a year counts from its beginning, in UTC. `None` if that is not said, or not in a way
    /// that can be read.
    #[must_use]
    pub fn modified(&self) -> Option<Timestamp> {
        Some(Date::read(self.lastmod.as_deref()?)?.start())
    }

    /// Returns whether it may have changed at this time or later, which also holds when nothing is known.
    pub(crate) fn may_be_newer(&self, since: Timestamp) -> bool {
        let date = self.lastmod.as_deref().and_then(Date::read);
        date.is_none_or(|date| date.end() >= since)
    }
}

/// An entry as it is written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) loc: String,
    /// Whether `loc` may be relative.
    pub(super) is_relative: bool,
    pub(super) is_sitemap: bool,
    pub(super) lastmod: String,
    /// Languages and references.
    pub(super) alternates: Vec<(String, String)>,
}

impl Draft {
    /// The entry, if it has a usable URL.
    pub(super) fn entry(self, base: &Url) -> Option<Entry> {
        let loc = usable(&self.loc, self.is_relative.then_some(base))?;
        let alternates = self.alternates.into_iter().filter_map(|(hreflang, href)| {
            let href = usable(&href, Some(base))?;
            Some(Alternate { hreflang, href })
        });
        Some(Entry {
            loc,
            is_sitemap: self.is_sitemap,
            lastmod: sensible(&self.lastmod),
            alternates: alternates.collect(),
        })
    }
}

fn usable(loc: &str, base: Option<&Url>) -> Option<Url> {
    let loc = identity::parse(loc.trim(), base).ok()?;
    (loc.as_str().len() <= MAX_LOC).then_some(loc)
}

fn sensible(lastmod: &str) -> Option<String> {
    let lastmod = lastmod.trim();
    (1..=MAX_LASTMOD)
        .contains(&lastmod.len())
        .then(|| lastmod.to_owned())
}
