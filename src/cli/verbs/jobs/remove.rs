//! `crawl jobs rm`: what a job has done and has yet to do is forgotten.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::find::{find, names};
use super::overview::path;
use super::{DIRECTORY, directory_of, ended, usage};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::age::age;
use crate::cli::terminal;
use crate::cli::terminal::table::{bytes, plural};
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::state::{Directory, RunFile, State};

/// Delete jobs: what they have done and what waits; their outputs stay
///
/// Of jobs that are named, all go or, when one of them is being crawled or is no job, none. `--finished` and `--all` mean
/// the jobs in ./.crawl.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("which").required(true),
    after_help = "Examples:\n  crawl jobs rm quotes\n  crawl jobs rm --finished --older-than 30d\n  crawl jobs rm --all --yes"
)]
pub(super) struct Remove {
    /// Their names, or how these begin, or their directories
    #[arg(value_name = "NAME", group = "which")]
    names: Vec<String>,

    /// All jobs whose last run has finished, also at a limit, and has not failed
    #[arg(long, group = "which")]
    finished: bool,

    /// All jobs, also those that could go on, but for those that are being crawled
    #[arg(long, group = "which")]
    all: bool,

    /// With --finished or --all: only jobs whose last run ended longer ago, such as 12h or 30d
    #[arg(long, value_name = "TIME", value_parser = age, conflicts_with = "names")]
    older_than: Option<Duration>,

    /// With --all: do not ask on a terminal
    #[arg(long, conflicts_with = "names")]
    yes: bool,
}

/// A locked job that is to be removed, and its size in bytes.
struct Doomed {
    directory: Directory,
    size: u64,
}

impl Remove {
    pub(super) fn run(self) -> Outcome {
        let (doomed, running) = if self.names.is_empty() {
            self.meant()?
        } else {
            (named(&self.names)?, None)
        };
        if self.all && !self.yes && !doomed.is_empty() && !is_confirmed(&doomed)? {
            return Ok(Exit::Unexpected);
        }
        let (count, size) = (doomed.len(), size_of(&doomed));
        let mut out = io::stdout().lock();
        for job in doomed {
            let place = path(job.directory.path());
            let is_gone = job.directory.destroy()?;
            writeln!(out, "removed {place} ({})", bytes(job.size))?;
            if !is_gone {
                writeln!(out, "  the directory stays: something else is in it")?;
            }
        }
        match count {
            0 => writeln!(out, "no job to remove in ./{DIRECTORY}")?,
            1 => {}
            _ => writeln!(out, "{}, {} freed", jobs(count), bytes(size))?,
        }
        out.flush()?;
        running.map_or(Ok(Exit::Finished), |error| Err(error.into()))
    }

    /// Locks the jobs in ./.crawl that `--finished` or `--all` mean. Returns also the error for one that is being
    /// crawled, if all are meant.
    fn meant(&self) -> Result<(Vec<Doomed>, Option<Error>)> {
        let (mut doomed, mut running) = (Vec::new(), None);
        for place in names()?.iter().map(|name| directory_of(name)) {
            // Before the lock is taken, because that writes into the directory.
            if !self.is_meant(&place) {
                continue;
            }
            match Directory::lock(&place) {
                // It may have been crawled meanwhile.
                Ok(directory) if self.is_meant(&place) => doomed.push(Doomed::new(directory)),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Locked => {
                    running = running.or(self.all.then_some(error));
                }
                Err(error) => return Err(error),
            }
        }
        Ok((doomed, running))
    }

    fn is_meant(&self, place: &Path) -> bool {
        // Nobody knows how old an unreadable one is, or whether it has finished.
        let run = RunFile::read(place).ok().flatten();
        let run = run.as_ref();
        let is_old = |age: Duration| {
            let ended = run.and_then(|run| ended(run, place)).map(SystemTime::from);
            let age_now = ended.and_then(|ended| SystemTime::now().duration_since(ended).ok());
            age_now.is_some_and(|since| since > age)
        };
        (self.all || run.is_some_and(is_done)) && self.older_than.is_none_or(is_old)
    }
}

/// Returns whether a run has finished and not failed: what failed can be tried again.
fn is_done(run: &RunFile) -> bool {
    run.state == State::Finished && run.failure.is_none()
}

impl Doomed {
    fn new(directory: Directory) -> Self {
        let size = usage::size_of(directory.path());
        Self { directory, size }
    }
}

/// Locks the jobs of these names, or none.
fn named(names: &[String]) -> Result<Vec<Doomed>, Failure> {
    let mut places = Vec::new();
    for name in names {
        let place = find(name)?;
        // Under two names it would be in its own way.
        let same = fs::canonicalize(&place).unwrap_or_else(|_| place.clone());
        if !places.iter().any(|(_, other)| *other == same) {
            places.push((place, same));
        }
    }
    let locked = places
        .into_iter()
        .map(|(place, _)| Directory::lock(place).map(Doomed::new));
    Ok(locked.collect::<Result<_>>()?)
}

/// Asks whether these jobs are to go, if a person can answer; who pipes has decided.
fn is_confirmed(doomed: &[Doomed]) -> io::Result<bool> {
    let (jobs, size) = (jobs(doomed.len()), bytes(size_of(doomed)));
    let answer = terminal::ask(&format!("delete {jobs} in ./{DIRECTORY} ({size})? [y/N]"))?;
    Ok(answer.is_none_or(|answer| is_yes(&answer)))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn size_of(doomed: &[Doomed]) -> u64 {
    doomed.iter().map(|job| job.size).sum()
}

fn jobs(count: usize) -> String {
    plural(count as u64, "job")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (answer, is) in [
            ("y\n", true),
            ("Yes\n", true),
            ("\n", false),
            ("", false),
            ("no", false),
        ] {
            assert_eq!(is_yes(answer), is, "{answer:?}");
        }
    }
}
