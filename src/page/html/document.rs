//! A parsed page, to be searched with CSS selectors.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use encoding_rs::{Encoding, UTF_8};
use url::Url;

use super::base::Base;
use super::cost::Extent;
use super::depth;
use super::element::Element;
use super::limits::{Cuts, Limits};
use super::select::Select;
use super::selector::{Css, compile};
use super::xml::{self, Dialect, Fault};
use crate::page::encoding::labelled;
use crate::page::error::Result;

/// A page as a tree of elements, parsed as browsers do, and the URL that it came from.
///
/// Parsing never fails: HTML has a meaning for every text. Scripts are not run, so what is in `noscript` is part of the
/// page. A page stays in its thread and cannot be held across an `.await`: take what you need out of it.
///
/// ```
/// use crawlworks::html::Html;
/// let url = url::Url::parse("http://example.com/books/")?;
/// let html = Html::parse("<h1>Books</h1><ul><li><a href=1>One</a><li><a href=2>Two</a></ul>", url);
/// let titles: Vec<_> = html.select("li a")?.map(|a| a.text()).collect();
/// assert_eq!(titles, ["One", "Two"]);
/// assert_eq!(html.one("h1")?.text(), "Books");
/// assert_eq!(html.links("li a")?[1].as_str(), "http://example.com/books/2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Html {
    pub(super) tree: scraper::Html,
    pub(super) cuts: Cuts,
    /// First fault of the page, if it is XML.
    pub(super) fault: Option<Fault>,
    pub(super) url: Url,
    pub(super) encoding: &'static Encoding,
    pub(super) base: OnceCell<Base>,
    /// Counts of what selectors may have to compare on the page.
    pub(super) extent: Extent,
}

impl Html {
    /// Parses a page. `url` is where it came from: relative references are relative to it, unless the page has a usable
    /// `<base href>`.
    ///
    /// A tree has at most 512 levels, as in browsers, a million nodes, 512 attributes per element, and 20,000 different
    /// names of elements and attributes, so that it takes time and memory in proportion to the text;
    /// [`was_too_deep`](Self::was_too_deep) tells. The settings `max_dom_depth`, `max_dom_nodes` and `max_dom_attributes`
    /// can make it less for the pages of a crawl.
    #[must_use]
    pub fn parse(text: &str, url: Url) -> Self {
        Self::parse_within(text, url, Limits::default())
    }

    pub(crate) fn parse_within(text: &str, url: Url, limits: Limits) -> Self {
        let (tree, cuts) = depth::parse(text, limits);
        Self::of(tree, cuts, None, url, text.len())
    }

    /// Parses a page of XML, such as XHTML that is served as such: every element can close itself, CDATA is text, names are
    /// as the page writes them, with their prefixes. In selectors, `dc:title` is `dc|title`.
    ///
    /// The same limits hold. A page that is not well-formed is read as far as that is possible;
    /// [`is_well_formed`](Self::is_well_formed) tells.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let url = url::Url::parse("http://example.com/feed")?;
    /// let xml = Html::parse_xml("<r><link>/a</link><dc:date>2024</dc:date><b/><d><![CDATA[1 < 2]]></d></r>", url);
    /// assert_eq!(xml.get("link")?.as_deref(), Some("/a"));
    /// assert_eq!(xml.get("dc|date")?.as_deref(), Some("2024"));
    /// assert_eq!(xml.get("b + d")?.as_deref(), Some("1 < 2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn parse_xml(text: &str, url: Url) -> Self {
        Self::parse_xml_within(text, Dialect::Xml, url, Limits::default())
    }

    pub(crate) fn parse_xml_within(text: &str, dialect: Dialect, url: Url, limits: Limits) -> Self {
        let (tree, cuts, fault) = xml::parse(text, dialect, limits);
        Self::of(tree, cuts, fault, url, text.len())
    }

    fn of(tree: scraper::Html, cuts: Cuts, fault: Option<Fault>, url: Url, length: usize) -> Self {
        Self {
            tree,
            cuts,
            fault,
            url,
            encoding: UTF_8,
            base: OnceCell::new(),
            extent: Extent::new(length),
        }
    }

    /// Returns whether a page of XML keeps the rules of XML. One that does not is read by the rules of HTML if it is
    /// XHTML, else as far as it can be understood. `true` for every page of HTML.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.fault.is_none()
    }

    /// Returns the fault of a page of XML; `None` if it has none.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Says in which encoding the page was written, UTF-8 otherwise: the queries of its links are in that encoding. It is a name
    /// or label of the Encoding Standard, such as `windows-1251` or `latin1`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for an encoding that the standard does not know.
    pub fn with_encoding(self, encoding: &str) -> Result<Self> {
        let encoding = labelled(encoding)?;
        Ok(self.written_in(encoding))
    }

    pub(crate) fn written_in(mut self, encoding: &'static Encoding) -> Self {
        self.encoding = encoding;
        self.base = OnceCell::new();
        self
    }

    /// The URL that the page came from.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The URL that references are relative to: that of the first usable `<base href>`, else the page's own.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base().url
    }

    /// The encoding in which the page was written.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Returns whether the page is nested more deeply, or is larger, than what a tree can hold, so that tags were left
    /// out. Their content is there, one level below the last that fits.
    #[must_use]
    pub fn was_too_deep(&self) -> bool {
        !self.cuts.is_none()
    }

    /// Returns which limits cut something off the page.
    pub(crate) fn cuts(&self) -> Cuts {
        self.cuts
    }

    /// The `html` element, which every page has; of XML, the element around all others.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element::new(self.tree.root_element(), self)
    }

    /// The elements that match a CSS selector, in document order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one, and
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for what could take minutes on a page made for that: `~` where an
    /// element has more than 10,000 children, each of which is compared with all before it; `:nth-of-type` where thousands
    /// of those have different names; `:has` on a page that is both very large and deeply nested; a class on one with more
    /// than 200,000 classes.
    pub fn select(&self, css: &str) -> Result<Select<'_>> {
        self.root().select_or_self(css)
    }

    /// The first element that matches a CSS selector.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one.
    pub fn first(&self, css: &str) -> Result<Option<Element<'_>>> {
        self.root().first_or_self(css)
    }

    /// The first element that matches a CSS selector, which the page has to have.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`](crate::ErrorKind::Missing) if there is none, and
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is no selector.
    pub fn one(&self, css: &str) -> Result<Element<'_>> {
        self.first(css)?.ok_or_else(|| self.missing(css))
    }

    /// Returns the links of the matching elements: their `href` or `src` as absolute http(s) URLs without fragment, in
    /// document order, once each.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not a selector.
    pub fn links(&self, css: &str) -> Result<Vec<Url>> {
        Ok(super::element::links(self.select(css)?))
    }

    /// The page's title: the text of the first `title` element, white space collapsed. `None` if that is missing or empty.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        let titles = self.select("title").ok()?;
        titles
            .into_iter()
            .find(|title| title.is_html() || title.is_data())
            .map(Element::text)
            .filter(|title| !title.is_empty())
    }

    pub(crate) fn base(&self) -> &Base {
        self.base.get_or_init(|| {
            let mut base = Base::new(self.url.clone(), self.encoding);
            let mut elements = self
                .select("base[href]")
                .into_iter()
                .flatten()
                .filter(Element::is_html);
            if let Some(url) = elements.find_map(|element| base.rebased(element.attr("href")?)) {
                base.url = url;
            }
            base
        })
    }

    /// The compiled form of a selector, if it can be searched for in this page within reasonable time.
    pub(crate) fn selector(&self, css: &str) -> Result<Rc<Css>> {
        let told = |error: crate::page::error::Error| error.with_url(&self.url);
        let compiled = compile(css).map_err(told)?;
        let checked = compiled.needs.check(css, &self.tree, &self.extent);
        checked.map(|()| compiled).map_err(told)
    }

    pub(crate) fn missing(&self, css: &str) -> crate::page::error::Error {
        crate::page::error::Error::new(
            crate::page::error::ErrorKind::Missing,
            format!("no element matches {css:?}"),
        )
        .with_url(&self.url)
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Html")
            .field("url", &self.url.as_str())
            .field("was_too_deep", &self.was_too_deep())
            .finish_non_exhaustive()
    }
}
