//! The table of output formats: its macro, and what a row of it knows.
//!
//! The table itself stands in [`sink`](super), beside the modules of the formats. A new format is a module with a type that
//! implements [`Sink`] and [`FileFormat`], and a row.

use super::target::Target;
use super::{Format, Position, Sink};
use crate::page::error::Result;

/// Sink that is opened by the name of a file.
///
/// A format that cannot be appended to returns an error from [`continuing`](Self::continuing) for a file that is not empty;
/// one that cannot go back commits no [`Position`], and then [`on`](Self::on) is called for streams only.
pub(super) trait FileFormat: Sink + Sized {
    /// Writes to a stream, or to a file whose end is not looked at.
    fn on(target: Target) -> Self;

    /// Writes behind what a file holds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be read, or holds something else.
    fn continuing(target: Target) -> Result<Self>;

    /// Returns the length of the file at this position, in bytes.
    fn length_at(position: Position) -> u64 {
        position.get()
    }
}

/// Row of the table of formats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Extensions, which are also what follows the colon of `FILE:FORMAT`. The first one is the name of the format.
    pub(super) names: &'static [&'static str],
    pub(super) on: fn(Target) -> Box<dyn Sink>,
    pub(super) continuing: fn(Target) -> Result<Box<dyn Sink>>,
    pub(super) length_at: fn(Position) -> u64,
}

impl Row {
    pub(super) const fn of<S: FileFormat>(names: &'static [&'static str]) -> Self {
        Self {
            names,
            on: |target| Box::new(S::on(target)),
            continuing: |target| Ok(Box::new(S::continuing(target)?)),
            length_at: S::length_at,
        }
    }
}

/// Defines [`Format`] by its table: documentation, the type of the sink, and its extensions.
macro_rules! formats {
    ($($(#[$doc:meta])* $sink:ident: $($name:literal)+;)+) => {
        /// Format in which records are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* $sink,)+
        }

        impl Format {
            /// Every format, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$sink),+];

            /// Returns the row of the table.
            const fn row(self) -> $crate::items::sink::format::Row {
                match self {
                    $(Self::$sink => $crate::items::sink::format::Row::of::<$sink>(&[$($name),+]),)+
                }
            }
        }
    };
}
pub(super) use formats;

impl Format {
    /// Returns the format that has this name or extension, in any case; `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let is_named = |format: &Self| {
            let names = format.extensions();
            names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        Self::ALL.iter().copied().find(is_named)
    }

    /// Returns the extensions that stand for the format, without the dot, such as `jsonl`, `jl` and `ndjson`. The first one is
    /// its usual name.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        self.row().names
    }

    /// Returns the usual name of the format: the first of its [`extensions`](Self::extensions).
    #[must_use]
    pub fn name(self) -> &'static str {
        self.extensions().first().copied().unwrap_or_default()
    }

    /// Returns all extensions of all formats as a message lists them.
    pub(crate) fn listed() -> String {
        let extensions = Self::ALL.iter().flat_map(|format| format.extensions());
        let dotted: Vec<String> = extensions.map(|name| format!(".{name}")).collect();
        dotted.join(" ")
    }
}
