//! Entry points for the fuzz targets in `fuzz/`, which no program needs.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

use crate::fetch::downloader::Decoder;
use crate::fetch::middleware::Cookies;
use crate::page::error::Result;
use crate::page::request::Request;
use crate::page::response::Response;

/// Decodes a body with this `Content-Encoding` that arrives in these pieces.
///
/// # Errors
/// Returns the error of a body that cannot be decoded or has more than `max_body` bytes when decoded.
pub fn decode(
    coding: HeaderValue,
    pieces: impl IntoIterator<Item = Bytes>,
    max_body: u64,
) -> Result<Bytes> {
    let headers = HeaderMap::from_iter([(CONTENT_ENCODING, coding)]);
    let mut decoder = Decoder::new(&headers, max_body)?;
    for piece in pieces {
        decoder.push(piece)?;
    }
    decoder.check_end()?;
    Ok(decoder.into_bytes())
}

/// Returns the `Cookie` header of a request for `wanted`, after an answer of `set_by` with this `Set-Cookie`.
#[must_use]
pub fn cookie(line: HeaderValue, set_by: Url, wanted: Url) -> Option<HeaderValue> {
    let cookies = Cookies::default();
    let headers = HeaderMap::from_iter([(SET_COOKIE, line)]);
    let answer = Response::new(Request::from(set_by), 200).with_headers(headers);
    cookies.keep("", &answer);
    cookies.header(&Request::from(wanted))
}
