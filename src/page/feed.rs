//! Parser of feeds in all common formats: RSS, Atom and JSON Feed.
//!
//! [`parse`] reads RSS (0.9x, 1.0, 2.0), Atom ([RFC 4287], and 0.3) and [JSON Feed], gzipped or not, told apart by content,
//! and returns all of them in one form, [`FeedEntry`]. [`FeedSpider`](crate::FeedSpider) crawls them. A feed is not
//! trusted: its size, nesting and number of entries are limited, and entities are those of XML and HTML, never its own.
//!
//! ```
//! use crawlworks::feed::{FeedKind, date, parse};
//!
//! let text = b"<rss><channel><title>News</title><item><title>Rain &amp;amp; sun</title><link>/1</link>\
//!     <pubDate>Fri, 20 Jun 25 08:00 EST</pubDate><description>&lt;p>It &lt;b>rains&lt;/b></description></item></channel></rss>";
//! let feed = parse(text, &url::Url::parse("https://example.com/feed.xml")?)?;
//! assert_eq!((feed.kind, feed.title.as_deref()), (FeedKind::Rss, Some("News")));
//! let entry = &feed.entries[0];
//! assert_eq!(entry.title.as_deref(), Some("Rain & sun"));
//! assert_eq!(entry.url.as_ref().map(|url| url.as_str()), Some("https://example.com/1"));
//! assert_eq!(entry.published, date("2025-06-20T13:00:00Z"));
//! assert_eq!(entry.summary.as_deref(), Some("It rains"));
//! assert_eq!(entry.content.as_deref(), Some("<p>It <b>rains</b>"));
//! # Ok::<(), crawlworks::BoxError>(())
//! ```
//!
//! [RFC 4287]: https://www.rfc-editor.org/rfc/rfc4287
//! [JSON Feed]: https://www.jsonfeed.org/version/1.1/

mod date;
mod draft;
mod entry;
mod json;
mod markup;
mod names;
mod parts;
mod read;
mod text;
mod walk;

pub(crate) use date::Date;
pub use date::date;
pub use entry::{Enclosure, Feed, FeedEntry, FeedKind};
pub(crate) use names::Vocabulary;
pub use read::{Entries, parse, parse_as};
