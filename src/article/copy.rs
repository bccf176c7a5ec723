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
const DEPTH: usize = 100;
/// Attributes of an element, and the length of their values: pictures within the page can be very long.
const ATTRIBUTES: usize = 32;
const VALUE: usize = 8 << 10;

/// Copies head and body of a page, but for what is never part of its text, and for `left_out`. References become absolute.
///
/// # Errors
/// [`ErrorKind::TooLarge`].
pub(super) fn copy(html: &Html, left_out: &HashSet<NodeId>, to: &Readability) -> Result<()> {
    let tree = &to.doc.tree;
    let (mut nodes, mut bytes) = (NODES, BYTES);
    let mut pending = Vec::new();
    for part in html.root().children() {
        let place = match part.name() {
            "head" => tree.head(),
            "body" => tree.body(),
            _ => None,
        };
        let place = place.map(|place| place.id);
        pending.extend(
            place
                .into_iter()
                .flat_map(|id| part.content().map(move |child| (child, id, 0))),
        );
    }
    pending.reverse();
    while let Some((child, parent, depth)) = pending.pop() {
        nodes = nodes
            .checked_sub(1)
            .ok_or_else(|| too_large("elements and texts", NODES))?;
        match child {
            Child::Text(text) => {
                bytes = bytes
                    .checked_sub(text.len())
                    .ok_or_else(|| too_large("bytes of text", BYTES))?;
                tree.append_child_of(&parent, &tree.new_text(text).id);
            }
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
    Ok(())
}

fn attributes<'a>(element: Element<'a>) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
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

fn too_large(what: &str, limit: usize) -> Error {
    let message = format!("too large to look for the main text: more than {limit} {what}");
    Error::new(ErrorKind::TooLarge, message)
}
