//! JSON as sites deliver it, searched with [JMESPath](https://jmespath.org/).
//!
//! [`parse`] reads it also where it stands in a script, [`search`] takes out what an expression says. Their shortcuts are
//! [`Response::jmespath`](crate::Response::jmespath), [`Element::json`](crate::Element::json) and
//! [`Html::jmespath`](crate::Html::jmespath).
//!
//! ```
//! use crawlworks::json;
//! let shop = json::parse(r#"window.__DATA__ = {"books": [{"title": "Ada", "price": 5}, {"title": "Bob"}]};"#)?;
//! assert_eq!(json::search(&shop, "books[?price].title")?, serde_json::json!(["Ada"]));
//! assert_eq!(json::search(&shop, "books[0].{name: title, pence: price}")?.to_string(), r#"{"name":"Ada","pence":5}"#);
//! let error = json::search(&shop, "books[].titel(@)").unwrap_err();
//! assert_eq!(error.to_string(), r#"bad expression "books[].titel(@)": no function "titel" at column 9"#);
//! # Ok::<(), crawlworks::Error>(())
//! ```

mod before;
mod evaluate;
mod expression;
mod number;
mod read;
mod repair;
mod string;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::{Element, Html};

pub use read::parse;
pub(crate) use read::{parse_all, typed};

/// Searches a value with a JMESPath expression and returns what it finds; `null` if there is nothing.
///
/// An expression is compiled once per thread. Objects keep the order of their keys, and `{a: …, b: …}` has the order in
/// which it is written; only what a function such as `sort_by` returns has its keys sorted.
///
/// An expression visits each part of a value a fixed number of times, whatever the value holds. It may take 50 million
/// steps, and copy 256 MiB out of the value, so that neither a huge value nor an expression that multiplies,
/// `[@,@]|[@,@]|…`, takes all time or memory.
///
/// Numbers that 64 bits cannot hold are texts of digits ([`parse`]), and so they are in literals: `` `12345678901234567890123` ``.
/// `<` and the like, `sort`, `max`, `min` and what ends in `_by` take such texts for the numbers that they are; `to_number` leaves them as
/// they are.
///
/// # Errors
///
/// [`ErrorKind::Selector`] when the expression is none, with the column where it stops making sense. [`ErrorKind::Json`]
/// when a function gets what it cannot take, such as `length` a number. [`ErrorKind::TooLarge`] beyond the limits.
pub fn search(value: &Value, expression: &str) -> Result<Value> {
    let compiled = expression::compile(expression)?;
    evaluate::evaluate(value, &compiled)
}

/// Checks that a text is a JMESPath expression all of whose functions exist.
///
/// ```
/// let error = crawlworks::json::check("books[?price >]").unwrap_err();
/// assert!(error.to_string().contains("at column 15"), "{error}");
/// ```
///
/// # Errors
///
/// [`ErrorKind::Selector`], as from [`search`].
pub fn check(expression: &str) -> Result<()> {
    expression::compile(expression).map(drop)
}

#[cfg(feature = "recipe")]
/// Returns whether the expression asks a question, so that `false` is an answer and no value of the JSON.
pub(crate) fn is_condition(expression: &str) -> bool {
    expression::compile(expression).is_ok_and(|compiled| expression::is_condition(&compiled.ast))
}

impl Element<'_> {
    /// Reads the JSON in the element, such as a `script`, as [`json::parse`](parse) does.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = r#"<script>var shop = {"open": true};</script><div data-p='{"id": 7}'>"#;
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.one("script")?.json()?["open"], true);
    /// assert_eq!(crawlworks::json::parse(html.one("div")?.attr("data-p").unwrap())?["id"], 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Json`] when it is not JSON, with the line and column in the element, and the URL of the page.
    pub fn json(self) -> Result<Value> {
        parse(&self.raw_text()).map_err(|error| {
            let message = format!("in <{}>: {}", self.name(), error.chain());
            Error::new(ErrorKind::Json, message).with_url(self.page().url())
        })
    }
}

impl Html {
    /// Searches the JSON of the first element that matches a CSS selector with a JMESPath expression. `None` if no element
    /// matches, or if there is nothing to be found (`null`).
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = r#"<script id=data type="application/json">{"price": 12.5}</script>"#;
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.jmespath("script#data", "price")?, Some(12.5.into()));
    /// assert_eq!(html.jmespath("script#data", "stock")?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`select`](Html::select), [`Element::json`] and [`search`], with the URL of the page.
    pub fn jmespath(&self, css: &str, expression: &str) -> Result<Option<Value>> {
        let told = |error: Error| error.with_url(self.url());
        check(expression).map_err(told)?;
        let Some(element) = self.first(css)? else {
            return Ok(None);
        };
        let found = search(&element.json()?, expression).map_err(told)?;
        Ok(Some(found).filter(|value| !value.is_null()))
    }
}
