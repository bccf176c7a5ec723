//! Suggestions for misspelled names.

/// Returns `; did you mean "delay"?` if one of the names is near, else an empty text.
pub(crate) fn did_you_mean<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    names
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min()
        .map_or_else(String::new, |(_, known)| {
            format!("; did you mean {known:?}?")
        })
}
