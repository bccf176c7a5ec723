//! Budget for the text that one call may collect: elements within each other have the same text, each time anew.

use crate::page::error::{Error, ErrorKind, Result};

/// Budget in bytes, far more than a page has: a page of 2 MB, 500 levels deep, would take 1 GB.
const MOST: usize = 64 << 20;

/// Rest of the budget.
#[derive(Debug)]
pub(crate) struct Room(Option<usize>);

impl Default for Room {
    fn default() -> Self {
        Self(Some(MOST))
    }
}

impl Room {
    /// Makes room for a text; false when there is none.
    pub(crate) fn take(&mut self, text: &str) -> bool {
        self.0 = self.0.and_then(|left| left.checked_sub(text.len()));
        self.0.is_some()
    }

    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when there was not enough.
    pub(crate) fn check(&self, css: &str) -> Result<()> {
        if self.0.is_some() {
            return Ok(());
        }
        let message = format!(
            "{css:?} gives more than {} MiB of text: does it match elements within each other?",
            MOST >> 20
        );
        Err(Error::new(ErrorKind::TooLarge, message))
    }
}
