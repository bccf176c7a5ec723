//! XML as strangers write it, token by token and without a tree: what sitemaps and feeds are read with.
//!
//! No fault in it costs more than where it is. A `<` or `&` that begins nothing is text; an end tag ends the innermost element
//! of its name, and with it what is open in that, and is passed over where no such element is open; a quote that is not
//! closed ends with its tag. Nesting, attributes and size are bounded. No entity is expanded but those that XML defines
//! itself, so there are no entity bombs.

pub(crate) mod source;

mod names;
mod scan;
mod tag;

use crate::page::error::{Error, ErrorKind, Result};
pub(crate) use names::{html, is_html, no_root};
use scan::{Piece, Scan};
use source::Source;
use tag::Space;
pub(crate) use tag::{Entity, Tag};

/// Limit for the depth of elements. Sitemaps need four levels, pages within feeds some dozens. An element that is
/// nested deeper counts as if it stood beside the element that it is in.
const MAX_DEPTH: usize = 256;

/// Limit for the declarations of namespaces that are kept at a time.
const MAX_SPACES: usize = 256;

/// Reads a document from its beginning to its end.
pub(crate) struct Xml<'a> {
    scan: Scan<'a>,
    /// The names of the elements that are open.
    open: Vec<Box<str>>,
    spaces: Vec<Space>,
    /// The depth down to which elements are to be ended before anything else is read. The last of them has its end written.
    ending: Option<usize>,
    /// The name of the element that was ended last.
    ended: Box<str>,
}

/// A piece of a document.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    Open(Tag<'a>),
    Close(End<'a>),
    /// The name in an end tag that ends nothing.
    Stray(&'a str),
    /// Characters that stand for themselves.
    Text(&'a str),
    /// Characters that stand for themselves, whatever they are.
    CData(&'a str),
    Entity(Entity<'a>),
    /// A document type declaration.
    DocType(&'a str),
    /// Comments and the like.
    Other,
    /// The document is over, whether all elements are ended or not.
    End,
}

/// The end of an element.
#[derive(Debug)]
pub(crate) struct End<'a> {
    name: &'a str,
    /// Set if the end tag is written; not if it follows from the end of an element around it.
    pub(crate) is_written: bool,
}

impl<'a> Xml<'a> {
    /// `what` names the document in errors.
    pub(crate) fn new(source: Source<'a>, what: &'static str) -> Self {
        Self {
            scan: Scan::new(source, what),
            open: Vec::new(),
            spaces: Vec::new(),
            ending: None,
            ended: Box::default(),
        }
    }

    /// The next token, and the depth of the element that it begins, ends or is in; 1 is that of the root. Elements are
    /// always nested: every one that begins also ends, unless the document does.
    ///
    /// # Errors
    /// When the document cannot be unpacked, or is too large.
    pub(crate) fn next(&mut self) -> Result<(usize, Token<'_>)> {
        if let Some((depth, is_written)) = self.end_one() {
            return Ok((depth, self.close(is_written)));
        }
        let parent = self.open.last().map_or("", |name| name);
        let piece = self.scan.next(parent)?;
        if let Piece::Start(_) = piece {
            self.begin(piece);
        }
        let depth = self.open.len();
        let token = match piece {
            Piece::Start(part) => {
                let text = self.scan.text(part);
                Token::Open(Tag::new(text, &self.spaces))
            }
            Piece::End(part) => {
                let name = tag::name(self.scan.text(part)).0;
                let Some(depth) = innermost(&self.open, name) else {
                    return Ok((depth, Token::Stray(tag::local(self.scan.text(part)))));
                };
                self.ending = Some(depth);
                let Some((depth, is_written)) = self.end_one() else {
                    return Ok((depth, Token::Other));
                };
                return Ok((depth, self.close(is_written)));
            }
            Piece::Text(part) => Token::Text(self.scan.text(part)),
            Piece::CData(part) => Token::CData(self.scan.text(part)),
            Piece::Reference(part) => Token::Entity(Entity::new(self.scan.text(part))),
            Piece::DocType(part) => Token::DocType(self.scan.text(part)),
            Piece::Other => Token::Other,
            Piece::Over => Token::End,
        };
        Ok((depth, token))
    }

    /// Says that the element which has just begun stands at this depth, less than it seems to: what is open between is
    /// over, without a token.
    pub(crate) fn lift(&mut self, depth: usize) {
        let from = self.open.len();
        let Some(name) = self.open.pop_if(|_| depth < from) else {
            return;
        };
        self.open.truncate(depth.saturating_sub(1));
        self.open.push(name);
        self.spaces
            .retain(|space| space.depth < depth || space.depth == from);
        for space in &mut self.spaces {
            space.depth = space.depth.min(depth);
        }
        if let Some(ending) = &mut self.ending {
            *ending = depth;
        }
    }

    fn begin(&mut self, piece: Piece) {
        let Piece::Start(part) = piece else { return };
        let text = self.scan.text(part);
        let (name, rest) = tag::name(text);
        if self.open.len() >= MAX_DEPTH {
            self.open.pop();
        }
        self.open.push(name.into());
        let depth = self.open.len();
        self.spaces.retain(|space| space.depth < depth);
        if rest.contains("xmlns") {
            let room = MAX_SPACES.saturating_sub(self.spaces.len());
            let declared =
                tag::attributes(rest).filter_map(|(name, value)| Space::of(depth, name, value));
            self.spaces.extend(declared.take(room));
        }
        if text.ends_with('/') || is_void(name) {
            self.ending = Some(depth);
        }
    }

    /// Ends the innermost element, if it is to be ended; returns its depth, and whether its end is written.
    fn end_one(&mut self) -> Option<(usize, bool)> {
        let ending = self.ending?;
        let depth = self.open.len();
        if depth <= ending {
            self.ending = None;
        }
        self.ended = self.open.pop()?;
        Some((depth, depth == ending))
    }

    fn close(&self, is_written: bool) -> Token<'_> {
        let name = &self.ended;
        Token::Close(End { name, is_written })
    }
}

impl End<'_> {
    /// The name without its prefix.
    pub(crate) fn local(&self) -> &str {
        tag::local(self.name)
    }
}

/// The depth of the innermost element that an end tag of this name ends: one whose name is the same, else but for capitals,
/// else but for the prefix.
fn innermost(open: &[Box<str>], name: &str) -> Option<usize> {
    let is_same = |one: &&str| *one == name;
    let is_alike = |one: &&str| one.eq_ignore_ascii_case(name);
    let local = tag::local(name);
    let is_akin = |one: &&str| {
        let start = one.len().checked_sub(local.len());
        let parts = start.and_then(|start| one.split_at_checked(start));
        parts.is_some_and(|(prefix, rest)| {
            (prefix.is_empty() || prefix.ends_with(':')) && rest.eq_ignore_ascii_case(local)
        })
    };
    let by = |is_it: &dyn Fn(&&str) -> bool| open.iter().rposition(|one| is_it(&&**one));
    let at = by(&is_same)
        .or_else(|| by(&is_alike))
        .or_else(|| by(&is_akin))?;
    Some(at + 1)
}

/// Elements of HTML that have no end, and are no names in feeds.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "wbr" | "input" | "area" | "embed"
    )
}

/// Returns whether a document type declaration defines entities of its own.
pub(crate) fn defines_entities(doc_type: &str) -> bool {
    doc_type.to_ascii_uppercase().contains("<!ENTITY")
}

/// An error in a document.
pub(crate) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Xml, message)
}

#[cfg(test)]
mod tests;
