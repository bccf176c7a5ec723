//! Saved records: the state of a crawl that is kept beside its queue, and restored when it resumes: cookies, robots.txt
//! files, and the origins that have answered.

/// Saved record, which replaces an earlier one of the same kind and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedRecord {
    pub(crate) kind: RecordKind,
    /// Domain or origin that the record is about.
    pub(crate) name: String,
    /// Content of the record; `None` deletes the record.
    pub(crate) value: Option<Vec<u8>>,
}

/// Kind of a saved record, by the part of the crawl that keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Cookies,
    Robots,
    /// Mark that an origin has answered; its value is empty.
    Answered,
}

impl RecordKind {
    pub(crate) const ALL: [Self; 3] = [Self::Cookies, Self::Robots, Self::Answered];

    /// Returns the second byte of the keys of such records.
    pub(crate) fn letter(self) -> u8 {
        match self {
            Self::Cookies => b'c',
            Self::Robots => b'r',
            Self::Answered => b'a',
        }
    }
}
