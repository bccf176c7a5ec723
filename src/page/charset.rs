//! Detection of the encoding of a page, and decoding of its text.
//!
//! HTTP, the page itself and its bytes may each say something about it. The order is that of the HTML and Encoding
//! Standards: a byte order mark, the `charset` of the `Content-Type`, what the document declares, and then a guess, for
//! which the country of the host is a hint. What a document declares depends on what it is:
//!
//! - HTML, and what has no media type: a `<meta>` or an XML declaration in the first 1,024 bytes, or a later `<meta>`;
//! - XML ([RFC 7303](https://www.rfc-editor.org/rfc/rfc7303)): its declaration, else it is UTF-8; a guess only if it is not;
//! - JSON: nothing. It is UTF-8 if it can be, whatever is said of it: [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)
//!   allows nothing else and knows no `charset`. If it cannot be, it is UTF-16 or UTF-32 by where its zeros are, what the
//!   `Content-Type` says, UTF-8 with mistakes in it, or a guess;
//! - any other text: nothing.
//!
//! A few bytes that are wrong do not make a guess of XML or JSON necessary: what has more characters of UTF-8 than errors
//! is UTF-8. The encodings are those of the Encoding Standard, so UTF-7 is never one of them, and `latin1` is windows-1252.
//! What is declared is believed: bytes that are wrong in that encoding become U+FFFD, as in browsers.
//!
//! ```
//! use crawlworks::charset;
//! let body = b"<meta charset=latin1>caf\xe9";
//! let encoding = charset::detect(body, Some("text/html"));
//! assert_eq!(encoding, "windows-1252"); // what the standard takes latin1 for
//! assert!(charset::decode(body, encoding)?.ends_with("café"));
//! # Ok::<(), crawlworks::Error>(())
//! ```

mod json;
mod prescan;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::page::encoding::labelled;
use crate::page::error::Result;
use crate::page::html::{Attributes, META, Tags};
use crate::page::sniff::MediaType;
use prescan::{in_ascii, in_content, prescan, xml_declaration};

/// Length of the start of a page in which a `<meta>` element is looked for, in bytes, as browsers do while they parse.
const SEARCH: usize = 64 * 1024;
/// Length of the start of a page that an encoding is guessed from, in bytes.
const GUESS: usize = 256 * 1024;
/// Length of the ASCII text before the first other byte that a guess takes into account, in bytes.
const BEFORE: usize = 64;

/// Returns the encoding of a page by its name in the Encoding Standard, such as `UTF-8` or `Shift_JIS`; `windows-1252` when
/// nothing is known.
///
/// `content_type` is the value of the HTTP header. A label that the Encoding Standard does not know is ignored.
#[must_use]
pub fn detect(body: &[u8], content_type: Option<&str>) -> &'static str {
    detect_at(body, content_type, None)
}

/// Returns the encoding of a page like [`detect`]; the country of the host name `domain` makes a guess better.
#[must_use]
pub fn detect_at(body: &[u8], content_type: Option<&str>, domain: Option<&str>) -> &'static str {
    encoding(body, content_type, domain).name()
}

/// Returns the encoding whose name is returned by [`detect_at`].
pub(crate) fn encoding(
    body: &[u8],
    content_type: Option<&str>,
    domain: Option<&str>,
) -> &'static Encoding {
    let kind = Kind::of(&content_type.map(MediaType::parse).unwrap_or_default());
    detect_as(kind, body, content_type, domain)
}

/// Kind of a document, as far as it decides how its encoding is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTML, and documents that may be HTML.
    Html,
    /// XML of any kind: feeds, sitemaps, XHTML.
    Xml,
    Json,
    /// Text that declares nothing about itself.
    Text,
}

impl Kind {
    fn of(media_type: &MediaType<'_>) -> Self {
        if media_type.is_json() {
            Self::Json
        } else if media_type.is_xml() {
            Self::Xml
        } else if media_type.essence.is_empty() || media_type.is_html() {
            Self::Html
        } else {
            Self::Text
        }
    }
}

/// The encoding of a document that is known to be of a kind, whatever its `Content-Type` says of that; of the latter, only
/// the `charset` counts.
///
/// `start` is the document or its beginning; a character that is cut off at its end is none that is wrong.
pub(crate) fn detect_as(
    kind: Kind,
    start: &[u8],
    content_type: Option<&str>,
    domain: Option<&str>,
) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    let media_type = content_type.map(MediaType::parse).unwrap_or_default();
    let charset = media_type.charset.as_deref();
    let said = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let found = match kind {
        Kind::Html => said.or_else(|| prescan(start)).or_else(|| late_meta(start)),
        Kind::Xml => said.or_else(|| declared_in_xml(start)),
        Kind::Json => Some(json::encoding(start, said, domain)),
        Kind::Text => said,
    };
    found.unwrap_or_else(|| guess(start, domain))
}

/// Returns the text of a body. Its byte order mark is taken off, what cannot be decoded becomes U+FFFD, and what is UTF-8
/// already is not copied. `encoding` is a name or label of the Encoding Standard, as [`detect`] returns them.
///
/// # Errors
///
/// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for an encoding that the standard does not know.
pub fn decode<'a>(body: &'a [u8], encoding: &str) -> Result<Cow<'a, str>> {
    labelled(encoding).map(|encoding| text(body, encoding))
}

/// Returns the text of a body, as [`decode`] does.
pub(crate) fn text<'a>(body: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    encoding.decode_with_bom_removal(body).0
}

/// The text of JSON, whatever its media type says it is.
pub(crate) fn json_text<'a>(
    body: &'a [u8],
    content_type: Option<&str>,
    domain: Option<&str>,
) -> Cow<'a, str> {
    if let Some(text) = json::utf_32(body) {
        return Cow::Owned(text);
    }
    let encoding = Encoding::for_bom(body).map(|(encoding, _)| encoding);
    let encoding = encoding.unwrap_or_else(|| {
        let media_type = content_type.map(MediaType::parse).unwrap_or_default();
        let charset = media_type.charset.as_deref();
        let named = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
        json::encoding(body, named, domain)
    });
    text(body, encoding)
}

/// Returns the encoding that an XML document declares; without a declaration it is UTF-8, if the bytes are valid UTF-8.
fn declared_in_xml(body: &[u8]) -> Option<&'static Encoding> {
    wide(body, b"<")
        .or_else(|| xml_declaration(body.trim_ascii_start()))
        .or_else(|| utf_8(body, usize::MAX))
        .or_else(|| prescan(body))
}

/// UTF-16 without a byte order mark, told by the first character, which is one of these.
fn wide(start: &[u8], first: &[u8]) -> Option<&'static Encoding> {
    match start {
        [byte, 0, _, 0, ..] if first.contains(byte) => Some(UTF_16LE),
        [0, byte, 0, _, ..] if first.contains(byte) => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8, if at most so many sequences of bytes are not of it, and no more than there are characters beyond ASCII.
fn utf_8(start: &[u8], most: usize) -> Option<&'static Encoding> {
    let (mut errors, mut characters) = (0, 0);
    let mut chunks = start.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        let begins = |byte: &&u8| **byte >= 0xc0;
        characters += chunk.valid().as_bytes().iter().filter(begins).count();
        // The last character may go on behind the beginning that is looked at.
        let is_cut = chunks.peek().is_none()
            && std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        errors += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    (errors <= most.min(characters)).then_some(UTF_8)
}

/// The encoding that a browser changes to while it parses: section 13.2.3.5 of the HTML standard.
fn late_meta(body: &[u8]) -> Option<&'static Encoding> {
    let start = body.get(..SEARCH).unwrap_or(body);
    Tags::new(start)
        .filter(|tag| !tag.is_end && tag.name == META)
        .find_map(|tag| meta(&tag.attributes))
}

fn meta(attributes: &Attributes<'_>) -> Option<&'static Encoding> {
    let charset = attributes.get(b"charset").and_then(Encoding::for_label);
    let pragma = || {
        let is_pragma = attributes
            .get(b"http-equiv")?
            .eq_ignore_ascii_case(b"content-type");
        in_content(attributes.get(b"content").filter(|_| is_pragma)?)
    };
    charset.or_else(pragma).map(in_ascii)
}

/// Guesses the encoding from the bytes.
fn guess(body: &[u8], domain: Option<&str>) -> &'static Encoding {
    // ASCII says nothing, but for the escapes of ISO-2022-JP, and there may be very much of it: styles, scripts.
    let is_telling = |&byte: &u8| byte >= 0x80 || byte == 0x1b;
    let Some(at) = body.iter().position(is_telling) else {
        return WINDOWS_1252;
    };
    let telling = body.get(at.saturating_sub(BEFORE)..).unwrap_or(body);
    let part = telling.get(..GUESS).unwrap_or(telling);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(part, part.len() == telling.len());
    detector.guess(domain.and_then(country), Utf8Detection::Allow)
}

/// The last label of a name, in the form that the detector wants.
fn country(domain: &str) -> Option<&[u8]> {
    let label = domain.trim_end_matches('.').rsplit('.').next()?;
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    Some(label.as_bytes()).filter(|label| !label.is_empty() && label.iter().all(|&b| is_good(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_statement_wins() {
        let meta = b"<meta charset=iso-8859-2>";
        let bom = b"\xef\xbb\xbf<meta charset=iso-8859-2>";
        for (body, content_type, expected) in [
            (&bom[..], Some("text/html; charset=koi8-r"), "UTF-8"),
            (meta, Some("text/html; charset=koi8-r"), "KOI8-R"),
            (
                meta,
                Some("text/html;boundary=x; Charset = \"KOI8-R\""),
                "KOI8-R",
            ),
            (meta, Some("text/html; charset=unheard-of"), "ISO-8859-2"),
            (meta, Some("text/html; charset=utf-7"), "ISO-8859-2"),
            (meta, None, "ISO-8859-2"),
            (b"\xff\xfea\0", None, "UTF-16LE"),
            (b"plain", None, "windows-1252"),
            (b"", None, "windows-1252"),
            ("naïve".as_bytes(), None, "UTF-8"),
        ] {
            assert_eq!(
                detect(body, content_type),
                expected,
                "{body:?} {content_type:?}"
            );
        }
    }

    #[test]
    fn what_a_document_may_declare_depends_on_its_type() {
        let meta = &b"<meta charset=koi8-r>\xc1"[..];
        let xml = &b"<?xml version='1.0' encoding='koi8-r'?>\xc1"[..];
        for (body, content_type, expected) in [
            (meta, "text/html", "KOI8-R"),
            (xml, "text/html", "KOI8-R"),
            (b"<meta charset=koi8-r>", "text/plain", "windows-1252"),
            (b"<meta charset=koi8-r>", "application/json", "UTF-8"),
            (meta, "application/ld+json; charset=koi8-r", "KOI8-R"),
            (
                b"[\xd1\x8f]",
                "application/ld+json; charset=koi8-r",
                "UTF-8",
            ),
            (b"[\xd1]", "application/ld+json; charset=koi8-r", "KOI8-R"),
            (b"[\"\xd1\x8f\xff\"]", "application/json", "UTF-8"),
            (b"{\0}\0", "application/json", "UTF-16LE"),
            (b"\0[\0]", "application/json; charset=utf-8", "UTF-16BE"),
            (
                b"\xff\xfe[\0",
                "application/json; charset=utf-8",
                "UTF-16LE",
            ),
            (
                b"\n <?xml encoding='koi8-r'?>\xd1",
                "application/atom+xml",
                "KOI8-R",
            ),
            (b"<\0a\0/\0>\0", "application/xml", "UTF-16LE"),
            (b"<a>\xd1\x8f \xff</a>", "application/xml", "UTF-8"),
            (
                b"<a>caf\xe9 au lait, gar\xe7on</a>",
                "text/xml",
                "windows-1252",
            ),
            (xml, "application/rss+xml", "KOI8-R"),
            (xml, "text/xml; charset=utf-8", "UTF-8"),
            (b"<a/>", "application/xml", "UTF-8"),
            (
                b"<a><meta charset='koi8-r'/></a>",
                "application/xhtml+xml",
                "UTF-8",
            ),
            (
                b"\xef\xbb\xbf<?xml encoding='koi8-r'?>",
                "text/xml",
                "UTF-8",
            ),
            (b"<\0?\0x\0m\0l\0", "text/xml", "UTF-16LE"),
            (b"plain", "text/plain", "windows-1252"),
            (b"\xef\xbb\xbfplain", "text/plain; charset=koi8-r", "UTF-8"),
            (b"a\xff", "text/html; charset=utf-8", "UTF-8"),
            (b"a", "text/html; charset=iso-2022-kr", "replacement"),
        ] {
            assert_eq!(
                detect(body, Some(content_type)),
                expected,
                "{body:?} {content_type}"
            );
        }
    }

    #[test]
    fn the_reader_says_what_a_document_is_and_the_type_only_its_charset() {
        let feed = b"<rss><title>\xcf\xf0\xe8\xe2\xe5\xf2</title></rss>";
        let of = |kind, start, said| detect_as(kind, start, Some(said), None).name();
        let declared = b"<?xml version='1.0' encoding='koi8-r'?><a>\xd1</a>";
        assert_eq!(
            of(Kind::Xml, feed, "text/html; charset=cp1251"),
            "windows-1251"
        );
        assert_eq!(of(Kind::Xml, declared, "text/plain"), "KOI8-R");
        assert_eq!(
            of(Kind::Json, b"[\xd1]", "text/html; charset=koi8-r"),
            "KOI8-R"
        );
        assert_eq!(
            of(Kind::Text, declared, "text/xml; charset=cp1251"),
            "windows-1251"
        );
    }

    #[test]
    fn a_character_that_is_cut_off_is_none_that_is_wrong() {
        let start = "<a>я, à, 例".as_bytes();
        for length in start.len() - 2..=start.len() {
            let encoding = detect_as(Kind::Xml, &start[..length], None, None);
            assert_eq!(encoding.name(), "UTF-8", "{length}");
        }
        assert_eq!(
            detect_as(Kind::Json, b"[1,\xe4", None, None).name(),
            "UTF-8"
        );
    }

    #[test]
    fn the_country_of_a_host_is_a_hint() {
        let body = b"<p>caf\xe9";
        let of = |domain| detect_at(body, None, domain);
        assert_eq!(of(Some("www.example.fr")), "windows-1252");
        assert_eq!(of(Some("www.example.hu.")), "ISO-8859-2");
        assert_eq!(of(Some("EXAMPLE.\u{e9}")), of(None));
    }

    #[test]
    fn a_guess_is_made_from_where_ascii_ends() {
        let ascii = "<p>text".repeat(50_000);
        for (text, expected) in [
            ("naïve Füße", "UTF-8"),
            ("\x1b$B$3$s\x1b(B", "ISO-2022-JP"),
            ("", "windows-1252"),
        ] {
            let body = format!("{ascii}{text}");
            assert_eq!(detect(body.as_bytes(), None), expected);
        }
        let long = format!("{ascii}{}", "é".repeat(200_000));
        assert_eq!(detect(long.as_bytes(), None), "UTF-8");
    }

    #[test]
    fn a_late_meta_counts_only_as_an_element() {
        let late = |rest: &str| {
            detect(
                format!("<!--{}-->{rest}", "x".repeat(2000)).as_bytes(),
                None,
            )
        };
        assert_eq!(late("<meta charset=koi8-r>"), "KOI8-R");
        assert_eq!(
            late("<script>'<meta charset=koi8-r>'</script>"),
            "windows-1252"
        );
    }

    #[test]
    fn utf_8_is_not_copied_and_loses_its_mark() {
        assert!(matches!(
            decode("\u{feff}é".as_bytes(), "utf8").unwrap(),
            Cow::Borrowed("é")
        ));
        assert_eq!(decode(b"a\xff", "UTF-8").unwrap(), "a\u{fffd}");
    }
}
