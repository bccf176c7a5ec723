//! The flags of a crawl that can be resumed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::crawl::durable::{Begin, Durable};
use crate::cli::verbs::jobs;
use crate::recipe::RECIPE;
use crate::store::state::RunFile;

/// Where the job of a crawl is kept.
#[derive(Debug, Args)]
pub(in crate::cli) struct JobFlags {
    /// Keep the crawl in this directory, to resume it [default: one in ./.crawl]
    ///
    /// A crawl that was stopped, killed or broken off is resumed by the same command. `crawl jobs` shows them all.
    #[arg(long, value_name = "DIR")]
    job: Option<PathBuf>,

    /// Keep the crawl in memory only: it cannot be resumed
    #[arg(long, conflicts_with_all = ["job", "fresh"])]
    no_job: bool,

    /// Start over, even if the last run did not finish
    #[arg(long)]
    fresh: bool,

    /// Go on with a run that a limit ended, such as --max-pages; the limits count anew
    ///
    /// Without it such a run has finished, and the same command starts over. It is an error when nothing waits, so that a
    /// complete run is not written over.
    #[arg(long = "continue", conflicts_with_all = ["fresh", "no_job"])]
    go_on: bool,
}

impl JobFlags {
    /// Returns the name of the job of the recipe in this file: `plain`, unless the job is there under the name `marked`,
    /// which stands for the file, or the plain name is another recipe's or a spider's.
    pub(in crate::cli) fn name_of_recipe(
        &self,
        plain: String,
        marked: String,
        file: &str,
    ) -> String {
        let run = |directory: &Path| RunFile::read(directory).ok().flatten();
        let of_another = |run: &RunFile| {
            let other = run.arguments.get(RECIPE);
            other.is_none_or(|other| other != file && Path::new(other).is_file())
        };
        let is_marked = match &self.job {
            Some(directory) => {
                run(directory).is_some_and(|run| run.job == marked || of_another(&run))
            }
            None => {
                RunFile::is_in(&jobs::directory_of(&marked))
                    || run(&jobs::directory_of(&plain)).is_some_and(|run| of_another(&run))
            }
        };
        if is_marked { marked } else { plain }
    }

    /// Returns the job of this name, if the crawl is to be kept.
    pub(in crate::cli) fn durable(
        &self,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Option<Durable> {
        let begin = match (self.fresh, self.go_on) {
            (true, _) => Begin::Fresh,
            (_, true) => Begin::GoOn,
            _ => Begin::Unfinished,
        };
        (!self.no_job).then(|| Durable::new(name, arguments, self.job.clone(), begin))
    }
}
