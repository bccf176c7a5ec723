//! What is public of a file.

use std::collections::BTreeSet;

use super::tokens::{Token, close, end, word};

/// The parts of a file that its users compile against.
pub(super) fn signatures<'t>(tokens: &'t [Token], hidden: &BTreeSet<String>) -> Vec<&'t [Token]> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| word(tokens, before));
        match word(tokens, at) {
            "pub" if word(tokens, at + 1) != "(" => item(tokens, at + 1, &mut found),
            "impl" if matches!(before, "" | "}" | ";" | "{" | "]" | "unsafe") => {
                implementation(tokens, at, hidden, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Adds what is public of the item that begins behind `pub`.
fn item<'t>(tokens: &'t [Token], start: usize, found: &mut Vec<&'t [Token]>) {
    let mut at = start;
    while matches!(word(tokens, at), "async" | "unsafe" | "extern")
        || word(tokens, at) == "const" && matches!(word(tokens, at + 1), "fn" | "unsafe" | "async")
    {
        at += 1;
    }
    let signs: &[&str] = match word(tokens, at) {
        "fn" => &["{", ";"],
        "struct" | "union" => &["{", ";", "("],
        "type" | "use" => &[";"],
        "const" | "static" => &["=", ";"],
        "mod" => return,
        "enum" => {
            let body = end(tokens, at, &["{"]);
            found.push(&tokens[at..close(tokens, body + 1)]);
            return;
        }
        "trait" => {
            let body = end(tokens, at, &["{"]);
            found.push(&tokens[at..body]);
            return members(tokens, body + 1, found);
        }
        _ => &[","],
    };
    found.push(&tokens[at..end(tokens, at, signs)]);
}

/// Adds the signatures of a trait, or the types of an implementation.
fn members<'t>(tokens: &'t [Token], start: usize, found: &mut Vec<&'t [Token]>) {
    let mut at = start;
    while at < tokens.len() && word(tokens, at) != "}" {
        let stop = end(tokens, at, &["{", ";"]);
        found.push(&tokens[at..stop]);
        at = match word(tokens, stop) {
            "{" => close(tokens, stop + 1) + 1,
            _ => stop + 1,
        };
    }
}

/// Adds the head of an implementation of a trait, and the types in it, unless the trait or the type is hidden.
fn implementation<'t>(
    tokens: &'t [Token],
    start: usize,
    hidden: &BTreeSet<String>,
    found: &mut Vec<&'t [Token]>,
) {
    let body = end(tokens, start, &["{"]);
    let mut from = start + 1;
    if word(tokens, from) == "<" {
        from = end(tokens, from + 1, &[]) + 1;
    }
    let of = end(tokens, from, &["for"]);
    if of >= body {
        return;
    }
    // The last word of a path, before its arguments.
    let name = |from: usize| {
        let stop = end(tokens, from, &["<", "{", "for", "where"]);
        stop.checked_sub(1).map_or("", |last| word(tokens, last))
    };
    if hidden.contains(name(from)) || hidden.contains(name(of + 1)) {
        return;
    }
    found.push(&tokens[start..body]);
    let mut types = Vec::new();
    members(tokens, body + 1, &mut types);
    found.extend(types.into_iter().filter(|member| word(member, 0) == "type"));
}
