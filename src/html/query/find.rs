//! Finding what a query asks for, until there is enough of it.

use std::collections::HashMap;
use std::iter;
use std::ops::ControlFlow;

use scraper::{ElementRef, Node};

use super::{Branch, Part, Query};
use crate::Result;
use crate::html::Element;
use crate::html::text::collapse;

/// Is given each value, and says whether to go on.
pub(in crate::html) type Take<'t> = dyn FnMut(String) -> ControlFlow<()> + 't;

impl Query {
    /// Hands on the values in an element, in document order.
    pub(super) fn visit(&self, asked: Element<'_>, take: &mut Take<'_>) -> Result<()> {
        self.each(asked, |element, branch| branch.values(element, take))
    }

    /// Hands on the elements that match, each with the selector that it matches.
    pub(in crate::html) fn each<'a>(
        &self,
        asked: Element<'a>,
        mut found: impl FnMut(Element<'a>, &Branch) -> ControlFlow<()>,
    ) -> Result<()> {
        let Some((first, others)) = self.branches.split_first() else {
            return Ok(());
        };
        if others.iter().all(|branch| branch.takes_as(first)) {
            let mut covered = Covered::default();
            let css = if first.css.is_empty() { "" } else { &self.css };
            return search(asked, css, |element| {
                if first.is_deep && !covered.is_new(element) {
                    return ControlFlow::Continue(());
                }
                found(element, first)
            });
        }
        self.each_of_list(asked, &mut found)
    }

    /// The same for a list with different endings: the matches of all are put into the order of the document.
    fn each_of_list<'a>(
        &self,
        asked: Element<'a>,
        found: &mut dyn FnMut(Element<'a>, &Branch) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut matches: HashMap<_, Vec<&Branch>> = HashMap::new();
        for branch in &self.branches {
            let mut covered = Covered::default();
            search(asked, &branch.css, |element| {
                if !branch.is_deep || covered.is_new(element) {
                    matches.entry(element.node.id()).or_default().push(branch);
                }
                ControlFlow::Continue(())
            })?;
        }
        for element in asked.node.descendants().filter_map(ElementRef::wrap) {
            for branch in matches.get(&element.id()).into_iter().flatten() {
                if found(asked.beside(element), branch).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Hands on the elements in one that match; without a selector, that element. The page's `html` is searched as well.
fn search<'a>(
    asked: Element<'a>,
    css: &str,
    mut found: impl FnMut(Element<'a>) -> ControlFlow<()>,
) -> Result<()> {
    if css.is_empty() {
        let _ = found(asked);
        return Ok(());
    }
    let css = asked.html.selector(css)?;
    let root =
        Some(asked.node).filter(|node| asked.parent().is_none() && css.selector.matches(node));
    for node in root.into_iter().chain(asked.node.select(&css.selector)) {
        if found(asked.beside(node)).is_break() {
            break;
        }
    }
    Ok(())
}

/// The last element all of which was taken.
#[derive(Default)]
struct Covered<'a>(Option<Element<'a>>);

impl<'a> Covered<'a> {
    /// Whether an element, which comes later in the document, is not in it.
    fn is_new(&mut self, element: Element<'a>) -> bool {
        let is_new = self.0.is_none_or(|last| {
            element
                .node
                .ancestors()
                .all(|around| around.id() != last.node.id())
        });
        if is_new {
            self.0 = Some(element);
        }
        is_new
    }
}

impl Branch {
    fn takes_as(&self, other: &Self) -> bool {
        (self.is_deep, &self.part) == (other.is_deep, &other.part)
            && self.css.is_empty() == other.css.is_empty()
    }

    /// The element and, if the ending is about them, all in it.
    pub(in crate::html) fn elements<'a>(
        &self,
        element: Element<'a>,
    ) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let inner = self.is_deep.then(|| element.node.descendants().skip(1));
        let inner = inner.into_iter().flatten().filter_map(ElementRef::wrap);
        iter::once(element).chain(inner.map(move |node| element.beside(node)))
    }

    pub(in crate::html) fn values(
        &self,
        element: Element<'_>,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        match &self.part {
            Part::Text => take(element.text()),
            Part::Attr(name) => self
                .elements(element)
                .filter_map(|element| element.attr(name))
                .try_for_each(|value| take(value.to_owned())),
            Part::TextNodes if self.is_deep => texts(element.node.descendants(), take),
            Part::TextNodes => texts(element.node.children(), take),
        }
    }
}

fn texts<'a>(
    nodes: impl Iterator<Item = ego_tree::NodeRef<'a, Node>>,
    take: &mut Take<'_>,
) -> ControlFlow<()> {
    for node in nodes {
        let text = node.value().as_text().map(|text| collapse(text));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            take(text)?;
        }
    }
    ControlFlow::Continue(())
}
