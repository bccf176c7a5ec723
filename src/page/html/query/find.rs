//! Search for the matches of a query, until there are enough of them.

use std::collections::HashMap;
use std::iter;
use std::ops::ControlFlow;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Node};

use super::{Branch, Part, Query};
use crate::page::error::Result;
use crate::page::html::Element;
use crate::page::html::text::collapse;

/// Is given each value, and says whether to go on.
pub(in crate::page::html) type Take<'t> = dyn FnMut(String) -> ControlFlow<()> + 't;

impl Query {
    /// Hands on the values in an element, in document order.
    pub(super) fn visit(&self, asked: Element<'_>, take: &mut Take<'_>) -> Result<()> {
        let Some((first, others)) = self.branches.split_first() else {
            return Ok(());
        };
        if !others.iter().all(|branch| branch.takes_as(first)) {
            return self.visit_list(asked, take);
        }
        if first.is_deep || first.part != Part::TextNodes {
            return self.each(asked, |element, branch| branch.values(element, take));
        }
        let mut texts = Texts::default();
        let mut flow = ControlFlow::Continue(());
        self.each(asked, |element, _| {
            flow = texts.enter(element, take);
            flow
        })?;
        let _ = flow.is_continue().then(|| texts.finish(take));
        Ok(())
    }

    /// Visits the matches of a list with different endings: each attribute and each piece of text comes in its place,
    /// and once, even if several selectors ask for it.
    fn visit_list(&self, asked: Element<'_>, take: &mut Take<'_>) -> Result<()> {
        let matches = self.matches(asked)?;
        let of = |id| matches.get(&id).into_iter().flatten().copied();
        // Those that are about all in the elements that are open, each with the first of these.
        let mut deep: Vec<(&Branch, NodeId)> = Vec::new();
        for edge in asked.node.traverse() {
            let node = match edge {
                Edge::Open(node) => node,
                Edge::Close(node) => {
                    deep.retain(|(_, id)| *id != node.id());
                    continue;
                }
            };
            let flow = if let Some(element) = ElementRef::wrap(node) {
                for branch in of(node.id()).filter(|branch| branch.is_deep) {
                    if deep.iter().all(|(known, _)| !known.takes_as(branch)) {
                        deep.push((branch, node.id()));
                    }
                }
                let around = deep.iter().map(|(branch, _)| *branch);
                let asking = of(node.id()).filter(|branch| !branch.is_deep);
                asked.beside(element).parts(around.chain(asking), take)
            } else {
                let mut around = deep.iter().map(|(branch, _)| *branch);
                let parent = node.parent().map(|parent| parent.id());
                let asking = parent.into_iter().flat_map(of);
                let mut asking = asking.filter(|branch| !branch.is_deep);
                let is_text = |branch: &Branch| branch.part == Part::TextNodes;
                let is_taken = around.any(is_text) || asking.any(is_text);
                texts(iter::once(node).filter(|_| is_taken), take)
            };
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands on the elements that match, each with the selector that it matches.
    pub(in crate::page::html) fn each<'a>(
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

    /// Visits the elements of a list with different endings: the matches of all its selectors, in document order.
    fn each_of_list<'a>(
        &self,
        asked: Element<'a>,
        found: &mut dyn FnMut(Element<'a>, &Branch) -> ControlFlow<()>,
    ) -> Result<()> {
        let matches = self.matches(asked)?;
        for element in asked.node.descendants().filter_map(ElementRef::wrap) {
            for branch in matches.get(&element.id()).into_iter().flatten() {
                if found(asked.beside(element), branch).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Returns the selectors that each element matches.
    fn matches<'q>(&'q self, asked: Element<'_>) -> Result<HashMap<NodeId, Vec<&'q Branch>>> {
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
        Ok(matches)
    }
}

impl Element<'_> {
    /// Hands on what is asked for of this element, once each, but for its pieces of text.
    fn parts<'q>(
        self,
        asking: impl Iterator<Item = &'q Branch>,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        let mut taken: Vec<&Part> = Vec::new();
        for branch in asking {
            let is_new = !taken.contains(&&branch.part);
            let value = match &branch.part {
                Part::Text if is_new => Some(self.text()),
                Part::Attr(name) if is_new => self.attr(name).map(str::to_owned),
                _ => None,
            };
            taken.push(&branch.part);
            value.map_or(ControlFlow::Continue(()), &mut *take)?;
        }
        ControlFlow::Continue(())
    }
}

/// The pieces of text directly in elements that come one after the other, some of them within others.
#[derive(Default)]
struct Texts<'a> {
    /// Elements that may have more text, each with the child to go on from.
    open: Vec<(Element<'a>, Option<NodeRef<'a, Node>>)>,
}

impl<'a> Texts<'a> {
    /// Hands on what comes before an element, and what is in it before the first element there.
    fn enter(&mut self, element: Element<'a>, take: &mut Take<'_>) -> ControlFlow<()> {
        while let Some((around, next)) = self.open.last_mut() {
            let inner = iter::successors(Some(*element.node), NodeRef::parent);
            let mut inner = inner.take_while(|node| node.value().is_element());
            let child = inner.find(|node| node.parent().is_some_and(|of| of.id() == around.id()));
            while let Some(node) = next.filter(|node| child.is_none_or(|end| end.id() != node.id()))
            {
                texts(iter::once(node), take)?;
                *next = node.next_sibling();
            }
            if child.is_some() {
                break;
            }
            self.open.pop();
        }
        let mut next = element.node.first_child();
        while let Some(node) = next.filter(|node| !node.value().is_element()) {
            texts(iter::once(node), take)?;
            next = node.next_sibling();
        }
        self.open.push((element, next));
        ControlFlow::Continue(())
    }

    fn finish(self, take: &mut Take<'_>) -> ControlFlow<()> {
        let rest = self.open.into_iter().rev();
        rest.filter_map(|(_, next)| next)
            .flat_map(|next| iter::successors(Some(next), NodeRef::next_sibling))
            .try_for_each(|node| texts(iter::once(node), take))
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
    /// Returns whether an element, which comes later in the document than the last one, is not within it.
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
    pub(in crate::page::html) fn elements<'a>(
        &self,
        element: Element<'a>,
    ) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let inner = self.is_deep.then(|| element.node.descendants().skip(1));
        let inner = inner.into_iter().flatten().filter_map(ElementRef::wrap);
        iter::once(element).chain(inner.map(move |node| element.beside(node)))
    }

    pub(in crate::page::html) fn values(
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
