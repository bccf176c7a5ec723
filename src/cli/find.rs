//! Which spider is meant by the word that verbs take for one.

use std::ops::Deref;

use super::exit::Failure;
use crate::job::Job;
use crate::settings::did_you_mean;

/// A spider that was found.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// One of this program.
    Own(&'a Job),
}

impl Deref for Found<'_> {
    type Target = Job;

    fn deref(&self) -> &Job {
        match self {
            Self::Own(job) => job,
        }
    }
}

/// The spider of this name.
///
/// # Errors
/// [`Failure::Usage`] when there is none, with the nearest name.
pub(super) fn spider<'a>(jobs: &'a [Job], word: &str) -> Result<Found<'a>, Failure> {
    let job = jobs.iter().find(|job| job.name() == word);
    job.map(Found::Own).ok_or_else(|| {
        let suggestion = did_you_mean(word, jobs.iter().map(Job::name));
        let mark = if suggestion.is_empty() { ";" } else { "" };
        Failure::usage(format!(
            "no spider {word:?}{suggestion}{mark} `crawl list` shows them"
        ))
    })
}
