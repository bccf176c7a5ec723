//! Sitemaps and their entries, as they are returned to the caller, and their limits.

use std::time::SystemTime;

use url::Url;

use crate::page::feed::Date;
use crate::page::identity;

/// Maximum number of entries taken from one sitemap: as many as sitemaps.org allows.
pub const MAX_ENTRIES: usize = 50_000;

/// Longest URL taken, in bytes once resolved and percent-encoded: as long as sitemaps.org allows.
pub const MAX_LOC: usize = 2_048;

/// Maximum nesting of sitemaps: one that robots.txt or the program names, an index in it, and the sitemaps that this
/// index lists.
pub(crate) const MAX_LEVEL: u8 = 3;

/// Maximum number of sitemaps taken from one robots.txt.
pub(crate) const MAX_LISTED: usize = 1_000;

/// Longest `lastmod` taken, in bytes. The longest sensible one is an RFC 822 date of about 40.
const MAX_LASTMOD: usize = 64;

/// Sitemap that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sitemap {
    /// Format of the sitemap. The entries of an [`Index`](SitemapKind::Index) should be further sitemaps, those of all
    /// others pages; what an entry really is, [`is_sitemap`](Entry::is_sitemap) says.
    pub kind: SitemapKind,
    /// Entries of the sitemap, in order, repetitions included.
    pub entries: Vec<Entry>,
    /// Number of entries that could not be used: no, bad or overlong URL, or not http(s).
    pub skipped: usize,
    /// Set when there was, or may have been, more: over [`MAX_ENTRIES`] usable or as many unusable ones, or the file
    /// breaks off, is too large or is malformed after the last entry.
    pub truncated: bool,
}

/// Format of a sitemap.
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

/// Entry of a sitemap: a page or a further sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// URL of the entry: absolute, http(s).
    pub loc: Url,
    /// Set for a further sitemap. Some indexes list pages as well, and some url sets list sitemaps.
    pub is_sitemap: bool,
    /// Time of the last change, as it is written: a W3C date in sitemaps and Atom, an RFC 822 date in RSS.
    pub lastmod: Option<String>,
    /// Versions of the page in other languages or regions: at most 200 `<xhtml:link rel="alternate">`.
    pub alternates: Vec<Alternate>,
}

/// Version of a page in another language or region.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alternate {
    /// Language or region, as it is written: `de`, `en-GB`, `x-default`.
    pub hreflang: String,
    /// URL of the version: absolute, http(s).
    pub href: Url,
}

impl Entry {
    /// Returns the time of the last change; a day or a year counts from its beginning, in UTC. `None` if `lastmod` is
    /// missing or cannot be read: [`feed::date`](crate::feed::date).
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        Date::read(self.lastmod.as_deref()?)?.start()
    }

    /// Returns whether the entry may have changed at this time or later; also `true` when the time of the last change is
    /// not known.
    pub(crate) fn may_be_newer(&self, since: SystemTime) -> bool {
        let date = self.lastmod.as_deref().and_then(Date::read);
        date.is_none_or(|date| date.ends_since(since))
    }
}

/// Entry as it is written in the sitemap.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) loc: String,
    /// Set when `loc` may be relative.
    pub(super) is_relative: bool,
    pub(super) is_sitemap: bool,
    pub(super) lastmod: String,
    /// Languages and references of the versions in other languages.
    pub(super) alternates: Vec<(String, String)>,
}

impl Draft {
    /// Returns the entry; `None` if it has no usable URL.
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
