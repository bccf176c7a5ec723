//! XML as strangers write it, token by token and without a tree: what sitemaps and feeds are read with.
//!
//! It forgives what is customary (an unescaped `&`, end tags that do not match) and bounds what is not: nesting,
//! attributes, size. No entity is expanded but those that XML defines itself, so there are no entity bombs.

pub(crate) mod source;

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::{Error, ErrorKind, Result};
use source::Source;

/// How deep elements may be nested. Sitemaps need four levels, pages within feeds some dozens.
const MAX_DEPTH: usize = 256;

/// How many attributes of an element are looked at.
const MAX_ATTRIBUTES: usize = 16;

/// Reads a document from its beginning to its end.
pub(crate) struct Xml<'a> {
    reader: Reader<Source<'a>>,
    buffer: Vec<u8>,
    depth: usize,
    /// What the document is, for errors.
    what: &'static str,
}

/// A piece of a document.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    Open(Tag<'a>),
    Close(End<'a>),
    /// Characters that stand for themselves, with neither `<` nor references among them.
    Text(Cow<'a, str>),
    /// Characters that stand for themselves, whatever they are.
    CData(Cow<'a, str>),
    Entity(Entity<'a>),
    /// A document type declaration.
    DocType(Cow<'a, str>),
    /// Comments and the like.
    Other,
    /// The document is over.
    End,
}

/// The beginning of an element. One that is empty ends by a token of its own, too.
#[derive(Debug)]
pub(crate) struct Tag<'a>(BytesStart<'a>);

/// The end of an element.
#[derive(Debug)]
pub(crate) struct End<'a>(BytesEnd<'a>);

/// A reference, such as `&amp;` or `&#38;`.
#[derive(Debug)]
pub(crate) struct Entity<'a>(BytesRef<'a>);

impl<'a> Xml<'a> {
    /// `what` names the document in errors.
    pub(crate) fn new(source: Source<'a>, what: &'static str) -> Self {
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            what,
        }
    }

    /// The next token, and the depth of the element that it begins, ends or is in; 1 is that of the root.
    ///
    /// # Errors
    /// When the document is malformed, breaks off, is too large or nested too deep.
    pub(crate) fn next(&mut self) -> Result<(usize, Token<'_>)> {
        self.buffer.clear();
        let what = self.what;
        let event = self.reader.read_event_into(&mut self.buffer);
        let mut depth = self.depth;
        let token = match event.map_err(|error| fault(what, error))? {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                depth = self.depth;
                if depth > MAX_DEPTH {
                    return Err(malformed(format!("the {what} is nested too deep")));
                }
                Token::Open(Tag(tag))
            }
            Event::End(end) => {
                self.depth = depth.saturating_sub(1);
                Token::Close(End(end))
            }
            Event::Text(text) => Token::Text(text.into_inner()),
            Event::CData(text) => Token::CData(text.into_inner()),
            Event::GeneralRef(entity) => Token::Entity(Entity(entity)),
            Event::DocType(text) => Token::DocType(text.into_inner()),
            Event::Eof if depth > 0 => return Err(malformed(format!("the {what} breaks off"))),
            Event::Eof => Token::End,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Token::Other,
        };
        Ok((depth, token))
    }
}

impl Tag<'_> {
    /// The name without its prefix.
    pub(crate) fn local(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The prefix of the name, empty for none.
    pub(crate) fn prefix(&self) -> &str {
        let (_, prefix) = self.0.name().decompose();
        prefix.map_or("", |prefix| prefix.into_inner())
    }

    /// The value of one of the first 16 attributes, trimmed. References in it that XML does not know stay as they are.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).take(MAX_ATTRIBUTES);
        let mut attributes = attributes.flatten();
        let found = attributes.find(|attribute| attribute.key.as_ref() == name)?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        let value = value.unwrap_or(Cow::Borrowed(&found.value));
        Some(value.trim().to_owned())
    }

    /// The attributes as they are written, with the space before them.
    pub(crate) fn attributes(&self) -> &str {
        self.0.attributes_raw()
    }
}

impl End<'_> {
    /// The name without its prefix.
    pub(crate) fn local(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

impl Entity<'_> {
    /// What it stands for in XML itself; `None` for one that is not known or stands for no character.
    pub(crate) fn text(&self) -> Option<Cow<'static, str>> {
        if let Some(text) = resolve_predefined_entity(&self.0) {
            return Some(Cow::Borrowed(text));
        }
        let character = self.0.resolve_char_ref().ok().flatten()?;
        Some(Cow::Owned(character.to_string()))
    }

    /// What stands between `&` and `;`.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

fn fault(what: &str, error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => source::fault(what, &error),
        error => malformed(format!("the {what} is malformed XML")).with_source(error),
    }
}

/// Text as markup that shows it.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    quick_xml::escape::partial_escape(text)
}

/// An error in a document.
pub(crate) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Xml, message)
}
