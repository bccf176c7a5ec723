//! Where a response comes from: the server, a cache, or the run before.

/// How a cache took part in a response; see [`Response::from_cache`](super::Response::from_cache).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FromCache {
    /// It was stored and fresh: nothing was asked of the server.
    Fresh,
    /// It was stored, and the server confirmed (304) that it is still so.
    Revalidated,
    /// It was stored and too old, but the server failed, and has allowed its use for that case (`stale-if-error`).
    Stale,
}

/// How a page is compared with the run before, in a recrawl; see [`Response::recrawled`](super::Response::recrawled).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recrawled {
    /// The run before did not have it.
    New,
    /// It has another body.
    Changed,
    /// It has the same body.
    Unchanged,
    /// It is there no longer (404 or 410).
    Gone,
}

/// What the layers say of a response to those who count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) from: Option<FromCache>,
    pub(crate) passage: Passage,
    pub(crate) is_stored: bool,
    pub(crate) recrawled: Option<Recrawled>,
}

/// Whether the cache was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Passage {
    /// There is none, or a middleware answered.
    #[default]
    None,
    Asked,
    /// It is nothing for a cache.
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

    /// Whether the server was not asked.
    pub(crate) fn is_without_trip(self) -> bool {
        self.from == Some(FromCache::Fresh)
    }
}
