//! `/web/SIZE/ID`: a random graph of any size, made page by page on request, to measure crawlers with.
//!
//! Every page has 60 links. Ten of them are the branches of a tree that begins at page 0, so every page can be reached;
//! the rest go anywhere.

use std::fmt::Write as _;

use super::call::Call;
use super::markup::escape;
use super::random::{Random, mix};
use super::reply::Reply;
use super::words::{adjective, capital, noun, paragraph};

/// Number of links on a page.
pub(super) const LINKS: usize = 60;
/// Number of branches of the tree at each page.
const BRANCHES: u64 = 10;
/// Maximum size of a graph, in pages.
const MAX_SIZE: u64 = 1_000_000_000_000;
/// Number of different texts to fill the pages with.
const FILLERS: u64 = 64;
/// Length of a filler text, in bytes; with the links and the frame, a page comes to 10 KB.
const FILLER_BYTES: usize = 6_600;

/// Text that the pages of all graphs have in common, made once because making it is slow.
#[derive(Debug)]
pub(super) struct Web {
    fillers: Vec<String>,
}

impl Web {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, 4);
        Self {
            fillers: (0..FILLERS).map(|_| filler(&mut random)).collect(),
        }
    }

    fn filler(&self, id: u64) -> &str {
        usize::try_from(id % FILLERS)
            .ok()
            .and_then(|at| self.fillers.get(at))
            .map_or("", String::as_str)
    }
}

fn filler(random: &mut Random) -> String {
    let mut text = String::with_capacity(FILLER_BYTES + 1_000);
    while text.len() < FILLER_BYTES {
        let heading = capital(&format!("{} {}", adjective(random), noun(random)));
        let _ = writeln!(
            text,
            "<h2>{heading}</h2>\n<p class=\"text\">{}</p>",
            escape(&paragraph(random, 8))
        );
    }
    text
}

/// Returns the pages that a page links to: exactly 60, or none if there is no such page.
pub(super) fn links(seed: u64, size: u64, id: u64) -> impl Iterator<Item = u64> {
    let exists = id < size && size <= MAX_SIZE;
    let first = id.saturating_mul(BRANCHES).saturating_add(1);
    let tree = (first..first.saturating_add(BRANCHES)).filter(move |child| *child < size);
    let page = mix(mix(seed, size), id);
    let anywhere = (0..).map_while(move |nth| mix(page, nth).checked_rem(size));
    tree.chain(anywhere).take(if exists { LINKS } else { 0 })
}

/// Returns the page `/web/SIZE/ID`.
pub(super) fn page(call: &Call<'_>, size: &str, id: &str) -> Reply {
    let (Ok(size), Ok(id)) = (size.parse::<u64>(), id.parse::<u64>()) else {
        return Reply::not_found();
    };
    if id >= size || size > MAX_SIZE {
        return Reply::not_found();
    }
    let mut page = String::with_capacity(FILLER_BYTES + 6_000);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Page {id} of {size}</title>\n\
         </head>\n<body>\n<h1>Page {id}</h1>\n<main>\n{}</main>\n<ul>\n",
        call.content.web.filler(id)
    );
    for link in links(call.content.seed, size, id) {
        let _ = writeln!(
            page,
            "<li><a href=\"/web/{size}/{link}\">Page {link}</a></li>"
        );
    }
    page.push_str("</ul>\n</body>\n</html>\n");
    Reply::html(page)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_page_can_be_reached_from_page_zero() {
        let (mut found, mut queue) = (HashSet::from([0]), vec![0]);
        while let Some(id) = queue.pop() {
            queue.extend(links(1, 2_000, id).filter(|link| found.insert(*link)));
        }
        assert_eq!(found.len(), 2_000);
        assert!(found.iter().all(|id| *id < 2_000));
    }

    /// The random links alone would reach nearly every page; the tree makes it certain.
    #[test]
    fn every_page_but_the_first_is_a_branch_of_another() {
        assert!((1..2_000).all(|id| {
            links(1, 2_000, (id - 1) / 10)
                .take(10)
                .any(|link| link == id)
        }));
    }

    #[test]
    fn every_page_has_sixty_links_however_small_the_graph() {
        for (size, id) in [(1, 0), (7, 3), (200_000, 199_999)] {
            assert_eq!(links(1, size, id).count(), 60);
        }
    }

    #[test]
    fn there_are_no_links_outside_the_graph() {
        assert_eq!(links(1, 0, 0).count(), 0);
        assert_eq!(links(1, 5, 5).count(), 0);
        assert_eq!(links(1, u64::MAX, u64::MAX).count(), 0);
    }
}
