//! Age and freshness lifetime of a stored response (RFC 9111, section 4.2).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{AGE, DATE, EXPIRES, HeaderName, LAST_MODIFIED};
use http::{HeaderMap, StatusCode};

use super::directives::{Directives, members, whole_seconds};
use super::stored::Head;

/// Upper limit of a freshness lifetime that is guessed from `Last-Modified`.
const MAX_GUESS: Duration = Duration::from_hours(24);

/// Returns how long a response is fresh, counted from its making. `None` if its headers do not say it and it cannot be
/// guessed.
pub(super) fn lifetime(
    status: StatusCode,
    headers: &HeaderMap,
    directives: &Directives,
    received: SystemTime,
) -> Option<Duration> {
    if directives.max_age.is_some() {
        return directives.max_age;
    }
    let made = date(headers, &DATE).unwrap_or(received);
    if headers.contains_key(EXPIRES) {
        // One that is no date is in the past (section 5.3).
        let expires = date(headers, &EXPIRES).unwrap_or(UNIX_EPOCH);
        return Some(expires.duration_since(made).unwrap_or_default());
    }
    if !is_cacheable_by_default(status) && !directives.public {
        return None;
    }
    let modified = date(headers, &LAST_MODIFIED)?;
    let age = made.duration_since(modified).unwrap_or_default();
    Some((age / 10).min(MAX_GUESS))
}

/// Returns the current age of a stored response (section 4.2.3).
pub(super) fn age(stored: &Head, now: SystemTime) -> Duration {
    let since =
        |early: SystemTime, late: SystemTime| late.duration_since(early).unwrap_or_default();
    let apparent =
        date(&stored.headers, &DATE).map_or(Duration::ZERO, |d| since(d, stored.received));
    // Of several only the first counts (section 5.1).
    let told = members(&stored.headers, &AGE).next();
    let told = Duration::from_secs(told.and_then(whole_seconds).unwrap_or(0));
    let delay = since(stored.requested, stored.received);
    apparent.max(told + delay) + since(stored.received, now)
}

/// The statuses whose responses may be kept without a word of the server (RFC 9110, section 15.1), but for 206.
pub(super) fn is_cacheable_by_default(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        200 | 203 | 204 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501
    )
}

/// A date, in any of the three forms of HTTP.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}
