//! Answers that say no: for ever, for a while, or until asked properly.

use http::StatusCode;
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};

use super::super::call::Call;
use super::super::markup::page;
use super::super::reply::Reply;

/// `us:pw` in base64.
const CREDENTIALS: &str = "Basic dXM6cHc=";

/// `status/CODE`: any final status; 404 for codes that are none.
pub(in super::super) fn status(code: &str) -> Reply {
    match code
        .parse()
        .ok()
        .filter(|code| (200..600).contains(code))
        .map(StatusCode::from_u16)
    {
        Some(Ok(status)) => Reply::status(status),
        _ => Reply::not_found(),
    }
}

/// `flaky/N`: 503 for the first N requests of this path and query, then a page.
pub(in super::super) fn flaky(call: &Call<'_>, times: &str) -> Reply {
    after(call, times, || {
        Reply::status(StatusCode::SERVICE_UNAVAILABLE)
    })
}

/// `retry-after/N`: 429 with `Retry-After: 1` (seconds) for the first N requests of this path and query, then a page.
pub(in super::super) fn retry_after(call: &Call<'_>, times: &str) -> Reply {
    after(call, times, || {
        Reply::status(StatusCode::TOO_MANY_REQUESTS).header(RETRY_AFTER, "1")
    })
}

fn after(call: &Call<'_>, times: &str, refuse: impl FnOnce() -> Reply) -> Reply {
    match times.parse::<u64>() {
        Ok(times) if call.visit <= times => refuse(),
        Ok(_) => Reply::html(page("Recovered", "<h1>Recovered</h1>\n")),
        Err(_) => Reply::not_found(),
    }
}

/// `unavailable`: 503, come back in an hour, for ever.
pub(in super::super) fn unavailable() -> Reply {
    Reply::status(StatusCode::SERVICE_UNAVAILABLE).header(RETRY_AFTER, "3600")
}

/// `basic-auth`: RFC 7617.
pub(in super::super) fn basic_auth(call: &Call<'_>) -> Reply {
    if call.header(&AUTHORIZATION) == Some(CREDENTIALS) {
        return Reply::html(page("Welcome", "<h1>Welcome, us</h1>\n"));
    }
    Reply::status(StatusCode::UNAUTHORIZED).header(WWW_AUTHENTICATE, "Basic realm=\"practice\"")
}
