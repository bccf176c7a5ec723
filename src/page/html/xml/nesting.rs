//! The elements of an XML document, each with its namespace and its end, whatever end tags there are.

use std::borrow::Cow;
use std::collections::HashMap;

use html5ever::{Namespace, ns};

use super::doctype::Entities;
use super::token::{Token, Tokens};
use super::{Dialect, Fault};
use crate::page::html::attributes::Attributes;

/// Limit for the declarations of namespaces that can be in force at once.
const DECLARATIONS: usize = 256;
/// Number of attributes of a tag that are looked at for such declarations.
const LOOKED_AT: usize = 64;

/// Next event in a document. Every element that opens closes.
#[derive(Debug)]
pub(super) enum Event<'a> {
    Open(Opening<'a>),
    Text(Cow<'a, str>),
    Close,
}

/// An element that begins.
#[derive(Debug)]
pub(super) struct Opening<'a> {
    /// Name of the element, with its prefix if that is part of the name here.
    pub(super) name: &'a str,
    /// Namespace of HTML, SVG or `MathML`; empty for any other.
    pub(super) namespace: Namespace,
    pub(super) attributes: Attributes<'a>,
}

/// Reads the events of a document.
#[derive(Debug)]
pub(super) struct Nesting<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    entities: Entities<'a>,
    /// The names of the open elements as they are spelled, and how many of each name there are.
    open: Vec<&'a str>,
    counts: HashMap<&'a str, usize>,
    /// Number of elements that are to be closed before the next event.
    closing: usize,
    /// Prefixes, what they stand for, and how many elements were open where they were declared.
    declared: Vec<(&'a str, Namespace, usize)>,
    /// Set if the document type is that of HTML.
    has_html_type: bool,
    /// Set to whether the document is a page of XHTML; known from its first element on.
    is_page: Option<bool>,
}

impl<'a> Nesting<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        let is_xhtml = dialect == Dialect::Xhtml;
        let html = is_xhtml.then_some(("", ns!(html), 0));
        Self {
            text,
            tokens: Tokens::new(text),
            entities: Entities::default(),
            open: Vec::new(),
            counts: HashMap::new(),
            closing: 0,
            declared: html.into_iter().collect(),
            has_html_type: false,
            is_page: is_xhtml.then_some(true),
        }
    }

    /// Returns whether the document is a page of XHTML, as far as it was read.
    pub(super) fn is_page(&self) -> bool {
        self.is_page == Some(true)
    }

    /// The first fault so far.
    pub(super) fn fault(&self) -> Option<Fault> {
        let (at, what) = self.tokens.fault()?;
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        Some(Fault { line, what })
    }

    pub(super) fn is_well_formed(&self) -> bool {
        self.tokens.fault().is_none()
    }

    /// The value of an attribute as it is meant.
    pub(super) fn value(&self, written: &'a [u8]) -> Cow<'a, str> {
        let written = std::str::from_utf8(written).unwrap_or_default();
        let is_break = |c: char| matches!(c, '\n' | '\t' | '\r');
        // Section 3.3.3: line ends in it are spaces, but for those that are references.
        if written.contains(is_break) {
            let spaced = written.replace("\r\n", " ").replace(is_break, " ");
            return Cow::Owned(self.entities.decode(&spaced).into_owned());
        }
        self.entities.decode(written)
    }

    pub(super) fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if self.closing > 0 {
                self.closing -= 1;
                self.pop();
                return Some(Event::Close);
            }
            let Some((span, token)) = self.tokens.next() else {
                if self.open.is_empty() {
                    return None;
                }
                let end = self.text.len();
                self.tokens
                    .blame(end, "the end of the document within an element");
                self.closing = self.open.len();
                continue;
            };
            match token {
                Token::Open {
                    name,
                    attributes,
                    is_empty,
                } => {
                    self.closing = usize::from(is_empty);
                    return Some(Event::Open(self.opening(name, attributes)));
                }
                Token::Close(name) => self.close(name, span.start),
                Token::Text(text) => return Some(Event::Text(self.text(text))),
                Token::CData(text) => return Some(Event::Text(lines(text))),
                Token::DocType(declared) => {
                    self.entities.declare(declared);
                    self.has_html_type |= is_html_doctype(declared);
                }
                Token::Other => {}
            }
        }
    }

    fn text(&self, written: &'a str) -> Cow<'a, str> {
        match lines(written) {
            Cow::Borrowed(text) => self.entities.decode(text),
            Cow::Owned(text) => Cow::Owned(self.entities.decode(&text).into_owned()),
        }
    }

    fn close(&mut self, name: &'a str, at: usize) {
        let is_last = self.open.last() == Some(&name);
        if !is_last {
            self.tokens
                .blame(at, "an end tag that does not fit its start tag");
        }
        if is_last || self.counts.get(name).is_some_and(|count| *count > 0) {
            let inner = self.open.iter().rev().take_while(|open| **open != name);
            self.closing = inner.count() + 1;
        }
    }

    fn pop(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if let Some(count) = self.counts.get_mut(name) {
            *count -= 1;
        }
        let depth = self.open.len();
        while self.declared.pop_if(|(_, _, at)| *at > depth).is_some() {}
    }

    fn opening(&mut self, spelled: &'a str, attributes: Attributes<'a>) -> Opening<'a> {
        self.open.push(spelled);
        *self.counts.entry(spelled).or_default() += 1;
        self.declare(&attributes);
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        if self.is_page.is_none() {
            // Without a namespace, that can mean one thing only.
            let is_html = self.has_html_type || local.eq_ignore_ascii_case("html");
            if is_html && self.lookup("") == ns!() {
                self.declared.insert(0, ("", ns!(html), 0));
            }
            self.is_page = Some(self.lookup(prefix) == ns!(html));
        }
        let namespace = self.lookup(prefix);
        let is_bare = prefix.is_empty() || namespace != ns!() && self.is_page();
        let name = if is_bare { local } else { spelled };
        // The names of HTML are in lower case, here as well.
        let is_other = !is_bare
            || namespace == ns!(html) && name.bytes().any(|byte| byte.is_ascii_uppercase());
        Opening {
            name,
            namespace: if is_other { ns!() } else { namespace },
            attributes,
        }
    }

    /// Notes what `xmlns` and `xmlns:prefix` declare for the last element that opened, and for what is in it.
    fn declare(&mut self, attributes: &Attributes<'a>) {
        let depth = self.open.len();
        for (name, value) in attributes.clone().take(LOOKED_AT) {
            let Some(prefix) = name.strip_prefix(b"xmlns") else {
                continue;
            };
            let prefix = std::str::from_utf8(prefix).unwrap_or_default();
            let Some(prefix) = Some("")
                .filter(|_| prefix.is_empty())
                .or(prefix.strip_prefix(':'))
            else {
                continue;
            };
            if self.declared.len() < DECLARATIONS {
                let namespace = namespace_of(&self.value(value));
                self.declared.push((prefix, namespace, depth));
            }
        }
    }

    fn lookup(&self, prefix: &str) -> Namespace {
        let mut declared = self.declared.iter().rev();
        let found = declared.find(|(known, _, _)| *known == prefix);
        found.map_or(ns!(), |(_, namespace, _)| namespace.clone())
    }
}

/// A text with the line ends that XML makes of all: section 2.11.
fn lines(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Returns the namespace of HTML, SVG or `MathML` for its URL; the empty one for any other URL.
fn namespace_of(url: &str) -> Namespace {
    match url.trim() {
        "http://www.w3.org/1999/xhtml" => ns!(html),
        "http://www.w3.org/2000/svg" => ns!(svg),
        "http://www.w3.org/1998/Math/MathML" => ns!(mathml),
        _ => ns!(),
    }
}

/// Returns whether a document type is that of HTML, of whatever version.
fn is_html_doctype(declared: &str) -> bool {
    let name = declared.split_ascii_whitespace().next();
    name.is_some_and(|name| {
        name.trim_end_matches(['[', '>'])
            .eq_ignore_ascii_case("html")
    })
}
