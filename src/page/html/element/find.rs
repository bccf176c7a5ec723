//! Search of typed extraction within an element: lazy, so that it ends at the first value, and with the place at hand
//! for errors.

use ego_tree::iter::Edge;
use scraper::Node;
use url::Url;

use super::{Child, Element};
use crate::page::error::{Error, Result};
use crate::page::html::name::Name;
use crate::page::html::text::collapse;

/// Number of characters of HTML that an error shows.
const SNIPPET: usize = 120;

impl<'a> Element<'a> {
    /// Returns the first value that `take` makes of the elements within this one that match, in document order. The
    /// `html` element, which is within nothing, is looked at as well when it is the one that is searched.
    pub(crate) fn find_map<T>(
        self,
        css: &str,
        mut take: impl FnMut(Element<'a>) -> Option<T>,
    ) -> Result<Option<T>> {
        let selector = &self.html.selector(css)?.selector;
        if self.is_root() && selector.matches(&self.node) {
            let found = take(self);
            if found.is_some() {
                return Ok(found);
            }
        }
        let mut found = self.node.select(selector);
        Ok(found.find_map(|node| take(self.beside(node))))
    }

    /// The error about an element that has to be within this one.
    pub(crate) fn missing(self, css: &str) -> Error {
        self.html.missing(css)
    }

    /// Returns each piece of text directly in the element, white space collapsed, without empty ones.
    pub(crate) fn pieces(self) -> impl Iterator<Item = String> + use<'a> {
        let texts = self.content().filter_map(|child| match child {
            Child::Text(text) => Some(collapse(text)),
            Child::Element(_) => None,
        });
        texts.filter(|text| !text.is_empty())
    }

    fn is_root(self) -> bool {
        let parent = self.node.parent();
        parent.is_none_or(|parent| !parent.value().is_element())
    }

    /// The URL of the page.
    pub(crate) fn page_url(self) -> &'a Url {
        self.html.url()
    }

    /// Returns a reference in the page as an absolute URL of any scheme.
    pub(crate) fn resolve(self, reference: &str) -> Option<Url> {
        self.html.base().resolve(reference)
    }

    /// The beginning of the element's HTML on one line, for errors. Of a whole page, what a reader sees first.
    pub(crate) fn snippet(self) -> String {
        let body = || self.children().find(|child| child.name() == "body");
        let shown = Some(self).filter(|_| !self.is_root()).or_else(body);
        let mut out = String::new();
        for edge in shown.unwrap_or(self).node.traverse() {
            match edge {
                Edge::Open(node) => open(&mut out, node.value()),
                Edge::Close(node) => close(&mut out, node.value()),
            }
            if out.len() > 4 * SNIPPET {
                break;
            }
        }
        let line = collapse(&out);
        match line.char_indices().nth(SNIPPET) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line,
        }
    }
}

/// Shortens a text to twice the characters that an error shows; the rest would not be shown anyway.
fn clip(text: &str) -> &str {
    let end = text.char_indices().nth(2 * SNIPPET);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn open(out: &mut String, node: &Node) {
    match node {
        Node::Text(text) => out.push_str(clip(text)),
        Node::Element(element) => {
            out.push('<');
            out.push_str(element.name());
            for (name, value) in element.attrs() {
                if out.len() < 4 * SNIPPET {
                    out.extend([" ", clip(name), "=\"", clip(value), "\""]);
                }
            }
            out.push('>');
        }
        _ => {}
    }
}

fn close(out: &mut String, node: &Node) {
    if let Some(element) = node.as_element()
        && !Name::of(element.name().as_bytes()).is_void()
    {
        out.extend(["</", element.name(), ">"]);
    }
}
