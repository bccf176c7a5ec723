//! The text of an article as its page states it for machines, used to find the element that shows this text.

use std::collections::HashSet;
use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use super::outline::{Part, Piece};

/// Number of words in a row that are compared.
const ROW: usize = 3;
/// Length of the shortest text that tells enough, in bytes.
const SHORTEST: i64 = 200;
/// First letter, roughly, of scripts that are written without spaces: there, each letter counts as a word.
const UNSPACED: char = '\u{2E80}';

/// Rows of words of a text.
pub(super) struct KnownText {
    /// Length in bytes, without white space.
    pub(super) length: i64,
    rows: HashSet<u64>,
    // Keyed at random, so no page can aim for collisions.
    state: RandomState,
}

impl KnownText {
    /// Returns the rows of words of a text; `None` if there is too little to go by.
    pub(super) fn of(text: &str) -> Option<Self> {
        let length: usize = text.split_ascii_whitespace().map(str::len).sum();
        let length = i64::try_from(length)
            .ok()
            .filter(|length| *length >= SHORTEST)?;
        let state = RandomState::new();
        let mut rows = Rows::new(&state);
        rows.push(text);
        Some(Self {
            length,
            rows: rows.found.into_iter().collect(),
            state,
        })
    }

    /// Returns whether most of a part is in the text.
    pub(super) fn has(&self, part: &Part<'_>) -> bool {
        let mut rows = Rows::new(&self.state);
        add(part, &mut rows);
        let known = rows
            .found
            .iter()
            .filter(|row| self.rows.contains(row))
            .count();
        known * 3 > rows.found.len() * 2
    }
}

fn add(part: &Part<'_>, rows: &mut Rows<'_>) {
    for piece in &part.content {
        match piece {
            Piece::Text(text) => rows.push(text.text),
            Piece::Part(part) if !part.is_left_out => add(part, rows),
            Piece::Part(_) => {}
        }
    }
}

/// Rows of words, each as a number.
struct Rows<'a> {
    state: &'a RandomState,
    last: VecDeque<u64>,
    found: Vec<u64>,
}

impl<'a> Rows<'a> {
    fn new(state: &'a RandomState) -> Self {
        Self {
            state,
            last: VecDeque::with_capacity(ROW + 1),
            found: Vec::new(),
        }
    }

    fn push(&mut self, text: &str) {
        for word in text.split(|letter: char| !letter.is_alphanumeric()) {
            let mut rest = word;
            while let Some(first) = rest.chars().next() {
                let end = if first >= UNSPACED {
                    first.len_utf8()
                } else {
                    rest.find(|letter| letter >= UNSPACED).unwrap_or(rest.len())
                };
                let (one, others) = rest.split_at(end);
                self.word(one);
                rest = others;
            }
        }
    }

    fn word(&mut self, word: &str) {
        self.last
            .push_back(self.state.hash_one(word.to_lowercase()));
        if self.last.len() > ROW {
            self.last.pop_front();
        }
        if self.last.len() == ROW {
            let mut hasher = self.state.build_hasher();
            self.last.iter().for_each(|word| hasher.write_u64(*word));
            self.found.push(hasher.finish());
        }
    }
}
