//! What the names in a file stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Token, end, word};

/// Names that a file has for something of a crate; with no crate, for something of our own.
pub(super) fn names(
    tokens: &[Token],
    crates: &BTreeSet<String>,
    aliases: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for at in 0..tokens.len() {
        let name = word(tokens, at + 1);
        match word(tokens, at) {
            "mod" => drop(found.insert(name.to_owned(), String::new())),
            "type" => found.extend(aliases.get(name).map(|of| (name.to_owned(), of.clone()))),
            "use" => {
                let path = &tokens[at + 1..end(tokens, at + 1, &[";"])];
                found.extend(branches(path).into_iter().map(|(first, last, name)| {
                    let of = crates.get(&first).or_else(|| aliases.get(&last));
                    (name, of.cloned().unwrap_or_default())
                }));
            }
            _ => {}
        }
    }
    found
}

/// The paths of a tree of `use`: the first and the last name of each, and the name that it brings.
fn branches(path: &[Token]) -> Vec<(String, String, String)> {
    let words = path.iter().map(|(_, word)| word.clone());
    let Some(open) = path.iter().position(|(_, word)| word == "{") else {
        let words: Vec<String> = words.filter(|word| word != "::").collect();
        return match &words[..] {
            [] => Vec::new(),
            [first, .., last, by, name] if by == "as" => {
                vec![(first.clone(), last.clone(), name.clone())]
            }
            [only] => vec![(only.clone(), only.clone(), only.clone())],
            [first, .., last] => vec![(first.clone(), last.clone(), last.clone())],
        };
    };
    let start: Vec<String> = words.take(open).filter(|word| word != "::").collect();
    let (mut at, mut found) = (open + 1, Vec::new());
    while at < path.len() {
        let stop = end(path, at, &[","]);
        for (first, last, name) in branches(&path[at..stop]) {
            let itself = start.last().filter(|_| last == "self");
            let first = start.first().cloned().unwrap_or(first);
            let name = itself.filter(|_| name == "self").cloned().unwrap_or(name);
            found.push((first, itself.cloned().unwrap_or(last), name));
        }
        at = stop + 1;
    }
    found
}

/// The types that a file declares, with a bare `pub` or without.
pub(super) fn declared(tokens: &[Token], is_public: bool) -> BTreeSet<String> {
    let kinds = ["struct", "enum", "trait", "type", "union"];
    let is_kind = |at: &usize| kinds.contains(&word(tokens, *at));
    (0..tokens.len())
        .filter(is_kind)
        .filter(|at| (*at > 0 && word(tokens, at - 1) == "pub") == is_public)
        .map(|at| word(tokens, at + 1).to_owned())
        .collect()
}

/// Names of ours that stand for types of other crates, where they are not public themselves.
pub(super) fn aliases_of(
    tokens: &[Token],
    crates: &BTreeSet<String>,
    names: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for at in 0..tokens.len() {
        let (is_type, is_use) = (word(tokens, at) == "type", word(tokens, at) == "use");
        let before = at.checked_sub(1).map_or("", |before| word(tokens, before));
        let stop = end(tokens, at + 1, &[";"]);
        if is_type && before != "pub" && word(tokens, at + 2) == "=" {
            let of = uses(&tokens[at + 3..stop], crates, names)
                .into_iter()
                .next();
            found.extend(of.map(|(of, _)| (word(tokens, at + 1).to_owned(), of)));
        } else if is_use && before == ")" {
            for (first, _, name) in branches(&tokens[at + 1..stop]) {
                found.extend(crates.get(&first).map(|of| (name, of.clone())));
            }
        }
    }
    found
}

/// Crates whose types these tokens name, with the lines.
pub(super) fn uses(
    tokens: &[Token],
    crates: &BTreeSet<String>,
    names: &BTreeMap<String, String>,
) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, (line, name)) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| word(tokens, before));
        if before == "::" {
            continue;
        }
        let is_path = word(tokens, at + 1) == "::";
        let of = names
            .get(name)
            .or_else(|| crates.get(name).filter(|_| is_path));
        found.extend(of.filter(|of| !of.is_empty()).map(|of| (of.clone(), *line)));
    }
    found
}
