//! The element names that matter in each XML form of a feed.

use super::entry::FeedKind;

/// A part of a feed or an entry whose text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Title,
    Link,
    Id,
    Author,
    Published,
    Updated,
    Summary,
    Content,
    Category,
}

/// The form of a feed whose root element has this name.
pub(super) fn form(root: &str) -> Option<FeedKind> {
    match root {
        "rss" | "RDF" => Some(FeedKind::Rss),
        "feed" => Some(FeedKind::Atom),
        _ => None,
    }
}

/// The element that is one entry.
pub(super) fn entry(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::Atom => "entry",
        _ => "item",
    }
}

/// How deep the elements are that describe the feed itself. RSS has a `channel` around them.
pub(super) fn depth_of_feed(kind: FeedKind) -> usize {
    match kind {
        FeedKind::Atom => 2,
        _ => 3,
    }
}

/// What an element of the form's own names is.
pub(super) fn own_part(kind: FeedKind, name: &str) -> Option<Part> {
    Some(match (kind, name) {
        (_, "title") => Part::Title,
        (FeedKind::Rss, "link") => Part::Link,
        (FeedKind::Rss, "guid") | (FeedKind::Atom, "id") => Part::Id,
        (FeedKind::Rss, "author") => Part::Author,
        (FeedKind::Rss, "pubDate") | (FeedKind::Atom, "published" | "issued" | "created") => {
            Part::Published
        }
        (FeedKind::Atom, "updated" | "modified") => Part::Updated,
        (FeedKind::Rss, "description") | (FeedKind::Atom, "summary") => Part::Summary,
        (FeedKind::Atom, "content") => Part::Content,
        (FeedKind::Rss, "category") => Part::Category,
        _ => return None,
    })
}

/// What an element of one of the customary extensions is, told by the customary prefix.
pub(super) fn foreign_part(prefix: &str, name: &str) -> Option<Part> {
    Some(match (prefix, name) {
        ("content", "encoded") => Part::Content,
        ("dc", "creator") => Part::Author,
        ("dc", "date") | ("dcterms", "created" | "issued") => Part::Published,
        ("dcterms", "modified") | ("atom" | "a10", "updated") => Part::Updated,
        ("dc", "subject") => Part::Category,
        _ => return None,
    })
}
