//! Reading of sitemaps: detection of the format, and iteration over the entries.

use std::fmt;

use url::Url;

use super::entries::{Draft, Entry, MAX_ENTRIES, Sitemap, SitemapKind};
use super::lines::Lines;
use super::walk::Walk;
use crate::page::error::Result;
use crate::page::xml::malformed;
use crate::page::xml::source::{self, Origin, Source};

/// Beginnings of the root elements of sitemaps, in lower case.
const ROOTS: [&str; 5] = ["<urlset", "<sitemapindex", "<rss", "<feed", "<rdf:rdf"];

/// Iterator over the entries of a sitemap, for lists that one does not want to hold as a whole. [`parse`] returns all at
/// once.
///
/// The sitemap is unpacked, decoded and read piece by piece, so only one entry is held in memory.
///
/// ```
/// use crawlworks::sitemap::Entries;
/// let base = url::Url::parse("https://example.com/sitemap.xml")?;
/// let text = b"<urlset><url><loc>/a</loc></url><url><loc>mailto:x@y.z</loc></url><url><loc>/b</loc></url></urlset>";
/// let mut entries = Entries::read(text, &base)?;
/// let paths: Vec<_> = entries.by_ref().map(|entry| entry.loc.path().to_owned()).collect();
/// assert_eq!(paths, ["/a", "/b"]);
/// assert_eq!((entries.skipped(), entries.is_truncated()), (1, false));
/// # Ok::<(), crawlworks::BoxError>(())
/// ```
pub struct Entries<'a> {
    form: Form<'a>,
    base: Url,
    /// First entry, which was read to see whether there is any.
    first: Option<Entry>,
    taken: usize,
    skipped: usize,
    truncated: bool,
    over: bool,
}

enum Form<'a> {
    Xml(Box<Walk<'a>>),
    Lines(Lines<'a>),
}

impl<'a> Entries<'a> {
    /// Reads a sitemap of any format up to its first entry. Relative URLs are resolved against `base`, its own address,
    /// except in plain text, where sitemaps.org requires absolute URLs.
    ///
    /// # Errors
    /// The errors of [`parse`].
    pub fn read(bytes: &'a [u8], base: &Url) -> Result<Self> {
        Self::read_as(bytes, None, base)
    }

    /// Reads a sitemap from an answer with this `Content-Type`, like [`read`](Self::read). Its `charset` has lower
    /// precedence than a byte order mark, and higher than the encoding that the sitemap declares
    /// ([RFC 7303](https://www.rfc-editor.org/rfc/rfc7303#section-3)).
    ///
    /// # Errors
    /// The errors of [`parse`].
    pub fn read_as(bytes: &'a [u8], content_type: Option<&str>, base: &Url) -> Result<Self> {
        let origin = Origin {
            content_type,
            domain: base.domain(),
        };
        let source = Source::new(bytes, origin).map_err(|e| source::fault("sitemap", &e))?;
        Self::of(source, base)
    }

    fn of(mut source: Source<'a>, base: &Url) -> Result<Self> {
        let first = source.first().map_err(|e| source::fault("sitemap", &e))?;
        let form = match first {
            Some(b'<') => Form::Xml(Box::new(Walk::new(source))),
            _ if source.has_xml(&ROOTS) => Form::Xml(Box::new(Walk::new(source))),
            _ => Form::Lines(Lines::new(source)),
        };
        let mut entries = Self {
            form,
            base: base.clone(),
            first: None,
            taken: 0,
            skipped: 0,
            truncated: false,
            over: false,
        };
        entries.first = entries.advance()?;
        if entries.first.is_none() && entries.skipped > 0 && entries.kind() == SitemapKind::Text {
            return Err(malformed("the sitemap is neither XML nor a list of URLs"));
        }
        Ok(entries)
    }

    /// Returns the format of the sitemap. The entries of an [`Index`](SitemapKind::Index) are further sitemaps, those of
    /// all others are pages.
    #[must_use]
    pub fn kind(&self) -> SitemapKind {
        match &self.form {
            Form::Xml(walk) => walk.kind(),
            Form::Lines(_) => SitemapKind::Text,
        }
    }

    /// Returns the number of entries so far that could not be used: no, bad or overlong URL, or not http(s).
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Returns whether there was any usable entry so far.
    pub(crate) fn has_any(&self) -> bool {
        self.taken > 0
    }

    /// Returns whether, at the end of the iteration, there was, or may have been, more: see [`Sitemap::truncated`].
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Returns the next usable entry.
    fn advance(&mut self) -> Result<Option<Entry>> {
        while let Some(draft) = self.form.next()? {
            let entry = draft.entry(&self.base);
            let count = match entry {
                Some(_) => &mut self.taken,
                None => &mut self.skipped,
            };
            if *count >= MAX_ENTRIES {
                self.truncated = true;
                break;
            }
            *count += 1;
            if entry.is_some() {
                return Ok(entry);
            }
        }
        self.over = true;
        Ok(None)
    }
}

impl Form<'_> {
    fn next(&mut self) -> Result<Option<Draft>> {
        match self {
            Self::Xml(walk) => walk.next(),
            Self::Lines(lines) => lines.next(),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
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

/// Reads a sitemap of any format. Relative URLs are resolved against `base`, its own address, except in plain text, where
/// sitemaps.org requires absolute URLs.
///
/// Tolerated are a wrong or no namespace, names in capitals, unescaped `&` and `<`, elements that are not closed, end tags
/// that end nothing, several `loc` in an entry or one outside of any, a document type (nothing of it is loaded), messages
/// of the server before the sitemap, space around everything, and a file that breaks off or is too large: the entries read
/// by then are returned with [`truncated`](Sitemap::truncated) set. A fault costs at most the entry that it is in. An empty
/// file is an empty [`SitemapKind::Text`].
///
/// # Errors
///
/// - [`ErrorKind::Xml`](crate::ErrorKind::Xml): an HTML page, a document type declaration with entities of its own, a root
///   element that is no sitemap's, or a sitemap that breaks off, or text, with no URL before;
/// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge): over 50 MiB unpacked, with no URL in them;
/// - [`ErrorKind::Decode`](crate::ErrorKind::Decode): gzip data that breaks off or goes bad before the first URL.
pub fn parse(bytes: &[u8], base: &Url) -> Result<Sitemap> {
    parse_as(bytes, None, base)
}

/// Reads a sitemap from an answer with this `Content-Type`, like [`parse`]: see [`Entries::read_as`].
///
/// # Errors
/// The errors of [`parse`].
pub fn parse_as(bytes: &[u8], content_type: Option<&str>, base: &Url) -> Result<Sitemap> {
    let mut read = Entries::read_as(bytes, content_type, base)?;
    let entries = read.by_ref().collect();
    Ok(Sitemap {
        kind: read.kind(),
        entries,
        skipped: read.skipped(),
        truncated: read.is_truncated(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;
    use crate::page::error::ErrorKind;

    fn base() -> Url {
        Url::parse("http://example.com/dir/sitemap.xml").unwrap()
    }

    #[test]
    fn text_lists_one_whole_url_per_line() {
        let text = b"\xEF\xBB\xBF\n http://example.com/1 \r\n\r\nnot a url\rmailto:a@b\nhttps://example.com/2";
        let sitemap = parse(text, &base()).unwrap();
        let locs: Vec<_> = sitemap
            .entries
            .iter()
            .map(|entry| entry.loc.as_str())
            .collect();
        assert_eq!(locs, ["http://example.com/1", "https://example.com/2"]);
        assert_eq!(
            (sitemap.kind, sitemap.skipped, sitemap.truncated),
            (SitemapKind::Text, 2, false)
        );
    }

    #[test]
    fn a_cut_line_is_left_out() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder
            .write_all(&b"http://example.com/1\n".repeat(200))
            .unwrap();
        let mut packed = encoder.finish().unwrap();
        packed.truncate(packed.len() - 4);
        let sitemap = parse(&packed, &base()).unwrap();
        assert_eq!((sitemap.entries.len(), sitemap.truncated), (200, true));
        assert!(sitemap.entries.iter().all(|entry| entry.loc.path() == "/1"));
    }

    #[test]
    fn nothing_is_an_empty_list_and_prose_an_error() {
        assert!(parse(b" \n", &base()).unwrap().entries.is_empty());
        assert_eq!(
            parse(b"Page not found", &base()).unwrap_err().kind(),
            ErrorKind::Xml
        );
    }

    #[test]
    fn entries_beyond_the_limit_are_reported() {
        let exactly = "http://example.com/\n".repeat(MAX_ENTRIES);
        assert!(!parse(exactly.as_bytes(), &base()).unwrap().truncated);
        let more = format!("{exactly}http://example.com/");
        let more = parse(more.as_bytes(), &base()).unwrap();
        assert_eq!((more.entries.len(), more.truncated), (MAX_ENTRIES, true));
    }

    #[test]
    fn lines_without_end_are_no_urls() {
        let long = "http://example.com/".to_owned() + &"x".repeat(40_000);
        let sitemap = parse(format!("{long}\nhttp://example.com/").as_bytes(), &base()).unwrap();
        assert_eq!((sitemap.entries.len(), sitemap.skipped), (1, 1));
    }

    #[test]
    fn a_bomb_is_an_error_or_truncated_when_it_has_entries() {
        let packed = |start: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(start.as_bytes()).unwrap();
            encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
            encoder.finish().unwrap()
        };
        let read = |start: &str| {
            let packed = packed(start);
            let source = Source::within(&packed, 1 << 16, Origin::default()).unwrap();
            let mut entries = Entries::of(source, &base())?;
            Ok::<_, crate::page::error::Error>((entries.by_ref().count(), entries.is_truncated()))
        };
        assert_eq!(read("<urlset>").unwrap_err().kind(), ErrorKind::TooLarge);
        assert_eq!(read("<urlset><url><loc>/a</loc></url>").unwrap(), (1, true));
    }

    #[test]
    fn it_does_not_matter_where_a_chunk_ends() {
        let piece = "<url><!-- > --><loc>/a&amp;b&c=1&#x3D;<![CDATA[?é&]]></loc><lastmod>2026</lastmod></url>";
        let expected = "http://example.com/a&b&c=1=?%C3%A9&";
        for shift in 0..2 * piece.len() {
            let text = format!(
                "<urlset>{}{}</urlset>",
                " ".repeat(shift),
                piece.repeat(190)
            );
            let sitemap = parse(text.as_bytes(), &base()).unwrap();
            assert_eq!(
                (sitemap.entries.len(), sitemap.truncated),
                (190, false),
                "{shift}"
            );
            assert!(
                sitemap
                    .entries
                    .iter()
                    .all(|entry| entry.loc.as_str() == expected),
                "{shift}"
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &base());
        }

        #[test]
        fn never_panics_on_markup(parts in prop::collection::vec(
            prop::sample::select(vec![
                "<urlset>", "<url>", "<loc>", "http://a/", "</loc>", "</url>", "</urlset>", "<rss>", "<item>", "<link", "/>",
                ">", "&amp;", "&#0;", "&x;", "&", "<![CDATA[", "]]>", "<!--", "-->", "<?xml ?>", " href='/x'", "</", "<",
            ]),
            0..30,
        )) {
            let _ = parse(parts.concat().as_bytes(), &base());
        }
    }
}
