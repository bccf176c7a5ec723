//! Detection of a response's kind of content, by its `Content-Type`, or by its first bytes where that says nothing.
//!
//! The [MIME Sniffing Standard](https://mimesniff.spec.whatwg.org/), as far as a crawler needs it: bytes are only looked
//! at when there is no usable type, so an image stays an image whatever it holds, and `X-Content-Type-Options: nosniff`
//! keeps text from being taken for HTML. Feeds are not told from HTML.
//!
//! ```
//! use crawlworks::sniff::media_type;
//! assert_eq!(media_type(b" <!doctype html>", None, false), "text/html");
//! assert_eq!(media_type(b"%PDF-1.7", Some("unknown/unknown"), false), "application/pdf");
//! assert_eq!(media_type(b"<html>", Some("image/png"), false), "image/png");
//! ```

mod media_type;
mod signatures;

use std::borrow::Cow;

pub(crate) use media_type::MediaType;

/// Length of the beginning of a body that is looked at, in bytes.
const LENGTH: usize = 1445;
/// `Content-Type`s that a widespread server once gave to every file that it did not know.
const APACHE: [&str; 4] = [
    "text/plain",
    "text/plain; charset=ISO-8859-1",
    "text/plain; charset=iso-8859-1",
    "text/plain; charset=UTF-8",
];

/// Returns the media type of a response, in lower case and without parameters: `text/html`.
///
/// `content_type` is the value of the HTTP header, and `nosniff` whether `X-Content-Type-Options` says so.
#[must_use]
pub fn media_type<'a>(body: &[u8], content_type: Option<&'a str>, nosniff: bool) -> Cow<'a, str> {
    let start = body.get(..LENGTH).unwrap_or(body);
    let declared = content_type.map(|text| (text, MediaType::parse(text).essence));
    match declared {
        Some((text, _)) if !nosniff && APACHE.contains(&text) => {
            signatures::text_or_binary(start).into()
        }
        Some((_, essence)) if is_known(&essence) => essence,
        _ => signatures::unknown(start, !nosniff).into(),
    }
}

/// Returns whether a header names a media type that means something.
pub(crate) fn is_declared(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|text| is_known(&MediaType::parse(text).essence))
}

fn is_known(essence: &str) -> bool {
    !matches!(
        essence,
        "" | "unknown/unknown" | "application/unknown" | "*/*"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_believed() {
        for declared in [
            "image/png",
            "application/octet-stream",
            "application/json",
            "text/css",
        ] {
            assert_eq!(
                media_type(b"<!doctype html>", Some(declared), false),
                declared
            );
        }
        assert_eq!(
            media_type(b"\x89PNG\r\n\x1a\n", Some("Text/HTML;x"), false),
            "text/html"
        );
    }

    #[test]
    fn what_says_nothing_is_looked_at() {
        for declared in [
            None,
            Some("*/*"),
            Some("application/unknown; x=y"),
            Some("html"),
            Some(""),
        ] {
            assert_eq!(
                media_type(b"<html>", declared, false),
                "text/html",
                "{declared:?}"
            );
            assert_eq!(
                media_type(b"<html>", declared, true),
                "text/plain",
                "{declared:?}"
            );
        }
    }

    #[test]
    fn what_an_old_server_calls_text_may_be_bytes() {
        let bytes = b"\x00\x01";
        assert_eq!(
            media_type(bytes, Some("text/plain"), false),
            "application/octet-stream"
        );
        assert_eq!(media_type(bytes, Some("text/plain"), true), "text/plain");
        assert_eq!(
            media_type(bytes, Some("text/plain;charset=utf-8"), false),
            "text/plain"
        );
        assert_eq!(
            media_type(b"<html>", Some("text/plain"), false),
            "text/plain"
        );
    }
}
