//! Search for one field and reading of its text, for use by derived code.

mod pattern;
mod take;

pub use pattern::{Narrow, Pattern, pattern};
pub use take::{
    attr, block_text, first, html, link, link_url, outer_html, own_text, page_url, page_url_text,
    piece, pieces, text, url,
};

use std::borrow::Cow;
use std::fmt::Display;

use super::Extract;
use super::nesting::Level;
use crate::page::clean::{self, Cleaner};
use crate::page::error::{BoxError, Error, ErrorKind, Result};
use crate::page::html::Element;
use crate::page::html::room::Room;

/// Text of an element, if it has one.
type Text<'a> = Option<Cow<'a, str>>;

/// First text that is not only white space.
enum First<'a> {
    Text(Cow<'a, str>, Element<'a>),
    /// There are texts, but all are only white space.
    Blank,
    Nothing,
}

/// Field of an item: its name in errors, and its selector.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    item: &'static str,
    name: &'static str,
    /// Selector; empty for the element itself.
    css: &'static str,
    /// Message of the error for a field that is not found.
    missing: &'static str,
}

impl Field {
    /// Describes a field. `missing` is the message of the error for a field that is not found.
    #[must_use]
    pub const fn new(
        item: &'static str,
        name: &'static str,
        css: &'static str,
        missing: &'static str,
    ) -> Self {
        Self {
            item,
            name,
            css,
            missing,
        }
    }

    /// Returns the first value that `take` finds and that is not only white space, as `read` understands it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] if there is none, and [`ErrorKind::Value`] if it cannot be read.
    pub fn required<'a, V>(
        self,
        element: Element<'a>,
        take: impl FnMut(Element<'a>) -> Text<'a>,
        read: impl FnOnce(Cow<'a, str>, Element<'a>) -> Result<V, BoxError>,
    ) -> Result<V> {
        match self.first(element, take)? {
            First::Text(text, found) => read(text, found).map_err(|error| self.bad(found, &error)),
            First::Blank => Err(self.missing(element, &self.blank())),
            First::Nothing => Err(self.missing(element, self.missing)),
        }
    }

    /// Returns the first value as [`required`](Self::required) does, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Value`] if it cannot be read.
    pub fn optional<'a, V>(
        self,
        element: Element<'a>,
        take: impl FnMut(Element<'a>) -> Text<'a>,
        read: impl FnOnce(Cow<'a, str>, Element<'a>) -> Result<V, BoxError>,
    ) -> Result<Option<V>> {
        match self.first(element, take)? {
            First::Text(text, found) => read(text, found)
                .map(Some)
                .map_err(|error| self.bad(found, &error)),
            First::Blank | First::Nothing => Ok(None),
        }
    }

    /// Returns all values, without those that are only white space.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Value`] if one cannot be read, and [`ErrorKind::TooLarge`] if they are more than 64 MiB.
    pub fn all<'a, V, T: IntoIterator<Item = Cow<'a, str>>>(
        self,
        element: Element<'a>,
        mut take: impl FnMut(Element<'a>) -> T,
        mut read: impl FnMut(Cow<'a, str>, Element<'a>) -> Result<V, BoxError>,
    ) -> Result<Vec<V>> {
        let (mut values, mut room) = (Vec::new(), Room::default());
        let failed = self.search(element, |found| {
            for text in take(found).into_iter().filter(|text| !is_blank(text)) {
                if !room.take(&text) {
                    let error = room.check(self.css).err()?;
                    let error = error.with_url(found.page_url());
                    return Some(error.in_field(self.item, self.name));
                }
                match read(text, found) {
                    Ok(value) => values.push(value),
                    Err(error) => return Some(self.bad(found, &error)),
                }
            }
            None
        })?;
        failed.map_or(Ok(values), Err)
    }

    /// Returns whether `take` finds anything, be it blank.
    ///
    /// # Errors
    ///
    /// Those of [`Element::select`].
    pub fn is_present<'a>(
        self,
        element: Element<'a>,
        take: impl FnMut(Element<'a>) -> Text<'a>,
    ) -> Result<bool> {
        Ok(self.search(element, take)?.is_some())
    }

    /// Returns the first nested item.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] if there is none, and those of [`Extract::extract`].
    pub fn item<T: Extract>(self, element: Element<'_>) -> Result<T> {
        let Some(item) = self.optional_item(element)? else {
            let css = self.of_items::<T>().css;
            return Err(self.missing(element, &format!("no element matches {css:?}")));
        };
        Ok(item)
    }

    /// Returns the first nested item, if there is one.
    ///
    /// # Errors
    ///
    /// Those of [`Extract::extract`].
    pub fn optional_item<T: Extract>(self, element: Element<'_>) -> Result<Option<T>> {
        let found = self.of_items::<T>().search(element, Some)?;
        found.map(|found| self.nested(found, self.name)).transpose()
    }

    /// Returns all nested items.
    ///
    /// # Errors
    ///
    /// Those of [`Extract::extract`].
    pub fn items<T: Extract>(self, element: Element<'_>) -> Result<Vec<T>> {
        let mut items = Vec::new();
        let failed = self.of_items::<T>().search(element, |found| {
            match self.nested(found, format_args!("{}[{}]", self.name, items.len())) {
                Ok(item) => {
                    items.push(item);
                    None
                }
                Err(error) => Some(error),
            }
        })?;
        failed.map_or(Ok(items), Err)
    }

    fn nested<T: Extract>(self, found: Element<'_>, name: impl Display) -> Result<T> {
        let item = Level::enter()
            .map_err(|error| error.with_url(found.page_url()))
            .and_then(|_level| T::extract(found));
        item.map_err(|error| error.in_field(self.item, name.to_string()))
    }

    /// Returns the same field, with the selector of the items if it has none of its own.
    fn of_items<T: Extract>(mut self) -> Self {
        if self.css.is_empty() {
            self.css = T::CSS.unwrap_or_default();
        }
        self
    }

    fn first<'a>(
        self,
        element: Element<'a>,
        mut take: impl FnMut(Element<'a>) -> Text<'a>,
    ) -> Result<First<'a>> {
        let mut otherwise = First::Nothing;
        let first = self.search(element, |found| {
            let text = take(found)?;
            if is_blank(&text) {
                otherwise = First::Blank;
                return None;
            }
            Some(First::Text(text, found))
        })?;
        Ok(first.unwrap_or(otherwise))
    }

    fn search<'a, V>(
        self,
        element: Element<'a>,
        mut take: impl FnMut(Element<'a>) -> Option<V>,
    ) -> Result<Option<V>> {
        if self.css.is_empty() {
            return Ok(take(element));
        }
        element
            .find_map(self.css, take)
            .map_err(|error| error.in_field(self.item, self.name))
    }

    #[cold]
    fn blank(self) -> String {
        match self.css {
            "" => "there is only white space".to_owned(),
            css => format!("there is only white space at {css:?}"),
        }
    }

    #[cold]
    fn missing(self, element: Element<'_>, what: &str) -> Error {
        let message = format!("{what}, in {}", element.snippet());
        Error::new(ErrorKind::Missing, message)
            .with_url(element.page_url())
            .in_field(self.item, self.name)
    }

    #[cold]
    fn bad(self, found: Element<'_>, why: &BoxError) -> Error {
        let html = found.snippet();
        let message = match self.css {
            "" => format!("{why}, in {html}"),
            css => format!("{why}, by {css:?}, in {html}"),
        };
        Error::new(ErrorKind::Value, message)
            .with_url(found.page_url())
            .in_field(self.item, self.name)
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Applies one cleaner of the option `clean`.
///
/// # Errors
///
/// Returns the error of the cleaner.
pub fn clean(text: &str, cleaner: Cleaner) -> Result<Cow<'static, str>, BoxError> {
    Ok(Cow::Owned(cleaner.clean(text)?))
}

/// Reads a text with a function of the user.
///
/// # Errors
///
/// Returns the error of the function.
pub fn with<T, E: Display>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, BoxError> {
    read(text).map_err(|error| error.to_string().into())
}

/// Makes a date in a format of the user ISO 8601.
///
/// # Errors
///
/// Returns an error if the text is not of that format.
pub fn dated(text: &str, format: &str) -> Result<Cow<'static, str>, BoxError> {
    Ok(Cow::Owned(clean::date_by(text, format)?))
}
