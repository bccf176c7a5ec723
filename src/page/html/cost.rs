//! Detection of selectors that cost more than time in proportion to the page, and of pages that are too large for them.

mod reach;

use std::cell::OnceCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::Node;

use super::css::marks;
use crate::page::error::{Error, ErrorKind, Result};
use reach::Reach;

/// Limit for the pairs of siblings that may be compared: those of one element with 10,000 children.
const PAIRS: u64 = 10_000 * 10_000;
/// Limit for the steps up and down the tree: those of 200,000 elements 30 levels deep.
const STEPS: u64 = 200_000_000;
/// Limit for the different classes of a page: they are looked up in a table of fixed size.
const CLASSES: u64 = 200_000;
/// Length of the classes of a page, in bytes, from which on they are counted.
const CLASS_TEXT: usize = 1 << 20;
/// Number of children of an element above which their names are counted.
const MANY: u64 = 1000;

/// Parts of the page that a selector looks at besides an element and what is around it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each costs something else")]
pub(super) struct Needs {
    /// `~`: all siblings before an element.
    siblings: bool,
    /// `:nth-of-type`: the next sibling of the same name.
    types: bool,
    /// `:has`: everything in an element.
    within: bool,
    /// `.name`: all classes.
    classes: bool,
    /// Selectors within selectors, as in `:is(a b) c`.
    nested: Reach,
}

impl Needs {
    pub(super) fn of(css: &str) -> Self {
        let (mut siblings, mut classes) = (false, false);
        let mut last = None;
        for mark in marks(css) {
            // In an attribute selector, `~=` looks for a word.
            siblings |= last == Some('~') && mark.is != '=';
            classes |= mark.is == '.';
            last = Some(mark.is);
        }
        let lower = css.to_ascii_lowercase();
        Self {
            siblings,
            types: lower.contains("of-type"),
            within: lower.contains(":has("),
            classes,
            nested: Reach::of(css),
        }
    }

    /// Refuses a selector that would take very long on a page of this extent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`].
    pub(super) fn check(self, css: &str, tree: &scraper::Html, extent: &Extent) -> Result<()> {
        let shape = || extent.shape.get_or_init(|| Shape::of(tree));
        let classes = || *extent.classes.get_or_init(|| classes(tree));
        let what = if self.siblings && shape().siblings > PAIRS {
            "compares too many siblings: an element has thousands of children"
        } else if self.types && shape().types > PAIRS {
            "compares too many siblings: an element has thousands of children of different names"
        } else if self.within && shape().steps > STEPS {
            "searches too much within elements: the page is large and deeply nested"
        } else if self.nested.layers > 1 && shape().times(self.nested) > PAIRS {
            "multiplies the search by selectors within selectors: the page is large, wide or deeply nested"
        } else if self.classes && extent.text >= CLASS_TEXT && classes() > CLASSES {
            "looks for a class on a page with hundreds of thousands of classes"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::TooLarge, format!("{css:?} {what}")))
    }
}

/// Numbers of what a selector has to compare on a page, counted when they are needed.
#[derive(Debug, Default)]
pub(super) struct Extent {
    /// The length of the page's source, in bytes.
    text: usize,
    shape: OnceCell<Shape>,
    /// The different classes; none when they take little room.
    classes: OnceCell<u64>,
}

impl Extent {
    /// Returns the extent of a page with less on it than this one, to be counted anew.
    #[cfg(feature = "article")]
    pub(super) fn again(&self) -> Self {
        Self::new(self.text)
    }

    /// Creates the extent of a page whose source has `text` bytes.
    pub(super) fn new(text: usize) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    /// The pairs of siblings.
    siblings: u64,
    /// Sum over the elements with many children: number of children times number of different names among them.
    types: u64,
    /// Sum over all nodes of the level squared: a node is looked at from each element around it, and each time the way
    /// back to that element may be searched.
    steps: u64,
    nodes: u64,
    /// Largest number of children of one element, and level of the deepest node.
    widest: u64,
    deepest: u64,
}

impl Shape {
    fn of(tree: &scraper::Html) -> Self {
        let mut shape = Self::default();
        let mut level = 0_u64;
        for edge in tree.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    level += 1;
                    shape.steps = shape.steps.saturating_add(level * level);
                    shape.nodes += 1;
                    shape.deepest = shape.deepest.max(level);
                    shape.children(node);
                }
                Edge::Close(_) => level -= 1,
            }
        }
        shape
    }

    /// Returns the largest number of steps that a search with this reach takes.
    fn times(&self, reach: Reach) -> u64 {
        let siblings = self.widest.saturating_pow(reach.siblings);
        let around = self.deepest.saturating_pow(reach.around);
        self.nodes.saturating_mul(siblings).saturating_mul(around)
    }

    fn children(&mut self, node: NodeRef<'_, Node>) {
        let children = node.children().count() as u64;
        self.widest = self.widest.max(children);
        self.siblings = self.siblings.saturating_add(children * children);
        if children > MANY {
            let elements = node
                .children()
                .filter_map(|child| child.value().as_element());
            let names: HashSet<_> = elements.map(|element| &element.name).collect();
            self.types = self.types.saturating_add(children * names.len() as u64);
        }
    }
}

fn classes(tree: &scraper::Html) -> u64 {
    let lists = || {
        let elements = tree.tree.values().filter_map(Node::as_element);
        elements.filter_map(|element| element.attr("class"))
    };
    if lists().map(str::len).sum::<usize>() < CLASS_TEXT {
        return 0;
    }
    // Keyed at random, so no page can aim for collisions.
    let state = RandomState::new();
    let words = lists().flat_map(str::split_ascii_whitespace);
    words
        .map(|word| state.hash_one(word))
        .collect::<HashSet<_>>()
        .len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_far_around_can_cost_too_much() {
        let tree = scraper::Html::new_document();
        let shaped = |shape: Shape| Extent {
            shape: shape.into(),
            ..Extent::default()
        };
        let extents = [
            (
                "siblings",
                shaped(Shape {
                    siblings: PAIRS + 1,
                    ..Shape::default()
                }),
            ),
            (
                "types",
                shaped(Shape {
                    types: PAIRS + 1,
                    ..Shape::default()
                }),
            ),
            (
                "within",
                shaped(Shape {
                    steps: STEPS + 1,
                    ..Shape::default()
                }),
            ),
            (
                "nested",
                shaped(Shape {
                    nodes: 1000,
                    widest: 1000,
                    deepest: 1000,
                    ..Shape::default()
                }),
            ),
            (
                "classes",
                Extent {
                    classes: (CLASSES + 1).into(),
                    text: CLASS_TEXT,
                    ..Extent::default()
                },
            ),
        ];
        for (css, expected) in [
            ("a ~ b", &["siblings"][..]),
            ("a:has(~b)", &["siblings", "within"]),
            ("[class~=a]", &[]),
            ("[title='a ~ b.c']", &[]),
            ("li:nth-of-type(2)", &["types"]),
            ("li:nth-last-child(2)", &[]),
            ("a:last-child + b > c", &[]),
            (":is(a ~ b) ~ c", &["siblings", "nested"]),
            ("a:not(b c) d", &["nested"]),
            ("a b:not(c d)", &[]),
            ("div:has(p b).c", &["within", "classes"]),
        ] {
            let needs = Needs::of(css);
            let is_refused = |extent: &Extent| needs.check(css, &tree, extent).is_err();
            let refused = extents.iter().filter(|(_, extent)| is_refused(extent));
            assert_eq!(
                refused.map(|(name, _)| *name).collect::<Vec<_>>(),
                expected,
                "{css}"
            );
            assert!(!is_refused(&Extent::default()), "{css}");
        }
    }
}
