//! Handing a page over to the search for its main text, as a tree: parsed again it might come out larger.

use std::borrow::Cow;
use std::collections::HashSet;

use dom_smoothie::Readability;

use crate::html::{Child, Element, Html, NodeId};
use crate::{Error, ErrorKind, Result};

/// How many elements and texts there may be.
const NODES: usize = 100_000;
/// How many bytes of text.
const BYTES: usize = 4 << 20;
/// Elements within elements. Each text is read again for each element around it.
const DEPTH: usize = 64;
/// How many steps outwards there may be, those of long texts counted for so many bytes each.
const STEPS: usize = 3_000_000;
const STEP: usize = 64;
/// Attributes of an element, and the length of their values: pictures within the page can be very long.
const ATTRIBUTES: usize = 32;
const VALUE: usize = 8 << 10;

/// Copies what the page says about itself.
pub(super) fn head(html: &Html, to: &Readability) {
    copy(html, "head", &HashSet::new(), to);
}

/// Copies the body of a page, but for what is never part of its text, and for `left_out`. References become absolute.
pub(super) fn body(html: &Html, left_out: &HashSet<NodeId>, to: &Readability) {
    copy(html, "body", left_out, to);
}

/// Whether a page can be searched.
///
/// # Errors
/// [`ErrorKind::TooLarge`].
pub(super) fn check(html: &Html) -> Result<()> {
    let (nodes, bytes) = html.root().size();
    if nodes <= NODES && bytes <= BYTES {
        return check_steps(steps(html));
    }
    let message = format!(
        "too large to look for the main text: {nodes} elements and texts and {bytes} bytes of text, more than {NODES} or {BYTES}"
    );
    Err(Error::new(ErrorKind::TooLarge, message))
}

fn check_steps(steps: usize) -> Result<()> {
    if steps <= STEPS {
        return Ok(());
    }
    let message = format!(
        "too deeply nested to look for the main text: {steps} steps from texts and elements outwards, more than {STEPS}"
    );
    Err(Error::new(ErrorKind::TooLarge, message))
}

/// How often something is looked at: each element and text once for each element around it.
fn steps(html: &Html) -> usize {
    let mut sum = 0;
    let mut pending = vec![(html.root(), 1)];
    while let Some((element, depth)) = pending.pop() {
        for child in element.content() {
            match child {
                Child::Text(text) => sum += depth * (1 + text.len() / STEP),
                Child::Element(child) if is_never_text(child) => {}
                Child::Element(child) => {
                    sum += depth;
                    pending.push((child, DEPTH.min(depth + 1)));
                }
            }
        }
    }
    sum
}

fn copy(html: &Html, name: &str, left_out: &HashSet<NodeId>, to: &Readability) {
    let tree = &to.doc.tree;
    let place = if name == "head" {
        tree.head()
    } else {
        tree.body()
    };
    let part = html.root().children().find(|part| part.name() == name);
    let (Some(part), Some(place)) = (part, place) else {
        return;
    };
    let mut pending: Vec<_> = part.content().map(|child| (child, place.id, 0)).collect();
    pending.reverse();
    while let Some((child, parent, depth)) = pending.pop() {
        match child {
            Child::Text(text) => tree.append_child_of(&parent, &tree.new_text(text).id),
            Child::Element(element) if is_never_text(element) => {}
            Child::Element(element) if left_out.contains(&element.id()) => {}
            Child::Element(element) => {
                let (mut place, mut depth) = (parent, depth);
                if depth < DEPTH {
                    let copied = tree.new_element(element.name());
                    for (name, value) in attributes(element) {
                        copied.set_attr(name, &value);
                    }
                    tree.append_child_of(&parent, &copied.id);
                    (place, depth) = (copied.id, depth + 1);
                }
                let first = pending.len();
                pending.extend(element.content().map(|child| (child, place, depth)));
                if let Some(children) = pending.get_mut(first..) {
                    children.reverse();
                }
            }
        }
    }
}

fn attributes(element: Element<'_>) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let short = element
        .attributes()
        .filter(|(_, value)| value.len() <= VALUE);
    short.take(ATTRIBUTES).map(move |(name, value)| {
        let url = matches!(name, "href" | "src")
            .then(|| element.url(name))
            .flatten();
        let value = url.map_or(Cow::Borrowed(value), |url| Cow::Owned(url.into()));
        (name, value)
    })
}

fn is_never_text(element: Element<'_>) -> bool {
    let names = ["script", "style", "template", "base", "svg"];
    names.contains(&element.name())
}
