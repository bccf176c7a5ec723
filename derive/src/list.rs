//! Division of a list of selectors into its parts and their endings, as `crawlworks::html::Query` does it.

/// Returns the parts of a comma-separated list. There is always one.
pub(crate) fn list(css: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in marks(css) {
        if c == ',' {
            parts.extend(css.get(start..at));
            start = at + 1;
        }
    }
    parts.extend(css.get(start..));
    parts
}

/// Splits a selector from its ending, which begins with `::`.
pub(crate) fn split_ending(part: &str) -> (&str, Option<&str>) {
    let colons: Vec<_> = marks(part)
        .into_iter()
        .filter_map(|(at, c)| (c == ':').then_some(at))
        .collect();
    let ending = colons.windows(2).find_map(|pair| match pair {
        [first, second] if first + 1 == *second => Some(*first),
        _ => None,
    });
    match ending.and_then(|at| part.split_at_checked(at)) {
        Some((css, ending)) => (css, Some(ending)),
        None => (part, None),
    }
}

/// Returns the characters outside of brackets, strings and escapes, with their positions.
fn marks(css: &str) -> Vec<(usize, char)> {
    let mut marks = Vec::new();
    let mut chars = css.char_indices();
    let mut depth = 0_usize;
    let mut quote = None;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(c),
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => marks.push((at, c)),
            _ => {}
        }
    }
    marks
}
