//! `crawl list`: the spiders of this program.

use std::io::{self, Write};

use serde_json::json;

use super::exit::{Exit, Outcome};
use super::table::table;
use super::terminal;
use crate::job::Job;

/// List the spiders
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// As a JSON object per spider
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, jobs: &[Job]) -> Outcome {
        let mut out = io::stdout().lock();
        if self.json {
            for job in jobs {
                writeln!(
                    out,
                    "{}",
                    json!({"name": job.name(), "about": job.description()})
                )?;
            }
        } else {
            let rows: Vec<_> = jobs
                .iter()
                .map(|job| [job.name().to_owned(), job.description().to_owned()])
                .collect();
            write!(out, "{}", table([24, 120], &rows))?;
            out.flush()?;
            terminal::say("\nRun one with `crawl run NAME`.");
        }
        Ok(Exit::Finished)
    }
}
