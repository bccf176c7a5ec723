//! Parser of sitemaps, the lists of a site's own URLs, in all common formats.
//!
//! [sitemaps.org] allows XML url sets, XML indexes of other sitemaps, plain text with one URL per line, and RSS or Atom
//! feeds, each also gzipped. Their media types are unreliable, so [`parse`] tells them apart by content. A sitemap is not
//! trusted: its size and nesting are limited, nothing of a document type is loaded, and one that defines entities, which
//! allow entity bombs and access to local files, is refused.
//!
//! ```
//! use crawlworks::sitemap::{SitemapKind, parse};
//! use url::Url;
//!
//! let base = Url::parse("https://example.com/sitemap.xml")?;
//! let found = parse(b"<urlset><url><loc>/a?b=1&amp;c=2</loc><lastmod>2026-01-31</lastmod></url></urlset>", &base)?;
//! assert_eq!(found.kind, SitemapKind::UrlSet);
//! assert_eq!(found.entries[0].loc.as_str(), "https://example.com/a?b=1&c=2");
//! assert_eq!(found.entries[0].lastmod.as_deref(), Some("2026-01-31"));
//! # Ok::<(), crawlworks::Error>(())
//! ```
//!
//! [sitemaps.org]: https://www.sitemaps.org/protocol.html

mod entries;
mod lines;
mod names;
mod read;
mod walk;

pub use crate::page::xml::source::MAX_DECODED;
pub use entries::{Alternate, Entry, MAX_ENTRIES, MAX_LOC, Sitemap, SitemapKind};
pub(crate) use entries::{MAX_LEVEL, MAX_LISTED};
pub use read::{Entries, parse, parse_as};
