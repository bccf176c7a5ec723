//! The outcome of a search. It is complete when it is returned: the matcher remembers positions among siblings while it
//! walks the tree, so that `:nth-child` costs linear time.

use std::iter::FusedIterator;
use std::vec;

use super::element::Element;

/// The elements that match a selector, in document order: what [`Html::select`](super::Html::select) and
/// [`Element::select`] return.
#[derive(Debug, Clone)]
pub struct Select<'a> {
    found: vec::IntoIter<Element<'a>>,
}

impl<'a> Select<'a> {
    pub(crate) fn new(found: Vec<Element<'a>>) -> Self {
        Self {
            found: found.into_iter(),
        }
    }
}

impl<'a> Iterator for Select<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        self.found.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.found.size_hint()
    }
}

impl DoubleEndedIterator for Select<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.found.next_back()
    }
}

impl ExactSizeIterator for Select<'_> {}

impl FusedIterator for Select<'_> {}
