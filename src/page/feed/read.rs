//! Reading of feeds: detection of the format, and iteration over the entries.

use std::fmt;

use url::Url;

use super::draft::{Draft, Markup};
use super::entry::{Feed, FeedEntry, FeedKind};
use super::json::JsonFeed;
use super::walk::Walk;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::xml::source::{self, Origin, Source};

/// Maximum number of entries taken from one document.
pub(super) const MAX_ENTRIES: usize = 50_000;

/// Beginnings of the root elements of feeds, in lower case.
const ROOTS: [&str; 3] = ["<rss", "<feed", "<rdf:rdf"];

/// Iterator over the entries of a feed, for feeds that one does not want to hold as a whole. [`parse`] returns all at once.
///
/// XML is unpacked, decoded and read piece by piece, so only one entry is held in memory; of JSON, the whole feed is.
///
/// ```
/// use crawlworks::feed::Entries;
/// let base = url::Url::parse("https://example.com/feed")?;
/// let text = b"<feed><title>All</title><entry><id>1</id></entry><entry><id>2</id></entry><link rel='next' href='?p=2'/></feed>";
/// let mut entries = Entries::read(text, &base)?;
/// let ids: Vec<_> = entries.by_ref().filter_map(|entry| entry.id).collect();
/// assert_eq!(ids, ["1", "2"]);
/// assert_eq!(entries.next_page().unwrap().as_str(), "https://example.com/feed?p=2"); // it stands after them
/// # Ok::<(), crawlworks::BoxError>(())
/// ```
pub struct Entries<'a> {
    form: Form<'a>,
    feed: Url,
    /// First entry, which was read to see whether there is any.
    first: Option<FeedEntry>,
    taken: usize,
    skipped: usize,
    truncated: bool,
    over: bool,
}

enum Form<'a> {
    Xml(Box<Walk<'a>>),
    Json {
        about: Box<About>,
        drafts: Box<dyn Iterator<Item = Draft>>,
    },
}

/// Title and links of the feed itself.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) title: Option<Markup>,
    pub(super) home: Option<String>,
    pub(super) next: Option<String>,
}

impl<'a> Entries<'a> {
    /// Reads a feed of any format up to its first entry. `url` is its own address: relative URLs are relative to it, unless
    /// `xml:base` says otherwise.
    ///
    /// # Errors
    /// The errors of [`parse`].
    pub fn read(bytes: &'a [u8], url: &Url) -> Result<Self> {
        Self::read_as(bytes, None, url)
    }

    /// Reads a feed from an answer with this `Content-Type`, like [`read`](Self::read). Its `charset` has lower precedence
    /// than a byte order mark, and higher than the encoding that the feed declares
    /// ([RFC 7303](https://www.rfc-editor.org/rfc/rfc7303#section-3)).
    ///
    /// ```
    /// use crawlworks::feed::Entries;
    /// let url = url::Url::parse("https://example.com/feed")?;
    /// let text = b"<rss><channel><item><title>d\xe9j\xe0 vu</title></item></channel></rss>";
    /// let mut entries = Entries::read_as(text, Some("text/xml; charset=iso-8859-1"), &url)?;
    /// assert_eq!(entries.next().unwrap().title.as_deref(), Some("déjà vu"));
    /// # Ok::<(), crawlworks::BoxError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`parse`].
    pub fn read_as(bytes: &'a [u8], content_type: Option<&str>, url: &Url) -> Result<Self> {
        let broken = |error| source::fault("feed", &error);
        let origin = Origin {
            content_type,
            domain: url.domain(),
        };
        let mut source = Source::new(bytes, origin).map_err(broken)?;
        let mut truncated = false;
        let form = match source.first().map_err(broken)? {
            Some(b'<') => Form::Xml(Box::new(Walk::new(source))),
            Some(first) if first == b'{' || !source.has_xml(&ROOTS) => {
                let mut feed = JsonFeed::read(source).map_err(|error| {
                    if first == b'{' || error.kind() != ErrorKind::Json {
                        return error;
                    }
                    let message = "the feed is neither XML nor JSON";
                    Error::new(ErrorKind::Xml, message)
                })?;
                truncated = feed.is_cut();
                Form::Json {
                    about: Box::new(feed.about()),
                    drafts: Box::new(feed.into_drafts()),
                }
            }
            None => {
                let message = "the feed is neither XML nor JSON";
                return Err(Error::new(ErrorKind::Xml, message));
            }
            Some(_) => Form::Xml(Box::new(Walk::new(source))),
        };
        let mut entries = Self {
            form,
            feed: url.clone(),
            first: None,
            taken: 0,
            skipped: 0,
            truncated,
            over: false,
        };
        entries.first = entries.advance()?;
        Ok(entries)
    }

    /// Returns the format of the feed.
    #[must_use]
    pub fn kind(&self) -> FeedKind {
        match &self.form {
            Form::Xml(walk) => walk.kind(),
            Form::Json { .. } => FeedKind::Json,
        }
    }

    /// Returns the title of the feed, as text. It may stand after the entries.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        match &self.form {
            Form::Xml(walk) => walk.title(&self.feed),
            Form::Json { about, .. } => about.title.as_ref()?.plain(&self.feed),
        }
    }

    /// Returns the page that the feed belongs to. Its URL may stand after the entries.
    #[must_use]
    pub fn home(&self) -> Option<Url> {
        match &self.form {
            Form::Xml(walk) => walk.home(&self.feed),
            Form::Json { about, .. } => self.url(about.home.as_ref()?),
        }
    }

    /// Returns the URL of the next, older part of the feed. It may stand after the entries.
    #[must_use]
    pub fn next_page(&self) -> Option<Url> {
        match &self.form {
            Form::Xml(walk) => walk.next_page(&self.feed),
            Form::Json { about, .. } => self.url(about.next.as_ref()?),
        }
    }

    /// Returns the number of entries so far that were left out because they are empty.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Returns whether there was any usable entry so far.
    pub(crate) fn has_any(&self) -> bool {
        self.taken > 0
    }

    /// Returns whether, at the end of the iteration, there was, or may have been, more: see [`Feed::truncated`].
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    fn url(&self, reference: &str) -> Option<Url> {
        identity::parse(reference, Some(&self.feed)).ok()
    }

    /// Returns the next entry that is not empty.
    fn advance(&mut self) -> Result<Option<FeedEntry>> {
        while let Some(draft) = self.form.next(&self.feed)? {
            let entry = draft.entry(&self.feed);
            let count = if entry.is_empty() {
                &mut self.skipped
            } else {
                &mut self.taken
            };
            if *count >= MAX_ENTRIES {
                self.truncated = true;
                break;
            }
            *count += 1;
            if !entry.is_empty() {
                return Ok(Some(entry));
            }
        }
        self.over = true;
        Ok(None)
    }
}

impl Form<'_> {
    fn next(&mut self, feed: &Url) -> Result<Option<Draft>> {
        match self {
            Self::Xml(walk) => walk.next(feed),
            Self::Json { drafts, .. } => Ok(drafts.next()),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = FeedEntry;

    fn next(&mut self) -> Option<FeedEntry> {
        if self.first.is_some() || self.over {
            return self.first.take();
        }
        self.advance().unwrap_or_else(|_| {
            (self.truncated, self.over) = (true, true);
            None
        })
    }
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries")
            .field("kind", &self.kind())
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// Reads a feed of any format. `url` is its own address: relative URLs are relative to it, unless `xml:base` says
/// otherwise.
///
/// Tolerated are unescaped `&` and `<`, elements and quotes that are not closed, end tags that end nothing, prefixes other
/// than the customary ones, references that only HTML defines, missing or odd dates, messages of the server before the
/// feed, and an XML feed that breaks off or is too large: the entries read by then are returned with
/// [`truncated`](Feed::truncated) set. A fault costs at most the entry that it is in.
///
/// # Errors
///
/// - [`ErrorKind::Xml`]: neither XML nor JSON, an HTML page, a root element that is no feed's, a document type declaration
///   with entities of its own, or a feed that breaks off before the first entry;
/// - [`ErrorKind::Json`]: JSON that is malformed, breaks off or has no `items`;
/// - [`ErrorKind::TooLarge`]: over 50 MiB unpacked, without an entry (or in JSON);
/// - [`ErrorKind::Decode`]: gzip data that breaks off or goes bad before the first entry (or in JSON).
pub fn parse(bytes: &[u8], url: &Url) -> Result<Feed> {
    parse_as(bytes, None, url)
}

/// Reads a feed from an answer with this `Content-Type`, like [`parse`]: see [`Entries::read_as`].
///
/// # Errors
/// The errors of [`parse`].
pub fn parse_as(bytes: &[u8], content_type: Option<&str>, url: &Url) -> Result<Feed> {
    let mut read = Entries::read_as(bytes, content_type, url)?;
    let entries = read.by_ref().collect();
    Ok(Feed {
        kind: read.kind(),
        title: read.title(),
        home: read.home(),
        next: read.next_page(),
        entries,
        skipped: read.skipped(),
        truncated: read.is_truncated(),
    })
}

#[cfg(test)]
mod tests;
