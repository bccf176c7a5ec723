//! The flags of a crawl that can be resumed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::cli::crawl::durable::Durable;

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
}

impl JobFlags {
    /// Returns the job of this name, if the crawl is to be kept.
    pub(in crate::cli) fn durable(
        &self,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Option<Durable> {
        (!self.no_job).then(|| Durable::new(name, arguments, self.job.clone(), self.fresh))
    }
}
