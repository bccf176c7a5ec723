//! Reply of a command, and its display to a person or a script.

use std::io::{self, IsTerminal, Write};

use super::commands::{Call, Command};
use super::show::Body;
use crate::cli::exit::Failure;
use crate::cli::terminal;
use crate::cli::terminal::hint;
use crate::page::error::Error;

/// Reply of a command.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// Answer of the command.
    pub(super) body: Option<Body>,
    /// Lines that are printed for a person besides.
    pub(super) told: Vec<String>,
    /// Error that occurred although there is an answer.
    pub(super) error: Option<Error>,
}

/// Outcome of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Well,
    /// The command failed, or found nothing.
    Badly,
    /// The line has no command.
    Idle,
    Quit,
}

impl Reply {
    pub(super) fn whole(body: Body) -> Self {
        Self {
            body: Some(body),
            ..Self::default()
        }
    }

    pub(super) fn told(text: String) -> Self {
        Self {
            told: vec![text],
            ..Self::default()
        }
    }

    /// Shows the reply.
    ///
    /// # Errors
    /// Fails when standard output cannot be written.
    pub(super) fn show(self, command: &Command, call: Call<'_>) -> io::Result<Done> {
        let mut out = io::stdout().lock();
        let found = self.body.as_ref().is_none_or(|body| !body.is_empty());
        if let Some(body) = self.body {
            if out.is_terminal() {
                let again = format!("{}! {}", command.name, call.rest);
                out.write_all(body.short(call.all, again.trim_end()).as_bytes())?;
            } else {
                out.write_all(body.plain().as_bytes())?;
            }
            out.flush()?;
        }
        for told in &self.told {
            terminal::say(told);
        }
        match self.error {
            Some(error) => Ok(fail(&error.into())),
            None if found => Ok(Done::Well),
            None => {
                terminal::say("nothing found");
                Ok(Done::Badly)
            }
        }
    }
}

/// Reports the page that was opened before the first command.
pub(super) fn greet(opened: Result<Reply, Failure>) {
    match opened {
        // A script wants the answers to its commands.
        Ok(reply) if io::stdout().is_terminal() => {
            for told in &reply.told {
                terminal::say(told);
            }
        }
        Ok(_) => {}
        Err(failure) => {
            fail(&failure);
        }
    }
}

/// Prints what went wrong; the shell goes on.
pub(super) fn fail(failure: &Failure) -> Done {
    match failure {
        // Without the word on --help, which is not of the shell.
        Failure::Usage(message) => terminal::say(&format!("error: {message}")),
        failure => crate::cli::tell(failure, hint::Dialect::Flags),
    }
    Done::Badly
}
