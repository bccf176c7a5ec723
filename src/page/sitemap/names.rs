//! Element names that are read in each XML format of a sitemap.

use super::entries::SitemapKind;

/// Part of an entry whose text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Loc,
    /// Identifier of an RSS item, by default the URL of its page.
    Guid,
    Lastmod,
}

/// Returns the format of a sitemap whose root element has this name, in lower case. An entry may be the root itself.
pub(super) fn form(root: &str) -> Option<SitemapKind> {
    match root {
        "urlset" | "url" => Some(SitemapKind::UrlSet),
        "sitemapindex" | "sitemap" => Some(SitemapKind::Index),
        "rss" | "rdf" => Some(SitemapKind::Rss),
        "feed" => Some(SitemapKind::Atom),
        _ => None,
    }
}

/// Returns whether an entry element lists a sitemap; `None` if the element is no entry. Plain text has no elements.
pub(super) fn entry(kind: SitemapKind, name: &str) -> Option<bool> {
    match (kind, name) {
        (SitemapKind::UrlSet | SitemapKind::Index, "sitemap") => Some(true),
        (SitemapKind::UrlSet | SitemapKind::Index, "url")
        | (SitemapKind::Rss, "item")
        | (SitemapKind::Atom, "entry") => Some(false),
        _ => None,
    }
}

/// Returns the part that an element right inside an entry holds.
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

/// Returns whether the format is one of sitemaps.org, where entries may have versions in other languages.
pub(super) fn has_alternates(kind: SitemapKind) -> bool {
    matches!(kind, SitemapKind::UrlSet | SitemapKind::Index)
}

/// Returns whether this is the namespace of sitemaps, in any of its spellings.
pub(super) fn is_sitemaps(space: &str) -> bool {
    let space = space.to_ascii_lowercase();
    space.contains("/schemas/sitemap/") || space.ends_with("/schemas/sitemap")
}

/// Returns whether this is the namespace of an extension of sitemaps: pictures, videos, news.
pub(super) fn is_extension(space: &str) -> bool {
    space.to_ascii_lowercase().contains("/schemas/sitemap-")
}
