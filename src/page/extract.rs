//! Typed extraction: structs whose fields name their place on a page.
//!
//! `#[derive(Extract)]` writes [`Extract`] for a struct; its selectors, patterns and formats are checked when the program is
//! compiled. The code that it writes is what one would write by hand, and as fast.
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use crawlworks::clean;
//! use crawlworks::prelude::*;
//!
//! #[derive(Debug, PartialEq, Serialize, Extract)]
//! #[extract("article.product")]
//! struct Book {
//!     #[extract("h1")]
//!     title: String,
//!     #[extract("p.price", with = clean::price)]
//!     price: f64,
//!     #[extract("p.stock", re = r"\((\d+) available", default = 0)]
//!     in_stock: u32,
//!     #[extract("img::attr(src)")]
//!     image: Option<Url>,
//!     #[extract("a.tag")]
//!     tags: Vec<String>,
//! }
//!
//! let page = "<article class=product><h1>The River</h1><p class=price>£1,051.77</p><p class=stock>Sold out</p>\
//!     <a class=tag>fiction</a> <a class=tag>travel</a></article>";
//! let html = Html::parse(page, Url::parse("https://shop.example/1")?);
//! let book: Book = html.extract()?;
//! assert_eq!((book.title.as_str(), book.price, book.in_stock), ("The River", 1051.77, 0));
//! assert_eq!((book.image, book.tags.len()), (None, 2));
//!
//! let html = Html::parse("<article class=product><h1>The River</h1></article>", Url::parse("https://shop.example/2")?);
//! assert_eq!(
//!     html.extract::<Book>().unwrap_err().to_string(),
//!     r#"Book.price: no element matches "p.price", in <article class="product"><h1>The River</h1></article> (https://shop.example/2)"#
//! );
//! # }
//! # Ok::<(), crawlworks::BoxError>(())
//! ```
//!
//! A missing required field is an [`Error`](crate::Error) of kind [`Missing`](crate::ErrorKind::Missing), and a text that
//! is not of the field's type one of kind [`Value`](crate::ErrorKind::Value); [`Error::field`](crate::Error::field) names
//! the field.

mod from_text;
mod items;
mod nesting;
mod numbers;

pub use from_text::FromText;

// What the code written by the derive macro uses; no part of the interface.
#[doc(hidden)]
pub mod field;
#[doc(hidden)]
pub mod schema;

use serde_json::{Map, Value};

use crate::page::error::Result;
use crate::page::html::Element;

/// Type of items that are taken out of an element of a page. Derive it: `#[derive(Extract)]`.
///
/// Each field says with `#[extract("css", option, …)]` where it stands within the element and how it is read:
///
/// | option | meaning |
/// |---|---|
/// | `"css"` | the elements; the first one with a value counts, or each of them for a `Vec`. `":scope"` is the element itself |
/// | `"css::attr(name)"`, `"css::text"` | as in [`Query`](crate::html::Query): an attribute; each piece of text directly in it. A list of selectors has one ending here, written after each |
/// | `text` | its text as a reader sees it ([`Element::text`]); the default, except that it is `url` for a `Url` |
/// | `own_text`, `block_text` | only the text directly in it; a line per block |
/// | `html`, `outer_html` | the HTML of what is in it; with the element itself |
/// | `attr = "name"` | the attribute, as `::attr(name)` does |
/// | `url` | the absolute URL in the attribute, else in `href` or `src`; for a `String`, since a `Url` is made absolute anyway |
/// | `re = "…"` | the first group of a pattern, or all of the match if it has none; what does not match is passed over |
/// | `clean = price`, `clean = [squeeze, lower]` | [cleaners](crate::clean::Cleaner), in this order, by the name of the recipes |
/// | `with = function` | reads the text: `fn(&str) -> Result<T, E>` with an `E` that can be shown, such as [`clean::price`](crate::clean::price) |
/// | `format = "%d/%m/%Y"` | makes a date that is written so ISO 8601 text, as [`clean::date_by`](crate::clean::date_by) does |
/// | `default`, `default = value` | what is put where there is nothing |
/// | `present` | for a `bool`: whether there is such an element, attribute or match |
/// | `nested` | the field is itself a type with `Extract`. Without a selector here, that of the type counts; with none there either, the item is read from the same element |
/// | `page_url` | the URL of the page; alone |
/// | `skip` | [`Default::default()`], to be filled in later; alone |
///
/// The order is: element, its text or attribute, `re`, `clean`, `format`, then `with` or the type.
///
/// A date is text, ISO 8601, which sorts by time: `clean = date` or a `format` for a `String`. The date of another crate is read
/// from that, `clean = date, with = str::parse`, and a [`SystemTime`](std::time::SystemTime) by
/// `with = `[`clean::timestamp`](crate::clean::timestamp).
///
/// The types of fields are those with [`FromText`] (`String`, numbers, `bool`, [`Url`](url::Url), your own),
/// those with `Extract` (`nested`), and `Option`, `Vec` and `Box` of them. Elements without the attribute or a match, and texts
/// of only white space, are passed over. Where nothing is left, an `Option` is `None`, a `default` is taken and a `Vec` is
/// empty; anything else, a `String` too, is an error. A text that cannot be read is an error in any case.
///
/// `#[extract("css")]` on the struct says where the items stand on a page: [`Html::extract`](crate::Html::extract) takes the
/// first, [`Html::items`](crate::Html::items) all of them. `#[extract(crate = "path")]` there says what this crate is called
/// where it has another name.
///
/// # Errors
///
/// Those of a page are explained [above](self). A mistake in an attribute does not compile:
///
/// ```compile_fail
/// #[derive(crawlworks::Extract)]
/// struct Book {
///     #[extract("h1 >")] // bad selector "h1 >": it ends too early
///     title: String,
/// }
/// ```
///
/// ```compile_fail
/// #[derive(crawlworks::Extract)]
/// struct Book {
///     #[extract("p", re = "a", atr = "title")] // unknown option `atr`; did you mean `attr`?
///     title: String,
/// }
/// ```
///
/// ```compile_fail
/// struct Author;
/// #[derive(crawlworks::Extract)]
/// struct Book {
///     #[extract("p")]
///     author: Author, // `Author` cannot be read from a text
/// }
/// ```
///
/// # Nested items
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use crawlworks::prelude::*;
///
/// #[derive(Debug, Serialize, Extract)]
/// #[extract("li.comment")]
/// struct Comment {
///     #[extract(nested)]
///     author: Author,
///     #[extract(":scope > ul > li.comment", nested)]
///     replies: Vec<Comment>,
/// }
///
/// #[derive(Debug, Serialize, Extract)]
/// #[extract("b.author")]
/// struct Author {
///     #[extract(":scope")]
///     name: String,
///     #[extract("::attr(data-id)")]
///     id: Option<u64>,
/// }
///
/// let page = "<li class=comment><b class=author data-id=7>Ada</b><ul><li class=comment><b class=author>Bob</b></ul>";
/// let comment: Comment = Html::parse(page, Url::parse("https://example.com/")?).extract()?;
/// assert_eq!((comment.author.name.as_str(), comment.author.id), ("Ada", Some(7)));
/// assert_eq!(comment.replies[0].author.name, "Bob");
/// # }
/// # Ok::<(), crawlworks::BoxError>(())
/// ```
///
/// Items may hold items of their own type, at most 64 deep and 100,000 in all; a page with more is an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken out of a page",
    note = "derive it: `#[derive(crawlworks::Extract)]`, with `#[extract(\"css\")]` on each field",
    note = "what is read from a text, such as a `String`, is no `nested` item: leave the word out"
)]
pub trait Extract: Sized {
    /// Selector of the elements that hold the items on a page. `None` if the page, or the element that is asked, is the
    /// item.
    const CSS: Option<&'static str> = None;

    /// Takes the item out of the element; [`CSS`](Self::CSS) is not looked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`](crate::ErrorKind::Missing) when something required is not there, and
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) when a text is not of the type asked for.
    fn extract(element: Element<'_>) -> Result<Self>;

    /// Returns the JSON Schema (draft 2020-12) of what serde writes of the item; `{}`, which allows everything, if it is
    /// not known.
    ///
    /// The derived one respects serde's `rename`, `rename_all`, `skip`, `skip_serializing_if`, `flatten` and `tag`, and
    /// makes doc comments descriptions. A type that is neither `FromText` nor `Extract`, what serde writes `with` a function,
    /// and a type within itself are `{}`.
    ///
    /// ```
    /// # #[cfg(feature = "derive")] {
    /// use crawlworks::prelude::*;
    /// #[derive(Serialize, Extract)]
    /// struct Book {
    ///     /// As on the cover.
    ///     #[extract("h1")]
    ///     title: String,
    ///     #[extract(".pages")]
    ///     pages: Option<u16>,
    /// }
    /// let expected = serde_json::json!({
    ///     "$schema": "https://json-schema.org/draft/2020-12/schema",
    ///     "title": "Book",
    ///     "type": "object",
    ///     "properties": {
    ///         "title": { "type": "string", "description": "As on the cover." },
    ///         "pages": { "type": ["integer", "null"], "minimum": 0 },
    ///     },
    ///     "required": ["title", "pages"],
    /// });
    /// assert_eq!(Book::schema(), expected);
    /// # }
    /// ```
    #[must_use]
    fn schema() -> Value {
        Value::Object(Map::new())
    }
}

impl<T: Extract> Extract for Box<T> {
    const CSS: Option<&'static str> = T::CSS;

    fn extract(element: Element<'_>) -> Result<Self> {
        T::extract(element).map(Self::new)
    }

    fn schema() -> Value {
        T::schema()
    }
}
