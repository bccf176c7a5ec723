//! Pages of a list that were there before: a list by number that never has an empty page ends when nothing new comes.

use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

/// The most pages that are remembered, half of them the first of the list: some sites begin anew behind the last page.
const REMEMBERED: usize = 256;
/// Pages in a row that have to be known before the list counts as ended. One alone may be a list that has shifted while it was
/// read.
const ENDS: u8 = 2;

/// Marks of the pages of one list so far, which travel with its requests.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    marks: Vec<u64>,
    /// Pages in a row, up to the last one, that were known.
    repeats: u8,
}

impl Known {
    /// Notes what a page brought; whether the list has ended.
    pub(super) fn note(&mut self, found: &[String]) -> bool {
        let mark = mark(found);
        if self.marks.contains(&mark) {
            self.repeats = self.repeats.saturating_add(1);
        } else {
            self.repeats = 0;
            if self.marks.len() == REMEMBERED {
                self.marks.remove(REMEMBERED / 2);
            }
            self.marks.push(mark);
        }
        self.repeats >= ENDS
    }
}

/// A number for a set of texts, whatever their order.
fn mark(found: &[String]) -> u64 {
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    found.sort_unstable();
    found.dedup();
    let mut hasher = SipHasher13::new();
    for text in found {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xff);
    }
    // JSON's numbers are whole up to here everywhere.
    hasher.finish() >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    fn ends_at(pages: &[&[&str]]) -> Option<usize> {
        let mut known = Known::default();
        pages.iter().position(|items| known.note(&page(items)))
    }

    #[test]
    fn the_last_page_again_and_again_is_the_end() {
        assert_eq!(
            ends_at(&[&["a"], &["b"], &["c", "d"], &["d", "c"], &["c", "d"]]),
            Some(4)
        );
    }

    #[test]
    fn a_list_that_begins_anew_is_the_end() {
        assert_eq!(ends_at(&[&["a"], &["b"], &["a"], &["b"], &["a"]]), Some(3));
    }

    #[test]
    fn one_page_that_comes_twice_is_no_end() {
        assert_eq!(
            ends_at(&[&["a"], &["b"], &["b"], &["c"], &["c"], &["d"]]),
            None
        );
    }

    #[test]
    fn an_item_on_every_page_is_no_end() {
        assert_eq!(
            ends_at(&[&["ad", "a"], &["ad", "b"], &["ad", "c"], &["ad", "d"]]),
            None
        );
    }

    #[test]
    fn long_lists_are_remembered_within_bounds() {
        let mut known = Known::default();
        for number in 0..1000 {
            assert!(!known.note(&[number.to_string()]));
        }
        assert_eq!(known.marks.len(), REMEMBERED);
        assert!(!known.note(&page(&["0"])) && known.note(&page(&["1"])));
    }
}
