//! `crawl man`: manual pages.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man as Page;

use crate::cli::exit::{Exit, Outcome};
use crate::cli::verbs::help;
use crate::page::error::{Error, ErrorKind};

/// Print the manual page, or write all into a directory
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl man | man -l -\n  \
                  crawl man ~/.local/share/man/man1")]
pub(in crate::cli) struct Man {
    /// Where to write a page for each verb
    directory: Option<PathBuf>,
}

impl Man {
    pub(in crate::cli) fn run(self) -> Outcome {
        let Some(directory) = self.directory else {
            let mut page = Vec::new();
            Page::new(for_paper(crate::cli::command())).render(&mut page)?;
            io::stdout().lock().write_all(&page)?;
            return Ok(Exit::Finished);
        };
        std::fs::create_dir_all(&directory)
            .and_then(|()| clap_mangen::generate_to(for_paper(crate::cli::command()), &directory))
            .map_err(|error| {
                let message = format!("cannot write manual pages to {}", directory.display());
                Error::new(ErrorKind::Storage, message).with_source(error)
            })?;
        Ok(Exit::Finished)
    }
}

/// Returns the command with what a page prints better than its generator would: the usage as `--help` has it, and the
/// verbs once.
fn for_paper(command: Command) -> Command {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let usage = usage(&mut command);
    command
        .mut_subcommands(|mut verb| {
            let usage = self::usage(&mut verb);
            verb.override_usage(usage)
        })
        .override_usage(usage)
        .subcommand_help_heading("VERBS")
        .after_help(help::examples())
}

fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    usage.trim_start_matches("Usage:").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_the_usage_of_the_help() {
        let command = for_paper(crate::cli::command().name("crawl"));
        let page = |command: Command| {
            let mut page = Vec::new();
            Page::new(command).render(&mut page).unwrap();
            String::from_utf8(page).unwrap()
        };
        let run = page(command.find_subcommand("run").unwrap().clone());
        assert!(run.contains("crawl run\\fR [OPTIONS] <SPIDER>"), "{run}");
        let all = page(command);
        assert!(all.contains("crawl\\fR <VERB>"), "{all}");
        assert_eq!(
            all.matches("Try on a page what a spider").count(),
            1,
            "{all}"
        );
    }
}
