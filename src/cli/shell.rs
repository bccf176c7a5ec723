//! `crawl shell`: a prompt at which a page is looked at, and a spider is tried on it.

mod browser;
mod commands;
mod completion;
mod history;
mod look;
mod page;
mod prompt;
mod reply;
mod session;
mod show;

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::PageFlags;
use crate::cli::one::Patience;
use crate::cli::trial::SpiderFlags;
use crate::engine::job::Job;
use crate::page::error::{Error, ErrorKind};
use reply::Done;
use session::Session;

/// Look at a page at a prompt: try selectors and spiders on it
///
/// The prompt edits lines, keeps a history, and completes commands and what is on the page: tags, classes, ids and
/// attributes. `help` lists the commands. Without a terminal, commands are read from standard input, one per line, and
/// the exit code is 1 when the last one failed or found nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl shell https://example.com/shop/\n  \
                  crawl shell https://example.com/shop/ --spider books\n  \
                  crawl shell --file page.html --base https://example.com/shop/\n  \
                  crawl shell https://example.com/shop/ -c 'css h1; links /page/'")]
pub(super) struct Shell {
    /// The first page [default: the first one of --spider]
    #[arg(conflicts_with = "file")]
    url: Option<String>,

    /// Read the first page from a file
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: links are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url", requires = "file")]
    base: Option<String>,

    /// Run these commands and end; `;` with a space behind it ends a command
    #[arg(short = 'c', value_name = "COMMANDS")]
    commands: Option<String>,

    #[command(flatten)]
    spider: SpiderFlags,

    #[command(flatten)]
    request: PageFlags,
}

impl Shell {
    pub(super) fn run(self, jobs: &[Job]) -> Outcome {
        let reads_stdin = self
            .file
            .as_ref()
            .is_some_and(|file| file.as_os_str() == "-");
        if reads_stdin && self.commands.is_none() {
            return Err(Failure::usage(
                "the commands and the page cannot both come from standard input; add -c COMMANDS",
            ));
        }
        let is_prompt =
            self.commands.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal();
        let patience = if is_prompt {
            Patience::Person
        } else {
            Patience::Each
        };
        let mut session = Session::new(jobs, self.spider, self.request, patience)?;
        let opened = match (self.file, self.url) {
            (Some(file), _) => session.open_file(file, &self.base.unwrap_or_default()),
            (None, Some(url)) => session.open_url(&url),
            (None, None) => session.open_first(),
        };
        match opened {
            Err(failure) if !is_prompt => return Err(failure),
            opened => reply::greet(opened),
        }
        if is_prompt {
            return prompt::run(&mut session);
        }
        match self.commands {
            Some(commands) => script(&mut session, commands::split(&commands).map(Ok)),
            None => script(&mut session, io::stdin().lock().lines()),
        }
    }
}

/// Runs commands without a prompt.
fn script(
    session: &mut Session<'_>,
    lines: impl Iterator<Item = io::Result<impl AsRef<str>>>,
) -> Outcome {
    let mut exit = Exit::Finished;
    for line in lines {
        let line = line.map_err(|error| {
            Error::new(ErrorKind::File, "cannot read standard input").with_source(error)
        })?;
        exit = match session.run(line.as_ref())? {
            Done::Well => Exit::Finished,
            Done::Badly => Exit::Unexpected,
            Done::Idle => exit,
            Done::Quit => break,
        };
    }
    Ok(exit)
}
