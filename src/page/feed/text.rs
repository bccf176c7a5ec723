//! Text of one part of a feed while it is being read: plain text, escaped HTML, or markup as elements.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::draft::Markup;
use super::entry::FeedKind;
use super::markup;
use super::names::{Part, Vocabulary};
use crate::page::html;
use crate::page::xml::{End, Entity, Tag, Token};

/// Notation of the text of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Text that is taken for escaped HTML if it looks like HTML.
    Loose,
    /// HTML markup, escaped.
    Html,
    /// HTML markup, as XML elements.
    Xhtml,
    /// Text or HTML, in base64.
    Base64 {
        is_html: bool,
    },
    /// Author: a text, or a `name` element within the part.
    Person,
    /// Content other than text, such as a picture.
    Other,
}

#[derive(Debug)]
pub(super) struct Reading {
    part: Part,
    /// Rank of the part among parts for the same field; the lowest is the best.
    rank: u8,
    depth: usize,
    kind: Kind,
    text: String,
    /// Depth of a person's `name` element that is open.
    name: Option<usize>,
    has_name: bool,
}

impl Kind {
    /// Returns the notation of a part of a feed: declared by an attribute in Atom, by custom elsewhere.
    pub(super) fn of(feed: FeedKind, part: Part, vocabulary: Vocabulary, tag: &Tag<'_>) -> Self {
        if part == Part::Author {
            return Self::Person;
        }
        if !matches!(part, Part::Title | Part::Summary | Part::Content) {
            return Self::Plain;
        }
        let name = tag.local().to_ascii_lowercase();
        let is_atoms = matches!(&*name, "title" | "summary" | "content");
        let is_own = matches!(
            vocabulary,
            Vocabulary::Plain | Vocabulary::Atom | Vocabulary::Other
        );
        let says = |name| tag.attribute(name).is_some();
        if is_atoms
            && (vocabulary == Vocabulary::Atom
                || is_own && (feed == FeedKind::Atom || says("type") || says("mode")))
        {
            return Self::of_atom(tag);
        }
        match (part, vocabulary) {
            (_, Vocabulary::Xhtml) => Self::Xhtml,
            (_, Vocabulary::Media) if tag.attribute("type").as_deref() == Some("html") => {
                Self::Html
            }
            (_, Vocabulary::Media | Vocabulary::Itunes | Vocabulary::Dc | Vocabulary::DcTerms) => {
                Self::Loose
            }
            (Part::Title, _) => Self::Loose,
            _ => Self::Html,
        }
    }

    fn of_atom(tag: &Tag<'_>) -> Self {
        let lower = |name| tag.attribute(name).unwrap_or_default().to_ascii_lowercase();
        // Atom 0.3 had a mode beside a media type.
        let (kind, mode) = (lower("type"), lower("mode"));
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_html = matches!(
            kind,
            "html" | "text/html" | "xhtml" | "application/xhtml+xml"
        );
        let (general, special) = kind.split_once('/').unwrap_or(("text", kind));
        match kind {
            _ if mode == "base64" => Self::Base64 { is_html },
            "xhtml" | "application/xhtml+xml" if mode != "escaped" => Self::Xhtml,
            _ if is_html => Self::Html,
            _ if general == "text" => Self::Plain,
            _ if general != "application" || special.ends_with("xml") => Self::Other,
            _ => Self::Base64 { is_html: false },
        }
    }
}

impl Reading {
    pub(super) fn new(part: Part, rank: u8, depth: usize, kind: Kind) -> Self {
        Self {
            part,
            rank,
            depth,
            kind,
            text: String::new(),
            name: None,
            has_name: false,
        }
    }

    /// Returns the depth of the part's element.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn part(&self) -> Part {
        self.part
    }

    /// Returns whether elements with names of the feed's own elements may stand in the part, with another meaning.
    pub(super) fn is_opaque(&self) -> bool {
        matches!(self.kind, Kind::Xhtml | Kind::Other)
    }

    /// Takes the start of an element within the part: markup that should have been escaped, if the part is not XHTML.
    pub(super) fn open(&mut self, depth: usize, tag: &Tag<'_>) {
        if self.kind == Kind::Person && !self.has_name && tag.local().eq_ignore_ascii_case("name") {
            (self.name, self.has_name) = (Some(depth), true);
            self.text.clear();
        }
        let is_text = matches!(self.part, Part::Title | Part::Summary | Part::Content);
        if is_text && matches!(self.kind, Kind::Plain | Kind::Loose) {
            if self.kind == Kind::Plain {
                self.text = html::escape(&self.text).into_owned();
            }
            self.kind = Kind::Html;
        }
        if self.has_markup() {
            self.text.push('<');
            self.text.push_str(tag.local());
            self.text.push_str(tag.attributes());
            self.text.push('>');
        }
    }

    pub(super) fn close(&mut self, depth: usize, end: &End<'_>) {
        if self.name == Some(depth) {
            self.name = None;
        }
        if end.is_written {
            self.end(end.local());
        }
    }

    fn end(&mut self, name: &str) {
        if self.has_markup() && !is_void(name) {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    pub(super) fn take(&mut self, depth: usize, token: &Token<'_>) {
        let is_markup = depth > self.depth || self.kind == Kind::Xhtml;
        let is_name = self.name == Some(depth) || !self.has_name && !is_markup;
        let is_left_out = match self.kind {
            Kind::Other => true,
            Kind::Person => !is_name,
            _ => is_markup && !self.has_markup(),
        };
        if is_left_out {
            return;
        }
        let is_markup = is_markup && self.kind != Kind::Person;
        match token {
            Token::CData(text) if is_markup => self.text.push_str(&html::escape(text)),
            Token::Text(text) | Token::CData(text) => self.text.push_str(text),
            Token::Entity(entity) if is_markup => {
                self.text.push('&');
                self.text.push_str(entity.name());
                self.text.push(';');
            }
            Token::Entity(entity) => self.text.push_str(&meaning(entity)),
            Token::Stray(name) => self.end(name),
            _ => {}
        }
    }

    pub(super) fn finish(self) -> (Part, u8, Markup) {
        let text = markup::without_cdata(&self.text);
        let (text, is_html) = match self.kind {
            Kind::Base64 { is_html } => (decoded(&text).unwrap_or_default(), is_html),
            Kind::Loose => {
                let is_html = markup::is_meant(&text);
                (text.into_owned(), is_html)
            }
            kind => (text.into_owned(), matches!(kind, Kind::Html | Kind::Xhtml)),
        };
        (self.part, self.rank, Markup { text, is_html })
    }

    fn has_markup(&self) -> bool {
        matches!(self.kind, Kind::Html | Kind::Xhtml)
    }
}

/// Decodes base64; `None` if the result is no text.
fn decoded(text: &str) -> Option<String> {
    let packed: String = text.split_ascii_whitespace().collect();
    let text = String::from_utf8(STANDARD.decode(packed).ok()?).ok()?;
    let is_text = |c: char| !c.is_control() || c.is_whitespace();
    text.chars().all(is_text).then_some(text)
}

/// Returns the text that a reference stands for, in XML or else in HTML; if in neither, the reference as it is written.
fn meaning(entity: &Entity<'_>) -> Cow<'static, str> {
    entity.text().unwrap_or_else(|| {
        let written = format!("&{};", entity.name());
        Cow::Owned(html::decode(&written, html::Place::Text).into_owned())
    })
}

/// Returns whether an HTML element of this name has no end tag.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}
