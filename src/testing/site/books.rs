//! The thousand books of the shop and their fifty categories.

use std::collections::HashSet;

use serde::Serialize;

use super::random::Random;
use super::words::{self, adjective, capital, noun, slug, virtue};

/// Book, exactly as a spider should find it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Book {
    /// Number of the book, from 1 to 1,000, in the order of the shop's pages.
    pub id: u32,
    /// Path of the book's own page: `/shop/book/the-quiet-river_1.html`.
    pub path: String,
    /// Product code: sixteen hexadecimal digits, different for every book.
    pub upc: String,
    /// Title, different for every book.
    pub title: String,
    /// Price in pence: the page shows `£51.77` for 5177.
    pub price_pence: u32,
    /// Number of copies in stock; 0 for some books.
    pub in_stock: u32,
    /// Rating in stars, from 1 to 5.
    pub rating: u8,
    /// Name of the category.
    pub category: String,
    /// Description of a few sentences.
    pub description: String,
    /// Path of the cover: `/shop/media/1.png`.
    pub image: String,
}

impl Book {
    /// Returns the price as the page shows it: `£51.77`.
    #[must_use]
    pub fn price(&self) -> String {
        format!("£{}.{:02}", self.price_pence / 100, self.price_pence % 100)
    }
}

const BOOKS: u32 = 1_000;

/// The categories, in the order in which the shop lists them.
pub(super) const CATEGORIES: &[&str] = &[
    "Travel",
    "Mystery",
    "Historical Fiction",
    "Sequential Art",
    "Classics",
    "Philosophy",
    "Romance",
    "Fiction",
    "Childrens",
    "Religion",
    "Nonfiction",
    "Music",
    "Science Fiction",
    "Sports",
    "Fantasy",
    "New Adult",
    "Young Adult",
    "Science",
    "Poetry",
    "Paranormal",
    "Art & Design",
    "Psychology",
    "Autobiography",
    "Parenting",
    "Adult Fiction",
    "Humor",
    "Horror",
    "History",
    "Food & Drink",
    "Christian Fiction",
    "Business",
    "Biography",
    "Thriller",
    "Contemporary",
    "Spirituality",
    "Academic",
    "Self Help",
    "Historical",
    "Christian",
    "Suspense",
    "Short Stories",
    "Novels",
    "Health",
    "Politics",
    "Cultural",
    "Languages",
    "Crime",
    "Gardening",
    "Mathematics",
    "Computing",
];

/// Returns the books of a seed: no title and no code twice, no category without a book.
pub(super) fn books(seed: u64) -> Vec<Book> {
    let mut random = Random::new(seed, 3);
    let mut titles = HashSet::new();
    (1..=BOOKS)
        .map(|id| book(&mut random, id, &mut titles))
        .collect()
}

fn book(random: &mut Random, id: u32, titles: &mut HashSet<String>) -> Book {
    let mut title = title(random);
    while !titles.insert(title.clone()) {
        title = self::title(random);
    }
    Book {
        id,
        path: format!("/shop/book/{}_{id}.html", slug(&title)),
        // The last four digits are the number: codes cannot repeat.
        upc: format!("{:012x}{id:04x}", random.next() >> 16),
        title,
        price_pence: 1_000 + small(random, 5_000),
        in_stock: small(random, 23),
        rating: 1 + u8::try_from(random.below(5)).unwrap_or_default(),
        category: category(random, id).to_owned(),
        description: words::paragraph(random, 3 + u64::from(id % 4)),
        image: format!("/shop/media/{id}.png"),
    }
}

fn small(random: &mut Random, bound: u64) -> u32 {
    u32::try_from(random.below(bound)).unwrap_or_default()
}

/// Chooses the category of a book. The first books go round all categories; the others prefer the first ones, so some
/// categories have many pages.
fn category(random: &mut Random, id: u32) -> &'static str {
    let count = CATEGORIES.len() as u64;
    let at = if u64::from(id) <= count {
        u64::from(id) - 1
    } else {
        random.below(count) * random.below(count) / count
    };
    usize::try_from(at)
        .ok()
        .and_then(|at| CATEGORIES.get(at))
        .copied()
        .unwrap_or_default()
}

fn title(random: &mut Random) -> String {
    let (a, b, c) = (
        capital(adjective(random)),
        capital(noun(random)),
        capital(noun(random)),
    );
    let v = capital(virtue(random));
    match random.below(8) {
        0 => format!("The {a} {b}"),
        1 => format!("{b} & {c}"),
        2 => format!("The {b}'s {c}"),
        3 => format!("A Short History of {v}"),
        4 => format!(
            "{a} {b}: A Novel of {v} (The {c} Trilogy, #{})",
            1 + random.below(3)
        ),
        5 => format!("\"{b}\", or the {a} {c}"),
        6 => format!("Café {b}"),
        _ => format!("How to Find a {b} in a {a} {c}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_different_books_fill_fifty_categories() {
        let books = books(1);
        assert_eq!(books.len(), 1_000);
        assert_eq!(
            books
                .iter()
                .map(|book| &book.title)
                .collect::<HashSet<_>>()
                .len(),
            1_000
        );
        assert_eq!(
            books
                .iter()
                .map(|book| &book.upc)
                .collect::<HashSet<_>>()
                .len(),
            1_000
        );
        assert_eq!(
            books
                .iter()
                .map(|book| &book.category)
                .collect::<HashSet<_>>()
                .len(),
            50
        );
        assert!(
            books
                .iter()
                .all(|book| (1..=5).contains(&book.rating) && book.upc.len() == 16)
        );
    }

    #[test]
    fn a_price_is_shown_in_pounds() {
        let mut book = books(1).remove(0);
        book.price_pence = 5_107;
        assert_eq!(book.price(), "£51.07");
    }
}
