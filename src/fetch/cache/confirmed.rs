//! Update of a stored response by a 304.

use http::header::SET_COOKIE;

use super::stored::Stored;
use crate::page::error::{Error, ErrorKind};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::response::{FromCache, Notes};

/// A stored response that the server has confirmed, with the time that took and the cookies that came.
pub(super) fn confirmed(
    stored: Stored,
    request: Request,
    not_modified: &Response,
    is_stored: bool,
) -> Response {
    let response = stored.into_response(request, FromCache::Revalidated);
    let mut headers = response.headers().clone();
    for cookie in not_modified.headers().get_all(SET_COOKIE) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    let notes = Notes {
        is_stored,
        ..Notes::from_cache(FromCache::Revalidated)
    };
    let timings = not_modified.timings();
    response
        .with_headers(headers)
        .with_timings(timings.head, timings.total)
        .with_wire_bytes(not_modified.wire_bytes())
        .with_notes(notes)
}

/// The error for a 304 that is about something else than was asked; the next try asks without conditions.
pub(super) fn other_version(request: &Request) -> Error {
    let message = "304, but for another version than the one asked about";
    Error::new(ErrorKind::Http, message).with_url(request.url())
}
