//! Parser of the XML formats of a feed: RSS and Atom, in one pass and without a tree.

use url::Url;

use super::draft::Draft;
use super::entry::FeedKind;
use super::names::{self, Part, Vocabulary};
use super::parts::{Parts, absolute};
use super::text::{Kind, Reading};
use crate::page::error::Result;
use crate::page::identity;
use crate::page::xml::source::Source;
use crate::page::xml::{self, Tag, Token, Xml, malformed};

/// Rank of a link to something other than a page.
const NO_PAGE: u8 = 5;

/// Reader of the entries of an XML feed, one after another.
pub(super) struct Walk<'a> {
    xml: Xml<'a>,
    place: Place,
}

/// Position of the reader in the document, and the parts found so far.
#[derive(Default)]
struct Place {
    /// Root element; `None` until it was read.
    root: Option<Root>,
    /// Reference to the next part of the feed.
    next_page: Option<String>,
    feed: Parts,
    /// Depth of the entry that is open.
    entry: Option<usize>,
    parts: Parts,
    /// Depth of an element within the entry that contains parts of the entry: `media:group`.
    group: Option<usize>,
    reading: Option<Reading>,
    /// Values of `xml:base` on open elements, with the depth of the element.
    bases: Vec<(usize, Url)>,
    /// Entry that is complete.
    done: Option<Draft>,
}

struct Root {
    kind: FeedKind,
    /// Prefix of the format's own elements, where they have no known namespace.
    prefix: String,
    /// Depth of the root: 0 where the document is a single entry or channel.
    depth: usize,
    is_closed: bool,
}

/// Name of an element, with its vocabulary in the format of the feed.
struct Name {
    vocabulary: Vocabulary,
    /// Local name in lower case, without the prefix.
    local: String,
}

impl<'a> Walk<'a> {
    /// Creates a reader of a feed that is XML.
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

    /// Returns the title of the feed, if it was read so far.
    pub(super) fn title(&self, url: &Url) -> Option<String> {
        self.place.feed.title(url)
    }

    /// Returns the page that the feed belongs to, if its URL was read so far.
    pub(super) fn home(&self, url: &Url) -> Option<Url> {
        self.place.feed.page(url)
    }

    /// Returns the URL of the next part of the feed, if it was read so far.
    pub(super) fn next_page(&self, url: &Url) -> Option<Url> {
        let next = self.place.next_page.as_ref()?;
        identity::parse(next, Some(url)).ok()
    }

    /// Returns the next entry; `None` at the end of the document.
    pub(super) fn next(&mut self, url: &Url) -> Result<Option<Draft>> {
        loop {
            if let Some(draft) = self.place.done.take() {
                return Ok(Some(draft));
            }
            let (depth, token) = self.xml.next()?;
            let place = &mut self.place;
            match token {
                // RSS 0.91 has one by its specification.
                Token::DocType(text) if xml::defines_entities(text) => {
                    let message = "the feed has a document type declaration with entities";
                    return Err(malformed(message));
                }
                Token::DocType(text) if place.root.is_none() && xml::is_html(text) => {
                    return Err(xml::html("feed"));
                }
                Token::End => return place.end(depth).map(|()| None),
                Token::Open(tag) => {
                    if let Some(depth) = place.open(depth, &tag, url)? {
                        self.xml.lift(depth);
                    }
                }
                Token::Close(end) => {
                    if let Some(reading) = &mut place.reading
                        && depth > reading.depth()
                    {
                        reading.close(depth, &end);
                    } else {
                        place.close(depth, url);
                    }
                    place.bases.retain(|(of, _)| *of < depth);
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
    /// Takes the start of an element; returns its real depth, if it is less than the apparent one.
    fn open(&mut self, depth: usize, tag: &Tag<'_>, url: &Url) -> Result<Option<usize>> {
        let Some(root) = &self.root else {
            return self.begin(depth, tag, url);
        };
        let (kind, name) = (root.kind, root.name(tag));
        // Some write the entries of one form into the other.
        let is_entrys = name.local == names::entry(kind)
            || self.entry.is_none() && matches!(&*name.local, "item" | "entry");
        let is_entry = is_entrys && name.vocabulary.is_own(kind);
        let outer = match &self.reading {
            Some(reading) => self.outer(reading, kind, &name, is_entry, tag),
            None => self.entry.filter(|_| is_entry),
        };
        if outer.is_none()
            && let Some(reading) = &mut self.reading
        {
            reading.open(depth, tag);
            return Ok(None);
        }
        if let Some(outer) = outer {
            self.close_down_to(outer, url);
        }
        let depth = outer.unwrap_or(depth);
        self.note_base(depth, tag, url);
        if is_entry {
            self.open_entry(depth, tag);
        } else if self.has_parts_at(depth, kind) {
            self.open_part(depth, tag, kind, &name);
        }
        Ok(outer)
    }

    /// Takes the root element, unless the element is part of a message that the server wrote before the feed.
    fn begin(&mut self, depth: usize, tag: &Tag<'_>, url: &Url) -> Result<Option<usize>> {
        let local = tag.local().to_ascii_lowercase();
        let fragment = names::form_of_fragment(&local).filter(|_| depth == 1);
        let Some(kind) = names::form(&local).or(fragment) else {
            return match xml::no_root("feed", tag.local()) {
                Some(error) => Err(error),
                None => Ok(None),
            };
        };
        let is_rdf = local == "rdf";
        let root = Root {
            kind,
            prefix: if is_rdf { "" } else { tag.prefix() }.to_owned(),
            depth: usize::from(fragment.is_none()),
            is_closed: false,
        };
        self.root = Some(root);
        self.note_base(1, tag, url);
        if local == names::entry(kind) {
            self.open_entry(1, tag);
        }
        Ok((depth > 1).then_some(1))
    }

    /// Returns the real depth of an element that seems to be within the part that is being read, if it does not belong to
    /// the text of the part: then the part, or the entry, was not closed.
    fn outer(
        &self,
        reading: &Reading,
        kind: FeedKind,
        name: &Name,
        is_entry: bool,
        tag: &Tag<'_>,
    ) -> Option<usize> {
        if reading.is_opaque() {
            return None;
        }
        if is_entry {
            return Some(self.entry.unwrap_or(reading.depth()));
        }
        let is_known = names::part(kind, name.vocabulary, &name.local).is_some()
            || matches!(&*name.local, "enclosure" | "comments");
        let has_markup = matches!(reading.part(), Part::Summary | Part::Content);
        let is_text = name.vocabulary == Vocabulary::Xhtml
            || tag.prefix().is_empty()
                && has_markup
                && names::is_html(&name.local)
                && (name.local != "link" || !tag.attributes().trim().is_empty());
        let is_self = reading.part() == Part::Author && name.local == "name";
        (is_known && !is_text && !is_self).then_some(reading.depth())
    }

    fn open_entry(&mut self, depth: usize, tag: &Tag<'_>) {
        self.entry = Some(depth);
        self.parts = Parts::default();
        self.parts.about = tag.attribute("rdf:about").filter(|about| !about.is_empty());
    }

    /// Returns whether the elements at this depth describe the open entry or, if none is open, the feed.
    fn has_parts_at(&self, depth: usize, kind: FeedKind) -> bool {
        let Some(entry) = self.entry else {
            let root = self.root.as_ref().map_or(1, |root| root.depth);
            return depth == root + names::depth_of_feed(kind);
        };
        depth == entry + 1
            || self
                .group
                .is_some_and(|group| (group + 1..=group + 2).contains(&depth))
    }

    fn open_part(&mut self, depth: usize, tag: &Tag<'_>, kind: FeedKind, name: &Name) {
        let vocabulary = name.vocabulary;
        let is_own = vocabulary.is_own(kind);
        let base = self.bases.last().map(|(_, base)| base);
        let parts = if self.entry.is_some() {
            &mut self.parts
        } else {
            &mut self.feed
        };
        match &*name.local {
            "category" if is_own && (kind == FeedKind::Atom || !has_text(tag)) => {
                let label = tag.attribute("label").filter(|label| !label.is_empty());
                parts.category(label.or_else(|| tag.attribute("term")));
            }
            "enclosure" if is_own => enclose(parts, tag, base, "url", "length"),
            "group" | "content" if vocabulary == Vocabulary::Media => {
                self.group = self.group.or(Some(depth)).filter(|_| self.entry.is_some());
                if name.local == "content" {
                    enclose(parts, tag, base, "url", "fileSize");
                }
                return;
            }
            "link" if vocabulary == Vocabulary::Atom || is_own => self.link(tag, kind, vocabulary),
            _ => {}
        }
        let Some((part, rank)) = names::part(kind, vocabulary, &name.local) else {
            return;
        };
        if part == Part::Id && tag.attribute("isPermaLink").as_deref() == Some("false") {
            self.parts.is_no_permalink = true;
        }
        let kind = Kind::of(kind, part, vocabulary, tag);
        self.reading = Some(Reading::new(part, rank, depth, kind));
    }

    /// Takes a `<link>` of Atom, by the kind of its target. Its `rel` may be written as a URL of the IANA's registry.
    fn link(&mut self, tag: &Tag<'_>, kind: FeedKind, vocabulary: Vocabulary) {
        let Some(href) = tag.attribute("href").filter(|href| !href.is_empty()) else {
            return;
        };
        let lower = |name| tag.attribute(name).unwrap_or_default().to_ascii_lowercase();
        let (rel, media_type) = (lower("rel"), lower("type"));
        let rel = rel.rsplit('/').next().unwrap_or_default();
        let base = self.bases.last().map(|(_, base)| base);
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let is_page = matches!(
            media_type,
            "" | "text/html" | "application/xhtml+xml" | "html"
        );
        // In a feed of another form, its own link goes first.
        let is_own = kind == FeedKind::Atom || vocabulary != Vocabulary::Atom;
        let rank = if is_page { u8::from(!is_own) } else { NO_PAGE };
        match (rel, self.entry.is_some()) {
            ("" | "alternate", true) => self.parts.link(rank, &href, base),
            ("" | "alternate", false) => self.feed.link(rank, &href, base),
            ("next", false) if self.next_page.is_none() => {
                self.next_page = Some(absolute(&href, base));
            }
            ("enclosure", true) => enclose(&mut self.parts, tag, base, "href", "length"),
            _ => {}
        }
    }

    /// Ends the part and the entry that are open down to this depth, without end tags of their own.
    fn close_down_to(&mut self, depth: usize, url: &Url) {
        if self
            .reading
            .as_ref()
            .is_some_and(|reading| reading.depth() >= depth)
        {
            self.finish_part();
        }
        if self.entry.is_some_and(|entry| entry >= depth) {
            self.finish_entry(url);
        }
        self.bases.retain(|(of, _)| *of < depth);
    }

    /// Takes the end of an element that is not within a part.
    fn close(&mut self, depth: usize, url: &Url) {
        if self
            .reading
            .as_ref()
            .is_some_and(|reading| reading.depth() == depth)
        {
            self.finish_part();
            return;
        }
        if self.group == Some(depth) {
            self.group = None;
        }
        if self.entry == Some(depth) {
            self.finish_entry(url);
        }
        if let Some(root) = &mut self.root {
            root.is_closed |= depth == 1;
        }
    }

    fn finish_part(&mut self) {
        let Some(reading) = self.reading.take() else {
            return;
        };
        let (part, rank, text) = reading.finish();
        let base = self.bases.last().map(|(_, base)| base);
        let parts = if self.entry.is_some() {
            &mut self.parts
        } else {
            &mut self.feed
        };
        parts.keep(part, rank, text, base);
    }

    fn finish_entry(&mut self, url: &Url) {
        (self.entry, self.group) = (None, None);
        let parts = std::mem::take(&mut self.parts);
        self.done = Some(parts.draft(url, self.feed.authors()));
    }

    /// Checks that the document is complete at its end.
    fn end(&mut self, depth: usize) -> Result<()> {
        match &self.root {
            None if depth > 0 => Err(xml::html("feed")),
            None => Err(malformed("the feed has no element")),
            Some(root) if !root.is_closed => Err(malformed("the feed breaks off")),
            Some(_) => Ok(()),
        }
    }

    fn note_base(&mut self, depth: usize, tag: &Tag<'_>, url: &Url) {
        if !tag.attributes().contains("base") {
            return;
        }
        let base = tag.attribute("xml:base");
        let around = self.bases.last().map_or(url, |(_, base)| base);
        let base = base.and_then(|base| identity::parse(&base, Some(around)).ok());
        self.bases.extend(base.map(|base| (depth, base)));
    }
}

impl Root {
    fn name(&self, tag: &Tag<'_>) -> Name {
        let vocabulary = match Vocabulary::of(tag) {
            // No namespace tells what the root's prefix stands for.
            Vocabulary::Other if !self.prefix.is_empty() && self.prefix == tag.prefix() => {
                Vocabulary::Plain
            }
            vocabulary => vocabulary,
        };
        Name {
            vocabulary,
            local: tag.local().to_ascii_lowercase(),
        }
    }
}

fn enclose(parts: &mut Parts, tag: &Tag<'_>, base: Option<&Url>, url: &str, length: &str) {
    if let Some(url) = tag.attribute(url) {
        parts.enclose(&url, base, tag.attribute("type"), tag.attribute(length));
    }
}

/// Returns whether an element has its text as content, and not in an attribute as in Atom.
fn has_text(tag: &Tag<'_>) -> bool {
    tag.attribute("term").is_none()
}
