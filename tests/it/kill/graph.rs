//! A random graph of pages that follows from a seed, and what a crawl of it has to come to.

use std::collections::HashSet;
use std::time::Duration;

use super::random::Random;

/// A page by its number; page 0 is where a crawl starts.
pub(super) type Page = u64;

/// How a page answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// After a while.
    Slow(Duration),
    /// With 503 so many times, then as a plain page.
    Busy(usize),
    /// With a redirect.
    Moved(Page),
    /// With 404.
    Missing,
}

#[derive(Debug, Clone)]
pub(super) struct Graph {
    seed: u64,
    pages: u64,
}

/// What an uninterrupted crawl comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// Every page that gives a record.
    pub(super) records: HashSet<Page>,
    pub(super) missing: HashSet<Page>,
    pub(super) redirects: u64,
    /// Round trips, without robots.txt.
    pub(super) requests: u64,
    /// Links to what was seen before.
    pub(super) duplicates: u64,
}

impl Graph {
    pub(super) fn new(seed: u64, pages: u64) -> Self {
        Self { seed, pages }
    }

    pub(super) fn has(&self, page: Page) -> bool {
        page < self.pages
    }

    /// 3 % are redirects, 2 % missing, 2 % busy, 1 % slow.
    pub(super) fn kind(&self, page: Page) -> Kind {
        let after = self.pages - page - 1;
        if page == 0 || after == 0 {
            return Kind::Plain;
        }
        let mut random = Random::new(self.seed, 2 * page);
        match random.below(100) {
            // Always to a page behind it, so that no chain ends where it began.
            0..3 => Kind::Moved(page + 1 + random.below(after)),
            3..5 => Kind::Missing,
            5..7 => Kind::Busy(if random.below(2) == 0 { 1 } else { 2 }),
            7 => Kind::Slow(Duration::from_millis(50 + random.below(101))),
            _ => Kind::Plain,
        }
    }

    /// Up to eight pages, each once, in the order of the page's links.
    pub(super) fn links(&self, page: Page) -> Vec<Page> {
        let mut random = Random::new(self.seed, 2 * page + 1);
        let mut known = HashSet::new();
        let links = (0..8).map(|_| random.below(self.pages));
        links.filter(|link| known.insert(*link)).collect()
    }

    /// The text of a page's `title`: unique, and a trial for whoever writes it as CSV or JSON.
    pub(super) fn title(&self, page: Page) -> String {
        format!("Page {page}, \"früher\" {}", self.seed)
    }

    /// How often a page is asked for by a crawl that nothing interrupts.
    pub(super) fn requests(&self, page: Page) -> usize {
        match self.kind(page) {
            Kind::Busy(times) => times + 1,
            _ => 1,
        }
    }

    /// Follows every link and every redirect from page 0.
    pub(super) fn expected(&self) -> Expected {
        let mut expected = Expected::default();
        let (mut seen, mut queue) = (HashSet::from([0]), vec![0]);
        while let Some(page) = queue.pop() {
            expected.requests += self.requests(page) as u64;
            let next = match self.kind(page) {
                Kind::Missing => {
                    expected.missing.insert(page);
                    vec![]
                }
                Kind::Moved(target) => {
                    expected.redirects += 1;
                    vec![target]
                }
                Kind::Plain | Kind::Slow(_) | Kind::Busy(_) => {
                    expected.records.insert(page);
                    self.links(page)
                }
            };
            for page in next {
                if seen.insert(page) {
                    queue.push(page);
                } else {
                    expected.duplicates += 1;
                }
            }
        }
        expected
    }
}
