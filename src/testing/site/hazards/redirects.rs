//! Redirects that end, that never end, and that keep or change the method (RFC 9110, section 15.4).

use http::StatusCode;
use http::header::SET_COOKIE;

use super::super::call::Call;
use super::super::markup::page;
use super::super::reply::Reply;

/// `redirect/N`: N hops, then a page.
pub(in super::super) fn chain(hops: &str) -> Reply {
    match hops.parse::<u64>() {
        Ok(0) => arrived(),
        Ok(hops) => Reply::redirect(
            StatusCode::FOUND,
            &format!("/hazards/redirect/{}", hops - 1),
        ),
        Err(_) => Reply::not_found(),
    }
}

/// `redirect-loop/a` and `redirect-loop/b`.
pub(in super::super) fn round(end: &str) -> Reply {
    let other = if end == "a" { "b" } else { "a" };
    Reply::redirect(
        StatusCode::FOUND,
        &format!("/hazards/redirect-loop/{other}"),
    )
}

/// `redirect-self`: to itself until the client brings the cookie back.
pub(in super::super) fn to_self(call: &Call<'_>) -> Reply {
    match call.cookie("been-here") {
        Some(_) => arrived(),
        None => Reply::redirect(StatusCode::FOUND, "/hazards/redirect-self")
            .header(SET_COOKIE, "been-here=1; Path=/"),
    }
}

/// `redirect-301` and its kin.
pub(in super::super) fn to_echo(code: &str) -> Reply {
    let known = ["301", "302", "303", "307", "308"].contains(&code);
    match StatusCode::from_bytes(code.as_bytes()) {
        Ok(status) if known => Reply::redirect(status, "/hazards/echo"),
        _ => Reply::not_found(),
    }
}

/// `redirect-to?url=`: to any location, be it a URL or not. Without one, a 302 that has no `Location`.
pub(in super::super) fn anywhere(call: &Call<'_>) -> Reply {
    match call.query("url") {
        Some(url) => Reply::redirect(StatusCode::FOUND, &url),
        None => Reply::status(StatusCode::FOUND),
    }
}

fn arrived() -> Reply {
    Reply::html(page("Arrived", "<h1>Arrived</h1>\n"))
}
