//! Spider traps in the report of a crawl.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Maximum number of example URLs in a report, for each kind of trap.
const EXAMPLES: usize = 3;

/// Reason why a link was taken for part of a spider trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrapKind {
    /// Path segments that repeat more than `max_segment_repeats` times: `/a/b/a/b/a/b/a/b/`.
    Repeats,
    /// URL that is far too large: over 40 path segments or 100 parameters, or URLs within URLs.
    Growth,
    /// URL with a day far in the future or the past.
    Calendar,
    /// URL of a page that was found already, under another session id.
    Session,
    /// URL below a page that is equal to three pages above it.
    Mirror,
    /// URL of a pattern that more than `max_per_pattern` pages have.
    Pattern,
}

impl TrapKind {
    /// Returns the name of the setting that controls this kind of trap.
    #[must_use]
    pub fn setting(self) -> &'static str {
        match self {
            Self::Repeats => "max_segment_repeats",
            Self::Pattern => "max_per_pattern",
            Self::Growth | Self::Calendar | Self::Session | Self::Mirror => "traps",
        }
    }
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeats => "repeats",
            Self::Growth => "growth",
            Self::Calendar => "calendar",
            Self::Session => "session",
            Self::Mirror => "mirror",
            Self::Pattern => "pattern",
        })
    }
}

/// Links of one kind of spider trap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trap {
    /// Number of different links that were left out.
    pub links: u64,
    /// First of these links, at most 3.
    pub examples: Vec<String>,
}

impl Trap {
    pub(crate) fn count(&mut self, url: &url::Url) {
        self.links += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(url.to_string());
        }
    }
}
