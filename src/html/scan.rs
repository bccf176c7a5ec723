//! Links, title and first heading of a page in one pass and without a tree, for crawls that need no more.
//!
//! It reads the tags only, so it costs a small part of what [`Html`](super::Html) costs, and its memory is that of the
//! links. On pages that are not broken it finds what `Html` finds.
//!
//! ```
//! use crawlworks::html;
//! let page = html::scan(
//!     b"<title>Fruit</title><h1>All <i>fruit</i></h1><a href=apple#core>Apple</a><a href=mailto:a@b.c>Mail</a>",
//!     encoding_rs::UTF_8,
//!     &url::Url::parse("http://example.com/shop/")?,
//!     1_000,
//! );
//! assert_eq!(page.title.as_deref(), Some("Fruit"));
//! assert_eq!(page.h1.as_deref(), Some("All fruit"));
//! assert_eq!(page.links[0].as_str(), "http://example.com/shop/apple");
//! assert_eq!(page.links.len(), 1);
//! # Ok::<(), url::ParseError>(())
//! ```

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use encoding_rs::Encoding;
use memchr::memchr2;
use url::Url;

use super::base::Base;
use super::entities::{self, Place};
use super::heading::Heading;
use super::name;
use super::tags::{Tag, Tags};
use super::text::collapse;
use crate::charset;

/// What [`scan`] found on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The text of the first `title` element, white space collapsed; `None` if there is none or it is empty.
    pub title: Option<String>,
    /// The text of the first `h1` element, white space collapsed; `None` if there is none or it is empty.
    pub h1: Option<String>,
    /// Every http(s) URL that an `a` or `area` links to, in document order, without fragment, once each.
    pub links: Vec<Url>,
    /// How many links were left out because the page has more than `max_links` of them.
    pub dropped_links: usize,
}

/// Reads links, title and first heading of a page.
///
/// `url` is where the page came from. Links are relative to the first usable `<base href>`, wherever it stands, and read
/// as the URL Standard says. `max_links` bounds how many different references are looked at: a page that is a trap has
/// no end of them.
#[must_use]
pub fn scan(body: &[u8], encoding: &'static Encoding, url: &Url, max_links: usize) -> Page {
    let text = charset::decode(body, encoding);
    let mut scanner = Scanner::new(Base::new(url.clone(), encoding), max_links);
    for tag in Tags::new(text.as_bytes()) {
        scanner.tag(&tag, &text);
    }
    scanner.finish(&text)
}

/// Every http(s) URL that an `a` or `area` of a page links to: [`Page::links`] of [`scan`], without a limit.
#[must_use]
pub fn links(body: &[u8], encoding: &'static Encoding, url: &Url) -> Vec<Url> {
    scan(body, encoding, url, usize::MAX).links
}

struct Scanner<'a> {
    base: Base,
    has_base: bool,
    max_links: usize,
    /// The references as they are spelled, once each, in order: what they mean is known when the page is over.
    references: Vec<&'a [u8]>,
    seen: HashSet<&'a [u8]>,
    dropped_links: usize,
    title: Option<String>,
    h1: Option<Heading>,
}

impl<'a> Scanner<'a> {
    fn new(base: Base, max_links: usize) -> Self {
        Self {
            base,
            has_base: false,
            max_links,
            references: Vec::new(),
            seen: HashSet::new(),
            dropped_links: 0,
            title: None,
            h1: None,
        }
    }

    fn tag(&mut self, tag: &Tag<'a>, text: &str) {
        if let Some(h1) = self.h1.as_mut().filter(|h1| h1.is_open()) {
            h1.tag(tag, text);
        }
        match tag.name {
            _ if tag.is_end => {}
            name::A | name::AREA => self.reference(tag),
            name::BASE if !self.has_base && tag.is_html => self.rebase(tag),
            name::TITLE if self.title.is_none() && tag.is_html => {
                self.title = tag.raw_text.map(title);
            }
            name::H1 if self.h1.is_none() && tag.is_html => {
                self.h1 = Some(Heading::new(tag.span.end));
            }
            _ => {}
        }
    }

    fn reference(&mut self, tag: &Tag<'a>) {
        let Some(href) = tag.attributes.get(b"href") else {
            return;
        };
        let reference = without_fragment(href);
        if is_other_scheme(reference) {
            return;
        }
        if self.references.len() == self.max_links {
            self.dropped_links += usize::from(!self.seen.contains(reference));
        } else if self.seen.insert(reference) {
            self.references.push(reference);
        }
    }

    fn rebase(&mut self, tag: &Tag<'a>) {
        let href = tag.attributes.get(b"href").map(decode_attribute);
        if let Some(url) = href.and_then(|href| self.base.rebased(&href)) {
            self.base.url = url;
            self.has_base = true;
        }
    }

    fn finish(self, text: &str) -> Page {
        // Keyed at random, so no page can aim for collisions; by chance one in 10^11 pages of 10,000 links has one.
        let state = RandomState::new();
        let mut seen = HashSet::with_capacity(self.references.len());
        let links = self
            .references
            .iter()
            .filter_map(|reference| self.base.link(&decode_attribute(reference)));
        let links = links
            .filter(|link| seen.insert(state.hash_one(link.as_str())))
            .collect();
        let h1 = self.h1.map(|h1| h1.finish(text));
        let not_empty = |text: &String| !text.is_empty();
        Page {
            title: self.title.filter(not_empty),
            h1: h1.filter(not_empty),
            links,
            dropped_links: self.dropped_links,
        }
    }
}

/// Cuts the fragment off where it can be seen; behind an ampersand, `#` may be part of a character reference.
fn without_fragment(href: &[u8]) -> &[u8] {
    let cut = memchr2(b'#', b'&', href).filter(|&at| href.get(at) == Some(&b'#'));
    cut.and_then(|at| href.get(..at)).unwrap_or(href)
}

/// Whether the reference plainly is of a scheme that is not crawled: saves parsing the most common ones.
fn is_other_scheme(reference: &[u8]) -> bool {
    [&b"javascript:"[..], b"mailto:", b"tel:", b"data:"]
        .iter()
        .any(|scheme| {
            reference
                .split_at_checked(scheme.len())
                .is_some_and(|(start, _)| start.eq_ignore_ascii_case(scheme))
        })
}

fn decode_attribute(value: &[u8]) -> Cow<'_, str> {
    entities::decode(as_text(value), Place::Attribute)
}

fn title(raw: &[u8]) -> String {
    collapse(&entities::decode(as_text(raw), Place::Text))
}

/// A part of a decoded page. It begins and ends at ASCII characters, so it is UTF-8 as well.
fn as_text(part: &[u8]) -> &str {
    std::str::from_utf8(part).unwrap_or_default()
}
