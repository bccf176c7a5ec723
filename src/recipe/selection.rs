//! A [`Selection`]: a query that was read with the recipe, and what of an element it asks for.

use super::page::Page;
use crate::page::error::Result;
use crate::page::html::{Element, Query};

/// Selection of elements, and of the text or attribute that is taken of each.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    query: Query,
    /// `true` if the query selects whole elements, without the text or attribute to take of them.
    is_elements: bool,
}

/// Part of a page in which a field is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Page(&'a Page<'a>),
    Element(Element<'a>),
    Json(&'a serde_json::Value),
}

impl Selection {
    pub(super) fn new(query: Query) -> Self {
        let is_elements = !query.has_ending();
        Self { query, is_elements }
    }

    /// Returns whether the query selects whole elements, without the text or attribute to take of them.
    pub(super) fn is_elements(&self) -> bool {
        self.is_elements
    }

    /// Returns the query, for messages.
    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    /// The first element in this one or, without one, in the page.
    pub(super) fn first<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<Option<Element<'a>>> {
        self.query.element(within(element, page)?)
    }

    /// Returns all elements.
    pub(super) fn all<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<Vec<Element<'a>>> {
        self.query.elements(within(element, page)?)
    }

    /// The first text.
    pub(super) fn text<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<Option<String>> {
        self.query.value(within(element, page)?)
    }

    /// Returns all texts.
    pub(super) fn texts<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<Vec<String>> {
        self.query.values(within(element, page)?)
    }

    /// Returns the link targets of the elements, as the page has them: `href`, else `src`.
    pub(super) fn links<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<impl Iterator<Item = String>> {
        let elements = self.all(element, page)?.into_iter();
        let link = |found: Element<'a>| found.attr("href").or_else(|| found.attr("src"));
        Ok(elements.filter_map(link).map(str::to_owned))
    }

    /// The text of the first match as it is written, for what is no prose.
    pub(super) fn raw<'a>(
        &self,
        element: Option<Element<'a>>,
        page: &'a Page<'_>,
    ) -> Result<Option<String>> {
        if !self.is_elements {
            return self.text(element, page);
        }
        Ok(self.first(element, page)?.map(Element::raw_text))
    }
}

fn within<'a>(element: Option<Element<'a>>, page: &'a Page<'_>) -> Result<Element<'a>> {
    match element {
        Some(element) => Ok(element),
        None => Ok(page.html()?.root()),
    }
}
