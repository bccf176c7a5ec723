//! The words that quotes, titles and filler text are put together from.

use super::random::Random;

const NOUNS: &[&str] = &[
    "river",
    "lantern",
    "garden",
    "mountain",
    "letter",
    "harbour",
    "winter",
    "question",
    "mirror",
    "map",
    "orchard",
    "bridge",
    "clock",
    "storm",
    "library",
    "window",
    "road",
    "island",
    "melody",
    "shadow",
    "candle",
    "compass",
    "forest",
    "promise",
    "teacher",
    "sailor",
    "stranger",
    "silence",
    "machine",
    "kitchen",
    "meadow",
    "engine",
    "painter",
    "thread",
    "anchor",
    "village",
    "feather",
    "tide",
    "archive",
    "bell",
    "desert",
    "needle",
    "sparrow",
    "voyage",
    "cathedral",
    "pocket",
    "ladder",
    "signal",
    "violin",
    "glacier",
    "baker",
    "lighthouse",
    "secret",
    "morning",
    "summer",
    "riddle",
    "kingdom",
    "notebook",
    "traveller",
    "wolf",
];

const ADJECTIVES: &[&str] = &[
    "quiet",
    "patient",
    "crooked",
    "golden",
    "forgotten",
    "honest",
    "restless",
    "distant",
    "curious",
    "hollow",
    "gentle",
    "stubborn",
    "bright",
    "careless",
    "ancient",
    "borrowed",
    "simple",
    "wandering",
    "silver",
    "unfinished",
    "brave",
    "narrow",
    "burning",
    "frozen",
    "hidden",
    "lonely",
    "open",
    "second",
    "slow",
    "tall",
    "true",
    "velvet",
    "wild",
    "young",
    "blue",
    "last",
    "lucky",
    "modest",
    "northern",
    "paper",
];

const VERBS: &[&str] = &[
    "remembers",
    "carries",
    "builds",
    "outlives",
    "teaches",
    "repairs",
    "follows",
    "forgives",
    "measures",
    "answers",
    "changes",
    "finds",
    "hides",
    "keeps",
    "loses",
    "names",
    "opens",
    "paints",
    "reads",
    "saves",
];

const VIRTUES: &[&str] = &[
    "courage",
    "patience",
    "doubt",
    "kindness",
    "curiosity",
    "hope",
    "memory",
    "practice",
    "wonder",
    "humour",
    "attention",
    "solitude",
    "friendship",
    "work",
    "laughter",
];

/// Returns a noun.
pub(super) fn noun(random: &mut Random) -> &'static str {
    random.pick(NOUNS)
}

/// Returns an adjective.
pub(super) fn adjective(random: &mut Random) -> &'static str {
    random.pick(ADJECTIVES)
}

/// Returns a verb in the third person.
pub(super) fn verb(random: &mut Random) -> &'static str {
    random.pick(VERBS)
}

/// Returns a quality of people.
pub(super) fn virtue(random: &mut Random) -> &'static str {
    random.pick(VIRTUES)
}

/// Returns a plain sentence of about sixty characters.
pub(super) fn sentence(random: &mut Random) -> String {
    let (a, b, c) = (adjective(random), noun(random), verb(random));
    match random.below(4) {
        0 => format!(
            "The {a} {b} {c} the {}, and the {} waits.",
            noun(random),
            noun(random)
        ),
        1 => format!("Every {b} {c} a {} {}.", adjective(random), noun(random)),
        2 => format!("Nobody knows why the {a} {b} {c} {}.", virtue(random)),
        _ => format!(
            "In the {} of the {a} {b}, {} {c} the {}.",
            noun(random),
            virtue(random),
            noun(random)
        ),
    }
}

/// Returns `count` sentences with a space between them.
pub(super) fn paragraph(random: &mut Random, count: u64) -> String {
    (0..count)
        .map(|_| sentence(random))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the text with its first letter as a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Returns the text as it is written in a URL: letters and digits, lower case, words joined by `-`, accents taken off.
pub(super) fn slug(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| *c != '\'')
        .map(without_accent)
        .collect();
    let words = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'å' | 'ã' => 'a',
        'č' | 'ć' | 'ç' => 'c',
        'é' | 'è' | 'ë' => 'e',
        'í' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' => 'n',
        'ó' | 'ö' | 'ø' => 'o',
        'Ş' => 'S',
        'ü' | 'ú' => 'u',
        'Ž' => 'Z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_ascii() {
        assert_eq!(slug("Zoë O'Núñez & \"Sons\", Łtd."), "zoe-onunez-sons-td");
        assert_eq!(slug("The Last Café: A Novel"), "the-last-cafe-a-novel");
    }
}
