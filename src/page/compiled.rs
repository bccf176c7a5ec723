//! Memory of compiled selectors and patterns, one per thread: spiders give the same few for every page.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::thread::LocalKey;

use crate::page::error::Result;

/// Number of compiled forms that a thread remembers of each kind. A spider has dozens; one that writes them page by page
/// has no end.
pub(crate) const REMEMBERED: usize = 1024;

/// Compiled forms, by their texts.
#[derive(Debug)]
pub(crate) struct Compiled<T>(HashMap<Box<str>, Rc<T>>);

impl<T> Default for Compiled<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

/// Returns the compiled form of `text`, which `compile` makes unless it is remembered. `compile` may not ask the same
/// memory.
///
/// # Errors
///
/// The errors of `compile`.
pub(crate) fn remembered<T>(
    memory: &'static LocalKey<RefCell<Compiled<T>>>,
    text: &str,
    compile: impl FnOnce(&str) -> Result<T>,
) -> Result<Rc<T>> {
    memory.with_borrow_mut(|Compiled(known)| {
        if let Some(compiled) = known.get(text) {
            return Ok(Rc::clone(compiled));
        }
        let compiled = Rc::new(compile(text)?);
        if known.len() == REMEMBERED {
            known.clear();
        }
        known.insert(text.into(), Rc::clone(&compiled));
        Ok(compiled)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static LENGTHS: RefCell<Compiled<usize>> = RefCell::default();
    }

    fn length(text: &str) -> Rc<usize> {
        remembered(&LENGTHS, text, |text| Ok(text.len())).unwrap()
    }

    #[test]
    fn a_text_is_compiled_once() {
        assert!(Rc::ptr_eq(&length("abc"), &length("abc")));
    }

    #[test]
    fn the_memory_is_bounded() {
        (0..2 * REMEMBERED + 2).for_each(|n| drop(length(&n.to_string())));
        assert!(LENGTHS.with_borrow(|known| known.0.len()) <= REMEMBERED);
    }
}
