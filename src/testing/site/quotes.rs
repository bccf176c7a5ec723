//! The hundred quotes and their fifty authors.

use std::collections::HashSet;

use serde::Serialize;

use super::random::Random;
use super::words::{self, adjective, capital, noun, slug, verb, virtue};

/// Quote, exactly as a spider should find it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Quote {
    /// Text of the quote, within the quotation marks `“` and `”` that the page shows. It can hold commas, double
    /// quotes, ampersands and any script.
    pub text: String,
    /// Author, who is supposed to have said it.
    pub author: String,
    /// Tags of the quote: one to four words, in the page's order.
    pub tags: Vec<String>,
}

/// Author, who has a page at `/author/SLUG/`.
#[derive(Debug)]
pub(super) struct Author {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) born: String,
    pub(super) description: String,
}

const QUOTES: usize = 100;

const FIRST_NAMES: &[&str] = &[
    "Ada", "Béla", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Inés", "Jonas", "Kofi",
    "Leïla", "Marek", "Noor", "Otto", "Petra", "Quentin", "Rosa", "Søren", "Tomás", "Ulla",
    "Viktor", "Wanda", "Yusuf", "Zoë",
];

/// Last names, one for each author: every one is used once, so names cannot repeat.
const LAST_NAMES: &[&str] = &[
    "Abernathy",
    "Bergström",
    "Castellan",
    "Dvorak",
    "Eriksen",
    "Fontaine",
    "García",
    "Hollander",
    "Ito",
    "Jankowski",
    "Kowalczyk",
    "Lindqvist",
    "Moreau",
    "Núñez",
    "O'Hara",
    "Petrov",
    "Quimby",
    "Rossi",
    "Şahin",
    "Tanaka",
    "Usher",
    "Varga",
    "Whitlock",
    "Xenakis",
    "Yamada",
    "Žižka",
    "Ackerman",
    "Bellamy",
    "Crane",
    "Dufour",
    "Ellery",
    "Ferrante",
    "Grimaldi",
    "Hartmann",
    "Ivanova",
    "Jensen",
    "Keller",
    "Lefèvre",
    "Müller",
    "Novák",
    "Okafor",
    "Pemberton",
    "Quill",
    "Ramires",
    "Saint-Clair",
    "Thorne",
    "Ursu",
    "Valdés",
    "Winterbourne",
    "Zimmer",
];

const TAGS: &[&str] = &[
    "life",
    "books",
    "humor",
    "truth",
    "travel",
    "time",
    "friendship",
    "learning",
    "art",
    "be-yourself",
    "weather",
    "science",
    "love",
    "work",
    "silence",
];

const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const PLACES: &[&str] = &[
    "Port Ellery",
    "Nørrevik",
    "Santa Lumen",
    "Old Harrow",
    "Březnice",
    "Kazan Hill",
    "Akagawa",
];

/// Returns the authors of a seed, in alphabetical order of their lists.
pub(super) fn authors(seed: u64) -> Vec<Author> {
    let mut random = Random::new(seed, 1);
    LAST_NAMES
        .iter()
        .map(|last| author(&mut random, last))
        .collect()
}

fn author(random: &mut Random, last: &str) -> Author {
    let name = format!("{} {last}", random.pick(FIRST_NAMES));
    let (month, day, year) = (
        random.pick(MONTHS),
        1 + random.below(28),
        1800 + random.below(180),
    );
    Author {
        slug: slug(&name),
        born: format!("{month} {day:02}, {year} in {}", random.pick(PLACES)),
        description: words::paragraph(random, 6),
        name,
    }
}

/// Returns the quotes of a seed: no text twice, every author at least once.
pub(super) fn quotes(seed: u64, authors: &[Author]) -> Vec<Quote> {
    let mut random = Random::new(seed, 2);
    let mut said_by: Vec<&Author> = authors.iter().cycle().take(QUOTES).collect();
    random.shuffle(&mut said_by);
    let mut texts = HashSet::new();
    said_by
        .into_iter()
        .enumerate()
        .map(|(at, author)| quote(&mut random, at, author, &mut texts))
        .collect()
}

fn quote(random: &mut Random, at: usize, author: &Author, texts: &mut HashSet<String>) -> Quote {
    let mut text = aphorism(random, at);
    while !texts.insert(text.clone()) {
        text = aphorism(random, at);
    }
    let mut tags = TAGS.to_vec();
    random.shuffle(&mut tags);
    tags.truncate(1 + at % 4);
    Quote {
        text: format!("“{text}”"),
        author: author.name.clone(),
        tags: tags.into_iter().map(str::to_owned).collect(),
    }
}

/// Returns the text of a quote. The templates go round, so every kind of difficult character is on every page.
fn aphorism(random: &mut Random, at: usize) -> String {
    let (a, n, v, w) = (
        adjective(random),
        noun(random),
        verb(random),
        virtue(random),
    );
    let (a2, n2, w2) = (adjective(random), noun(random), virtue(random));
    match at % 10 {
        0 => format!("A {a} {n} {v} more than a {a2} {n2}."),
        1 => format!("{} is a {n}; {w2} is the road to it.", capital(w)),
        2 => format!("They asked the {n} for \"{w}\", and it answered with a {a2} {n2}."),
        3 => format!("Where the {n} {v}, {w} & {w2} are never far."),
        4 => format!("If {w} < {w2}, then no {n} is {a} enough."),
        5 => format!("Life — c'est la vie — is a {a} {n}, a {n2}, and a little {w}."),
        6 => format!("Do not call a {n} {a}, call it unfinished; {w} {v} the rest."),
        7 => format!(
            "He who {v} the {n} needs no {n2}, only {w}: 心は{}つ。",
            random.pick(&["一", "二", "三"])
        ),
        8 => format!("The {n} is naïve, the {n2} is blasé, and {w} costs 5 € on any day."),
        _ => format!("There are two kinds of {w}: the {a} kind, and the kind that {v} the {n}. 🌱"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_different_quotes_are_said_by_fifty_authors() {
        let authors = authors(1);
        let quotes = quotes(1, &authors);
        assert_eq!(quotes.len(), 100);
        assert_eq!(
            quotes
                .iter()
                .map(|quote| &quote.text)
                .collect::<HashSet<_>>()
                .len(),
            100
        );
        assert_eq!(
            quotes
                .iter()
                .map(|quote| &quote.author)
                .collect::<HashSet<_>>()
                .len(),
            50
        );
        assert_eq!(
            authors
                .iter()
                .map(|author| &author.slug)
                .collect::<HashSet<_>>()
                .len(),
            50
        );
        assert!(authors.iter().all(|author| author.slug.is_ascii()));
    }

    #[test]
    fn quotes_hold_what_makes_csv_json_and_html_difficult() {
        let quotes = quotes(1, &authors(1));
        for difficult in ['"', ',', '&', '<', '\'', 'ï', '心', '🌱'] {
            assert!(
                quotes.iter().any(|quote| quote.text.contains(difficult)),
                "no {difficult}"
            );
        }
    }
}
