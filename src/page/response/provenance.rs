//! Provenance of a response: the server, a cache, or the run before.

/// Part that a cache took in a response; see [`Response::from_cache`](super::Response::from_cache).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FromCache {
    /// The answer was stored and fresh: nothing was asked of the server.
    Fresh,
    /// The answer was stored, and the server confirmed (304) that it is still valid.
    Revalidated,
    /// The answer was stored and too old, but the server failed, and has allowed its use for that case (`stale-if-error`).
    Stale,
}

/// Outcome of comparing a page with the run before, in a recrawl; see [`Response::recrawled`](super::Response::recrawled).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recrawled {
    /// The run before did not have the page.
    New,
    /// The page has another body.
    Changed,
    /// The page has the same body.
    Unchanged,
    /// The page is there no longer (404 or 410).
    Gone,
}

/// Notes of the fetch stack about a response, for the counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) from: Option<FromCache>,
    pub(crate) passage: Passage,
    pub(crate) is_stored: bool,
    pub(crate) recrawled: Option<Recrawled>,
}

/// Passage of a request through the cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Passage {
    /// There is no cache, or a middleware answered.
    #[default]
    None,
    Asked,
    /// The request is nothing for a cache.
    Past,
}

impl Notes {
    pub(crate) fn from_cache(from: FromCache) -> Self {
        Self {
            from: Some(from),
            passage: Passage::Asked,
            ..Self::default()
        }
    }

    /// Returns whether the server was not asked.
    pub(crate) fn is_without_trip(self) -> bool {
        self.from == Some(FromCache::Fresh)
    }
}
