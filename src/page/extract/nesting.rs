//! Limits on items that hold items of their own type: their depth and their number are decided by the page.

use std::cell::Cell;

use crate::page::error::{Error, ErrorKind, Result};

/// Limit on the depth of nested items: each level takes some of the thread's stack.
const DEPTH: u32 = 64;
/// Limit on the number of items within one. A selector that finds children of children, too, doubles it with each level.
const COUNT: u32 = 100_000;

thread_local! {
    static DEEP: Cell<u32> = const { Cell::new(0) };
    static COUNTED: Cell<u32> = const { Cell::new(0) };
}

/// One level of nesting, which ends when this is dropped.
pub(super) struct Level;

impl Level {
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when it is one level or one item too many.
    pub(super) fn enter() -> Result<Self> {
        if DEEP.get() == 0 {
            COUNTED.set(0);
        }
        let excess = if DEEP.get() == DEPTH {
            format!("items are nested more than {DEPTH} deep")
        } else if COUNTED.get() == COUNT {
            format!(
                "an item holds more than {COUNT} others: does its selector also find those within them?"
            )
        } else {
            COUNTED.set(COUNTED.get() + 1);
            DEEP.set(DEEP.get() + 1);
            return Ok(Self);
        };
        Err(Error::new(ErrorKind::TooLarge, excess))
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEEP.set(DEEP.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_is_limited_and_given_back() {
        let levels: Vec<_> = (0..DEPTH).map(|_| Level::enter().unwrap()).collect();
        assert_eq!(Level::enter().err().unwrap().kind(), ErrorKind::TooLarge);
        drop(levels);
        assert!(Level::enter().is_ok());
    }

    #[test]
    fn the_number_within_one_item_is_limited() {
        let outermost = Level::enter().unwrap();
        assert_eq!(
            (1..=COUNT).filter(|_| Level::enter().is_ok()).count(),
            99_999
        );
        drop(outermost);
        assert!(Level::enter().is_ok());
    }
}
