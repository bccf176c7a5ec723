//! Writing text so that Markdown takes it for nothing else.

use std::fmt::Write as _;

use url::Url;

/// One word of text; `starts_line` when it is the first on its line.
pub(super) fn word(word: &str, starts_line: bool, out: &mut String) {
    let mut rest = word;
    if starts_line {
        let number = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if word.starts_with(['#', '+', '-', '=', '>', '~']) {
            out.push('\\');
        } else if number > 0
            && let Some((digits, mark)) = word.split_at_checked(number)
            && mark.starts_with(['.', ')'])
        {
            let _ = write!(out, "{digits}\\");
            rest = mark;
        }
    }
    let last = rest.chars().count().saturating_sub(1);
    let mut chars = rest.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' => true,
            '_' => at == 0 || at == last,
            '~' => at > 0 && next == Some('~'),
            '&' => next.is_some_and(|next| next == '#' || next.is_ascii_alphabetic()),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Text within a line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        word(part, false, &mut out);
    }
    out
}

/// The target of a link: a URL has no spaces, but it may have brackets.
pub(super) fn target(url: &Url) -> String {
    url.as_str().replace('(', "\\(").replace(')', "\\)")
}

/// Code within a line; nothing for nothing.
pub(super) fn code_span(code: &str) -> String {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    if code.is_empty() {
        return code;
    }
    let ticks = "`".repeat(longest_run(&code) + 1);
    let pad = if code.starts_with('`') || code.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{code}{pad}{ticks}")
}

/// A fence that does not occur in this code.
pub(super) fn fence(code: &str) -> String {
    "`".repeat(longest_run(code).max(2) + 1)
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
