//! The XML forms of a feed: RSS and Atom, in one pass and without a tree.

use url::Url;

use super::draft::{Draft, Markup};
use super::entry::FeedKind;
use super::names::{self, Part};
use super::read::About;
use super::text::{Kind, Reading};
use crate::xml::source::Source;
use crate::xml::{Tag, Token, Xml, malformed};
use crate::{Result, identity};

/// How many authors, categories or enclosures of an entry are taken.
const MAX_PARTS: usize = 1000;

/// Reads entry after entry.
pub(super) struct Walk<'a> {
    xml: Xml<'a>,
    place: Place,
}

/// Where in the document the reader is, and what was found so far.
#[derive(Default)]
struct Place {
    /// Known from the root element on.
    root: Option<Root>,
    about: About,
    authors: Vec<String>,
    /// The depth of the entry that is open.
    entry: Option<usize>,
    draft: Draft,
    /// Whether an `author` of Atom is open, whose `name` is read.
    in_author: bool,
    reading: Option<Reading>,
}

struct Root {
    kind: FeedKind,
    /// The prefix, empty for none, of the form's own elements.
    prefix: String,
    base: Option<Url>,
}

impl<'a> Walk<'a> {
    /// A feed whose text begins with `<`.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            xml: Xml::new(source, "feed"),
            place: Place::default(),
        }
    }

    pub(super) fn kind(&self) -> FeedKind {
        let root = self.place.root.as_ref();
        root.map_or(FeedKind::Rss, |root| root.kind)
    }

    pub(super) fn about(&self) -> &About {
        &self.place.about
    }

    /// What `xml:base` of the feed says.
    pub(super) fn base(&self) -> Option<&Url> {
        self.place.root.as_ref()?.base.as_ref()
    }

    /// The next entry; none at the end of the document.
    pub(super) fn next(&mut self, url: &Url) -> Result<Option<Draft>> {
        loop {
            let (depth, token) = self.xml.next()?;
            let place = &mut self.place;
            match token {
                // RSS 0.91 has one by its specification; entities of its own are in brackets.
                Token::DocType(text) if text.contains('[') => {
                    let message = "the feed has a document type declaration with entities";
                    return Err(malformed(message));
                }
                Token::End if place.root.is_none() => {
                    return Err(malformed("the feed has no element"));
                }
                Token::End => return Ok(None),
                Token::Open(tag) => place.open(depth, &tag, url)?,
                Token::Close(end) => {
                    if let Some(reading) = &mut place.reading
                        && depth > reading.depth()
                    {
                        reading.close(end.local());
                    } else if let Some(draft) = place.close(depth) {
                        return Ok(Some(draft));
                    }
                }
                token => {
                    if let Some(reading) = &mut place.reading {
                        reading.take(depth, &token);
                    }
                }
            }
        }
    }
}

impl Place {
    fn open(&mut self, depth: usize, tag: &Tag<'_>, url: &Url) -> Result<()> {
        if let Some(reading) = &mut self.reading {
            reading.open(tag);
            return Ok(());
        }
        let Some(root) = &self.root else {
            self.root = Some(Root::of(tag, url)?);
            return Ok(());
        };
        let (kind, is_own) = (root.kind, root.prefix == tag.prefix());
        if self.entry.is_none() && is_own && tag.local() == names::entry(kind) {
            self.entry = Some(depth);
            self.draft = Draft {
                id: tag.attribute("rdf:about"),
                permalink: tag.attribute("rdf:about"),
                base: base_of(tag, root.base.as_ref().unwrap_or(url)),
                ..Draft::default()
            };
            return Ok(());
        }
        let parts = self.depth_of_parts(kind);
        if depth == parts {
            self.open_part(depth, tag, kind, is_own);
        } else if depth == parts + 1 && self.in_author && is_own && tag.local() == "name" {
            self.reading = Some(Reading::new(Part::Author, depth, Kind::Plain));
        }
        Ok(())
    }

    /// How deep the elements are that describe what is open: the entry, or else the feed.
    fn depth_of_parts(&self, kind: FeedKind) -> usize {
        let of_feed = names::depth_of_feed(kind);
        self.entry.map_or(of_feed, |entry| entry + 1)
    }

    fn open_part(&mut self, depth: usize, tag: &Tag<'_>, kind: FeedKind, is_own: bool) {
        let is_atom = kind == FeedKind::Atom && is_own;
        match tag.local() {
            "author" if is_atom => self.in_author = true,
            "category" if is_atom => {
                let name = tag.attribute("label").or_else(|| tag.attribute("term"));
                push(&mut self.draft.categories, name);
            }
            "link" if is_atom || matches!(tag.prefix(), "atom" | "a10") => self.link(tag),
            "enclosure" if is_own => self.enclose(tag, "url", "length"),
            "content" if tag.prefix() == "media" => self.enclose(tag, "url", "fileSize"),
            name => {
                let part = if is_own {
                    names::own_part(kind, name)
                } else {
                    names::foreign_part(tag.prefix(), name)
                };
                self.reading =
                    part.map(|part| Reading::new(part, depth, Kind::of(kind, part, tag)));
                if part == Some(Part::Id)
                    && tag.attribute("isPermaLink").as_deref() == Some("false")
                {
                    self.draft.permalink = Some(String::new());
                }
            }
        }
    }

    /// Atom's `<link>`, by what it leads to. Its `rel` may be written as a URL of the IANA's registry.
    fn link(&mut self, tag: &Tag<'_>) {
        let rel = tag
            .attribute("rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let rel = rel.rsplit('/').next().unwrap_or_default();
        let href = tag.attribute("href").filter(|href| !href.is_empty());
        let target = match (rel, self.entry.is_some()) {
            ("" | "alternate", true) => &mut self.draft.link,
            ("" | "alternate", false) => &mut self.about.home,
            ("next", false) => &mut self.about.next,
            ("enclosure", true) => return self.enclose(tag, "href", "length"),
            _ => return,
        };
        *target = target.take().or(href);
    }

    fn enclose(&mut self, tag: &Tag<'_>, url: &str, length: &str) {
        if self.draft.enclosures.len() < MAX_PARTS
            && let Some(url) = tag.attribute(url)
        {
            let file = (url, tag.attribute("type"), tag.attribute(length));
            self.draft.enclosures.push(file);
        }
    }

    /// Ends an element that is not within a part.
    fn close(&mut self, depth: usize) -> Option<Draft> {
        if let Some(reading) = self.reading.take() {
            if depth == reading.depth() {
                let (part, text) = reading.finish();
                self.keep(part, text);
                return None;
            }
            self.reading = Some(reading);
        }
        let entry = self.entry;
        if entry.is_none_or(|entry| depth == entry + 1) {
            self.in_author = false;
        }
        if entry != Some(depth) {
            return None;
        }
        self.entry = None;
        let mut draft = std::mem::take(&mut self.draft);
        if draft.authors.is_empty() {
            draft.authors.clone_from(&self.authors);
        }
        Some(draft)
    }

    /// The first of several parts of a kind counts, but for authors and categories.
    fn keep(&mut self, part: Part, text: Markup) {
        let draft = &mut self.draft;
        if self.entry.is_none() {
            match part {
                Part::Title => first(&mut self.about.title, text),
                Part::Link if !text.text.trim().is_empty() => {
                    first(&mut self.about.home, text.text);
                }
                Part::Author => push(&mut self.authors, Some(text.text)),
                _ => {}
            }
            return;
        }
        let plain = text.text.trim().to_owned();
        match part {
            Part::Title => first(&mut draft.title, text),
            Part::Summary => first(&mut draft.summary, text),
            Part::Content => first(&mut draft.content, text),
            _ if plain.is_empty() => {}
            Part::Link => first(&mut draft.link, plain),
            Part::Id => {
                first(&mut draft.permalink, plain.clone());
                draft.id = Some(plain);
            }
            Part::Published => first(&mut draft.published, plain),
            Part::Updated => first(&mut draft.updated, plain),
            Part::Author => push(&mut draft.authors, Some(plain)),
            Part::Category => push(&mut draft.categories, Some(plain)),
        }
    }
}

impl Root {
    fn of(tag: &Tag<'_>, url: &Url) -> Result<Self> {
        let Some(kind) = names::form(tag.local()) else {
            let name: String = tag.local().chars().take(40).collect();
            let message = format!("<{name}> is no root element of a feed");
            return Err(malformed(message));
        };
        // RSS has no namespace, and RSS 1.0 keeps only its root in that of RDF.
        let is_rss = kind == FeedKind::Rss;
        let prefix = if is_rss { "" } else { tag.prefix() }.to_owned();
        Ok(Self {
            kind,
            prefix,
            base: base_of(tag, url),
        })
    }
}

fn base_of(tag: &Tag<'_>, url: &Url) -> Option<Url> {
    identity::parse(&tag.attribute("xml:base")?, Some(url)).ok()
}

fn first<T>(place: &mut Option<T>, value: T) {
    place.get_or_insert(value);
}

fn push(list: &mut Vec<String>, value: Option<String>) {
    let value = value.map(|value| value.trim().to_owned());
    if let Some(value) = value.filter(|value| !value.is_empty())
        && list.len() < MAX_PARTS
    {
        list.push(value);
    }
}
