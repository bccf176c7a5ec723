//! The text of one part of a feed while it is being read: plain, escaped HTML, or markup as it stands.

use std::borrow::Cow;

use super::draft::Markup;
use super::entry::FeedKind;
use super::names::Part;
use crate::html;
use crate::xml::{self, Entity, Tag, Token};

/// How a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// Markup, escaped.
    Html,
    /// Markup, as elements.
    Xhtml,
    /// Something else, such as a picture.
    Other,
}

#[derive(Debug)]
pub(super) struct Reading {
    part: Part,
    depth: usize,
    kind: Kind,
    text: String,
}

impl Kind {
    /// How this part of a feed is written: Atom says so, RSS has customs.
    pub(super) fn of(feed: FeedKind, part: Part, tag: &Tag<'_>) -> Self {
        if feed == FeedKind::Rss || part == Part::Content && tag.local() == "encoded" {
            return match part {
                Part::Summary | Part::Content => Self::Html,
                _ => Self::Plain,
            };
        }
        if !matches!(part, Part::Title | Part::Summary | Part::Content) {
            return Self::Plain;
        }
        let kind = tag
            .attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        // Atom 0.3 had a mode beside a media type.
        let is_escaped = tag.attribute("mode").as_deref() == Some("escaped");
        match &*kind {
            "" | "text" | "text/plain" => Self::Plain,
            "html" | "text/html" => Self::Html,
            "application/xhtml+xml" if is_escaped => Self::Html,
            "xhtml" | "application/xhtml+xml" => Self::Xhtml,
            kind if kind.starts_with("text/") => Self::Plain,
            _ => Self::Other,
        }
    }
}

impl Reading {
    pub(super) fn new(part: Part, depth: usize, kind: Kind) -> Self {
        Self {
            part,
            depth,
            kind,
            text: String::new(),
        }
    }

    /// The depth of the part's element.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// An element within the part: markup that should have been escaped, if the part is not XHTML.
    pub(super) fn open(&mut self, tag: &Tag<'_>) {
        if self.kind == Kind::Plain && self.part == Part::Title {
            self.kind = Kind::Html;
        }
        if self.has_markup() {
            self.text.push('<');
            self.text.push_str(tag.local());
            self.text.push_str(tag.attributes());
            self.text.push('>');
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        if self.has_markup() && !is_void(name) {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    pub(super) fn take(&mut self, depth: usize, token: &Token<'_>) {
        let is_markup = depth > self.depth || self.kind == Kind::Xhtml;
        if self.kind == Kind::Other || is_markup && !self.has_markup() {
            return;
        }
        match token {
            Token::CData(text) if is_markup => self.text.push_str(&xml::escape(text)),
            Token::Text(text) | Token::CData(text) => self.text.push_str(text),
            Token::Entity(entity) if is_markup => {
                self.text.push('&');
                self.text.push_str(entity.name());
                self.text.push(';');
            }
            Token::Entity(entity) => self.text.push_str(&meaning(entity)),
            _ => {}
        }
    }

    pub(super) fn finish(self) -> (Part, Markup) {
        let is_html = self.has_markup();
        let text = self.text;
        (self.part, Markup { text, is_html })
    }

    fn has_markup(&self) -> bool {
        matches!(self.kind, Kind::Html | Kind::Xhtml)
    }
}

/// What a reference stands for, in HTML if not in XML; else what is written.
fn meaning(entity: &Entity<'_>) -> Cow<'static, str> {
    entity.text().unwrap_or_else(|| {
        let written = format!("&{};", entity.name());
        Cow::Owned(html::decode(&written, html::Place::Text).into_owned())
    })
}

/// Elements of HTML that have no end.
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
