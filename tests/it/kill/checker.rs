//! Holds what a crawl wrote against what the site has, in the words of Jepsen's check of a queue: lost, unexpected,
//! duplicate.

use std::collections::HashSet;

use super::graph::Page;
use super::outputs::Record;
use super::truth::Truth;

/// What is wrong with a crawl's records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Pages that the site has and the output has not.
    pub(super) lost: Vec<String>,
    /// Records of no page, or not as the page is.
    pub(super) unexpected: Vec<Record>,
    /// Pages whose record comes again.
    pub(super) duplicate: Vec<String>,
}

impl Verdict {
    pub(super) fn of(records: &[Record], truth: &Truth) -> Self {
        let mut verdict = Self::default();
        let expected = truth.graph().expected().records;
        let mut found = HashSet::new();
        for record in records {
            let page = page_of(&record.url).filter(|page| expected.contains(page));
            match page {
                Some(page) if *record != record_of(page, truth) => {
                    verdict.unexpected.push(record.clone());
                }
                Some(page) if !found.insert(page) => verdict.duplicate.push(record.url.clone()),
                Some(_) => {}
                None => verdict.unexpected.push(record.clone()),
            }
        }
        let lost = expected.difference(&found);
        verdict.lost = lost.map(|page| truth.url(*page)).collect();
        verdict
    }

    pub(super) fn is_flawless(&self) -> bool {
        *self == Self::default()
    }
}

/// The number in the URL of a page.
pub(super) fn page_of(url: &str) -> Option<Page> {
    url.rsplit_once("/p/")?.1.parse().ok()
}

/// The record that a page has to give.
fn record_of(page: Page, truth: &Truth) -> Record {
    let links = truth.graph().links(page);
    Record {
        url: truth.url(page),
        title: Some(truth.graph().title(page)),
        h1: Some(format!("Page {page}")),
        links: links.into_iter().map(|page| truth.url(page)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::Graph;
    use super::*;

    fn site() -> (Truth, Vec<Record>) {
        let truth = Truth::serve(Graph::new(1, 100));
        let pages = truth.graph().expected().records;
        let records = pages.iter().map(|page| record_of(*page, &truth)).collect();
        (truth, records)
    }

    #[test]
    fn a_whole_output_is_flawless() {
        let (truth, records) = site();
        assert!(Verdict::of(&records, &truth).is_flawless());
    }

    #[test]
    fn a_record_that_is_missing_is_lost() {
        let (truth, mut records) = site();
        let lost = records.swap_remove(7);
        assert_eq!(Verdict::of(&records, &truth).lost, [lost.url]);
    }

    #[test]
    fn a_record_that_comes_twice_is_a_duplicate() {
        let (truth, mut records) = site();
        records.push(records[7].clone());
        let verdict = Verdict::of(&records, &truth);
        assert_eq!(verdict.duplicate, [records[7].url.clone()]);
        assert!(verdict.lost.is_empty() && verdict.unexpected.is_empty());
    }

    #[test]
    fn a_record_of_nothing_or_with_another_pages_title_is_unexpected() {
        let (truth, mut records) = site();
        let mut stranger = records[0].clone();
        stranger.url = truth.url(100);
        records[7].title = records[8].title.clone();
        records.push(stranger.clone());
        let verdict = Verdict::of(&records, &truth);
        assert_eq!(verdict.unexpected, [records[7].clone(), stranger]);
        assert_eq!(verdict.lost, [records[7].url.clone()]);
    }
}
