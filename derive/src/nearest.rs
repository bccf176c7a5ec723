//! Suggestions for misspelled words.

/// Returns ``; did you mean `attr`?``, or an empty text when no name is near.
pub(crate) fn suggestion(word: &str, names: &[&str]) -> String {
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match near {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}
