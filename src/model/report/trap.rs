//! What a report says of spider traps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many URLs a report shows of each kind.
const EXAMPLES: usize = 3;

/// Why a link was taken for one of a spider trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrapKind {
    /// The same path segments more than `max_segment_repeats` times: `/a/b/a/b/a/b/a/b/`.
    Repeats,
    /// A URL that has grown out of all measure: over 40 path segments or 100 parameters, or URLs within URLs.
    Growth,
    /// A day far in the future or the past.
    Calendar,
    /// A page that was found already, under another session id.
    Session,
    /// Below a page that is equal to three pages above it.
    Mirror,
    /// More pages of one pattern than `max_per_pattern`.
    Pattern,
}

impl TrapKind {
    /// The setting that decides about it.
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

/// The links of one kind of trap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trap {
    /// How many different ones were left out.
    pub links: u64,
    /// The first few.
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
