//! The tokens of an XML document: tags, text and what stands between them.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::page::html::attributes::{Attributes, ends_name};

/// A piece of a document.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Open {
        name: &'a str,
        attributes: Attributes<'a>,
        is_empty: bool,
    },
    Close(&'a str),
    /// Text as it is written, with its references.
    Text(&'a str),
    CData(&'a str),
    DocType(&'a str),
    /// Comments, processing instructions and the XML declaration.
    Other,
}

/// Reads a document token by token, in time linear in it, whatever it is.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    has_doctype: bool,
    /// Set as long as there may be processing instructions that end.
    has_instructions: bool,
    /// The first thing that XML does not allow, and where.
    fault: Option<(usize, &'static str)>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            has_doctype: false,
            has_instructions: true,
            fault: None,
        }
    }

    pub(super) fn fault(&self) -> Option<(usize, &'static str)> {
        self.fault
    }

    /// Notes a fault; the first one counts.
    pub(super) fn blame(&mut self, at: usize, what: &'static str) {
        self.fault.get_or_insert((at, what));
    }

    /// Goes on at the first of these; returns what is before it.
    pub(super) fn skip_to(&mut self, end: &str) -> &'a str {
        let rest = self.rest(self.at);
        let length = rest.find(end).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }

    /// The next token and where it stands.
    pub(super) fn next(&mut self) -> Option<(Range<usize>, Token<'a>)> {
        let start = self.at;
        let rest = self.rest(start);
        let token = match rest.as_bytes() {
            [] => return None,
            [b'<', b'!', b'-', b'-', ..] => {
                self.through(start, 4, "-->", "a comment that is not closed");
                Token::Other
            }
            [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => {
                Token::CData(self.through(start, 9, "]]>", "CDATA that is not closed"))
            }
            [b'<', b'?', ..] => self.instruction(start),
            [b'<', b'!', ..] => self.declaration(start),
            [b'<', b'/', first, ..] if is_name_start(*first) => self.close(start),
            [b'<', first, ..] if is_name_start(*first) => self.open(start),
            [first, others @ ..] => {
                if *first == b'<' {
                    self.blame(start, "a < that begins no tag");
                }
                let length = 1 + memchr(b'<', others).unwrap_or(others.len());
                self.at = start + length;
                Token::Text(rest.get(..length).unwrap_or(rest))
            }
        };
        Some((start..self.at, token))
    }

    /// Returns the text between an opening of `opening` bytes and `end`; without an `end`, all the rest.
    fn through(&mut self, start: usize, opening: usize, end: &str, fault: &'static str) -> &'a str {
        let inner = self.rest(start + opening);
        let Some(length) = memmem::find(inner.as_bytes(), end.as_bytes()) else {
            self.blame(start, fault);
            self.at = self.text.len();
            return inner;
        };
        self.at = start + opening + length + end.len();
        inner.get(..length).unwrap_or_default()
    }

    fn instruction(&mut self, start: usize) -> Token<'a> {
        let inner = self.rest(start + 2);
        // The XML declaration is one line, so a slip at its end must not cost the page.
        let is_declaration = inner.starts_with("xml")
            && inner.as_bytes().get(3).is_some_and(u8::is_ascii_whitespace);
        let is_cut = |end: &usize| {
            is_declaration && inner.get(..*end).is_some_and(|text| text.contains('<'))
        };
        let end = Some(()).filter(|()| self.has_instructions);
        let end = end.and_then(|()| memmem::find(inner.as_bytes(), b"?>"));
        self.has_instructions = end.is_some();
        let end = end.filter(|end| !is_cut(end)).map(|end| end + 2);
        let length = end.unwrap_or_else(|| {
            self.blame(start, "a processing instruction that is not closed");
            memchr(b'>', inner.as_bytes()).map_or(inner.len(), |end| end + 1)
        });
        self.at = start + 2 + length;
        Token::Other
    }

    /// `<!DOCTYPE …>`, with what is in its brackets.
    fn declaration(&mut self, start: usize) -> Token<'a> {
        let inner = self.rest(start + 2);
        // There is one; others would only take time.
        let word = inner.get(..7).unwrap_or_default();
        let is_doctype =
            word.eq_ignore_ascii_case("DOCTYPE") && !std::mem::replace(&mut self.has_doctype, true);
        if !is_doctype {
            self.blame(start, "a declaration outside of a document type");
        }
        let (mut quote, mut depth) = (None, 0_usize);
        let end = inner.bytes().position(|byte| {
            match (quote, byte) {
                (Some(open), _) => quote = quote.filter(|_| byte != open),
                (None, b'"' | b'\'') if is_doctype => quote = Some(byte),
                (None, b'[') if is_doctype => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (None, b'>') => return depth == 0,
                (None, _) => {}
            }
            false
        });
        let length = end.unwrap_or_else(|| {
            self.blame(start, "a document type that is not closed");
            inner.find('>').unwrap_or(inner.len())
        });
        self.at = (start + 2 + length + 1).min(self.text.len());
        match inner.get(7..length) {
            Some(declared) if is_doctype => Token::DocType(declared),
            _ => Token::Other,
        }
    }

    fn close(&mut self, start: usize) -> Token<'a> {
        let name = self.through(start, 2, ">", "an end tag that is not closed");
        Token::Close(name.trim_ascii_end())
    }

    fn open(&mut self, start: usize) -> Token<'a> {
        let inner = self.rest(start + 1);
        let length = inner.bytes().position(ends_name).unwrap_or(inner.len());
        let (name, rest) = inner.split_at_checked(length).unwrap_or((inner, ""));
        let mut attributes = Attributes::new(rest.as_bytes());
        let end = attributes.end().map(|end| rest.len() - end.behind);
        let end = end.or_else(|| {
            self.blame(start, "a tag that is not closed");
            let end = rest.find('>')? + 1;
            attributes = Attributes::new(rest.get(..end)?.as_bytes());
            Some(end)
        });
        let Some(end) = end else {
            self.at = self.text.len();
            return Token::Text(self.rest(start));
        };
        self.at = start + 1 + length + end;
        let written = rest.get(..end - 1).unwrap_or_default();
        let is_empty = written.ends_with('/');
        if !are_well_formed(written.strip_suffix('/').unwrap_or(written)) {
            self.blame(start, "an attribute without a value in quotes");
        }
        Token::Open {
            name,
            attributes,
            is_empty,
        }
    }
}

/// Returns whether a tag or end tag can begin with this byte of a name.
fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii()
}

/// Returns whether the text in a tag behind its name is a list of `name="value"`.
fn are_well_formed(written: &str) -> bool {
    let mut rest = written.trim_ascii();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once('=') else {
            return false;
        };
        let name = name.trim_ascii_end();
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some((_, others)) = quote.and_then(|quote| value.get(1..)?.split_once(quote)) else {
            return false;
        };
        if name.is_empty() || name.contains(|c: char| c.is_ascii_whitespace() || "<\"'".contains(c))
        {
            return false;
        }
        rest = others.trim_ascii_start();
    }
    true
}
