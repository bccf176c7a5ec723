//! A [`Problem`]: one mistake in a recipe, with its place.

use std::fmt;
use std::ops::Range;

/// The most mistakes that are listed of one recipe.
const LISTED: usize = 100;

/// Mistake in a recipe: its place, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// Description of the mistake and, where it can be guessed, of the intended text.
    pub message: String,
}

impl Problem {
    /// A mistake at this byte of a text.
    pub(super) fn at(text: &str, at: usize, message: String) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: 1 + before.bytes().filter(|byte| *byte == b'\n').count(),
            column: 1 + line.chars().count(),
            message,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// Collects what is wrong with a text, by offsets in bytes.
#[derive(Debug)]
pub(super) struct Problems<'t> {
    text: &'t str,
    found: Vec<(usize, String)>,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: &Range<usize>, message: impl Into<String>) {
        if self.found.len() < LISTED {
            self.found.push((at.start, message.into()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns all problems, in the order of the text.
    pub(super) fn list(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        let text = self.text;
        self.found
            .into_iter()
            .map(|(at, message)| Problem::at(text, at, message))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        let text = "a = 1\nä = 'ö' # x\n";
        let mut problems = Problems::new(text);
        let at = text.find('#').unwrap();
        problems.add(&(at..at + 1), "late");
        problems.add(&(0..1), "early");
        let told: Vec<String> = problems.list().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["1:1: early", "2:9: late"]);
    }

    #[test]
    fn a_recipe_that_is_all_wrong_has_a_list_that_ends() {
        let mut problems = Problems::new("");
        (0..10_000).for_each(|at| problems.add(&(at..at), "wrong"));
        assert_eq!(problems.list().len(), LISTED);
    }
}
