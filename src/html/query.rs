//! A [`Query`]: a CSS selector and what is taken of each match, as in Scrapy's `a::attr(href)` and `p::text`.

use std::fmt;

use super::selector::compile;
use super::{Element, Html};
use crate::{Error, ErrorKind, Result};

/// A CSS selector that may end in what is taken of each match: `::text` or `::attr(name)`.
///
/// ```
/// use crawlworks::html::{Html, Query};
/// let html = Html::parse("<p>One <b>two</b></p>", url::Url::parse("http://example.com/")?);
/// assert_eq!(html.get("p")?.as_deref(), Some("One two"));
/// assert_eq!(html.get("p::text")?.as_deref(), Some("One"));
/// assert_eq!(Query::parse("a::attr(href)")?.css(), "a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    css: String,
    part: Part,
}

/// What is taken of an element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Part {
    /// Its text as a reader sees it ([`Element::text`]): what a selector without an ending gives.
    #[default]
    Text,
    /// `::text`: each piece of text directly in it, white space collapsed, without empty pieces.
    TextNodes,
    /// `::attr(name)`: the value of an attribute; nothing of an element without it.
    Attr(String),
}

impl Query {
    /// Reads a selector with its ending. A mere ending, such as `::attr(href)`, means the element itself.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`] when it is not one.
    pub fn parse(query: &str) -> Result<Self> {
        let (css, part) = match query.rsplit_once("::") {
            Some((css, "text")) => (css, Part::TextNodes),
            Some((css, ending)) => {
                let name = ending
                    .strip_prefix("attr(")
                    .and_then(|e| e.strip_suffix(')'));
                let name = name.map(str::trim).filter(|name| !name.is_empty());
                let name = name.ok_or_else(|| {
                    let message = format!(
                        "bad selector {query:?}: unexpected \"::{ending}\"; there are ::text and ::attr(name)"
                    );
                    Error::new(ErrorKind::Selector, message)
                })?;
                (css, Part::Attr(name.to_ascii_lowercase()))
            }
            None => (query, Part::Text),
        };
        if !(css.is_empty() && part != Part::Text) {
            compile(css)?;
        }
        Ok(Self {
            css: css.to_owned(),
            part,
        })
    }

    /// The selector without its ending; empty when it is the element itself.
    #[must_use]
    pub fn css(&self) -> &str {
        &self.css
    }

    /// What is taken of each match.
    #[must_use]
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// All values within an element, in document order.
    ///
    /// # Errors
    /// Those of [`Element::select`].
    pub fn values(&self, element: Element<'_>) -> Result<Vec<String>> {
        if self.css.is_empty() {
            return Ok(self.part.of(element));
        }
        Ok(element
            .select(&self.css)?
            .flat_map(|found| self.part.of(found))
            .collect())
    }

    /// The first value within an element.
    ///
    /// # Errors
    /// Those of [`Element::select`].
    pub fn value(&self, element: Element<'_>) -> Result<Option<String>> {
        Ok(self.values(element)?.into_iter().next())
    }
}

impl Part {
    fn of(&self, element: Element<'_>) -> Vec<String> {
        match self {
            Self::Text => vec![element.text()],
            Self::TextNodes => vec![element.own_text()],
            Self::Attr(name) => element.attr(name).map(str::to_owned).into_iter().collect(),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Part::Text => f.write_str(&self.css),
            Part::TextNodes => write!(f, "{}::text", self.css),
            Part::Attr(name) => write!(f, "{}::attr({name})", self.css),
        }
    }
}

impl Html {
    /// The first value of a [`Query`] in the page.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`] if it is not one.
    pub fn get(&self, query: &str) -> Result<Option<String>> {
        self.root().get(query)
    }

    /// All values of a [`Query`] in the page, in document order.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`] if it is not one.
    pub fn get_all(&self, query: &str) -> Result<Vec<String>> {
        self.root().get_all(query)
    }
}

impl Element<'_> {
    /// The first value of a [`Query`] within this element.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`] if it is not one.
    pub fn get(self, query: &str) -> Result<Option<String>> {
        Query::parse(query)?.value(self)
    }

    /// All values of a [`Query`] within this element, in document order.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`] if it is not one.
    pub fn get_all(self, query: &str) -> Result<Vec<String>> {
        Query::parse(query)?.values(self)
    }
}
