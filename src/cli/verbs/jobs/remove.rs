//! `crawl jobs rm`: what a job has done and has yet to do is forgotten.

use std::fs;
use std::io::{self, Write};

use super::find::find;
use super::overview::path;
use super::usage;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal::table::bytes;
use crate::store::state::Directory;

/// Forget jobs: what they have done and what waits; their outputs stay
///
/// All of them or, when one of them is being crawled or is no job, none.
#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// Their names, or their directories
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

impl Remove {
    pub(super) fn run(self) -> Outcome {
        let mut places = Vec::new();
        for name in &self.names {
            let place = find(name)?;
            // Under two names it would be in its own way.
            let same = fs::canonicalize(&place).unwrap_or_else(|_| place.clone());
            if !places.iter().any(|(_, other)| *other == same) {
                places.push((place, same));
            }
        }
        let directories: Result<Vec<Directory>, _> = places
            .into_iter()
            .map(|(place, _)| Directory::lock(place))
            .collect();
        let mut out = io::stdout().lock();
        for directory in directories? {
            let (place, size) = (path(directory.path()), usage::size_of(directory.path()));
            let is_gone = directory.destroy()?;
            writeln!(out, "removed {place} ({})", bytes(size))?;
            if !is_gone {
                writeln!(out, "  the directory stays: something else is in it")?;
            }
        }
        Ok(Exit::Finished)
    }
}
