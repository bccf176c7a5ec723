//! Encoding of the entries of a form, in each of the three ways: section 4.10.22 of the HTML standard.

use std::borrow::Cow;
use std::fmt::Write as _;

use encoding_rs::Encoding as Charset;
use http::Method;
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::page::error::Result;
use crate::page::request::Request;

/// Name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    /// File that was not chosen.
    NoFile,
}

/// The `enctype` of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    UrlEncoded,
    Multipart,
    Plain,
}

impl Encoding {
    /// Returns the `enctype` of this name; an unknown one is `application/x-www-form-urlencoded`.
    pub(super) fn of(name: &str) -> Self {
        match name {
            name if name.eq_ignore_ascii_case("multipart/form-data") => Self::Multipart,
            name if name.eq_ignore_ascii_case("text/plain") => Self::Plain,
            _ => Self::UrlEncoded,
        }
    }

    /// Makes a `POST` of these entries.
    pub(super) fn request(
        self,
        url: Url,
        entries: &[Entry],
        charset: &'static Charset,
    ) -> Result<Request> {
        let (content_type, body) = match self {
            Self::UrlEncoded => (
                "application/x-www-form-urlencoded".to_owned(),
                urlencoded(entries, charset).into_bytes(),
            ),
            Self::Multipart => {
                let boundary = boundary(entries);
                let body = multipart(entries, &boundary, charset);
                (format!("multipart/form-data; boundary={boundary}"), body)
            }
            Self::Plain => ("text/plain".to_owned(), plain(entries, charset)),
        };
        Request::from(url)
            .with_method(Method::POST)
            .with_body(body)
            .with_header("content-type", &content_type)
    }
}

/// Returns the URL with these entries for a query, whatever query it had.
pub(super) fn with_query(mut url: Url, entries: &[Entry], charset: &'static Charset) -> Url {
    url.set_query(Some(&urlencoded(entries, charset)));
    url
}

fn urlencoded(entries: &[Entry], charset: &'static Charset) -> String {
    let encode = encoder(charset);
    let mut form = Serializer::new(String::new());
    form.encoding_override(Some(&encode));
    for entry in entries {
        form.append_pair(&with_crlf(&entry.name), &with_crlf(&entry.value));
    }
    form.finish()
}

/// Returns an encoder that writes characters missing from the encoding as `&#…;`, as browsers do.
fn encoder(charset: &'static Charset) -> impl Fn(&str) -> Cow<'_, [u8]> {
    |text| charset.encode(text).0
}

/// Writes the entries as `multipart/form-data` (RFC 7578).
fn multipart(entries: &[Entry], boundary: &str, charset: &'static Charset) -> Vec<u8> {
    let mut body = Vec::new();
    for entry in entries {
        let name = with_crlf(&entry.name)
            .replace('\r', "%0D")
            .replace('\n', "%0A")
            .replace('"', "%22");
        let file = match entry.content {
            Content::Text => "",
            Content::NoFile => "; filename=\"\"\r\nContent-Type: application/octet-stream",
        };
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        body.extend_from_slice(&charset.encode(&head).0);
        body.extend_from_slice(&charset.encode(&with_crlf(&entry.value)).0);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// Returns a boundary line that is in none of the values. It is the same for the same values: a form that is sent twice is
/// the same request.
fn boundary(entries: &[Entry]) -> String {
    let mut hash = Sha256::new();
    for text in entries.iter().flat_map(|entry| [&entry.name, &entry.value]) {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    let mut boundary = String::from("----crawlworks");
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(boundary, "{byte:02x}");
    }
    boundary
}

fn plain(entries: &[Entry], charset: &'static Charset) -> Vec<u8> {
    let lines = entries
        .iter()
        .map(|entry| format!("{}={}\r\n", with_crlf(&entry.name), with_crlf(&entry.value)));
    charset.encode(&lines.collect::<String>()).0.into_owned()
}

/// Returns the text with each line break, however written, as CR and LF.
fn with_crlf(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\n']) {
        return Cow::Borrowed(text);
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(lines.replace('\n', "\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_becomes_the_same() {
        assert_eq!(with_crlf("a\nb\rc\r\nd\n\re"), "a\r\nb\r\nc\r\nd\r\n\r\ne");
    }
}
