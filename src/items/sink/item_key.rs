//! Key of an item: where it was found.

use std::fmt;

use crate::page::identity::Fingerprint;

/// Identity of an item within one run: the request whose answer it was found in, and its place there.
///
/// A run has the same keys however often it is stopped or killed and resumed, and however often a request is tried. What a
/// resumed [job](crate::Crawler::job) gives a sink once more, it gives under the key that the sink has seen. So a key is good as
/// the id of a message, for a queue that drops what it has had, and as the key of a row that is inserted or replaced.
///
/// It is not an identity of the content: a page that is fetched again after a kill may have changed, and then the same key
/// stands for another item. Nor does it outlive the run: the fingerprints of the next one are made with another secret.
/// Requests that are equal, which only [`Request::dont_filter`](crate::Request::dont_filter) lets through, have equal
/// fingerprints, and so do their items at the same place.
///
/// ```
/// use crawlworks::identity::Fingerprint;
/// use crawlworks::sink::ItemKey;
///
/// let key = ItemKey::new(Fingerprint::from(0xc0ffee), 2);
/// assert_eq!(key.to_string(), "0000000000c0ffee-2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey {
    request: Fingerprint,
    index: u32,
}

impl ItemKey {
    /// Makes the key of the item at this index among those of a request's answer.
    #[must_use]
    pub const fn new(request: Fingerprint, index: u32) -> Self {
        Self { request, index }
    }

    /// Returns the fingerprint of the request whose answer the item was found in: after a redirect, that of the last request.
    #[must_use]
    pub const fn request(self) -> Fingerprint {
        self.request
    }

    /// Returns the number of items that the spider emitted before this one for the same answer, be they kept or dropped.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.index
    }
}

/// Writes the fingerprint in 16 hexadecimal digits, a hyphen and the index.
impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.request.get(), self.index)
    }
}
