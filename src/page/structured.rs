//! Structured data that a page has for machines, without a selector: JSON-LD, Open Graph, microdata, `<meta>` and
//! `<link>`.
//!
//! ```
//! use crawlworks::html::Html;
//! let page = r#"<html lang=en><title>Ink</title><link rel=canonical href=/ink>
//!     <meta name=description content="Blue ink."><meta property=og:image content=https://example.com/ink.png>
//!     <meta property=og:image:width content=400>
//!     <script type="application/ld+json">{"@type": "Product", "name": "Ink", "offers": {"price": 4.5}}</script>"#;
//! let data = Html::parse(page, url::Url::parse("https://example.com/shop?id=7")?).structured();
//! assert_eq!(data.canonical.as_ref().unwrap().as_str(), "https://example.com/ink");
//! assert_eq!(data.meta.first("description").unwrap(), "Blue ink.");
//! assert_eq!(data.open_graph.get("og:image:width"), Some("400"));
//! assert_eq!(data.json_ld.of_type("Product")[0]["offers"]["price"], 4.5);
//! assert!(data.skipped.is_empty()); // nothing was malformed or too much
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod json_ld;
mod link;
mod meta;
mod microdata;
mod open_graph;
mod properties;
mod room;
mod schema;

use serde::Serialize;
use url::Url;

use crate::page::html::{Element, Html};
pub use json_ld::JsonLd;
use link::Links;
pub use link::{Alternate, FeedLink};
use meta::Metas;
pub use microdata::{Microdata, MicrodataItem, MicrodataValue};
pub use open_graph::{OpenGraph, OpenGraphProperty};
pub use properties::Properties;

/// Structured data that [`Html::structured`] finds. It serialises with its fields in this order, always all of them.
///
/// Everything is bounded: of each kind 1,000 entries are kept, with 1 MiB of text; JSON-LD has 1,000 scripts with 2 MiB
/// and is nested 127 deep at most; microdata 10,000 values with 4 MiB, nested 64 deep. What is malformed or beyond that is
/// named in [`skipped`](Self::skipped), never an error and never lost without a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Structured {
    /// The page's title.
    pub title: Option<String>,
    /// The language of the page: `lang` of the `html` element, else that of `<meta http-equiv=content-language>`, if it
    /// names one. `None` when it is unknown, which an empty `lang` says.
    pub language: Option<String>,
    /// `<link rel=canonical>`: the URL that the page wants to be known by, absolute.
    pub canonical: Option<Url>,
    /// `<link rel=icon>`, absolute. A page without one may still have a `/favicon.ico`.
    pub favicon: Option<Url>,
    /// `<link rel=alternate hreflang>`: the page in other languages.
    pub alternates: Vec<Alternate>,
    /// `<link rel=alternate>` to RSS, Atom and JSON feeds.
    pub feeds: Vec<FeedLink>,
    /// `<meta name>`, by name in lower case: `description`, `keywords`, `robots`, `author`, `viewport`, …
    pub meta: Properties<String>,
    /// `<meta http-equiv>`, by name in lower case.
    pub http_equiv: Properties<String>,
    /// `<meta property>`: Open Graph (`og:`, `article:`, `product:`, …) and Twitter cards (`twitter:`).
    pub open_graph: OpenGraph,
    /// `<script type="application/ld+json">`.
    pub json_ld: JsonLd,
    /// Elements with `itemscope`.
    pub microdata: Microdata,
    /// Data that was left out, with the reason.
    pub skipped: Vec<Skipped>,
}

/// Data of a page that [`Structured`] leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The field of [`Structured`] that the data would be in, such as `json_ld`.
    pub part: &'static str,
    /// Description of the data, and the reason why it was left out.
    pub message: String,
}

impl Skipped {
    fn new(part: &'static str, message: impl Into<String>) -> Self {
        Self {
            part,
            message: message.into(),
        }
    }
}

impl Html {
    /// Returns the data that the page has for machines. See [`structured`](crate::structured).
    #[must_use]
    pub fn structured(&self) -> Structured {
        let mut skipped = Vec::new();
        let links = Links::read(self.elements("link[rel][href]"), &mut skipped);
        let metas = Metas::read(self.elements("meta[content]"), &mut skipped);
        Structured {
            title: self.title(),
            language: metas.language(self.root()),
            canonical: links.canonical,
            favicon: links.favicon,
            alternates: links.alternates,
            feeds: links.feeds,
            meta: metas.named,
            http_equiv: metas.http_equiv,
            open_graph: metas.open_graph,
            json_ld: JsonLd::read(self.elements("script[type]"), &mut skipped),
            microdata: Microdata::read(self, &mut skipped),
            skipped,
        }
    }

    /// Returns the elements of HTML that match a selector which is known to be valid.
    fn elements(&self, css: &str) -> impl Iterator<Item = Element<'_>> {
        let found = self.select(css).into_iter().flatten();
        found.filter(Element::is_html)
    }
}
