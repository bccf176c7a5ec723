//! What parts of a crawl keep beside its queue, and have again when it goes on: cookies, robots.txt files,
//! which origins have answered.

/// One record, which replaces an earlier one of the same kind and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedRecord {
    pub(crate) kind: RecordKind,
    /// Of what: a domain, an origin.
    pub(crate) name: String,
    /// None: there is no such record any more.
    pub(crate) value: Option<Vec<u8>>,
}

/// Whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Cookies,
    Robots,
    /// That an origin has answered; without a value.
    Answered,
}

impl RecordKind {
    pub(crate) const ALL: [Self; 3] = [Self::Cookies, Self::Robots, Self::Answered];

    /// The second byte of its keys.
    pub(crate) fn letter(self) -> u8 {
        match self {
            Self::Cookies => b'c',
            Self::Robots => b'r',
            Self::Answered => b'a',
        }
    }
}
