//! Output to a person's terminal: what may be printed, and how.

pub(super) mod cause;
pub(super) mod hint;
pub(super) mod logging;
pub(super) mod progress;
pub(super) mod records;
pub(super) mod screen;
pub(super) mod summary;
pub(super) mod table;

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

/// Replaces what could steer a terminal: control characters (C0, C1, escape) and those that change the direction of
/// writing are shown as U+FFFD; line breaks and tabs stay.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    replaced(text, is_unsafe)
}

/// Replaces the same as [`printable`] in a log line, but keeps the escapes, which are our own colours.
pub(super) fn printable_log(text: &str) -> Cow<'_, str> {
    replaced(text, |c| c != '\u{1b}' && is_unsafe(c))
}

fn replaced(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let shown = |c| {
        if is_unsafe(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// Replaces the same as [`printable`], and line breaks and tabs by spaces, so that the text is one line.
pub(super) fn printable_line(text: &str) -> Cow<'_, str> {
    match printable(text) {
        text if text.contains(['\n', '\t']) => Cow::Owned(text.replace(['\n', '\t'], " ")),
        text => text,
    }
}

fn is_unsafe(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_direction(c)
}

/// Returns whether the character reorders what is on the line (Unicode Standard Annex 9).
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Prepares remote text for standard output: made printable when a person reads it, unchanged otherwise.
pub(super) fn for_stdout(text: &str) -> Cow<'_, str> {
    if io::stdout().is_terminal() {
        printable(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// Prints a line to standard error. Nothing can be done when standard error is closed.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(text));
}

/// Asks a question on standard error and returns the line that is answered; `None` when there is no person to answer.
///
/// # Errors
/// Those of the streams.
pub(super) fn ask(question: &str) -> io::Result<Option<String>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let mut stderr = io::stderr();
    write!(stderr, "{} ", printable(question))?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(Some(answer.trim().to_owned()))
}

/// Returns whether colours are wanted on standard error (<https://no-color.org>).
pub(super) fn has_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_remote_can_steer_a_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\u{9b}c\u{202e}d\u{7f}e\r\nf\t"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}\nf\t"
        );
        assert_eq!(printable_line("a\nb"), "a b");
        assert!(matches!(printable("plain ü 漢"), Cow::Borrowed(_)));
    }
}
