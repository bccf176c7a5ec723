//! The element names that matter in each XML form of a sitemap.

use super::entries::SitemapKind;

/// A part of an entry whose text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Loc,
    /// An RSS item's identifier, by default the URL of its page.
    Guid,
    Lastmod,
}

/// The form of a sitemap whose root element has this name.
pub(super) fn form(root: &str) -> Option<SitemapKind> {
    match root {
        "urlset" => Some(SitemapKind::UrlSet),
        "sitemapindex" => Some(SitemapKind::Index),
        "rss" | "RDF" => Some(SitemapKind::Rss),
        "feed" => Some(SitemapKind::Atom),
        _ => None,
    }
}

/// The element that is one entry. Plain text has no elements.
pub(super) fn entry(kind: SitemapKind) -> Option<&'static str> {
    match kind {
        SitemapKind::UrlSet => Some("url"),
        SitemapKind::Index => Some("sitemap"),
        SitemapKind::Rss => Some("item"),
        SitemapKind::Atom => Some("entry"),
        SitemapKind::Text => None,
    }
}

/// What an element right inside an entry is. Atom's `<link>` has its URL in an attribute, so it is no such part.
pub(super) fn part(kind: SitemapKind, name: &str) -> Option<Part> {
    match (kind, name) {
        (SitemapKind::UrlSet | SitemapKind::Index, "loc") | (SitemapKind::Rss, "link") => {
            Some(Part::Loc)
        }
        (SitemapKind::Rss, "guid") => Some(Part::Guid),
        (SitemapKind::UrlSet | SitemapKind::Index, "lastmod")
        | (SitemapKind::Rss, "pubDate")
        | (SitemapKind::Atom, "updated") => Some(Part::Lastmod),
        _ => None,
    }
}
