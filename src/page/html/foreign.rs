//! Tracking of `svg` and `math` around a place in a page: their content follows other rules than HTML's.

use super::name::{self, Name};

/// The open elements that switch between HTML and foreign content: section 13.2.6.5 of the HTML standard, without a
/// tree. It knows only those elements, so an `svg` that is never closed lasts until a tag that cannot be within it.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// `svg` and `math`, and the elements within them whose content is HTML again.
    open: Vec<Name>,
}

impl Foreign {
    /// Returns whether content at this place is HTML.
    pub(crate) fn is_html(&self) -> bool {
        self.open
            .last()
            .is_none_or(|&last| last != name::SVG && last != name::MATH)
    }

    /// Notes a start tag. Returns whether it is an HTML element's.
    #[inline]
    pub(crate) fn start(&mut self, name: Name, is_self_closing: bool) -> bool {
        let is_ordinary = self.open.is_empty() && name != name::SVG && name != name::MATH;
        is_ordinary || self.switch(name, is_self_closing)
    }

    fn switch(&mut self, name: Name, is_self_closing: bool) -> bool {
        if !self.is_html() && name.leaves_foreign() {
            self.leave();
        }
        let is_html = self.is_html();
        let switches = match self.open.last() {
            _ if name == name::SVG || name == name::MATH => true,
            Some(&name::SVG) => [name::FOREIGN_OBJECT, name::DESC, name::TITLE].contains(&name),
            Some(&name::MATH) => name.is_math_text(),
            _ => return is_html,
        };
        if switches && !is_self_closing {
            self.open.push(name);
        }
        is_html && name != name::SVG && name != name::MATH
    }

    /// Notes an end tag.
    pub(crate) fn end(&mut self, name: Name) {
        if self.open.last() == Some(&name) {
            self.open.pop();
        } else if !self.is_html() && (name == name::P || name == name::BR) {
            self.leave();
        }
    }

    fn leave(&mut self) {
        while !self.is_html() {
            self.open.pop();
        }
    }
}
