//! A [`Layout`]: what outputs are told before the first record.

/// Facts that an output knows before the first record, given to it by [`Sink::layout`](super::Sink::layout).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// The fields that records may have, in their order, as far as they are known: those of all kinds of a recipe's items. Empty
    /// when the first record tells.
    pub columns: Vec<String>,
    /// The setting `csv_escape`.
    pub csv_escape: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            csv_escape: true,
        }
    }
}
