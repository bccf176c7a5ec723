//! The tree of an XML document, in the form that HTML's has, so that selectors search both.

use std::collections::HashSet;

use ego_tree::NodeId;
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName, ns};
use scraper::node::{Element, Text};
use scraper::{Html, Node};

use super::forgiving::as_html;
use super::nesting::{Event, Nesting, Opening};
use super::{Dialect, Fault};
use crate::page::html::depth::{self, MAX_NAMES, SHORT_NAME};
use crate::page::html::limits::{Cuts, Limits};
use crate::page::html::settle;

/// Name of the element around several first elements, which XML does not allow.
const AROUND: &str = "xml";

/// Parses a document. Returns the tree, what was left out because of the limits, and what was wrong with the document.
pub(in crate::page::html) fn parse(
    text: &str,
    dialect: Dialect,
    limits: Limits,
) -> (Html, Cuts, Option<Fault>) {
    let mut nesting = Nesting::new(text, dialect);
    let mut builder = Builder::new(limits);
    while let Some(event) = nesting.next() {
        builder.event(event, &nesting);
        if builder.is_full || nesting.is_page() && !nesting.is_well_formed() {
            break;
        }
    }
    let fault = nesting.fault();
    if !builder.has_element() || nesting.is_page() && fault.is_some() {
        let (tree, cuts) = depth::parse(&as_html(text), limits);
        return (tree, cuts, fault.or(Some(Fault::NO_ELEMENT)));
    }
    let fault = fault.filter(|_| !builder.is_full);
    let (mut tree, cuts, roots) = builder.finish();
    if nesting.is_page() {
        settle::templates(&mut tree);
    }
    (tree, cuts, fault.or((roots > 1).then_some(Fault::SEVERAL)))
}

struct Builder {
    tree: Html,
    /// The elements that are open in the tree, from outside to inside, behind the document.
    open: Vec<NodeId>,
    /// Number of further open elements that were left out.
    left_out: usize,
    /// Text of the innermost open element, collected until no more of it can come.
    text: String,
    /// The names that are kept in a table of fixed size.
    names: HashSet<LocalName>,
    nodes: usize,
    limits: Limits,
    cuts: Cuts,
    /// Set if there can be no more nodes.
    is_full: bool,
}

impl Builder {
    fn new(limits: Limits) -> Self {
        let tree = Html::new_document();
        Self {
            open: vec![tree.tree.root().id()],
            tree,
            left_out: 0,
            text: String::new(),
            names: HashSet::new(),
            nodes: 1,
            limits,
            cuts: Cuts::default(),
            is_full: false,
        }
    }

    fn has_element(&self) -> bool {
        let mut nodes = self.tree.tree.root().children();
        nodes.any(|node| node.value().is_element())
    }

    fn event<'a>(&mut self, event: Event<'a>, nesting: &Nesting<'a>) {
        match event {
            Event::Text(text) => self.text.push_str(&text),
            Event::Open(_) if self.open.len() > self.limits.depth => {
                self.cuts = self.cuts.and(Cuts::DEPTH);
                self.left_out += 1;
            }
            Event::Open(opening) => {
                self.flush();
                self.open(opening, nesting);
            }
            Event::Close if self.left_out > 0 => self.left_out -= 1,
            Event::Close => {
                self.flush();
                self.open.pop();
            }
        }
    }

    /// Adds the text that came since the last tag.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let is_outside = self.open.len() == 1;
        if !(text.is_empty() || is_outside && text.trim_ascii().is_empty()) {
            let text = StrTendril::from_slice(&text);
            self.append(Node::Text(Text { text }));
        }
    }

    fn open<'a>(&mut self, opening: Opening<'a>, nesting: &Nesting<'a>) {
        let mut attributes: Vec<Attribute> = Vec::new();
        for (name, value) in opening.attributes {
            if attributes.len() == self.limits.attributes {
                self.cuts = self.cuts.and(Cuts::ATTRIBUTES);
                break;
            }
            let name = std::str::from_utf8(name).unwrap_or_default();
            let name = self.name(ns!(), name);
            // The first of several counts, as in HTML.
            if attributes.iter().all(|known| known.name != name) {
                let value = StrTendril::from_slice(&nesting.value(value));
                attributes.push(Attribute { name, value });
            }
        }
        let name = self.name(opening.namespace, opening.name);
        let node = self.append(Node::Element(Element::new(name, attributes)));
        self.open.extend(node);
    }

    fn name(&mut self, namespace: Namespace, name: &str) -> QualName {
        let name = LocalName::from(name);
        if name.len() > SHORT_NAME && !self.names.contains(&name) {
            self.names.insert(name.clone());
            self.is_full |= self.names.len() > MAX_NAMES;
        }
        QualName::new(None, namespace, name)
    }

    fn append(&mut self, node: Node) -> Option<NodeId> {
        self.is_full |= self.nodes >= self.limits.nodes;
        if self.is_full {
            self.cuts = self.cuts.and(Cuts::NODES);
            return None;
        }
        self.nodes += 1;
        let parent = self.open.last().copied()?;
        Some(self.tree.tree.get_mut(parent)?.append(node).id())
    }

    /// The tree, and how many nodes were in no element.
    fn finish(mut self) -> (Html, Cuts, usize) {
        self.open.truncate(1);
        if !self.is_full {
            self.flush();
        }
        let roots: Vec<_> = self
            .tree
            .tree
            .root()
            .children()
            .map(|node| node.id())
            .collect();
        if roots.len() > 1 {
            let name = QualName::new(None, ns!(), LocalName::from(AROUND));
            let around = Node::Element(Element::new(name, Vec::new()));
            let around = self.tree.tree.root_mut().append(around).id();
            for root in &roots {
                if let Some(mut around) = self.tree.tree.get_mut(around) {
                    around.append_id(*root);
                }
            }
        }
        (self.tree, self.cuts, roots.len())
    }
}
