//! robots.txt as [RFC 9309] defines it: which URLs of a host a crawler may fetch.
//!
//! A crawler that misreads robots.txt is a nuisance or is locked out of half a site, so the reading here is the
//! RFC's, plus the leniency that Google's open parser has made customary: a missing colon, or `=` in its place,
//! `dissallow`, a partial byte order mark, and `Allow: /dir/index.html` that also opens `/dir/`. Nothing is fetched here:
//! bytes go in, decisions come out.
//!
//! - [`RobotsTxt`] is a whole file: its groups and sitemaps;
//! - [`Rules`] is what one crawler keeps of it per host: its own merged group, compact;
//! - [`Verdict`] is the answer for one path, with the line that decided.
//!
//! ```
//! use crawlworks::policy::robots::RobotsTxt;
//! use url::Url;
//!
//! let file = RobotsTxt::parse(b"User-agent: *\nDisallow: /private\nAllow: /private/faq$\nCrawl-delay: 2\n");
//! let rules = file.for_agent("crawlworks/0.1 (+https://example.com/bot)");
//! assert!(rules.allows(&Url::parse("https://example.com/private/faq")?));
//! assert!(!rules.allows(&Url::parse("https://example.com/private/faq?page=2")?));
//! assert_eq!(rules.verdict("/private/x").line, Some(2));
//! assert_eq!(rules.crawl_delay(), Some(std::time::Duration::from_secs(2)));
//! # Ok::<(), url::ParseError>(())
//! ```
//!
//! [RFC 9309]: https://www.rfc-editor.org/rfc/rfc9309

mod agent;
mod file;
mod index;
mod line;
mod pattern;
mod rules;
mod tags;
mod text;

pub(crate) use file::requested;
pub use file::{MAX_BYTES, RobotsTxt, allowed};
pub use rules::{Group, Rules, Verdict};
pub(crate) use tags::PageTags;
