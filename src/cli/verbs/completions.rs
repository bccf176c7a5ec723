//! `crawl completions`: what a shell needs to complete a command line.

use std::io::{self, Write};

use clap_complete::Shell;

use crate::cli::exit::{Exit, Outcome};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  crawl completions bash > ~/.local/share/bash-completion/completions/crawl"
)]
pub(in crate::cli) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(in crate::cli) fn run(self) -> Outcome {
        let mut command = crate::cli::command();
        let name = command.get_name().to_owned();
        // First to memory: the generator would panic on a pipe that is closed.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(Exit::Finished)
    }
}
