//! Rules for a private cache: what it may store and reuse, and what it must ask about (RFC 9111).

use std::time::{Duration, SystemTime};

use http::header::{
    AGE, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, COOKIE, ETAG,
    EXPIRES, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, RANGE, SET_COOKIE,
    TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, StatusCode};

use super::directives::{Directives, members};
use super::freshness::{age, is_cacheable_by_default, lifetime};
use super::stored::Head;
use super::vary;
use crate::policy::retry;

/// Headers that are about a connection, not about the response (RFC 9110, section 7.6.1; RFC 9111, section 3.1).
const OF_A_CONNECTION: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    HeaderName::from_static("proxy-authentication-info"),
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];
/// Headers that describe the stored body, which a 304 does not have.
const OF_THE_BODY: [HeaderName; 3] = [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE];
/// Headers of requests that ask for a part, or have conditions of their own.
const PARTIAL_OR_CONDITIONAL: [HeaderName; 6] = [
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    RANGE,
];

/// Use that can be made of a stored response for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The stored response is the answer.
    Fresh,
    /// The stored response is the answer if the server confirms that it is still valid.
    Stale,
    /// The stored response does not answer this request.
    None,
}

/// Returns whether a request with these headers asks for a part, or under conditions of its own: its answer is then not
/// a page.
pub(super) fn is_partial_or_conditional(request: &HeaderMap) -> bool {
    PARTIAL_OR_CONDITIONAL
        .iter()
        .any(|name| request.contains_key(name))
}

/// Returns whether a request forbids storing its response.
pub(super) fn forbids_storing(request: &HeaderMap) -> bool {
    Directives::of(request).no_store
}

/// Returns whether the response to a request may be for one user alone. Only `public` responses to such requests are
/// stored and reused.
pub(super) fn has_credentials(request: &HeaderMap) -> bool {
    request.contains_key(AUTHORIZATION) || request.contains_key(COOKIE)
}

/// Returns the use that can be made of a stored response for a request with these headers.
pub(super) fn worth(stored: &Head, request: &HeaderMap, now: SystemTime) -> Use {
    let (asked, said) = (Directives::of(request), Directives::of(&stored.headers));
    let is_for_all = said.public || !has_credentials(request);
    if !is_for_all || !vary::matches(&stored.vary, request) {
        return Use::None;
    }
    if asked.no_cache || said.no_cache {
        return Use::Stale;
    }
    let age = age(stored, now);
    let lifetime = lifetime(stored.status, &stored.headers, &said, stored.received);
    let lifetime = lifetime.unwrap_or_default();
    if asked.max_age.is_some_and(|max| age > max) {
        return Use::Stale;
    }
    let needed = age.saturating_add(asked.min_fresh.unwrap_or_default());
    let allowed = match asked.max_stale {
        Some(extra) if !said.must_revalidate => lifetime.saturating_add(extra),
        _ => lifetime,
    };
    if needed < allowed {
        Use::Fresh
    } else {
        Use::Stale
    }
}

/// Returns whether a response to a `GET` with these headers may be stored, and is of any use then (section 3).
pub(super) fn may_store(request: &HeaderMap, status: StatusCode, headers: &HeaderMap) -> bool {
    let said = Directives::of(headers);
    let is_understood = is_cacheable_by_default(status);
    let is_forbidden = said.no_store && !(said.must_understand && is_understood);
    let is_unknown = said.must_understand && !is_understood;
    // What is tried again must not be answered with the failure.
    let is_final = !status.is_informational()
        && !retry::is_temporary(status)
        && !matches!(status.as_u16(), 206 | 304);
    if is_forbidden || is_unknown || !is_final || (has_credentials(request) && !said.public) {
        return false;
    }
    let is_permitted = said.max_age.is_some()
        || headers.contains_key(EXPIRES)
        || said.public
        || said.private
        || is_understood;
    let is_fresh = lifetime(status, headers, &said, SystemTime::now())
        .is_some_and(|lifetime| !lifetime.is_zero());
    let is_useful = is_fresh || has_validator(headers) || said.stale_if_error.is_some();
    is_permitted && is_useful
}

/// Returns whether a server can be asked if a response with these headers is still valid.
pub(super) fn has_validator(headers: &HeaderMap) -> bool {
    headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED)
}

/// The headers that ask whether a stored response is still right (section 4.3.1).
pub(super) fn conditions(stored: &HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let pairs = [(IF_NONE_MATCH, ETAG), (IF_MODIFIED_SINCE, LAST_MODIFIED)];
    pairs
        .into_iter()
        .filter_map(|(asks, tells)| Some((asks, stored.get(tells)?.clone())))
}

/// Returns whether a 304 with these headers is about the stored response (section 4.3.4).
pub(super) fn confirms(stored: &HeaderMap, not_modified: &HeaderMap) -> bool {
    let weak = |tag: &HeaderValue| {
        let bytes = tag.as_bytes();
        bytes.strip_prefix(b"W/").unwrap_or(bytes).to_vec()
    };
    match (stored.get(ETAG), not_modified.get(ETAG)) {
        (Some(had), Some(told)) => weak(had) == weak(told),
        _ => true,
    }
}

/// The headers of a stored response after a 304 with these (section 3.2).
pub(super) fn updated(stored: &HeaderMap, not_modified: &HeaderMap) -> HeaderMap {
    let mut headers = stored.clone();
    headers.remove(AGE);
    let new = storable(not_modified);
    for name in new.keys().filter(|name| !OF_THE_BODY.contains(name)) {
        headers.remove(name);
        for value in new.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// The headers of a response as they are stored: without what was about the connection, and without cookies, which
/// another crawl must not get.
pub(super) fn storable(headers: &HeaderMap) -> HeaderMap {
    let mut kept = of_the_response(headers);
    kept.remove(SET_COOKIE);
    kept
}

/// The headers of a response without what was about the connection.
pub(super) fn of_the_response(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in members(headers, &CONNECTION) {
        kept.remove(name);
    }
    for name in &OF_A_CONNECTION {
        kept.remove(name);
    }
    kept
}

/// Returns whether a stored response may be used in place of a failure of the server (RFC 5861, section 4).
pub(super) fn may_stand_in(stored: &Head, now: SystemTime) -> bool {
    let said = Directives::of(&stored.headers);
    let Some(extra) = said.stale_if_error else {
        return false;
    };
    let lifetime = lifetime(stored.status, &stored.headers, &said, stored.received);
    let limit = lifetime.unwrap_or_default().saturating_add(extra);
    !said.no_cache && !said.must_revalidate && age(stored, now) < limit
}

/// Returns whether a status is a failure that a stored response may replace. 503 is not: it asks for fewer requests,
/// which the host's limiter must learn.
pub(super) fn is_failure(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 504)
}

/// The `Age` of a response that is reused (section 5.1).
pub(super) fn age_header(stored: &Head, now: SystemTime) -> HeaderValue {
    HeaderValue::from(Duration::as_secs(&age(stored, now)))
}

/// Returns whether the response to a `HEAD` shows that the stored response is of an older version (section 4.3.5).
pub(super) fn contradicts(stored: &HeaderMap, head: &HeaderMap) -> bool {
    [ETAG, LAST_MODIFIED, CONTENT_LENGTH].iter().any(|name| {
        head.get(name)
            .is_some_and(|told| stored.get(name).is_some_and(|had| had != told))
    })
}

#[cfg(test)]
mod tests;
