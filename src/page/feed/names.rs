//! Element names that are read in each XML format of a feed, and the vocabularies that they belong to.

use super::entry::FeedKind;
use crate::page::xml::Tag;

/// Part of a feed or an entry whose text is read.
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

/// Vocabulary that an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Vocabulary of the feed itself, of whatever format: a name without a prefix.
    Plain,
    Rss,
    Atom,
    Content,
    Dc,
    DcTerms,
    Media,
    Itunes,
    Xhtml,
    Other,
}

/// Returns the format of a feed whose root element has this name, in lower case.
pub(super) fn form(root: &str) -> Option<FeedKind> {
    match root {
        "rss" | "rdf" => Some(FeedKind::Rss),
        "feed" => Some(FeedKind::Atom),
        _ => None,
    }
}

/// Returns the format of a feed fragment that consists of nothing but this element.
pub(super) fn form_of_fragment(name: &str) -> Option<FeedKind> {
    match name {
        "channel" | "item" => Some(FeedKind::Rss),
        "entry" => Some(FeedKind::Atom),
        _ => None,
    }
}

/// Returns the name of the element that is one entry.
pub(super) fn entry(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::Atom => "entry",
        _ => "item",
    }
}

/// Returns the depth below the root of the elements that describe the feed itself. RSS has a `channel` around them.
pub(super) fn depth_of_feed(kind: FeedKind) -> usize {
    match kind {
        FeedKind::Atom => 1,
        _ => 2,
    }
}

impl Vocabulary {
    /// Returns the vocabulary of an element: by its namespace, whatever the prefix, or by the customary prefix where the
    /// namespace is not declared, or not known.
    pub(crate) fn of(tag: &Tag<'_>) -> Self {
        let by_url = tag.namespace().and_then(Self::by_url);
        by_url.unwrap_or_else(|| Self::by_prefix(tag.prefix()))
    }

    fn by_url(url: &str) -> Option<Self> {
        let url = url.to_ascii_lowercase();
        let (_, url) = url.split_once("://").unwrap_or(("", &url));
        let url = url.trim_start_matches("www.").trim_end_matches(['/', '#']);
        Some(match url {
            "purl.org/rss/1.0"
            | "channel.netscape.com/rdf/simple/0.9"
            | "my.netscape.com/rdf/simple/0.9"
            | "my.netscape.com/publish/formats/rss-0.91.dtd"
            | "backend.userland.com/rss"
            | "backend.userland.com/rss2"
            | "backend.userland.com/rss091"
            | "backend.userland.com/rss092"
            | "blogs.law.harvard.edu/tech/rss"
            | "cyber.law.harvard.edu/rss"
            | "purl.org/net/rss1.1" => Self::Rss,
            "w3.org/2005/atom" | "purl.org/atom/ns" => Self::Atom,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/dc/elements/1.1"
            | "purl.org/dc/elements/1.0"
            | "purl.org/rss/1.0/modules/dc" => Self::Dc,
            "purl.org/dc/terms" | "purl.org/rss/1.0/modules/dcterms" => Self::DcTerms,
            "search.yahoo.com/mrss" | "video.search.yahoo.com/mrss" => Self::Media,
            "itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "w3.org/1999/xhtml" => Self::Xhtml,
            "w3.org/1999/02/22-rdf-syntax-ns" => Self::Other,
            _ => return None,
        })
    }

    /// Returns whether this is the vocabulary of a feed of this format.
    pub(crate) fn is_own(self, kind: FeedKind) -> bool {
        match self {
            Self::Plain => true,
            Self::Rss => kind == FeedKind::Rss,
            Self::Atom => kind == FeedKind::Atom,
            _ => false,
        }
    }

    fn by_prefix(prefix: &str) -> Self {
        match &*prefix.to_ascii_lowercase() {
            "" => Self::Plain,
            "rss" => Self::Rss,
            "atom" | "a10" => Self::Atom,
            "content" => Self::Content,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            "xhtml" => Self::Xhtml,
            _ => Self::Other,
        }
    }
}

/// Returns the part that an element holds, by its name in lower case, and its rank among elements for the same part:
/// 0, the best, for the one that the format itself provides.
pub(super) fn part(kind: FeedKind, vocabulary: Vocabulary, name: &str) -> Option<(Part, u8)> {
    use Vocabulary::{Atom, Content, Dc, DcTerms, Itunes, Media, Other, Plain, Rss, Xhtml};
    let own = |vocabulary| match vocabulary {
        Rss => of_rss(name),
        _ => of_atom(name),
    };
    let behind = |part: Option<Part>| part.map(|part| (part, 1));
    match (kind, vocabulary) {
        (FeedKind::Atom, Plain | Atom) => {
            let found = own(Atom).map(|part| (part, 0));
            found.or_else(|| behind(own(Rss)))
        }
        (_, Plain | Rss) if kind == FeedKind::Rss => {
            let found = own(Rss).map(|part| (part, 0));
            let found = found.or_else(|| behind(own(Atom)));
            // Some put the text of an entry, as HTML, into elements without any namespace.
            let is_text = matches!(name, "body" | "fullitem");
            found.or_else(|| is_text.then_some((Part::Content, 2)))
        }
        (_, Rss | Atom) => behind(own(vocabulary)),
        (_, Content) => (name == "encoded").then_some((Part::Content, 0)),
        (_, Dc | DcTerms) => of_dublin_core(name),
        (_, Media) => of_media(name),
        (_, Itunes) => of_itunes(name),
        (_, Xhtml) => matches!(name, "body" | "div").then_some((Part::Content, 2)),
        (_, Plain | Other) => None,
    }
}

fn of_rss(name: &str) -> Option<Part> {
    Some(match name {
        "title" => Part::Title,
        "link" => Part::Link,
        "guid" => Part::Id,
        "author" => Part::Author,
        "pubdate" => Part::Published,
        "description" => Part::Summary,
        "category" => Part::Category,
        _ => return None,
    })
}

fn of_atom(name: &str) -> Option<Part> {
    Some(match name {
        "title" => Part::Title,
        "link" => Part::Link,
        "id" => Part::Id,
        "author" => Part::Author,
        "published" | "issued" | "created" => Part::Published,
        "updated" | "modified" => Part::Updated,
        "summary" => Part::Summary,
        "content" => Part::Content,
        _ => return None,
    })
}

fn of_dublin_core(name: &str) -> Option<(Part, u8)> {
    Some(match name {
        "creator" => (Part::Author, 0),
        "subject" => (Part::Category, 0),
        "date" | "created" | "issued" => (Part::Published, 2),
        "modified" => (Part::Updated, 2),
        "title" => (Part::Title, 2),
        "description" | "abstract" => (Part::Summary, 2),
        _ => return None,
    })
}

fn of_media(name: &str) -> Option<(Part, u8)> {
    Some(match name {
        "title" => (Part::Title, 3),
        "description" => (Part::Summary, 5),
        _ => return None,
    })
}

fn of_itunes(name: &str) -> Option<(Part, u8)> {
    Some(match name {
        "title" => (Part::Title, 4),
        "author" => (Part::Author, 3),
        "summary" => (Part::Summary, 3),
        "subtitle" => (Part::Summary, 4),
        _ => return None,
    })
}

/// Returns whether an element of this name, without a prefix, may be meant as HTML where it stands in a text.
pub(super) fn is_html(name: &str) -> bool {
    matches!(name, "title" | "link" | "summary" | "content")
}
