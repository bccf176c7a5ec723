//! Links, title and first heading of a page in one pass and without a tree, for crawls that need no more.
//!
//! It reads the tags only, so it costs a small part of what [`Html`](super::Html) costs, and its memory is that of the
//! links. On pages that are not broken it finds what `Html` finds.
//!
//! ```
//! use crawlworks::html;
//! let page = html::scan(
//!     b"<title>Fruit</title><h1>All <i>fruit</i></h1><a href=apple#core>Apple</a><a href=mailto:a@b.c>Mail</a>",
//!     "UTF-8",
//!     &url::Url::parse("http://example.com/shop/")?,
//!     1_000,
//! )?;
//! assert_eq!(page.title.as_deref(), Some("Fruit"));
//! assert_eq!(page.h1.as_deref(), Some("All fruit"));
//! assert_eq!(page.links[0].as_str(), "http://example.com/shop/apple");
//! assert_eq!(page.links.len(), 1);
//! # Ok::<(), crawlworks::BoxError>(())
//! ```

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use encoding_rs::Encoding;
use memchr::memchr2;
use url::Url;

use super::attributes::Attributes;
use super::base::Base;
use super::entities::{self, Place};
use super::heading::Heading;
use super::name::{self, Name};
use super::settle;
use super::tags::{Tag, Tags};
use super::text::collapse;
use super::xml::{self, Dialect, Fault};
use crate::page::encoding::labelled;
use crate::page::error::Result;

/// Result of [`scan`]: what was found on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The text of the first `title` element, white space collapsed; `None` if there is none or it is empty.
    pub title: Option<String>,
    /// The text of the first `h1` element, white space collapsed; `None` if there is none or it is empty.
    pub h1: Option<String>,
    /// Every http(s) URL that an `a` or `area` links to, in document order, without fragment, once each.
    pub links: Vec<Url>,
    /// Every http(s) URL of a page that is part of this one or continues it: of `frame`, `iframe` and `<link rel=next>`, as
    /// [`links`](Self::links) are.
    pub parts: Vec<Url>,
    /// Number of links and parts that were left out because the page has more than `max_links` of them.
    pub dropped_links: usize,
}

/// Reads links, title and first heading of a page.
///
/// `url` is where the page came from. Links are relative to the first usable `<base href>`, wherever it stands, and read
/// as the URL Standard says. `max_links` bounds how many different references are looked at: a page that is a trap has
/// no end of them. `encoding` is a name or label of the Encoding Standard; [`detect`](crate::charset::detect) finds it out.
///
/// # Errors
///
/// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for an encoding that the standard does not know.
pub fn scan(body: &[u8], encoding: &str, url: &Url, max_links: usize) -> Result<Page> {
    let encoding = labelled(encoding)?;
    Ok(scan_html(body, encoding, url, max_links))
}

/// Reads a page like [`scan`].
pub(crate) fn scan_html(
    body: &[u8],
    encoding: &'static Encoding,
    url: &Url,
    max_links: usize,
) -> Page {
    let text = encoding.decode_with_bom_removal(body).0;
    scan_text(&text, Base::new(url.clone(), encoding), max_links)
}

pub(super) fn scan_text(text: &str, base: Base, max_links: usize) -> Page {
    let mut scanner = Scanner::new(base, max_links);
    for tag in Tags::new(text.as_bytes()) {
        scanner.tag(&tag, text);
    }
    let h1 = scanner.h1.take().map(|h1| h1.finish(text));
    let title = scanner.title.take();
    scanner.found.page(title, h1)
}

/// Scans a page of XML like [`scan`], and returns its first fault as well.
pub(crate) fn scan_xml(
    body: &[u8],
    encoding: &'static Encoding,
    dialect: Dialect,
    url: &Url,
    max_links: usize,
) -> (Page, Option<Fault>) {
    let text = encoding.decode_with_bom_removal(body).0;
    xml::scan(&text, dialect, Base::new(url.clone(), encoding), max_links)
}

/// Returns every http(s) URL that an `a` or `area` of a page links to: [`Page::links`] of [`scan`], without a limit.
///
/// # Errors
///
/// Those of [`scan`].
pub fn links(body: &[u8], encoding: &str, url: &Url) -> Result<Vec<Url>> {
    scan(body, encoding, url, usize::MAX).map(|page| page.links)
}

struct Scanner<'a> {
    found: Found<'a>,
    title: Option<String>,
    h1: Option<Heading>,
    /// Number of open templates: their content is not on the page.
    templates: usize,
}

impl<'a> Scanner<'a> {
    fn new(base: Base, max_links: usize) -> Self {
        Self {
            found: Found::new(base, max_links),
            title: None,
            h1: None,
            templates: 0,
        }
    }

    fn tag(&mut self, tag: &Tag<'a>, text: &str) {
        let is_scanned = tag.name.is_scanned();
        if !is_scanned && !self.h1.as_ref().is_some_and(Heading::is_open) {
            return;
        }
        let is_shadow = tag.name == name::TEMPLATE && tag.is_html && self.template(tag);
        if let Some(h1) = self.h1.as_mut().filter(|h1| h1.is_open()) {
            if is_shadow {
                h1.tag(&Tag::without_name(tag.span.clone()), text);
            } else {
                h1.tag(tag, text);
            }
        }
        if !is_scanned || tag.is_end || self.templates > 0 {
            return;
        }
        match tag.name {
            name::TITLE if self.title.is_none() && tag.is_html => {
                self.title = tag.raw_text.map(title);
            }
            name::H1 if self.h1.is_none() && tag.is_html => {
                self.h1 = Some(Heading::new(tag.span.end));
            }
            _ => self.found.start(tag.name, tag.is_html, &tag.attributes),
        }
    }

    /// Notes a tag of a template; returns whether it is one whose content is in its place.
    fn template(&mut self, tag: &Tag<'a>) -> bool {
        let is_outside = self.templates == 0;
        if tag.is_end {
            self.templates = self.templates.saturating_sub(1);
            return is_outside;
        }
        let is_shadow = is_outside && is_shadow_root(&tag.attributes);
        self.templates += usize::from(!is_shadow);
        is_shadow
    }
}

/// Returns whether a template with these attributes is the content of the element around it.
pub(super) fn is_shadow_root(attributes: &Attributes<'_>) -> bool {
    let mode = attributes.get(b"shadowrootmode");
    mode.is_some_and(settle::is_shadow_root)
}

/// Links of a page, as far as it was read.
pub(super) struct Found<'a> {
    base: Base,
    has_base: bool,
    max_links: usize,
    links: References<'a>,
    parts: References<'a>,
    dropped_links: usize,
}

/// References as they are spelled, once each, in order: what they mean is known when the page is over.
#[derive(Default)]
struct References<'a> {
    spelled: Vec<&'a [u8]>,
    seen: HashSet<&'a [u8]>,
}

impl<'a> Found<'a> {
    pub(super) fn new(base: Base, max_links: usize) -> Self {
        Self {
            base,
            has_base: false,
            max_links,
            links: References::default(),
            parts: References::default(),
            dropped_links: 0,
        }
    }

    /// Notes where an element leads to, if it leads anywhere, or sets the base of references.
    pub(super) fn start(&mut self, name: Name, is_html: bool, attributes: &Attributes<'a>) {
        match name {
            name::A | name::AREA => {
                let href = attributes.get(b"href");
                let of_svg = || (!is_html).then(|| attributes.get(b"xlink:href"))?;
                self.link(href.or_else(of_svg));
            }
            _ if !is_html => {}
            name::BASE if !self.has_base => self.rebase(attributes),
            name::FRAME | name::IFRAME => self.part(attributes.get(b"src")),
            name::LINK if attributes.get(b"rel").is_some_and(has_next) => {
                self.part(attributes.get(b"href"));
            }
            _ => {}
        }
    }

    fn link(&mut self, href: Option<&'a [u8]>) {
        let most = self.max_links;
        self.dropped_links += usize::from(!self.links.add(href, most));
    }

    fn part(&mut self, href: Option<&'a [u8]>) {
        let most = self.max_links.saturating_sub(self.links.spelled.len());
        self.dropped_links += usize::from(!self.parts.add(href, most));
    }

    fn rebase(&mut self, attributes: &Attributes<'a>) {
        let href = attributes.get(b"href").map(decode_attribute);
        if let Some(url) = href.and_then(|href| self.base.rebased(&href)) {
            self.base.url = url;
            self.has_base = true;
        }
    }

    pub(super) fn page(self, title: Option<String>, h1: Option<String>) -> Page {
        let not_empty = |text: &String| !text.is_empty();
        Page {
            title: title.filter(not_empty),
            h1: h1.filter(not_empty),
            links: self.links.resolved(&self.base),
            parts: self.parts.resolved(&self.base),
            dropped_links: self.dropped_links,
        }
    }
}

impl<'a> References<'a> {
    /// Adds a reference, if it may be one; returns whether there was room for it.
    fn add(&mut self, href: Option<&'a [u8]>, most: usize) -> bool {
        let reference = href.map(without_fragment);
        let Some(reference) = reference.filter(|reference| !is_other_scheme(reference)) else {
            return true;
        };
        if self.spelled.len() >= most {
            return self.seen.contains(reference);
        }
        if self.seen.insert(reference) {
            self.spelled.push(reference);
        }
        true
    }

    fn resolved(self, base: &Base) -> Vec<Url> {
        if self.spelled.is_empty() {
            return Vec::new();
        }
        // Keyed at random, so no page can aim for collisions; by chance one in 10^11 pages of 10,000 links has one.
        let state = RandomState::new();
        let mut seen = HashSet::with_capacity(self.spelled.len());
        let links = self
            .spelled
            .iter()
            .filter_map(|reference| base.link(&decode_attribute(reference)));
        links
            .filter(|link| seen.insert(state.hash_one(link.as_str())))
            .collect()
    }
}

/// Returns whether `rel` has the word `next`.
fn has_next(rel: &[u8]) -> bool {
    rel.split(u8::is_ascii_whitespace)
        .any(|word| word.eq_ignore_ascii_case(b"next"))
}

/// Cuts the fragment off where it can be seen; behind an ampersand, `#` may be part of a character reference.
fn without_fragment(href: &[u8]) -> &[u8] {
    let cut = memchr2(b'#', b'&', href).filter(|&at| href.get(at) == Some(&b'#'));
    cut.and_then(|at| href.get(..at)).unwrap_or(href)
}

/// Returns whether the reference plainly has a scheme that is not crawled: saves parsing the most common ones.
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
