//! `crawl retry-failed`: what was given up waits again.

use std::io::{self, Write};

use crate::cli::crawl::again;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal::table::plural;
use crate::cli::verbs::jobs;
use crate::engine::job::Job;
use crate::store::state::{Directory, RunFile, store};

/// Let a job try again what it gave up
///
/// The requests that failed after all their tries go back to the job's queue; the next run of the job makes them, as if
/// for the first time.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  crawl retry-failed quotes && crawl run quotes -o quotes.jsonl")]
pub(in crate::cli) struct RetryFailed {
    /// The job's name, or how this begins, or its directory; `crawl jobs` shows them
    job: String,
}

impl RetryFailed {
    pub(in crate::cli) fn run(self, spiders: &[Job]) -> Outcome {
        let place = jobs::find(&self.job)?;
        let name = place.file_name().unwrap_or(place.as_os_str()).display();
        let directory = Directory::lock(&place)?;
        let run = RunFile::read(&place)?;
        let requests = store::retry_failed(&directory)?;
        let mut out = io::stdout().lock();
        if requests == 0 {
            writeln!(out, "{name} has no dead letters: nothing to try again")?;
            return Ok(Exit::Finished);
        }
        let secrets = run
            .as_ref()
            .map_or_else(Vec::new, |run| again::secrets(run, spiders));
        let command = run.and_then(|run| again::command(&run, &place, spiders));
        writeln!(
            out,
            "{} of {name} will be tried again by:\n  {}",
            plural(requests, "request"),
            command.as_deref().unwrap_or("the command that began it"),
        )?;
        if !secrets.is_empty() {
            writeln!(
                out,
                "with what is secret and not stored, unless the environment has it:\n  {}",
                secrets.join(" ")
            )?;
        }
        Ok(Exit::Finished)
    }
}
