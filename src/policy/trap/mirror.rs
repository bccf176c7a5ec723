//! Pages that are equal to those above them and lead further down, as a site makes them that answers everything.
//!
//! A menu of relative links on such a site is a tree without end: `/x/`, `/x/about/`, `/x/about/x/`. So is a page that
//! adds to its own URL in its links: `?text=k?text=k`. Pages of honest sites are often alike, too ("coming soon"), and
//! directories are often called as those above them. What no honest site has is a page that is the same, byte for byte, as
//! three above it and still leads further down: links that do not depend on the page's URL are on those three as well.
//!
//! Within a path, pages have to be equal as they are: the listings of spread files differ in nothing but their own name.
//! What grows in another way has its own URL in its links, so there it is equal but for that.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};

use memchr::memmem;
use url::{Position, Url};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// Number of equal pages above a page that is too many.
const EQUAL: usize = 3;
/// Pages that are remembered: later ones end no trap.
const MOST: usize = 100_000;
/// URLs within a URL that are looked at.
const MOST_WITHIN: usize = 64;

/// The pages that have links to below them. A job that goes on in another process begins anew.
#[derive(Debug, Default)]
pub(crate) struct Mirrors {
    /// Pages by the hash of their URL: keyed at random, so that no site can aim at the pages of another.
    pages: Mutex<HashMap<u64, Print>>,
    state: RandomState,
}

/// Hashes by which a page is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print {
    /// Identity of the page: a page remembered as its directory, too, is still one page.
    page: u64,
    whole: u64,
    /// Hash of the page without its own URL.
    rest: u64,
}

impl Mirrors {
    /// Remembers a page that has links to [below](is_below) it. Answers whether it is one too many that is equal to those
    /// above it.
    pub(crate) fn is_endless(&self, url: &Url, body: &[u8]) -> bool {
        let print = self.print(url, body);
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let above = self.keys_above(url);
        let equal = above.filter_map(|(key, is_path)| {
            let found = pages.get(&key)?;
            let is_equal = if is_path {
                found.whole == print.whole
            } else {
                found.rest == print.rest
            };
            is_equal.then_some(found.page)
        });
        let mut found = Vec::with_capacity(EQUAL);
        for page in equal {
            if found.len() < EQUAL && !found.contains(&page) {
                found.push(page);
            }
        }
        let is_endless = found.len() == EQUAL;
        if pages.len() < MOST {
            pages.entry(self.key(url, directory(url))).or_insert(print);
            pages.insert(self.key(url, target(url)), print);
        }
        is_endless
    }

    fn print(&self, url: &Url, body: &[u8]) -> Print {
        let own = target(url);
        let page = self.key(url, own);
        // A site that makes two of its pages hash to the same loses pages of its own: a fast hash will do.
        let whole = xxh3_64(body);
        let rest = match own.len() {
            0 | 1 => whole,
            _ if own.contains('&') => {
                let escaped = own.replace('&', "&amp;");
                let rest: Vec<u8> = without(body, escaped.as_bytes())
                    .flatten()
                    .copied()
                    .collect();
                hash(without(&rest, own.as_bytes()))
            }
            _ => hash(without(body, own.as_bytes())),
        };
        Print { page, whole, rest }
    }

    fn key(&self, url: &Url, target: &str) -> u64 {
        let mut hasher = self.hasher(url);
        hasher.write(target.as_bytes());
        hasher.finish()
    }

    fn hasher(&self, url: &Url) -> impl Hasher + Clone + use<> {
        let mut hasher = self.state.build_hasher();
        hasher.write(url[..Position::BeforePath].as_bytes());
        hasher
    }

    /// The keys of all URLs that this one may have grown from, and whether that is within the path.
    fn keys_above(&self, url: &Url) -> impl Iterator<Item = (u64, bool)> {
        let own = target(url);
        let path = own.find('?').unwrap_or(own.len());
        let is_all_path = path == own.len();
        let mut hasher = self.hasher(url);
        let beginnings = own.bytes().enumerate().map(move |(at, byte)| {
            hasher.write(&[byte]);
            let next = own.as_bytes().get(at + 1);
            let is_path = is_all_path && (byte == b'/' || next == Some(&b'/'));
            (hasher.finish(), is_path, next.is_some())
        });
        let beginnings = beginnings
            .filter(|(_, _, is_part)| *is_part)
            .map(|(key, is_path, _)| (key, is_path));
        let ends = own.match_indices('/').skip(1).take(MOST_WITHIN);
        let ends = ends.filter_map(move |(at, _)| own.get(at..));
        let ends: Vec<u64> = ends.map(|end| self.key(url, end)).collect();
        beginnings.chain(ends.into_iter().map(|key| (key, false)))
    }
}

/// Returns whether a link leads to a URL that extends the URL of the page: deeper in its directory, or with that URL in
/// it.
pub(crate) fn is_below(page: &Url, link: &Url) -> bool {
    if page[..Position::BeforePath] != link[..Position::BeforePath] {
        return false;
    }
    let (own, other) = (target(page), target(link));
    if page.query().is_none() {
        let (above, below) = (directory(page), directory(link));
        if below.len() > above.len() && below.starts_with(above) {
            return true;
        }
    }
    other.len() > own.len()
        && match own {
            "/" => other.starts_with("/?"),
            own => memmem::find(other.as_bytes(), own.as_bytes()).is_some(),
        }
}

/// Returns the request target of a URL: path and query.
fn target(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

/// The path up to its last slash.
fn directory(url: &Url) -> &str {
    let path = url.path();
    let end = path.rfind('/').map_or(0, |slash| slash + 1);
    path.get(..end).unwrap_or(path)
}

/// The parts of a page between all that is `gone`.
fn without<'a>(page: &'a [u8], gone: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let starts = memmem::find_iter(page, gone).map(Some).chain([None]);
    let mut from = 0;
    starts.filter_map(move |start| {
        let part = page.get(from..start.unwrap_or(page.len()));
        from = start.map_or(page.len(), |start| start + gone.len());
        part
    })
}

/// The hash of parts as if they were one.
fn hash<'a>(parts: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hasher = Xxh3Default::new();
    parts.for_each(|part| hasher.update(part));
    hasher.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("http://a.example").unwrap().join(path).unwrap()
    }

    /// Returns how many of these pages, one after the other, are not one too many.
    fn taken(pages: &[(&str, &str)]) -> usize {
        let mirrors = Mirrors::default();
        let mut pages = pages.iter();
        let is_taken =
            |(path, body): &&(&str, &str)| !mirrors.is_endless(&url(path), body.as_bytes());
        pages.by_ref().take_while(is_taken).count()
    }

    #[test]
    fn the_same_page_four_times_below_itself_is_too_much() {
        let menu = |path| (path, "<a href=tea/>tea</a>");
        let pages = ["/", "/tea/", "/tea/mugs/", "/tea/mugs/tea/"].map(menu);
        assert_eq!(taken(&pages), 3);
        let named = ["/a/i", "/a/a/i", "/a/a/b/i", "/a/a/b/a/i"].map(menu);
        assert_eq!(taken(&named), 3);
    }

    #[test]
    fn pages_that_are_alike_beside_each_other_are_no_trap() {
        let soon = |path| (path, "<h1>Coming soon</h1>");
        let pages = ["/", "/a/", "/b/", "/c/", "/a/1/", "/b/1/", "/c/1/"].map(soon);
        assert_eq!(taken(&pages), 7);
    }

    #[test]
    fn listings_of_spread_files_differ_in_their_names() {
        let pages = [
            ("/0/", "Index of /0/: 0/ 1/"),
            ("/0/1/", "Index of /0/1/: 0/ 1/"),
            ("/0/1/0/", "Index of /0/1/0/: 0/ 1/"),
            ("/0/1/0/0/", "Index of /0/1/0/0/: 0/ 1/"),
            ("/0/1/0/0/1/", "Index of /0/1/0/0/1/: 0/ 1/"),
        ];
        assert_eq!(taken(&pages), 5);
    }

    #[test]
    fn what_grows_by_its_own_url_is_equal_but_for_that() {
        for grown in [
            [
                "/p?x=1",
                "/p?x=1?x=1",
                "/p?x=1?x=1?x=1",
                "/p?x=1?x=1?x=1?x=1",
            ],
            ["/p-k", "/p-k-k", "/p-k-k-k", "/p-k-k-k-k"],
            [
                "/go/to?u=/",
                "/go/to?u=/go/to?u=/",
                "/go/to?u=/go/to?u=/go/to?u=/",
                "/go/to?u=/go/to?u=/go/to?u=/go/to?u=/",
            ],
        ] {
            let bodies = grown.map(|path| format!("<a href='{path}+'>more</a>"));
            let pages: Vec<(&str, &str)> = grown
                .into_iter()
                .zip(bodies.iter().map(String::as_str))
                .collect();
            assert_eq!(taken(&pages), 3, "{grown:?}");
        }
    }

    #[test]
    fn a_result_that_is_narrowed_is_another_page() {
        let pages = [
            ("/s?a=1", "9 shoes <a href='/s?a=1&b=1'>b</a>"),
            ("/s?a=1&b=1", "7 shoes <a href='/s?a=1&b=1&c=1'>c</a>"),
            (
                "/s?a=1&b=1&c=1",
                "5 shoes <a href='/s?a=1&b=1&c=1&d=1'>d</a>",
            ),
            (
                "/s?a=1&b=1&c=1&d=1",
                "3 shoes <a href='/s?a=1&b=1&c=1&d=1&e=1'>e</a>",
            ),
        ];
        assert_eq!(taken(&pages), 4);
    }

    #[test]
    fn below_is_deeper_or_longer() {
        for (page, link, expected) in [
            ("/a/", "/a/b/", true),
            ("/a/i.html", "/a/b/i.html", true),
            ("/a/i.html", "/a/j.html", false),
            ("/a/", "/b/a/", true),
            ("/a/b/", "/a/", false),
            ("/", "/?x", true),
            ("/", "/x", false),
            ("/p", "/p-k", true),
            ("/p?x", "/q?u=/p?x", true),
            ("/p?x", "/p/y/", false),
            ("/a/", "http://b.example/a/b/", false),
        ] {
            assert_eq!(is_below(&url(page), &url(link)), expected, "{page} {link}");
        }
    }
}
