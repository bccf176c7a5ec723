//! Settings that limit the tree of a page.

use super::Settings;
use crate::page::html::Limits;

impl Settings {
    /// Returns the limits of the settings `max_dom_depth`, `max_dom_nodes` and `max_dom_attributes`.
    pub(crate) fn tree_limits(&self) -> Limits {
        Limits::new(
            self.answers.max_dom_depth,
            self.answers.max_dom_nodes,
            self.answers.max_dom_attributes,
        )
    }
}
