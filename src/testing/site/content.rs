//! Content that follows from the seed, made once at the start.

use super::books::{Book, books};
use super::quotes::{Author, Quote, authors, quotes};
use super::web::Web;

/// Content that the site shows.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) seed: u64,
    pub(super) authors: Vec<Author>,
    pub(super) quotes: Vec<Quote>,
    pub(super) books: Vec<Book>,
    pub(super) web: Web,
}

impl Content {
    pub(super) fn new(seed: u64) -> Self {
        let authors = authors(seed);
        Self {
            seed,
            quotes: quotes(seed, &authors),
            authors,
            books: books(seed),
            web: Web::new(seed),
        }
    }
}

/// Returns the part of a list that is on page `page`, counted from 1; `None` if that page does not exist.
pub(super) fn page_of<T>(list: &[T], page: usize, size: usize) -> Option<&[T]> {
    list.chunks(size).nth(page.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_from_one() {
        let list = [1, 2, 3];
        assert_eq!(page_of(&list, 0, 2), None);
        assert_eq!(page_of(&list, 2, 2), Some(&[3][..]));
        assert_eq!(page_of(&list, 3, 2), None);
    }
}
