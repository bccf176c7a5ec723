//! An element of a page: its text, its attributes, and the elements within it.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use html5ever::ns;
use scraper::{ElementRef, Node};
use url::Url;

use super::document::Html;
use super::name::Name;
use super::select::Select;
use super::text::Words;
use crate::page::error::Result;

mod find;

/// An element of an [`Html`] page. It is a reference, and as cheap to copy as one.
///
/// ```
/// use crawlworks::html::Html;
/// let url = url::Url::parse("http://example.com/")?;
/// let html = Html::parse("<p class=q>One <b>word</b>\n<a href='/more#x'>more</a></p>", url);
/// let quote = html.one("p.q")?;
/// assert_eq!(quote.text(), "One word more");
/// assert_eq!(quote.own_text(), "One");
/// assert_eq!(quote.attr("class"), Some("q"));
/// assert_eq!(quote.one("a")?.url("href").unwrap().as_str(), "http://example.com/more#x");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(super) node: ElementRef<'a>,
    pub(super) html: &'a Html,
}

/// Direct child of an element.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Child<'a> {
    /// Text as the page has it.
    Text(&'a str),
    Element(Element<'a>),
}

impl<'a> Element<'a> {
    pub(crate) fn new(node: ElementRef<'a>, html: &'a Html) -> Self {
        Self { node, html }
    }

    pub(super) fn beside(self, node: ElementRef<'a>) -> Self {
        Self {
            node,
            html: self.html,
        }
    }

    /// The page that it is in.
    pub(crate) fn page(self) -> &'a Html {
        self.html
    }

    /// Returns whether the element is one of HTML, not of `svg`, `math` or other XML.
    pub(crate) fn is_html(&self) -> bool {
        self.node.value().name.ns == ns!(html)
    }

    /// Returns whether the element is one of XML that is none of HTML, SVG or `MathML`: its name says nothing about how
    /// it looks.
    pub(crate) fn is_data(&self) -> bool {
        self.node.value().name.ns == ns!()
    }

    /// Returns whether a browser starts a new line or cell for the element. An element of other XML counts as a block
    /// if it has no text beside it.
    pub(crate) fn is_block(self) -> bool {
        if self.is_data() {
            return !self.has_text_beside();
        }
        Name::of(self.name().as_bytes()).is_block()
    }

    /// Returns whether text stands directly before or behind the element.
    fn has_text_beside(self) -> bool {
        let is_blank = |node: &NodeRef<'_, Node>| match node.value() {
            Node::Text(text) => text.trim_ascii().is_empty(),
            Node::Element(_) => false,
            _ => true,
        };
        let before = self.node.prev_siblings().find(|node| !is_blank(node));
        let behind = self.node.next_siblings().find(|node| !is_blank(node));
        let is_text = |node: Option<NodeRef<'_, Node>>| node.is_some_and(|it| it.value().is_text());
        is_text(before) || is_text(behind)
    }

    /// Returns the id of the element, which no other element of the page has.
    pub(crate) fn id(self) -> NodeId {
        self.node.id()
    }

    /// Returns the number of nodes of the element, itself included, and the length of their text in bytes.
    pub(crate) fn size(self) -> (usize, usize) {
        let sizes = self.node.descendants().map(|node| match node.value() {
            Node::Text(text) => text.len(),
            _ => 0,
        });
        sizes.fold((0, 0), |(nodes, bytes), own| (nodes + 1, bytes + own))
    }

    /// The texts and elements directly in this one, in document order.
    pub(crate) fn content(self) -> impl Iterator<Item = Child<'a>> {
        self.node
            .children()
            .filter_map(move |node| match node.value() {
                Node::Text(text) => Some(Child::Text(text)),
                _ => ElementRef::wrap(node).map(|node| Child::Element(self.beside(node))),
            })
    }

    /// The elements within this one that match a CSS selector, in document order. `:scope` is this element, and a leading
    /// `>` stands behind it: `> li` are its children.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one.
    pub fn select(self, css: &str) -> Result<Select<'a>> {
        let css = self.html.selector(css)?;
        let found: Vec<_> = self
            .node
            .select(&css.selector)
            .map(|node| self.beside(node))
            .collect();
        Ok(Select::new(found))
    }

    pub(crate) fn select_or_self(self, css: &str) -> Result<Select<'a>> {
        let css = self.html.selector(css)?;
        let this = Some(self.node).filter(|node| css.selector.matches(node));
        let found: Vec<_> = this
            .into_iter()
            .chain(self.node.select(&css.selector))
            .map(|node| self.beside(node))
            .collect();
        Ok(Select::new(found))
    }

    /// The first element within this one that matches a CSS selector.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one.
    pub fn first(self, css: &str) -> Result<Option<Element<'a>>> {
        let css = self.html.selector(css)?;
        Ok(self
            .node
            .select(&css.selector)
            .next()
            .map(|node| self.beside(node)))
    }

    pub(crate) fn first_or_self(self, css: &str) -> Result<Option<Element<'a>>> {
        if self.html.selector(css)?.selector.matches(&self.node) {
            Ok(Some(self))
        } else {
            self.first(css)
        }
    }

    /// The first element within this one that matches a CSS selector, which has to be there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`](crate::ErrorKind::Missing) if there is none, and
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is no selector.
    pub fn one(self, css: &str) -> Result<Element<'a>> {
        self.first(css)?.ok_or_else(|| self.html.missing(css))
    }

    /// Returns the links of the matching elements within this one: their `href` or `src` as absolute http(s) URLs
    /// without fragment, in document order, once each.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not a selector.
    pub fn links(self, css: &str) -> Result<Vec<Url>> {
        Ok(links(self.select(css)?))
    }

    /// The text as a reader sees it: white space is collapsed, blocks and cells are kept apart by a space, and scripts,
    /// styles, templates, the head of the page and what describes drawings and formulas (`desc`, `annotation`) are left out,
    /// unless the element itself is one.
    #[must_use]
    pub fn text(self) -> String {
        let mut words = Words::default();
        let mut hidden = None;
        for edge in self.node.traverse().skip(1) {
            let (Edge::Open(node) | Edge::Close(node)) = edge;
            match node.value() {
                Node::Text(text) if hidden.is_none() && matches!(edge, Edge::Open(_)) => {
                    words.push(text);
                }
                Node::Element(_) => {
                    let element = ElementRef::wrap(node).map(|node| self.beside(node));
                    if element.is_some_and(Element::is_block) {
                        words.separate();
                    }
                    let is_hidden = |element: Element<'_>| {
                        let name = Name::of(element.name().as_bytes());
                        let is_foreign = !element.is_html() && name.is_hidden_in_foreign();
                        !element.is_data() && (name.is_hidden() || is_foreign)
                    };
                    match edge {
                        Edge::Open(_)
                            if hidden.is_none()
                                && element.is_some_and(is_hidden)
                                && node.id() != self.node.id() =>
                        {
                            hidden = Some(node.id());
                        }
                        Edge::Close(_) if hidden == Some(node.id()) => hidden = None,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        words.finish()
    }

    /// All text within the element exactly as the page has it, scripts and white space included.
    #[must_use]
    pub fn raw_text(self) -> String {
        self.node.text().collect()
    }

    /// The text that is directly in the element and not in one of its children; white space is collapsed.
    #[must_use]
    pub fn own_text(self) -> String {
        let mut words = Words::default();
        for child in self.node.children() {
            match child.value() {
                Node::Text(text) => words.push(text),
                Node::Element(_) => words.separate(),
                _ => {}
            }
        }
        words.finish()
    }

    /// The value of an attribute. An attribute without a value has an empty one.
    ///
    /// Its name is given as the page writes it, `xlink:href` or `viewBox`; of HTML, SVG and `MathML` in any case.
    #[must_use]
    pub fn attr(self, name: &str) -> Option<&'a str> {
        let element = self.node.value();
        let exact = element.attr(name);
        // Names of HTML are in lower case in the tree.
        let is_exact =
            self.is_data() || self.is_html() && !name.contains(|c: char| c.is_ascii_uppercase());
        if exact.is_some() || is_exact {
            return exact;
        }
        let mut attributes = element.attrs();
        let found = attributes.find(|(spelled, _)| spelled.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Returns the reference of the element: the `href` of a link, also as SVG has it, else the `src` of a picture.
    pub(super) fn reference(self) -> Option<&'a str> {
        let names = ["href", "xlink:href", "src"];
        names.into_iter().find_map(|name| self.attr(name))
    }

    /// The names of its attributes.
    pub(crate) fn attribute_names(self) -> impl Iterator<Item = &'a str> {
        self.node.value().attrs().map(|(name, _)| name)
    }

    /// The URL in an attribute, absolute and with its fragment, of whatever scheme. `None` if the attribute is missing or
    /// holds no URL.
    #[must_use]
    pub fn url(self, name: &str) -> Option<Url> {
        self.html.base().resolve(self.attr(name)?)
    }

    /// The HTML of what is in the element.
    #[must_use]
    pub fn inner_html(self) -> String {
        self.node.inner_html()
    }

    /// The HTML of the element.
    #[must_use]
    pub fn outer_html(self) -> String {
        self.node.html()
    }

    /// The name of the element, in lower case if it is HTML's.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.node.value().name()
    }

    /// The element around this one; `None` for `html`.
    #[must_use]
    pub fn parent(self) -> Option<Element<'a>> {
        self.node
            .ancestors()
            .find_map(ElementRef::wrap)
            .map(|node| self.beside(node))
    }

    /// The elements directly in this one.
    pub fn children(self) -> impl Iterator<Item = Element<'a>> {
        self.node
            .child_elements()
            .map(move |node| self.beside(node))
    }

    /// The element that follows this one in the same parent.
    #[must_use]
    pub fn next_sibling(self) -> Option<Element<'a>> {
        self.node
            .next_siblings()
            .find_map(ElementRef::wrap)
            .map(|node| self.beside(node))
    }
}

/// Returns the URLs that the elements link to.
pub(crate) fn links(elements: Select<'_>) -> Vec<Url> {
    // Keyed at random, so no page can aim for collisions.
    let state = RandomState::new();
    let mut seen = HashSet::new();
    let link = |element: Element<'_>| {
        element
            .html
            .base()
            .link(element.reference()?)
            .filter(|url| seen.insert(state.hash_one(url.as_str())))
    };
    elements.filter_map(link).collect()
}

impl PartialEq for Element<'_> {
    /// Returns whether both are the same element, not two that look alike.
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}
