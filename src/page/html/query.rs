//! A [`Query`]: a CSS selector and what is taken of each match, as in Scrapy's `a::attr(href)` and `p::text`.

mod find;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::room::Room;
use super::{Element, Html};
use crate::page::compiled::{Compiled, remembered};
use crate::page::error::Result;

/// A CSS selector that may end in what is taken of each match, or a list of them divided by commas.
///
/// | query | gives |
/// |---|---|
/// | `p` | the text of each `p` as a reader sees it: [`Element::text`] |
/// | `p::text` | each piece of text directly in a `p`, so not that of a `b` in it |
/// | `p ::text`, `p *::text` | each piece of text in a `p`, at any depth |
/// | `a::attr(href)` | the attribute of each `a` that has it, as the page has it; its name as the page writes it, `use::attr(xlink:href)` |
/// | `h1::text, img::attr(alt)` | each with its own ending |
/// | `> li::text` | of the children of the element that is asked |
/// | `:scope`, `:scope::text`, `:scope::attr(href)` | of the element itself that is asked; before an ending, `:scope` may be left out |
/// | `*::text` | of the element itself that is asked and all in it |
///
/// | `dc\|title`, `dc\:title` | what is written `dc:title`, as XML has it: a name with a prefix, whatever that stands for |
///
/// Values come in document order: texts and attributes that of their elements, pieces of text their own.
///
/// It differs from Scrapy in this: white space in a piece of text is collapsed, none is left at its ends, and pieces of
/// nothing else are left out (Scrapy gives them as they are); a selector without an ending gives text (Scrapy: HTML); an
/// element that is asked is not among its own matches, except as `:scope`; the page's `html` is.
///
/// ```
/// use crawlworks::html::{Html, Query};
/// let html = Html::parse("<p>One <b>two</b> three</p>", url::Url::parse("http://example.com/")?);
/// assert_eq!(html.get("p")?.as_deref(), Some("One two three"));
/// assert_eq!(html.get_all("p::text")?, ["One", "three"]);
/// assert_eq!(html.get_all("p ::text")?, ["One", "two", "three"]);
/// assert_eq!(Query::parse("a::attr(href)")?.css(), "a");
/// let error = Query::parse("p > a::txt").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"bad selector "p > a::txt": unexpected "::txt" at column 6; did you mean "::text"?"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// All selectors, without their endings.
    css: String,
    branches: Vec<Branch>,
}

/// A selector and its ending; by default, the text of the element that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Branch {
    /// Selector; empty for the element that is asked.
    css: String,
    /// Set if the ending is about everything in the element as well.
    is_deep: bool,
    part: Part,
}

/// Part of an element that a query takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Part {
    /// Text of the element as a reader sees it ([`Element::text`]): the part that a selector without an ending gives.
    #[default]
    Text,
    /// `::text`: each piece of text directly in it, white space collapsed, without empty pieces.
    TextNodes,
    /// `::attr(name)`: the value of an attribute; nothing of an element without it.
    Attr(String),
}

thread_local! {
    static READ: RefCell<Compiled<Query>> = RefCell::default();
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) when it is not one; the error shows the query, the column
    /// where it stops making sense, and what was meant perhaps.
    pub fn parse(query: &str) -> Result<Self> {
        Self::read(query)
    }

    pub(super) fn read(query: &str) -> Result<Self> {
        let mut branches: Vec<Branch> = Vec::new();
        for branch in read::branches(query)? {
            if !branches.contains(&branch) {
                branches.push(branch);
            }
        }
        let css = branches.iter().map(|branch| match branch {
            itself if *itself == Branch::default() => read::ITSELF,
            branch => &branch.css,
        });
        let css: Vec<_> = css.filter(|css| !css.is_empty()).collect();
        Ok(Self {
            css: css.join(", "),
            branches,
        })
    }

    fn remembered(query: &str) -> Result<Rc<Self>> {
        remembered(&READ, query, Self::read)
    }

    /// The selector without its ending, or the list of them; empty when there is nothing before the ending but `:scope`.
    #[must_use]
    pub fn css(&self) -> &str {
        &self.css
    }

    /// Returns the part that is taken of each match; for a list whose endings differ, that of the first selector.
    #[must_use]
    pub fn part(&self) -> &Part {
        self.branches
            .first()
            .map_or(&Part::Text, |branch| &branch.part)
    }

    pub(crate) fn has_ending(&self) -> bool {
        self.branches.iter().any(|branch| branch.part != Part::Text)
    }

    /// All values within an element.
    ///
    /// # Errors
    /// Those of [`Element::select`], and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when they are more than 64 MiB:
    /// matches within each other repeat the text of the innermost.
    pub fn values(&self, element: Element<'_>) -> Result<Vec<String>> {
        let (mut values, mut room) = (Vec::new(), Room::default());
        self.visit(element, &mut |value| {
            if !room.take(&value) {
                return ControlFlow::Break(());
            }
            values.push(value);
            ControlFlow::Continue(())
        })?;
        room.check(&self.to_string())
            .map_err(|error| error.with_url(element.page_url()))?;
        Ok(values)
    }

    /// Returns the first of the elements that match, whichever part of them is taken.
    #[cfg(feature = "recipe")]
    pub(crate) fn element<'a>(&self, element: Element<'a>) -> Result<Option<Element<'a>>> {
        let mut first = None;
        self.each(element, |found, _| {
            first = Some(found);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }

    /// All of them, in document order.
    #[cfg(feature = "recipe")]
    pub(crate) fn elements<'a>(&self, element: Element<'a>) -> Result<Vec<Element<'a>>> {
        let mut elements = Vec::new();
        self.each(element, |found, _| {
            elements.push(found);
            ControlFlow::Continue(())
        })?;
        Ok(elements)
    }

    /// The first value within an element. Nothing behind it is looked at.
    ///
    /// # Errors
    /// Those of [`Element::select`].
    pub fn value(&self, element: Element<'_>) -> Result<Option<String>> {
        let mut first = None;
        self.visit(element, &mut |value| {
            first = Some(value);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }
}

impl Branch {
    pub(super) fn part(&self) -> &Part {
        &self.part
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.css)?;
        match (self.is_deep, self.css.is_empty()) {
            (true, true) => f.write_str("*")?,
            (true, false) => f.write_str(" ")?,
            (false, true) if self.part == Part::Text => f.write_str(read::ITSELF)?,
            (false, _) => {}
        }
        match &self.part {
            Part::Text => Ok(()),
            Part::TextNodes => f.write_str("::text"),
            Part::Attr(name) => write!(f, "::attr({name})"),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, branch) in self.branches.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{branch}")?;
        }
        Ok(())
    }
}

impl Html {
    /// The first value of a [`Query`] in the page.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one.
    pub fn get(&self, query: &str) -> Result<Option<String>> {
        self.root().get(query)
    }

    /// All values of a [`Query`] in the page, in document order.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one, and those of [`Query::values`].
    pub fn get_all(&self, query: &str) -> Result<Vec<String>> {
        self.root().get_all(query)
    }
}

impl Element<'_> {
    /// The first value of a [`Query`] within this element.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one.
    pub fn get(self, query: &str) -> Result<Option<String>> {
        self.query(query)?.value(self)
    }

    /// All values of a [`Query`] within this element, in document order.
    ///
    /// # Errors
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one, and those of [`Query::values`].
    pub fn get_all(self, query: &str) -> Result<Vec<String>> {
        self.query(query)?.values(self)
    }

    pub(super) fn query(self, query: &str) -> Result<Rc<Query>> {
        Query::remembered(query).map_err(|error| error.with_url(self.html.url()))
    }
}
