//! Extraction of data from pages: links in one quick pass, or anything by CSS selector.
//!
//! - [`scan`]: links, title and first heading without building a tree; `crawl site` reads pages so.
//! - [`Html`] and [`Element`]: the page as a tree, searched with CSS selectors; a [`Query`] also says what is taken of each
//!   match. [`re`] and [`re_first`] look into texts, [`Element::records`] reads tables.
//!
//! Both read HTML as browsers do, whatever is wrong with it, in time and memory in proportion to the page. Pages of XML,
//! XHTML that is served as such among them, are read by the rules of XML: [`Html::parse_xml`].
//!
//! ```
//! use crawlworks::html::Html;
//! let url = url::Url::parse("http://example.com/")?;
//! let html = Html::parse("<title>Hello</title><p>One<p>Two", url);
//! assert_eq!(html.title().as_deref(), Some("Hello"));
//! assert_eq!(html.select("p")?.map(|p| p.text()).collect::<Vec<_>>(), ["One", "Two"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
pub use document::Html;

mod element;
pub(crate) use ego_tree::NodeId;
pub(crate) use element::Child;
pub use element::Element;

mod query;
pub use query::{Part, Query};

mod select;
mod selector;
pub use select::Select;

mod pattern;
pub use pattern::{re, re_first};

mod record;
pub use record::Record;

mod refresh;
pub(crate) use refresh::refresh;

pub(crate) mod room;

mod scan;
pub use scan::{Page, links, scan};
pub(crate) use scan::{scan_html, scan_xml};

mod attributes;
mod base;
mod block_text;
mod cost;
mod css;
mod depth;
mod entities;
mod foreign;
mod heading;
mod limits;
pub(crate) mod markdown;
mod name;
mod open_tag;
mod permalink;
#[cfg(feature = "article")]
mod pruned;
mod script;
mod settle;
mod table;
mod tags;
mod text;
mod urls;
mod visible;
mod xml;

pub(crate) use attributes::Attributes;
pub(crate) use entities::{Place, decode, escape};
pub(crate) use limits::{Cuts, Limits, Marks};
pub(crate) use name::META;
pub(crate) use tags::Tags;
pub(crate) use text::collapse;
pub(crate) use xml::{Dialect, Fault, as_html};

#[cfg(test)]
mod tests;
