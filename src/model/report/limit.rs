//! The limits that cut something off of a page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a page had more of than it may, or why it is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// Elements within elements: the setting `max_dom_depth`.
    DomDepth,
    /// Nodes: the setting `max_dom_nodes`.
    DomNodes,
    /// Attributes of one element: the setting `max_dom_attributes`.
    DomAttributes,
    /// Links: the setting `max_links`.
    Links,
    /// Nothing: its body ended early, and the setting `incomplete` keeps it.
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
