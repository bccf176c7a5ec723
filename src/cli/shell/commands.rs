//! The commands of the shell: one table, from which they are found, checked, completed and explained.

use std::fmt::Write as _;

use super::look;
use super::page::Page;
use super::reply::Reply;
use super::session::{self, Session};
use super::show::Body;
use crate::cli::exit::Failure;
use crate::page::error::Result;
use crate::page::suggest::did_you_mean;

/// Command of the shell.
pub(super) struct Command {
    pub(super) name: &'static str,
    /// Argument of the command, as `help` shows it; in brackets when it is optional, empty when there is none.
    pub(super) takes: &'static str,
    pub(super) about: &'static str,
    pub(super) act: Act,
}

/// Action of a command.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Query on the page.
    Look(fn(&Page, &str) -> Result<Body>),
    /// Information about the page.
    Tell(fn(&Page) -> String),
    /// Any other action, which can change the session.
    Do(fn(&mut Session<'_>, Call<'_>) -> Result<Reply, Failure>),
    Quit,
}

/// Arguments of a command as they were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call<'a> {
    /// Text after the name of the command.
    pub(super) rest: &'a str,
    /// True with an exclamation mark: show the whole answer, or do it in any case.
    pub(super) all: bool,
}

/// Commands of the shell, in the order in which `help` lists them.
pub(super) const COMMANDS: &[Command] = &[
    look(
        "css",
        "QUERY",
        "text of each match; `a::attr(href)`: an attribute",
        look::css,
    ),
    look("html", "CSS", "HTML of each match", look::markup),
    look(
        "table",
        "CSS",
        "rows of each table that matches",
        look::table,
    ),
    look(
        "re",
        "PATTERN",
        "what a regular expression finds in the text",
        look::re,
    ),
    look(
        "json",
        "[JMESPATH]",
        "the answer as JSON, or what is found in it",
        look::json,
    ),
    act(
        "links",
        "[PATTERN]",
        "where the page links to",
        session::links,
    ),
    tell("text", "what a reader sees", look::text),
    look(
        "view",
        "[PATTERN]",
        "the source, or its lines that match",
        look::view,
    ),
    tell("headers", "status and headers", look::headers),
    tell("status", "URL, status, type, size, title", look::status),
    act(
        "items",
        "[SPIDER]",
        "what a spider finds on the page",
        session::items,
    ),
    act(
        "requests",
        "[SPIDER]",
        "what a spider would ask for next",
        session::requests,
    ),
    act(
        "label",
        "[LABEL]",
        "which kind of page it is for the spider",
        session::label,
    ),
    act(
        "fetch",
        "[URL|NUMBER]",
        "another page: a URL, or a number of the last list",
        session::fetch,
    ),
    act("open", "", "show the page in a browser", session::browse),
    act(
        "save",
        "FILE",
        "write the page to a file; `save!` replaces one",
        session::save,
    ),
    act("help", "[COMMAND]", "this list", |_, call| help(call.rest)),
    Command {
        name: "quit",
        takes: "",
        about: "end, as Ctrl-D does",
        act: Act::Quit,
    },
];

const fn look(
    name: &'static str,
    takes: &'static str,
    about: &'static str,
    look: fn(&Page, &str) -> Result<Body>,
) -> Command {
    Command {
        name,
        takes,
        about,
        act: Act::Look(look),
    }
}

const fn tell(name: &'static str, about: &'static str, tell: fn(&Page) -> String) -> Command {
    Command {
        name,
        takes: "",
        about,
        act: Act::Tell(tell),
    }
}

const fn act(
    name: &'static str,
    takes: &'static str,
    about: &'static str,
    act: fn(&mut Session<'_>, Call<'_>) -> Result<Reply, Failure>,
) -> Command {
    Command {
        name,
        takes,
        about,
        act: Act::Do(act),
    }
}

/// Reads a line; `None` when there is nothing in it, or only a comment.
///
/// # Errors
/// A usage error for a command that is none, or is not given what it takes.
pub(super) fn read(line: &str) -> Result<Option<(&'static Command, Call<'_>)>, Failure> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, all) = match word.strip_suffix('!') {
        Some(name) => (name, true),
        None => (word, false),
    };
    let call = Call {
        rest: rest.trim(),
        all,
    };
    let command = command(name)?;
    let usage = |why: &str| {
        let takes = format!("`{} {}`", command.name, command.takes);
        Failure::usage(format!("{why}: {}", takes.replace(" `", "`")))
    };
    match (command.takes, call.rest) {
        ("", "") => {}
        ("", _) => return Err(usage("it takes nothing")),
        (takes, "") if !takes.starts_with('[') => return Err(usage("there is something missing")),
        _ => {}
    }
    Ok(Some((command, call)))
}

fn command(name: &str) -> Result<&'static Command, Failure> {
    // What other shells call it.
    let name = if name == "exit" { "quit" } else { name };
    let command = COMMANDS.iter().find(|command| command.name == name);
    command.ok_or_else(|| {
        let suggestion = did_you_mean(name, COMMANDS.iter().map(|command| command.name));
        let mark = if suggestion.is_empty() { ";" } else { "" };
        Failure::usage(format!(
            "no command {name:?}{suggestion}{mark} `help` lists them"
        ))
    })
}

/// Returns the commands in a line of several: a `;` ends one when white space or nothing is behind it, unless it is in
/// quotes.
pub(super) fn split(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = end_of_first(line);
        rest = end.and_then(|end| line.get(end + 1..));
        line.get(..end.unwrap_or(line.len()))
    })
}

fn end_of_first(line: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        let behind = line.get(at + c.len_utf8()..).unwrap_or_default();
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\n') => return Some(at),
            // An apostrophe opens nothing.
            (None, '"' | '\'') if behind.contains(c) => quote = Some(c),
            (None, ';') if behind.is_empty() || behind.starts_with(char::is_whitespace) => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

/// Runs `help [COMMAND]`.
pub(super) fn help(name: &str) -> Result<Reply, Failure> {
    let told: Vec<&Command> = match name {
        "" => COMMANDS.iter().collect(),
        name => vec![command(name)?],
    };
    let mut text = String::new();
    for Command {
        name, takes, about, ..
    } in told
    {
        let _ = writeln!(text, "  {:<20}  {about}", format!("{name} {takes}"));
    }
    if name.is_empty() {
        text.push_str("\nAn exclamation mark, as in `css! p`, shows all of a long answer.");
        text.push_str(
            "\nTab completes; a line that begins with a space is not kept in the history.",
        );
    }
    Ok(Reply::whole(Body::Text(text.trim_end().to_owned())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn why(line: &str) -> String {
        match read(line) {
            Err(Failure::Usage(message)) => message,
            other => panic!(
                "{:?}",
                other.map(|read| read.map(|(command, call)| (command.name, call)))
            ),
        }
    }

    #[test]
    fn a_line_is_a_command_and_what_it_is_given() {
        let (command, call) = read("  css!  div.a > p::text \n").unwrap().unwrap();
        assert_eq!(command.name, "css");
        let expected = Call {
            rest: "div.a > p::text",
            all: true,
        };
        assert_eq!(call, expected);
        assert!(read("").unwrap().is_none());
        assert!(read("# nothing").unwrap().is_none());
    }

    #[test]
    fn what_is_no_command_is_told_with_the_nearest() {
        assert_eq!(
            why("linsk"),
            r#"no command "linsk"; did you mean "links"? `help` lists them"#
        );
        assert_eq!(why("xyzzy 1"), r#"no command "xyzzy"; `help` lists them"#);
        assert_eq!(why("css"), "there is something missing: `css QUERY`");
        assert_eq!(why("status now"), "it takes nothing: `status`");
    }

    #[test]
    fn the_help_fits_a_terminal() {
        let Body::Text(text) = help("").unwrap().body.unwrap() else {
            panic!("help is a text")
        };
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(help("csss").is_err());
    }

    #[test]
    fn several_commands_are_split_outside_of_quotes() {
        let split = |line| split(line).map(str::trim).collect::<Vec<_>>();
        assert_eq!(split("css h1; links"), ["css h1", "links"]);
        assert_eq!(split("css [style='a; b'];"), ["css [style='a; b']", ""]);
        assert_eq!(split("re a;b\nlinks"), ["re a;b", "links"]);
        assert_eq!(split("re it's; links"), ["re it's", "links"]);
    }

    proptest! {
        #[test]
        fn splitting_loses_nothing_but_the_ends(line in "[a;'\" \n]{0,30}") {
            let parts: Vec<&str> = split(&line).collect();
            let kept: usize = parts.iter().map(|part| part.len()).sum();
            prop_assert_eq!(kept + parts.len() - 1, line.len());
        }

        #[test]
        fn any_line_can_be_read(line in any::<String>()) {
            let _ = read(&line);
        }
    }
}
