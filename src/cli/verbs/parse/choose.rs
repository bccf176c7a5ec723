//! Choice of the spider that parses a page: the one that is named, or the one that crawls the page's site.

use url::Url;

use crate::cli::exit::Failure;
use crate::cli::flags::PageFlags;
use crate::cli::flags::find;
use crate::cli::terminal;
use crate::cli::trial::{SpiderFlags, Trial};
use crate::engine::job::Job;

/// Returns the spider of this name or, without one, the only spider whose crawl starts at the host of the page.
///
/// # Errors
/// A usage error when there is no such spider, or more than one.
pub(super) fn spider(
    jobs: &[Job],
    flags: &SpiderFlags,
    page: &PageFlags,
    url: &Url,
) -> Result<Trial, Failure> {
    if let Some(name) = &flags.spider {
        return Ok(Trial::open(&*find::spider(jobs, name)?, flags, page)?);
    }
    // One that cannot even be built, because of an argument it does not take, say, is not meant.
    let spiders = find::all(jobs);
    let mut fitting: Vec<(&Job, Trial)> = spiders
        .iter()
        .filter_map(|job| Some((&**job, Trial::open(job, flags, page).ok()?)))
        .filter(|(_, trial)| trial.starts_at(url))
        .collect();
    match (fitting.pop(), fitting.is_empty()) {
        (Some((job, trial)), true) => {
            terminal::say(&format!("spider: {}", job.name()));
            Ok(trial)
        }
        (Some((last, _)), false) => {
            let names = fitting.iter().map(|(job, _)| *job).chain([last]);
            Err(ask("more than one spider starts at this host", names))
        }
        (None, _) => Err(ask(
            "no spider starts at this host",
            spiders.iter().map(|job| &**job),
        )),
    }
}

fn ask<'a>(what: &str, jobs: impl Iterator<Item = &'a Job>) -> Failure {
    let names: Vec<&str> = jobs.map(Job::name).collect();
    Failure::usage(format!(
        "{what}; add --spider SPIDER, one of: {}",
        names.join(", ")
    ))
}
