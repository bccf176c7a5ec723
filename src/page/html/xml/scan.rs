//! Links, title and first heading of an XML document in one pass and without a tree.

use html5ever::ns;

use super::forgiving::as_html;
use super::nesting::{Event, Nesting, Opening};
use super::{Dialect, Fault};
use crate::page::html::base::Base;
use crate::page::html::name::{self, Name};
use crate::page::html::scan::{Found, Page, is_shadow_root, scan_text};
use crate::page::html::text::Words;

/// Reads links, title and first heading of a document, and returns its first fault.
pub(in crate::page::html) fn scan(
    text: &str,
    dialect: Dialect,
    base: Base,
    max_links: usize,
) -> (Page, Option<Fault>) {
    let mut nesting = Nesting::new(text, dialect);
    let mut scanner = Scanner::new(base.clone(), max_links);
    while let Some(event) = nesting.next() {
        match event {
            Event::Open(opening) => scanner.open(&opening),
            Event::Text(text) => scanner.text(&text),
            Event::Close => scanner.close(),
        }
        if nesting.is_page() && !nesting.is_well_formed() {
            break;
        }
    }
    let fault = nesting.fault();
    if scanner.has_element && !(nesting.is_page() && fault.is_some()) {
        return (scanner.finish(), fault);
    }
    let page = scan_text(&as_html(text), base, max_links);
    (page, fault.or(Some(Fault::NO_ELEMENT)))
}

struct Scanner<'a> {
    found: Found<'a>,
    title: Heading,
    h1: Heading,
    /// Number of open elements, and the number at the outermost template, and at the outermost element that hides its
    /// text.
    depth: usize,
    template: Option<usize>,
    hidden: Option<usize>,
    has_element: bool,
}

/// The text of the first element of a name.
#[derive(Default)]
struct Heading {
    words: Option<Words>,
    /// Number of open elements where the heading began; `None` when it is over.
    at: Option<usize>,
}

impl Heading {
    fn text(&mut self, text: &str) {
        if let Some(words) = self.words.as_mut().filter(|_| self.at.is_some()) {
            words.push(text);
        }
    }

    fn separate(&mut self) {
        if let Some(words) = self.words.as_mut().filter(|_| self.at.is_some()) {
            words.separate();
        }
    }

    fn begin(&mut self, depth: usize) {
        if self.words.is_none() {
            (self.words, self.at) = (Some(Words::default()), Some(depth));
        }
    }
}

impl<'a> Scanner<'a> {
    fn new(base: Base, max_links: usize) -> Self {
        Self {
            found: Found::new(base, max_links),
            title: Heading::default(),
            h1: Heading::default(),
            depth: 0,
            template: None,
            hidden: None,
            has_element: false,
        }
    }

    fn open(&mut self, opening: &Opening<'a>) {
        self.depth += 1;
        self.has_element = true;
        let name = Name::of(opening.name.as_bytes());
        let is_html = opening.namespace == ns!(html);
        if is_html && name == name::TEMPLATE && !is_shadow_root(&opening.attributes) {
            self.template.get_or_insert(self.depth);
        }
        if is_html && name.is_hidden() {
            self.hidden.get_or_insert(self.depth);
        }
        if name.is_block() {
            self.h1.separate();
        }
        if self.template.is_some() {
            return;
        }
        // In other XML, too, a title is a title.
        let is_plain = is_html || opening.namespace == ns!();
        match name {
            name::TITLE if is_plain => self.title.begin(self.depth),
            name::H1 if is_plain => self.h1.begin(self.depth),
            _ => self.found.start(name, is_html, &opening.attributes),
        }
    }

    fn text(&mut self, text: &str) {
        self.title.text(text);
        if self.hidden.is_none() {
            self.h1.text(text);
        }
    }

    fn close(&mut self) {
        for at in [
            &mut self.template,
            &mut self.hidden,
            &mut self.title.at,
            &mut self.h1.at,
        ] {
            *at = at.filter(|at| *at != self.depth);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn finish(self) -> Page {
        let text = |heading: Heading| heading.words.map(Words::finish);
        self.found.page(text(self.title), text(self.h1))
    }
}
