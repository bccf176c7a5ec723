//! What is known about a page before anything is left out.

use std::collections::{HashMap, HashSet};

use super::Length;
use super::signs::{is_heading, is_main};
use crate::html::{Child, Element, Html, NodeId};

/// What is known about a page before anything is left out.
#[derive(Default)]
pub(super) struct Page {
    /// How much text each element has, and all of it together.
    lengths: HashMap<NodeId, usize>,
    pub(super) whole: usize,
    /// The elements with a heading in them, that of a table included.
    headed: HashSet<NodeId>,
    /// Whether it says which part is its content.
    has_main: bool,
}

impl Page {
    pub(super) fn of(html: &Html) -> Self {
        let mut page = Self::default();
        (page.whole, _) = page.measure(html.root());
        page
    }

    /// Returns how much text there is, and whether there is a heading.
    fn measure(&mut self, element: Element<'_>) -> (usize, bool) {
        let (mut sum, mut is_headed) = (0, is_heading(element));
        for child in element.content() {
            match child {
                Child::Text(text) => sum += Length::of(text).text,
                Child::Element(child) if child.is_hidden() => {}
                Child::Element(child) => {
                    let (text, has_heading) = self.measure(child);
                    sum += text;
                    is_headed |= has_heading;
                }
            }
        }
        self.lengths.insert(element.id(), sum);
        if is_headed {
            self.headed.insert(element.id());
        }
        self.has_main |= is_main(element);
        (sum, is_headed)
    }

    /// Whether an element is content, with lists and tables that are mostly links: references, or an index.
    pub(super) fn is_content(&self, element: Element<'_>) -> bool {
        let is_content = is_main(element) || element.name() == "section" && !self.has_main;
        is_content && self.headed.contains(&element.id())
    }

    /// Whether most of the text is elsewhere: some pages have a `body` of the class `has-sidebar`.
    pub(super) fn is_small(&self, element: Element<'_>) -> bool {
        let length = self.lengths.get(&element.id());
        length.is_none_or(|length| *length < self.whole / 3)
    }
}
