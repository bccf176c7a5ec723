//! In which encoding a page is written, and its text.
//!
//! HTTP, the page itself and its bytes may each say something about it. The order is that of the HTML and Encoding
//! Standards: a byte order mark, the `charset` of the `Content-Type`, a `<meta>` or XML declaration, and then a guess.
//! The encodings are those of the Encoding Standard, so UTF-7 is never one of them.
//!
//! ```
//! use crawlworks::charset;
//! let body = b"<meta charset=latin1>caf\xe9";
//! let encoding = charset::detect(body, Some("text/html"));
//! assert_eq!(encoding.name(), "windows-1252"); // what the standard takes latin1 for
//! assert!(charset::decode(body, encoding).ends_with("café"));
//! ```

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::memmem;

use crate::html::{Attributes, META, Tags};

/// How much of a page the standard's prescan reads, without knowing what is a comment, a script or a tag.
const PRESCAN: usize = 1024;
/// How far a `<meta>` is looked for as an element of the page, as browsers do when they meet it while parsing.
const SEARCH: usize = 64 * 1024;
/// How much of a page a guess is made from.
const GUESS: usize = 256 * 1024;

/// The encoding of a page; windows-1252 when nothing is known.
///
/// `content_type` is the value of the HTTP header. A label that the Encoding Standard does not know is ignored.
#[must_use]
pub fn detect(body: &[u8], content_type: Option<&str>) -> &'static Encoding {
    Encoding::for_bom(body)
        .map(|(encoding, _)| encoding)
        .or_else(|| content_type.and_then(http_charset))
        .or_else(|| declared(body))
        .unwrap_or_else(|| guess(body))
}

/// The text of a body. Its byte order mark is taken off, what cannot be decoded becomes U+FFFD, and what is UTF-8
/// already is not copied.
#[must_use]
pub fn decode<'a>(body: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    encoding.decode_with_bom_removal(body).0
}

/// The `charset` parameter of a `Content-Type`: RFC 9110 section 8.3.2, and without its quotes.
fn http_charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let label = value.trim().trim_matches(['"', '\'']);
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| Encoding::for_label(label.as_bytes()))?
    })
}

/// What the page itself declares: section 13.2.3.2 of the HTML standard, and 13.2.3.5 for what comes late.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let start = body.get(..PRESCAN).unwrap_or(body);
    if start.starts_with(b"<\0?\0x\0") {
        return Some(UTF_16LE);
    }
    if start.starts_with(b"\0<\0?\0x") {
        return Some(UTF_16BE);
    }
    Tags::prescan(start)
        .filter(|tag| !tag.is_end && tag.name == META)
        .find_map(|tag| meta(&tag.attributes))
        .or_else(|| xml_declaration(start))
        .or_else(|| {
            let more = body.get(..SEARCH).unwrap_or(body);
            Tags::new(more)
                .filter(|tag| !tag.is_end && tag.name == META)
                .find_map(|tag| meta(&tag.attributes))
        })
}

fn meta(attributes: &Attributes<'_>) -> Option<&'static Encoding> {
    let label = attributes.get(b"charset").or_else(|| {
        let is_pragma = attributes
            .get(b"http-equiv")?
            .eq_ignore_ascii_case(b"content-type");
        attributes
            .get(b"content")
            .filter(|_| is_pragma)
            .and_then(label_in_content)
    })?;
    Encoding::for_label(label).map(in_ascii)
}

/// The label in `text/html; charset=...`: the standard's "extracting a character encoding from a meta element".
fn label_in_content(content: &[u8]) -> Option<&[u8]> {
    let lower = content.to_ascii_lowercase();
    memmem::find_iter(&lower, b"charset").find_map(|at| {
        let value = content
            .get(at + b"charset".len()..)?
            .trim_ascii_start()
            .strip_prefix(b"=")?
            .trim_ascii_start();
        match value {
            [quote @ (b'"' | b'\''), label @ ..] => label
                .split(|byte| byte == quote)
                .next()
                .filter(|l| *l != label),
            label => label
                .split(|&byte| byte == b';' || byte.is_ascii_whitespace())
                .next(),
        }
    })
}

/// The encoding of `<?xml version="1.0" encoding="...">`.
fn xml_declaration(start: &[u8]) -> Option<&'static Encoding> {
    let declaration = start
        .strip_prefix(b"<?xml")?
        .split(|&byte| byte == b'>')
        .next()?;
    let at = memmem::find(declaration, b"encoding")?;
    let value = declaration
        .get(at + b"encoding".len()..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (quote, label) = value
        .split_first()
        .filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let label = label
        .split(|byte| byte == quote)
        .next()
        .filter(|l| *l != label)?;
    Encoding::for_label(label).map(in_ascii)
}

/// What could be read as ASCII is not UTF-16, whatever it says.
fn in_ascii(encoding: &'static Encoding) -> &'static Encoding {
    match encoding {
        encoding if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        encoding if encoding == X_USER_DEFINED => WINDOWS_1252,
        encoding => encoding,
    }
}

/// What the bytes look like.
fn guess(body: &[u8]) -> &'static Encoding {
    let start = body.get(..GUESS).unwrap_or(body);
    if start.is_ascii() && !start.contains(&0x1b) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(start, start.len() == body.len());
    detector.guess(None, Utf8Detection::Allow)
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
                detect(body, content_type).name(),
                expected,
                "{body:?} {content_type:?}"
            );
        }
    }

    #[test]
    fn a_page_declares_its_encoding_in_many_ways() {
        for (page, expected) in [
            ("<META CharSet = 'koi8-r'>", "KOI8-R"),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",
                "KOI8-R",
            ),
            (
                "<meta content='x; charset charset= \"koi8-r\" ;' http-equiv=content-type>",
                "KOI8-R",
            ),
            ("<meta content='text/html; charset=koi8-r'>", "windows-1252"),
            (
                "<meta http-equiv=content-type content='charset=\"koi8-r'>",
                "windows-1252",
            ),
            ("<!-- <meta charset=koi8-r> -->", "windows-1252"),
            ("<meta charset=utf-16>", "UTF-8"),
            ("<meta charset=x-user-defined>", "windows-1252"),
            ("<meta charset=no-such><meta charset=koi8-r>", "KOI8-R"),
            ("<?xml version='1.0' encoding = \"koi8-r\"?><p>", "KOI8-R"),
            ("<?xml version='1.0' encoding='utf-16'?><p>", "UTF-8"),
            ("<\0?\0x\0m\0l\0", "UTF-16LE"),
            ("\0<\0?\0x\0m\0l", "UTF-16BE"),
        ] {
            assert_eq!(detect(page.as_bytes(), None).name(), expected, "{page}");
        }
    }

    #[test]
    fn a_late_meta_counts_only_as_an_element() {
        let late = |rest: &str| {
            detect(
                format!("<!--{}-->{rest}", "x".repeat(2000)).as_bytes(),
                None,
            )
            .name()
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
            decode("\u{feff}é".as_bytes(), UTF_8),
            Cow::Borrowed("é")
        ));
        assert_eq!(decode(b"a\xff", UTF_8), "a\u{fffd}");
    }
}
