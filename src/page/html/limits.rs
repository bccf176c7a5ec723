//! Limits for the tree of a page, and the note of what was cut off.

use std::sync::atomic::{AtomicU8, Ordering};

/// Levels in browsers. The parser takes time quadratic in them, so there cannot be more.
const MAX_DEPTH: usize = 512;
/// Misnested formatting makes parsers copy elements without bound.
const MAX_NODES: usize = 1 << 20;
/// The parser compares each attribute of a tag with all others.
const MAX_ATTRIBUTES: usize = 512;

/// The settings `max_dom_depth`, `max_dom_nodes` and `max_dom_attributes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Elements that the parser keeps in mind: open ones, which is the depth, and formatting such as `<b>` that it will
    /// open again.
    pub(crate) depth: usize,
    pub(crate) nodes: usize,
    /// Number of attributes of one element.
    pub(crate) attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: MAX_DEPTH,
            nodes: MAX_NODES,
            attributes: MAX_ATTRIBUTES,
        }
    }
}

impl Limits {
    /// Limits as they are asked for, within what the parser can bear.
    pub(crate) fn new(depth: usize, nodes: usize, attributes: usize) -> Self {
        Self {
            // html, head and body, and what they hold.
            depth: depth.clamp(4, MAX_DEPTH),
            nodes: nodes.max(16),
            attributes: attributes.clamp(1, MAX_ATTRIBUTES),
        }
    }
}

/// Set of the limits that cut something off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cuts(u8);

impl Cuts {
    pub(crate) const DEPTH: Self = Self(1);
    pub(crate) const NODES: Self = Self(2);
    pub(crate) const ATTRIBUTES: Self = Self(4);

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Union of the cuts of all trees that were made of a page, for whoever handed the page out.
#[derive(Debug, Default)]
pub(crate) struct Marks(AtomicU8);

impl Marks {
    pub(crate) fn add(&self, cuts: Cuts) {
        self.0.fetch_or(cuts.0, Ordering::Relaxed);
    }

    pub(crate) fn cuts(&self) -> Cuts {
        Cuts(self.0.load(Ordering::Relaxed))
    }
}
