//! Pages that are XML, XHTML among them, in the same form as those of HTML: a tree for selectors, or a scan for links.
//!
//! The rules are those of XML 1.0: any element can close itself, CDATA is text, names are taken as they are spelled. A name
//! with a prefix keeps it, as in `dc:title`, whatever namespace that stands for; but for a page of XHTML, where HTML, SVG
//! and `MathML` have their own names by any prefix. References to characters of HTML (`&nbsp;`) are known, and those that the
//! document type itself declares, if their text is short and plain, so there are no bombs.
//!
//! A document that is not well-formed is read on, and says so: XHTML by the rules of HTML, but for what cannot be meant
//! otherwise there, such as `<script src="a.js"/>`; other XML as it stands, where an end tag ends what is open in it and
//! one that fits nothing is left out. Parsers that stop at a fault would lose the rest of the page.

mod doctype;
mod forgiving;
mod nesting;
mod scan;
mod token;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use forgiving::as_html;
pub(super) use scan::scan;
pub(super) use tree::parse;

/// Fault of a document, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Line of the fault, counted from 1.
    pub(crate) line: usize,
    pub(crate) what: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, what } = self;
        write!(
            f,
            "not well-formed XML, read as far as it can be: {what} (line {line})"
        )
    }
}

impl Fault {
    const NO_ELEMENT: Self = Self {
        line: 1,
        what: "there is no element",
    };
    const SEVERAL: Self = Self {
        line: 1,
        what: "there is more than one element that is in no other",
    };
}

/// Kind of a document, as far as it is known before the document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Document served as XHTML: an element without a namespace is HTML.
    Xhtml,
    /// Any other XML; the document itself declares whether it is XHTML.
    Xml,
}
