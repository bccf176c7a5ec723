//! Places on a page where a rule looks for links.

use url::Url;

use super::rule::Rule;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::{Element, Html, Part, Query};

/// Selector of the links of a rule that has no query of its own.
const LINKS: &str = r"a[href], area[href], svg a[xlink\:href]";

/// Values of `rel` by which a page does not vouch for a link.
const NOFOLLOW: [&str; 3] = ["nofollow", "ugc", "sponsored"];

/// A selector and the attributes, the first that is there, that hold the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    css: String,
    attributes: Vec<String>,
}

/// A link of a page: absolute, http(s), without fragment.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) url: Url,
    pub(super) element: Element<'a>,
}

impl Source {
    pub(super) fn of(rule: &Rule) -> Result<Self> {
        let (links, attributes) = match &rule.query {
            None => (
                LINKS.to_owned(),
                ["href", "xlink:href"].map(str::to_owned).to_vec(),
            ),
            Some(query) => links_of(query)?,
        };
        let css = match regions_of(&rule.within)? {
            None => links,
            // In such an element, or itself one.
            Some(within) => format!(":is({within}) :is({links}), :is({within}):is({links})"),
        };
        Ok(Self { css, attributes })
    }

    /// The links of a page, in document order.
    pub(super) fn links<'a>(&self, html: &'a Html) -> Result<Vec<Link<'a>>> {
        let elements = html.select(&self.css)?;
        let link = |element: Element<'a>| {
            let reference = self.attributes.iter().find_map(|name| element.attr(name))?;
            let url = html.base().link(reference)?;
            Some(Link { url, element })
        };
        Ok(elements.filter_map(link).collect())
    }
}

impl Link<'_> {
    pub(super) fn is_nofollow(&self) -> bool {
        let rel = self.element.attr("rel").unwrap_or_default();
        rel.split_ascii_whitespace()
            .any(|word| NOFOLLOW.iter().any(|no| word.eq_ignore_ascii_case(no)))
    }
}

fn links_of(query: &str) -> Result<(String, Vec<String>)> {
    let read = Query::parse(query)?;
    match read.part() {
        Part::Attr(name) if read.css().is_empty() => Ok((
            format!("[{}]", name.replace(':', "\\:")),
            vec![name.clone()],
        )),
        Part::Attr(name) => Ok((read.css().to_owned(), vec![name.clone()])),
        Part::Text => {
            let attributes = ["href", "xlink:href", "src"].map(str::to_owned).to_vec();
            Ok((read.css().to_owned(), attributes))
        }
        _ => Err(no_ending(
            query,
            "a link's URL is in an attribute: ::attr(name)",
        )),
    }
}

fn regions_of(within: &[String]) -> Result<Option<String>> {
    for css in within {
        if *Query::parse(css)?.part() != Part::Text {
            return Err(no_ending(css, "a region of a page has no ending"));
        }
    }
    Ok((!within.is_empty()).then(|| within.join(", ")))
}

fn no_ending(css: &str, why: &str) -> Error {
    Error::new(ErrorKind::Selector, format!("bad selector {css:?}: {why}"))
}
