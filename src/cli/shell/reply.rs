//! What a command comes to, and how a person or a script is told.

use std::io::{self, IsTerminal, Write};

use super::commands::{Call, Command};
use super::show::Body;
use crate::cli::exit::Failure;
use crate::cli::terminal;
use crate::cli::terminal::hint;
use crate::page::error::Error;

/// What a command comes to.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// The answer.
    pub(super) body: Option<Body>,
    /// What a person is told besides.
    pub(super) told: Vec<String>,
    /// What went wrong, although there is an answer.
    pub(super) error: Option<Error>,
}

/// How a line went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Well,
    /// It failed, or found nothing.
    Badly,
    /// There was no command.
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

    /// Shows it.
    ///
    /// # Errors
    /// When standard output cannot be written.
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

/// Tells of a page that was opened before the first command.
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

/// Tells what went wrong; the shell goes on.
pub(super) fn fail(failure: &Failure) -> Done {
    match failure {
        // Without the word on --help, which is not of the shell.
        Failure::Usage(message) => terminal::say(&format!("error: {message}")),
        failure => crate::cli::tell(failure, hint::Dialect::Flags),
    }
    Done::Badly
}
