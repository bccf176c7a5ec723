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

/// The form of a sitemap whose root element has this name, in lower case. An entry may stand for itself.
pub(super) fn form(root: &str) -> Option<SitemapKind> {
    match root {
        "urlset" | "url" => Some(SitemapKind::UrlSet),
        "sitemapindex" | "sitemap" => Some(SitemapKind::Index),
        "rss" | "rdf" => Some(SitemapKind::Rss),
        "feed" => Some(SitemapKind::Atom),
        _ => None,
    }
}

/// Returns whether an element is an entry, and, if so, whether it lists a sitemap. Plain text has no elements.
pub(super) fn entry(kind: SitemapKind, name: &str) -> Option<bool> {
    match (kind, name) {
        (SitemapKind::UrlSet | SitemapKind::Index, "sitemap") => Some(true),
        (SitemapKind::UrlSet | SitemapKind::Index, "url")
        | (SitemapKind::Rss, "item")
        | (SitemapKind::Atom, "entry") => Some(false),
        _ => None,
    }
}

/// Returns what an element right inside an entry is.
pub(super) fn part(kind: SitemapKind, name: &str) -> Option<Part> {
    match (kind, name) {
        (SitemapKind::UrlSet | SitemapKind::Index, "loc")
        | (SitemapKind::Rss | SitemapKind::Atom, "link") => Some(Part::Loc),
        (SitemapKind::Rss, "guid") => Some(Part::Guid),
        (SitemapKind::UrlSet | SitemapKind::Index, "lastmod")
        | (SitemapKind::Rss, "pubdate")
        | (SitemapKind::Atom, "updated") => Some(Part::Lastmod),
        _ => None,
    }
}

/// Returns whether it is in a form of sitemaps.org, where entries have versions in other languages.
pub(super) fn has_alternates(kind: SitemapKind) -> bool {
    matches!(kind, SitemapKind::UrlSet | SitemapKind::Index)
}

/// Returns whether this is the namespace of sitemaps, in any of its spellings.
pub(super) fn is_sitemaps(space: &str) -> bool {
    let space = space.to_ascii_lowercase();
    space.contains("/schemas/sitemap/") || space.ends_with("/schemas/sitemap")
}

/// Returns whether this is the namespace of what is said of pages besides: pictures, videos, news.
pub(super) fn is_extension(space: &str) -> bool {
    space.to_ascii_lowercase().contains("/schemas/sitemap-")
}
