//! Calls into the tree, which can panic on a damaged file: here such a panic becomes an error.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::unreadable;
use crate::page::error::{Error, ErrorKind, Result};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Makes a call into the tree at this path, and turns a panic into an error.
///
/// # Errors
/// Those of the call, and [`ErrorKind::Storage`] when it panics.
pub(super) fn guarded<T>(path: &Path, call: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = IS_GUARDED.replace(true);
    let called = catch_unwind(AssertUnwindSafe(call));
    IS_GUARDED.set(before);
    called.unwrap_or_else(|_| Err(Error::new(ErrorKind::Storage, unreadable(path))))
}

/// Keeps panics that become an error from being reported on standard error.
pub(crate) fn quieten_panics() {
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_GUARDED.get() {
            say(panic);
        }
    }));
}
