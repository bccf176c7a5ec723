//! Outline of a page: its body as a tree of [`Part`]s, with the amount of text, links and prose in each.

use crate::page::html::{Child, Element, NodeId};

/// An element and its content.
pub(super) struct Part<'a> {
    pub(super) element: Element<'a>,
    pub(super) content: Vec<Piece<'a>>,
    /// Number of the part among all, and the number behind the last part within it.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) is_left_out: bool,
    pub(super) sums: Sums,
}

pub(super) enum Piece<'a> {
    Text(Text<'a>),
    Part(Part<'a>),
}

pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) length: i64,
}

/// Sums over an element, without what is left out of it. Lengths are in bytes, without white space: a letter of Chinese
/// says as much as three of English, and has as many.
#[derive(Debug, Default, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says of an element what is asked for alone"
)]
pub(super) struct Sums {
    pub(super) text: i64,
    /// Length of the text in links.
    pub(super) links: i64,
    /// Sum of what speaks for an article, less what speaks against one; see [`prose`](super::prose).
    pub(super) value: i64,
    /// Sum of what speaks for an article alone.
    pub(super) worth: i64,
    /// Last letter of the text.
    pub(super) last: Option<char>,
    /// `true` when the element is a block, or has one in it.
    pub(super) is_block: bool,
    /// Number of headings, and number of tables, lists of terms and code.
    pub(super) headings: usize,
    pub(super) solids: usize,
    /// `true` when there are paragraphs or lists.
    pub(super) has_blocks: bool,
    pub(super) has_title: bool,
    pub(super) has_quote: bool,
}

impl<'a> Part<'a> {
    /// Returns the outline of an element. The recursion is as deep as the tree, which has at most 512 levels, here and
    /// in all that goes through an outline.
    pub(super) fn of(element: Element<'a>) -> Self {
        Self::build(element, &mut 0)
    }

    fn build(element: Element<'a>, count: &mut usize) -> Self {
        let from = *count;
        *count += 1;
        let mut content = Vec::new();
        for child in element.content() {
            match child {
                Child::Text(text) => content.push(Piece::Text(Text::of(text))),
                Child::Element(child) if is_unseen(child) => {}
                Child::Element(child) => content.push(Piece::Part(Self::build(child, count))),
            }
        }
        Self {
            element,
            content,
            from,
            to: *count,
            is_left_out: false,
            sums: Sums::default(),
        }
    }

    pub(super) fn id(&self) -> NodeId {
        self.element.id()
    }

    /// Returns the parts directly in this one that are not left out.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|piece| match piece {
            Piece::Part(part) if !part.is_left_out => Some(part),
            _ => None,
        })
    }

    /// Returns all parts directly in this one.
    pub(super) fn all_parts(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|piece| match piece {
            Piece::Part(part) => Some(part),
            Piece::Text(_) => None,
        })
    }

    pub(super) fn parts_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        self.content.iter_mut().filter_map(|piece| match piece {
            Piece::Part(part) if !part.is_left_out => Some(part),
            _ => None,
        })
    }

    /// Returns whether another part is this one, or within it.
    pub(super) fn has(&self, other: &Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Calls `see` for each part that is not left out, outer ones before those within.
    pub(super) fn each<'s>(&'s self, see: &mut impl FnMut(&'s Self)) {
        see(self);
        self.parts().for_each(|part| part.each(see));
    }

    /// Returns the length of the text that is not in links.
    pub(super) fn unlinked(&self) -> i64 {
        self.sums.text - self.sums.links
    }

    pub(super) fn is_heading(&self) -> bool {
        let names = ["h1", "h2", "h3", "h4", "h5", "h6"];
        names.contains(&self.element.name())
    }
}

impl<'a> Text<'a> {
    fn of(text: &'a str) -> Self {
        let length: usize = text.split_ascii_whitespace().map(str::len).sum();
        Self {
            text,
            length: i64::try_from(length).unwrap_or(i64::MAX),
        }
    }

    pub(super) fn last(&self) -> Option<char> {
        self.text.trim_ascii_end().chars().next_back()
    }
}

/// Returns whether nobody sees the text in an element.
fn is_unseen(element: Element<'_>) -> bool {
    element.is_hidden() || matches!(element.name(), "base" | "svg")
}
