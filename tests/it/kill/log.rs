//! What the server was asked for, by page and by run of the crawler, and which of that was asked in vain.

use std::collections::HashMap;

use super::graph::{Graph, Kind, Page};

/// Everything that was asked for; nothing is ever taken away.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Answers given so far: the clock of a trial.
    pub(super) answered: u64,
    /// Runs that asked for a page and got what it has to say, in the order in which the requests were read.
    served: HashMap<Page, Vec<usize>>,
    /// How often a page has answered 503.
    refused: HashMap<Page, usize>,
    /// Runs that were answered 503.
    turned_away: Vec<usize>,
    /// Runs that asked for robots.txt.
    robots: Vec<usize>,
    /// Paths that no page links to.
    strays: Vec<String>,
    /// Requests that an uninterrupted crawl still had to make.
    remaining: u64,
}

impl Log {
    pub(super) fn new(graph: &Graph) -> Self {
        Self {
            remaining: graph.expected().requests,
            ..Self::default()
        }
    }

    /// Takes down a request, and says whether the page is too busy for it.
    pub(super) fn ask(&mut self, page: Page, run: usize, kind: Kind) -> bool {
        let refused = self.refused.entry(page).or_default();
        if matches!(kind, Kind::Busy(times) if *refused < times) {
            *refused += 1;
            self.turned_away.push(run);
            self.remaining = self.remaining.saturating_sub(1);
            return true;
        }
        let served = self.served.entry(page).or_default();
        if served.is_empty() {
            self.remaining = self.remaining.saturating_sub(1);
        }
        served.push(run);
        false
    }

    pub(super) fn ask_stray(&mut self, path: &str, run: usize) {
        if path == "/robots.txt" {
            self.robots.push(run);
        } else {
            self.strays.push(path.to_owned());
        }
    }

    /// Requests that an uninterrupted crawl would still have to make.
    pub(super) fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether this run has asked for anything.
    pub(super) fn knows(&self, run: usize) -> bool {
        self.robots.contains(&run) || self.served.values().any(|runs| runs.contains(&run))
    }

    pub(super) fn strays(&self) -> &[String] {
        &self.strays
    }

    /// For each of so many runs: how often it asked for robots.txt.
    pub(super) fn robots(&self, runs: usize) -> Vec<usize> {
        count(runs, self.robots.iter())
    }

    /// For each of so many runs: how often it was answered 503.
    pub(super) fn turned_away(&self, runs: usize) -> Vec<usize> {
        count(runs, self.turned_away.iter())
    }

    /// For each of so many runs: how many of its requests were made again later, because what came of them was lost with
    /// the run. Of the requests for one page all but the last were in vain.
    pub(super) fn in_vain(&self, runs: usize) -> Vec<usize> {
        let pages = self.served.values().map(|runs| {
            let mut runs = runs.clone();
            runs.sort_unstable();
            runs.pop();
            runs
        });
        let lost: Vec<usize> = pages.flatten().collect();
        count(runs, lost.iter())
    }
}

fn count<'a>(runs: usize, of: impl Iterator<Item = &'a usize>) -> Vec<usize> {
    let mut counts = vec![0; runs];
    for run in of {
        counts[*run] += 1;
    }
    counts
}
