//! The words and signs of a source.

pub(super) type Token = (usize, String);

/// The words and signs of a source, with their lines; without comments, lifetimes and what is in quotation marks.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while at < chars.len() {
        let (stop, is_code) = token(&chars[at..]);
        let part = &chars[at..at + stop.min(chars.len() - at)];
        if is_code {
            found.push((line, part.iter().collect()));
        }
        line += part.iter().filter(|c| **c == '\n').count();
        at += stop;
    }
    found
}

/// The length of what these characters begin with, and whether it is a word or a sign.
fn token(chars: &[char]) -> (usize, bool) {
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let nth = |at: usize| chars.get(at).copied().unwrap_or(' ');
    let word = || chars.iter().skip(1).take_while(|c| is_word(c)).count() + 1;
    let marks = || chars.iter().skip(1).take_while(|c| **c == '#').count();
    match (nth(0), nth(1)) {
        ('/', '/') => (until(chars, 2, "\n"), false),
        ('/', '*') => (until(chars, 2, "*/"), false),
        ('r', '"' | '#') if nth(marks() + 1) == '"' => {
            let end = format!("\"{}", "#".repeat(marks()));
            (until(chars, marks() + 2, &end), false)
        }
        ('\'', next) if next != '\\' && nth(2) != '\'' => (word(), false),
        ('"' | '\'', _) => (quoted(chars), false),
        (':', ':') | ('-' | '=', '>') => (2, true),
        (first, _) if is_word(&first) => (word(), true),
        (first, _) => (1, !first.is_whitespace()),
    }
}

/// The length up to and with this end.
fn until(chars: &[char], from: usize, end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    let found = chars[from..]
        .windows(end.len())
        .position(|window| window == end);
    found.map_or(chars.len(), |length| from + length + end.len())
}

/// The length of a text in quotation marks.
fn quoted(chars: &[char]) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != chars[0] {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

pub(super) fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |(_, word)| word)
}

/// The place of the first of these signs outside of brackets, or of the bracket that ends what is around it.
pub(super) fn end(tokens: &[Token], from: usize, signs: &[&str]) -> usize {
    let mut depth = 0;
    for at in from..tokens.len() {
        match word(tokens, at) {
            sign if depth == 0 && signs.contains(&sign) => return at,
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" | ">" if depth == 0 => return at,
            ")" | "]" | "}" | ">" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The place of the brace that ends what is around it. In code, `<` is no bracket.
pub(super) fn close(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for at in from..tokens.len() {
        match word(tokens, at) {
            "{" => depth += 1,
            "}" if depth == 0 => return at,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}
