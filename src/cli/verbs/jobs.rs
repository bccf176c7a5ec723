//! `crawl jobs`: the crawls that are kept, and how far they are.

mod find;
mod list;
mod overview;
mod remove;
mod show;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::exit::Outcome;
use crate::store::state::{PARSING, RUN, RunFile, State};
pub(in crate::cli) use find::find;

/// Directory in which crawls are kept unless `--job` names another.
const DIRECTORY: &str = ".crawl";

/// Show the crawls that are kept, and how far they are
///
/// `run` and `site` keep a crawl in ./.crawl, each command in a directory of its own, so that the same command resumes it.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    subcommand_value_name = "WHAT",
    after_help = "Examples:\n  crawl jobs\n  crawl jobs show quotes\n  crawl jobs rm quotes\n  crawl jobs rm --finished --older-than 30d"
)]
pub(in crate::cli) struct Jobs {
    #[command(subcommand)]
    what: Option<What>,

    /// As a JSON object per job
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Show(show::Show),
    Rm(remove::Remove),
}

impl Jobs {
    pub(in crate::cli) fn run(self) -> Outcome {
        match self.what {
            None => list::list(self.json),
            Some(What::Show(show)) => show.run(),
            Some(What::Rm(remove)) => remove.run(),
        }
    }
}

/// Returns the directory of the job of this name.
pub(in crate::cli) fn directory_of(name: &str) -> PathBuf {
    Path::new(DIRECTORY).join(name)
}

/// Returns the state of a run as a word; `is_held` tells whether a process has its lock.
pub(in crate::cli) fn state(state: State, is_held: bool) -> &'static str {
    match state {
        _ if is_held => "running",
        State::New => "new",
        State::Running => "killed",
        State::Stopped => "stopped",
        State::Failed => "failed",
        State::Finished => "finished",
    }
}

/// Returns when a run ended that is not being crawled. For a killed run this is when it was last at work, by the times
/// of the files that only a crawl writes.
pub(in crate::cli) fn ended(run: &RunFile, directory: &Path) -> Option<Timestamp> {
    match run.state {
        State::New => None,
        State::Running => [PARSING, RUN]
            .iter()
            .filter_map(|name| fs::metadata(directory.join(name)).ok()?.modified().ok())
            .filter_map(|time| Timestamp::try_from(time).ok())
            .max(),
        _ => run.ended,
    }
}
