//! Requests that a crawl begins with, in a sequence that need not fit in memory.

use std::fmt;

use crate::page::error::BoxError;
use crate::page::request::Request;

/// Requests that a crawl begins with, one after the other; see [`Spider::seeds`](super::Spider::seeds).
///
/// ```
/// use std::fs::File;
/// use std::io::{BufRead, BufReader};
///
/// use crawlworks::prelude::*;
///
/// fn lines(path: &str) -> Result<Seeds, BoxError> {
///     let lines = BufReader::new(File::open(path)?).lines();
///     Ok(Seeds::new(lines.map(|line| Ok(Request::get(line?)?))))
/// }
/// ```
#[derive(Default)]
pub struct Seeds(Option<Box<dyn Iterator<Item = Result<Request, BoxError>> + Send>>);

impl Seeds {
    /// Returns the seeds of an iterator. The crawl takes them on a thread of its own, so the iterator may read a file or
    /// a database.
    pub fn new(
        requests: impl IntoIterator<Item = Result<Request, BoxError>, IntoIter: Send + 'static>,
    ) -> Self {
        Self(Some(Box::new(requests.into_iter())))
    }

    /// Returns no seeds: the default of a spider.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl Iterator for Seeds {
    type Item = Result<Request, BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.as_mut()?.next()
    }
}

impl fmt::Debug for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeds").finish_non_exhaustive()
    }
}
