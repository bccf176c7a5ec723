//! Types that are read from a text of a page.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use url::Url;

use crate::page::clean::quoted;
use crate::page::error::BoxError;
use crate::page::html::Element;

/// Type that can be read from a text of a page, and so be a field of an item that derives
/// [`Extract`](trait@crate::Extract).
///
/// | type | what it takes, white space around it aside |
/// |---|---|
/// | `String` | anything, white space included |
/// | integers, `f32`, `f64` | a number as Rust writes it: `12`, `-1.5`. For others there are [cleaners](crate::clean) |
/// | `bool` | `true`, `yes`, `y`, `on`, `1` and `false`, `no`, `n`, `off`, `0` in upper or lower case |
/// | [`Url`] | a reference, made absolute by the page |
/// | `Box<T>` | what `T` takes |
///
/// Implement it for a type of your own:
///
/// ```
/// use std::borrow::Cow;
/// use crawlworks::{BoxError, Element, FromText};
///
/// struct Pence(u32);
///
/// impl FromText for Pence {
///     fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
///         let (pounds, pence) = text.split_once('.').ok_or_else(|| format!("{text:?} has no point"))?;
///         Ok(Self(pounds.parse::<u32>()? * 100 + pence.parse::<u32>()?))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a text",
    note = "if it derives `Extract`, add `nested`: `#[extract(\"css\", nested)]`",
    note = "if it is a date that reads ISO 8601: `#[extract(\"css\", clean = date, with = str::parse)]`",
    note = "else implement `crawlworks::FromText` for it, or give a function: `#[extract(\"css\", with = read)]`"
)]
pub trait FromText: Sized {
    /// Reads the text. `element` is the element that the text is from.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the text; field, selector and URL are added to it.
    fn from_text(text: Cow<'_, str>, element: Element<'_>) -> Result<Self, BoxError>;

    /// Returns the JSON Schema of what serde writes of the type; by default `{}`, which allows everything.
    #[must_use]
    fn schema() -> Value {
        Value::Object(Map::new())
    }
}

impl FromText for String {
    fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
        Ok(text.into_owned())
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl FromText for bool {
    fn from_text(text: Cow<'_, str>, _: Element<'_>) -> Result<Self, BoxError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "on" | "1" => Ok(true),
            "false" | "no" | "n" | "off" | "0" => Ok(false),
            _ => Err(format!("{} is neither true nor false", quoted(&text)).into()),
        }
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl FromText for Url {
    fn from_text(text: Cow<'_, str>, element: Element<'_>) -> Result<Self, BoxError> {
        let url = element.resolve(&text);
        url.ok_or_else(|| format!("{} is not a URL", quoted(&text)).into())
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "uri" })
    }
}

impl<T: FromText> FromText for Box<T> {
    fn from_text(text: Cow<'_, str>, element: Element<'_>) -> Result<Self, BoxError> {
        T::from_text(text, element).map(Self::new)
    }

    fn schema() -> Value {
        T::schema()
    }
}
