//! Display of answers: short and numbered on a terminal, whole and plain anywhere else.

use std::fmt::Write as _;

use crate::cli::terminal::table::count;
use crate::cli::terminal::{printable, printable_line};
use crate::cli::verbs::parse::pretty;
use crate::items::sink::Record;

/// Values that are shown of a list.
const VALUES: usize = 20;
/// Lines that are shown of a text.
const LINES: usize = 40;
/// Lines that are shown of a value that has many.
const LINES_EACH: usize = 12;
/// Characters that are shown of a line.
const CHARACTERS: usize = 400;

/// Answer of a command.
#[derive(Debug)]
pub(super) enum Body {
    /// Values of one line each.
    Values(Vec<String>),
    /// Values of any number of lines each.
    Blocks(Vec<String>),
    /// The items of a spider.
    Items(Vec<Record>),
    Text(String),
}

impl Body {
    /// Returns whether the answer is an empty list.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Values(list) | Self::Blocks(list) => list.is_empty(),
            Self::Items(items) => items.is_empty(),
            Self::Text(_) => false,
        }
    }

    /// Returns the whole answer for a program to read, with a line for each value.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Values(list) | Self::Blocks(list) => {
                for value in list {
                    push_line(&mut out, value);
                }
            }
            Self::Items(items) => {
                for item in items {
                    push_line(&mut out, item.json());
                }
            }
            Self::Text(text) => push_line(&mut out, text),
        }
        out
    }

    /// Returns as much of the answer as fits a terminal, or all of it, without anything that could steer the terminal.
    /// `again` is the command that shows all.
    pub(super) fn short(&self, all: bool, again: &str) -> String {
        let limit = |limit| if all { usize::MAX } else { limit };
        match self {
            Self::Values(list) => {
                let lines = list
                    .iter()
                    .map(|value| cut(printable_line(value).trim(), limit(CHARACTERS)));
                numbered(lines, list.len(), limit(VALUES), again)
            }
            Self::Blocks(list) => {
                let blocks = list.iter().map(|value| block(value, limit(LINES_EACH)));
                numbered(blocks, list.len(), limit(VALUES), again)
            }
            Self::Items(items) => {
                let blocks = items
                    .iter()
                    .map(|item| block(&pretty(item), limit(usize::MAX)));
                numbered(blocks, items.len(), limit(VALUES), again)
            }
            Self::Text(text) => {
                let lines = text.lines().count();
                let mut out = String::new();
                for line in text.lines().take(limit(LINES)) {
                    push_line(&mut out, &cut(&printable(line), limit(CHARACTERS)));
                }
                let rest = lines.saturating_sub(limit(LINES));
                out + &more(rest, "lines", again)
            }
        }
    }
}

fn numbered(
    values: impl Iterator<Item = String>,
    number: usize,
    limit: usize,
    again: &str,
) -> String {
    let mut out = String::new();
    let width = number.min(limit).to_string().len();
    for (at, value) in values.take(limit).enumerate() {
        for (line_number, line) in value.lines().enumerate() {
            let _ = match line_number {
                0 => writeln!(out, "{:>width$}  {line}", at + 1),
                _ => writeln!(out, "{:>width$}  {line}", ""),
            };
        }
        if value.is_empty() {
            let _ = writeln!(out, "{:>width$}", at + 1);
        }
    }
    out + &more(number.saturating_sub(limit), "", again)
}

/// Returns a line on how many are not shown.
fn more(rest: usize, what: &str, again: &str) -> String {
    match rest {
        0 => String::new(),
        rest => {
            let space = if what.is_empty() { "" } else { " " };
            format!(
                "… {}{space}{what} more; `{again}` shows all\n",
                count(rest as u64)
            )
        }
    }
}

/// Returns the first lines of a text.
fn block(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for line in text.lines().take(limit) {
        push_line(
            &mut out,
            &cut(&printable(line), limit.saturating_mul(CHARACTERS)),
        );
    }
    let rest = text.lines().count().saturating_sub(limit);
    if rest > 0 {
        let _ = writeln!(out, "… {} lines more", count(rest as u64));
    }
    out
}

/// Returns the first characters of a line, with a mark when there are more.
fn cut(line: &str, limit: usize) -> String {
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(number: usize) -> Body {
        Body::Values((1..=number).map(|value| format!("v{value}")).collect())
    }

    #[test]
    fn a_list_is_numbered_and_says_how_much_is_left_out() {
        let short = values(1234).short(false, "css! p");
        let lines: Vec<&str> = short.lines().collect();
        assert_eq!((lines[0], lines[19]), (" 1  v1", "20  v20"));
        assert_eq!(lines[20..], ["… 1,214 more; `css! p` shows all"]);
        assert_eq!(values(1234).short(true, "").lines().count(), 1234);
        assert_eq!(values(2).short(false, ""), "1  v1\n2  v2\n");
    }

    #[test]
    fn for_a_program_nothing_is_left_out_or_added() {
        assert_eq!(values(100).plain().lines().count(), 100);
        assert_eq!(Body::Text("a\nb".to_owned()).plain(), "a\nb\n");
        let item = Record::new(&[1, 2]).unwrap();
        assert_eq!(Body::Items(vec![item]).plain(), "[1,2]\n");
    }

    #[test]
    fn a_value_of_many_lines_stays_below_its_number() {
        let body = Body::Blocks(vec!["<p>\n  x\n</p>".to_owned(), String::new()]);
        assert_eq!(body.short(false, ""), "1  <p>\n     x\n   </p>\n2\n");
        let long = Body::Blocks(vec!["x\n".repeat(100)]);
        assert!(long.short(false, "").contains("… 88 lines more"));
    }

    #[test]
    fn a_long_text_and_a_long_line_are_cut_with_a_mark() {
        let text = Body::Text("x\n".repeat(100));
        assert!(
            text.short(false, "text!")
                .ends_with("… 60 lines more; `text!` shows all\n")
        );
        let line = Body::Text("ä".repeat(1000));
        assert_eq!(line.short(false, "").chars().count(), CHARACTERS + 2);
    }

    #[test]
    fn nothing_in_a_page_can_steer_the_terminal() {
        let evil = "a\u{1b}[2J\nb\u{202e}".to_owned();
        for body in [
            Body::Values(vec![evil.clone()]),
            Body::Blocks(vec![evil.clone()]),
            Body::Text(evil),
        ] {
            let short = body.short(true, "");
            assert!(!short.contains(['\u{1b}', '\u{202e}']), "{short:?}");
        }
    }
}
