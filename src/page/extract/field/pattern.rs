//! Patterns that take a part of a text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::Text;

/// Pattern that the derive macro has checked, compiled when it is first used.
#[derive(Debug)]
pub struct Pattern(LazyLock<Option<Regex>, fn() -> Option<Regex>>);

impl Pattern {
    /// Makes a pattern that `compile` compiles on first use.
    #[must_use]
    pub const fn new(compile: fn() -> Option<Regex>) -> Self {
        Self(LazyLock::new(compile))
    }

    /// Takes, of each text, the first group of the first match, or all of the match if the pattern has no groups.
    #[must_use]
    pub fn find_in<'a, T: Narrow<'a>>(&self, texts: T) -> T {
        texts.narrow(|text| self.find(text))
    }

    fn find<'a>(&self, text: Cow<'a, str>) -> Text<'a> {
        let pattern = self.0.as_ref()?;
        let range = match pattern.captures_len() {
            1 => pattern.find(&text)?.range(),
            _ => pattern.captures(&text)?.get(1)?.range(),
        };
        match text {
            Cow::Borrowed(text) => text.get(range).map(Cow::Borrowed),
            Cow::Owned(mut text) => {
                text.truncate(range.end);
                text.drain(..range.start);
                Some(Cow::Owned(text))
            }
        }
    }
}

/// One text or several, each of which can be replaced by a part of it or be dropped.
pub trait Narrow<'a> {
    /// Replaces each text by what `find` returns of it, and drops it for `None`.
    #[must_use]
    fn narrow(self, find: impl FnMut(Cow<'a, str>) -> Text<'a>) -> Self;
}

impl<'a> Narrow<'a> for Text<'a> {
    fn narrow(self, find: impl FnMut(Cow<'a, str>) -> Text<'a>) -> Self {
        self.and_then(find)
    }
}

impl<'a> Narrow<'a> for Vec<Cow<'a, str>> {
    fn narrow(self, find: impl FnMut(Cow<'a, str>) -> Text<'a>) -> Self {
        self.into_iter().filter_map(find).collect()
    }
}

/// Compiles a pattern; `None` if it is not valid.
#[must_use]
pub fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}
