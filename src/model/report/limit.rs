//! Limits that cut something off a page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Limit that a page exceeded, or reason why it is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// Nesting depth of elements: the setting `max_dom_depth`.
    DomDepth,
    /// Number of nodes: the setting `max_dom_nodes`.
    DomNodes,
    /// Number of attributes of one element: the setting `max_dom_attributes`.
    DomAttributes,
    /// Number of links: the setting `max_links`.
    Links,
    /// Body that ended early, of a page that the setting `incomplete` keeps.
    Incomplete,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DomDepth => "dom_depth",
            Self::DomNodes => "dom_nodes",
            Self::DomAttributes => "dom_attributes",
            Self::Links => "links",
            Self::Incomplete => "incomplete",
        })
    }
}
