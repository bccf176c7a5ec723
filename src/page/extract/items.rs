//! Extraction of items from pages and elements.

use super::Extract;
use crate::page::error::Result;
use crate::page::html::{Element, Html};

impl Html {
    /// Returns the item of the page: in the first element that its type names with `#[extract("css")]`, else in the whole
    /// page.
    ///
    /// # Errors
    ///
    /// Those of [`Extract::extract`], and [`ErrorKind::Missing`](crate::ErrorKind::Missing) if there is no such element.
    pub fn extract<T: Extract>(&self) -> Result<T> {
        self.root().extract()
    }

    /// Returns an item for each element that matches a CSS selector, in document order.
    ///
    /// ```
    /// # #[cfg(feature = "derive")] {
    /// use crawlworks::prelude::*;
    /// #[derive(Extract)]
    /// struct Row {
    ///     #[extract("td")]
    ///     cells: Vec<String>,
    /// }
    /// let html = Html::parse("<table><tr><td>a<td>b<tr><td>c</table>", Url::parse("http://example.com/")?);
    /// let rows: Vec<Row> = html.extract_all("tr")?;
    /// assert_eq!((rows[0].cells.len(), rows[1].cells[0].as_str()), (2, "c"));
    /// # }
    /// # Ok::<(), crawlworks::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`](crate::ErrorKind::Selector) if it is not one, and those of [`Extract::extract`] for the first
    /// item with an error. To keep the others, take them one by one: `for row in html.select("tr")? { Row::extract(row) … }`.
    pub fn extract_all<T: Extract>(&self, css: &str) -> Result<Vec<T>> {
        self.root().extract_all(css)
    }

    /// Returns all items of the page: one in each element that their type names with `#[extract("css")]`, in document
    /// order. A type that names none is the page itself, once.
    ///
    /// # Errors
    ///
    /// Those of [`Extract::extract`] for the first item with an error.
    pub fn items<T: Extract>(&self) -> Result<Vec<T>> {
        self.root().items()
    }
}

impl Element<'_> {
    /// Returns the item as [`Html::extract`] does, within this element.
    ///
    /// # Errors
    ///
    /// Those of [`Html::extract`].
    pub fn extract<T: Extract>(self) -> Result<T> {
        let Some(css) = T::CSS else {
            return T::extract(self);
        };
        let found = self.find_map(css, Some)?;
        T::extract(found.ok_or_else(|| self.missing(css))?)
    }

    /// Returns the items as [`Html::extract_all`] does, within this element.
    ///
    /// # Errors
    ///
    /// Those of [`Html::extract_all`].
    pub fn extract_all<T: Extract>(self, css: &str) -> Result<Vec<T>> {
        let mut items = Vec::new();
        let failed = self.find_map(css, |found| match T::extract(found) {
            Ok(item) => {
                items.push(item);
                None
            }
            Err(error) => Some(error),
        })?;
        failed.map_or(Ok(items), Err)
    }

    /// Returns the items as [`Html::items`] does, within this element.
    ///
    /// # Errors
    ///
    /// Those of [`Html::items`].
    pub fn items<T: Extract>(self) -> Result<Vec<T>> {
        match T::CSS {
            Some(css) => self.extract_all(css),
            None => Ok(vec![T::extract(self)?]),
        }
    }
}
