//! The prompt: line editing, history and completion around the session.

use std::borrow::Cow;
use std::path::PathBuf;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::history::{FileHistory, History};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::commands::COMMANDS;
use super::completion::Names;
use super::history;
use super::reply::Done;
use super::session::Session;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal;
use crate::page::error::{Error, ErrorKind};

const PROMPT: &str = "crawl> ";

/// Reads and runs commands until a person has enough.
pub(super) fn run(session: &mut Session<'_>) -> Outcome {
    terminal::say("`help` lists the commands, Tab completes, Ctrl-D ends.");
    let mut editor = editor()?;
    let names = Names::default().and_spiders(session.spiders());
    editor.set_helper(Some(Assistant::new(names)));
    let mut file = open_history(&mut editor);
    loop {
        if let Some(names) = session.new_page().map(Names::of) {
            let names = names.and_spiders(session.spiders());
            editor.set_helper(Some(Assistant::new(names)));
        }
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            // Ctrl-C clears the line.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(Exit::Finished),
            Err(error) => return Err(broken(error).into()),
        };
        remember(&mut editor, &mut file, &line);
        if session.run(&line)? == Done::Quit {
            return Ok(Exit::Finished);
        }
    }
}

fn editor() -> Result<Editor<Assistant, FileHistory>, Error> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .history_ignore_space(true)
        .max_history_size(history::LINES)
        .and_then(|config| config.history_ignore_dups(true))
        .map_err(broken)?
        .build();
    let history = FileHistory::with_config(&config);
    Editor::with_history(config, history).map_err(broken)
}

/// Returns the file that lines are kept in, if there is one. If it cannot be used, prints that once.
fn open_history(editor: &mut Editor<Assistant, FileHistory>) -> Option<PathBuf> {
    let file = match history::file() {
        Ok(file) => file?,
        Err(error) => {
            no_history(&error.chain());
            return None;
        }
    };
    if file.exists()
        && let Err(error) = editor.load_history(&file)
    {
        no_history(&error);
        return None;
    }
    Some(file)
}

fn remember(editor: &mut Editor<Assistant, FileHistory>, file: &mut Option<PathBuf>, line: &str) {
    // It is refused when it is empty, begins with a space, or is the same as the last.
    let is_kept = editor.add_history_entry(line).unwrap_or_default();
    if let (true, Some(path)) = (is_kept, &*file)
        && let Err(error) = editor.history_mut().append(path)
    {
        no_history(&error);
        *file = None;
    }
}

fn no_history(error: &dyn std::fmt::Display) {
    terminal::say(&format!("no history is kept: {error}"));
}

fn broken(error: ReadlineError) -> Error {
    Error::new(ErrorKind::File, "cannot read from the terminal").with_source(error)
}

/// Helper of the line editor: completion and hints.
struct Assistant {
    names: Names,
    /// True if colours are on, so that hints differ from typed text.
    has_colour: bool,
}

impl Assistant {
    fn new(names: Names) -> Self {
        Self {
            names,
            has_colour: terminal::has_colour(),
        }
    }
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.names.complete(line, at))
    }
}

/// Hint of the argument that a command takes, shown after the command. No key inserts it.
struct Takes(&'static str);

impl Hint for Takes {
    fn display(&self) -> &str {
        self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Takes;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<Takes> {
        let word = line
            .strip_suffix(' ')
            .filter(|_| self.has_colour && at == line.len())?;
        let name = word.trim_end_matches('!');
        let command = COMMANDS.iter().find(|command| command.name == name)?;
        Some(Takes(command.takes))
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        format!("\x1b[2m{hint}\x1b[22m").into()
    }
}
