//! What a sitemap lists, and how much of it is taken.

use std::ops::ControlFlow;

use url::Url;

use crate::identity;

/// How many entries are taken from one sitemap: as many as sitemaps.org allows it.
pub const MAX_ENTRIES: usize = 50_000;

/// The longest URL taken, in bytes once resolved and percent-encoded: what sitemaps.org allows.
pub const MAX_LOC: usize = 2_048;

/// The longest `lastmod` taken, in bytes. The longest sensible one is an RFC 822 date of about 40.
const MAX_LASTMOD: usize = 64;

/// A sitemap that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sitemap {
    /// Which form it has. The entries of an [`Index`](SitemapKind::Index) are further sitemaps, those of all others
    /// are pages.
    pub kind: SitemapKind,
    /// What it lists, in order, repetitions included.
    pub entries: Vec<Entry>,
    /// How many entries could not be used: no, bad or overlong URL, or not http(s).
    pub skipped: usize,
    /// Whether there was, or may have been, more: over [`MAX_ENTRIES`] usable or as many unusable ones, or the file
    /// breaks off or is malformed behind the last entry.
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
    /// When it changed, as it is written: a W3C date in sitemaps and Atom, an RFC 822 date in RSS.
    pub lastmod: Option<String>,
}

impl Sitemap {
    pub(super) fn new(kind: SitemapKind) -> Self {
        Self {
            kind,
            entries: Vec::new(),
            skipped: 0,
            truncated: false,
        }
    }

    /// Takes an entry, resolved against `base` if there is one, or counts it as skipped. Breaks when enough is enough.
    pub(super) fn push(&mut self, loc: &str, base: Option<&Url>, lastmod: &str) -> ControlFlow<()> {
        let loc = identity::parse(loc.trim(), base)
            .ok()
            .filter(|loc| loc.as_str().len() <= MAX_LOC);
        let limit = if loc.is_some() {
            self.entries.len()
        } else {
            self.skipped
        };
        if limit >= MAX_ENTRIES {
            self.truncated = true;
            return ControlFlow::Break(());
        }
        match loc {
            Some(loc) => self.entries.push(Entry {
                loc,
                lastmod: sensible(lastmod),
            }),
            None => self.skipped += 1,
        }
        ControlFlow::Continue(())
    }
}

fn sensible(lastmod: &str) -> Option<String> {
    let lastmod = lastmod.trim();
    (1..=MAX_LASTMOD)
        .contains(&lastmod.len())
        .then(|| lastmod.to_owned())
}
