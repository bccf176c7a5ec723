//! Following of redirects: the target, and the headers and body that may be sent along (RFC 9110 section 15.4, and the
//! Fetch standard's HTTP-redirect fetch).
//!
//! A redirect is not followed in place. It becomes a new request that remembers its chain and goes through scope,
//! robots.txt and its host's limiter like any other.

use std::borrow::Cow;

use http::header::{
    AUTHORIZATION, COOKIE, HOST, HeaderName, HeaderValue, PROXY_AUTHORIZATION, REFERER,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::request::Request;
use crate::policy::referrer;

/// Headers that must not reach another origin: secrets, and the name of the first. So must none that is marked as a
/// secret.
const NOT_FOR_OTHERS: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("cookie2"),
    PROXY_AUTHORIZATION,
    WWW_AUTHENTICATE,
    HOST,
];

/// The request that this answer redirects to; `None` when it is not a redirect. A redirect status without `Location`
/// is an ordinary answer.
///
/// # Errors
/// [`ErrorKind::Redirect`] when the chain is longer than `limit`, or the target is no http(s) URL.
pub(crate) fn follow(
    request: &Request,
    status: StatusCode,
    headers: &HeaderMap,
    limit: u32,
) -> Result<Option<Request>> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get("location") else {
        return Ok(None);
    };
    let error = |message: String| Error::new(ErrorKind::Redirect, message).with_url(request.url());
    if request.redirects().len() >= limit as usize {
        return Err(error(format!("more than {limit} redirects")));
    }
    let location = text_of(location.as_bytes());
    let mut url = identity::parse(&location, Some(request.url()))
        .map_err(|e| error("the redirect's target cannot be fetched".to_owned()).with_source(e))?;
    if url.fragment().is_none() {
        url.set_fragment(request.url().fragment());
    }
    Ok(Some(to(with_method(request.clone(), status), url)))
}

/// A `Location` as text. What is no UTF-8 keeps its bytes, as escapes, but for a host, which can only be a name: that is
/// read as ISO 8859-1.
fn text_of(location: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(location) {
        return text.into();
    }
    let host = location.windows(2).position(|pair| pair == b"//");
    let host = host.filter(|at| !location.iter().take(*at).any(|byte| b"/?#".contains(byte)));
    let path = host.map_or(0, |at| {
        let mut behind = location.iter().skip(at + 2);
        let length = behind.position(|byte| b"/\\?#".contains(byte));
        length.map_or(location.len(), |length| at + 2 + length)
    });
    let (host, path) = location.split_at_checked(path).unwrap_or((location, b""));
    let mut text = encoding_rs::mem::decode_latin1(host).into_owned();
    for byte in path {
        if byte.is_ascii() {
            text.push(char::from(*byte));
        } else {
            text.push_str(percent_encoding::percent_encode_byte(*byte));
        }
    }
    text.into()
}

/// The request that a page leads to by itself, like a click on a link; `None` when the chain is longer than `limit`.
pub(crate) fn refresh(request: &Request, target: Url, limit: u32) -> Option<Request> {
    if request.redirects().len() >= limit as usize {
        return None;
    }
    Some(to(request.clone().without_body(Method::GET), target))
}

/// Returns this request with another target.
fn to(request: Request, url: Url) -> Request {
    let next = without_secrets(request, &url);
    // A user name in the target's own URL is for the target.
    let target = Request::from(url);
    let mut next = next.redirected_to(target.url().clone());
    if let Some(authorization) = target.header("authorization") {
        next.headers_mut()
            .insert(AUTHORIZATION, authorization.clone());
    }
    next
}

/// A `POST` that is moved becomes a `GET`, and 303 makes everything but `HEAD` one.
fn with_method(request: Request, status: StatusCode) -> Request {
    let becomes_get = match status.as_u16() {
        301 | 302 => *request.method() == Method::POST,
        303 => !matches!(*request.method(), Method::GET | Method::HEAD),
        _ => false,
    };
    if becomes_get {
        request.without_body(Method::GET)
    } else {
        request
    }
}

fn without_secrets(mut request: Request, target: &Url) -> Request {
    if request.url().origin() == target.origin() || request.headers().is_empty() {
        return request;
    }
    let headers = request.headers_mut();
    let mut secret: Vec<HeaderName> = NOT_FOR_OTHERS.to_vec();
    let marked = headers.iter().filter(|(_, value)| value.is_sensitive());
    secret.extend(marked.map(|(name, _)| name.clone()));
    for name in secret {
        headers.remove(name);
    }
    if let Some(from) = headers.remove(REFERER)
        && let Some(from) = referer(&from, target)
    {
        headers.insert(REFERER, from);
    }
    request
}

/// Returns the `Referer` for the target of a redirect: unchanged at the same origin, else by [`referrer`].
fn referer(from: &HeaderValue, target: &Url) -> Option<HeaderValue> {
    let url = Url::parse(from.to_str().ok()?).ok()?;
    if url.origin() == target.origin() {
        return Some(from.clone());
    }
    referrer::header(&url, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(target: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("location", target.parse().unwrap());
        headers
    }

    fn status(code: u16) -> StatusCode {
        StatusCode::from_u16(code).unwrap()
    }

    fn start() -> Request {
        Request::get("http://a.example/dir/first?x=1#top").unwrap()
    }

    #[test]
    fn methods_change_as_the_fetch_standard_says() {
        let cases = [
            (301, "POST", "GET"),
            (302, "POST", "GET"),
            (303, "POST", "GET"),
            (303, "PUT", "GET"),
            (303, "HEAD", "HEAD"),
            (301, "PUT", "PUT"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
        ];
        for (code, method, then) in cases {
            let request = start().with_body("x").with_method(method.parse().unwrap());
            let next = follow(&request, status(code), &location("/b"), 10)
                .unwrap()
                .unwrap();
            assert_eq!(next.method().as_str(), then, "{code} {method}");
            assert_eq!(next.body().is_empty(), method != then, "{code} {method}");
        }
    }

    #[test]
    fn secrets_stay_with_their_origin() {
        for (target, kept) in [
            ("/b", true),
            ("http://a.example:81/", false),
            ("https://a.example/", false),
            ("http://b.a.example/", false),
        ] {
            let request = start()
                .with_basic_auth("us", "pw")
                .with_header("cookie", "a=1")
                .unwrap();
            let next = follow(&request, status(302), &location(target), 10)
                .unwrap()
                .unwrap();
            assert_eq!(next.header("authorization").is_some(), kept, "{target}");
            assert_eq!(next.header("cookie").is_some(), kept, "{target}");
        }
    }

    #[test]
    fn a_header_that_is_marked_as_a_secret_stays_with_its_origin() {
        let mut token = HeaderValue::from_static("secret");
        token.set_sensitive(true);
        for (target, kept) in [("/b", true), ("http://b.example/", false)] {
            let mut request = start();
            request.headers_mut().insert("x-token", token.clone());
            request
                .headers_mut()
                .insert("x-open", HeaderValue::from_static("1"));
            let next = follow(&request, status(302), &location(target), 10)
                .unwrap()
                .unwrap();
            assert_eq!(next.header("x-token").is_some(), kept, "{target}");
            assert!(next.header("x-open").is_some(), "{target}");
        }
    }

    #[test]
    fn another_origin_is_told_no_more_than_the_origin() {
        for (from, target, expected) in [
            ("http://a.example/x?y", "/b", Some("http://a.example/x?y")),
            (
                "http://a.example/x?y",
                "http://b.example/",
                Some("http://a.example/"),
            ),
            (
                "http://b.example/x?y",
                "http://b.example/",
                Some("http://b.example/x?y"),
            ),
            (
                "https://a.example/x?y",
                "https://b.example/",
                Some("https://a.example/"),
            ),
            ("https://a.example/x?y", "http://b.example/", None),
            (
                "http://a.example/x?y",
                "https://a.example/",
                Some("http://a.example/"),
            ),
            ("nowhere", "http://b.example/", None),
            ("about:blank", "http://b.example/", None),
        ] {
            let request = start().with_header("referer", from).unwrap();
            let next = follow(&request, status(302), &location(target), 10)
                .unwrap()
                .unwrap();
            let sent = next.header("referer").map(|value| value.to_str().unwrap());
            assert_eq!(sent, expected, "{from} {target}");
        }
    }

    #[test]
    fn a_refresh_is_a_get_within_the_same_limit() {
        let request = start().with_form([("a", "1")]).with_basic_auth("us", "pw");
        let target = Url::parse("http://b.example/").unwrap();
        let next = refresh(&request, target.clone(), 1).unwrap();
        assert_eq!((next.method(), next.body()), (&Method::GET, &b""[..]));
        assert_eq!(next.header("authorization"), None);
        assert_eq!(refresh(&next, target, 1), None);
    }

    #[test]
    fn bytes_that_are_no_text_stay_the_bytes_they_are() {
        let to = |target: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("location", HeaderValue::from_bytes(target).unwrap());
            let next = follow(&start(), status(302), &headers, 10)
                .unwrap()
                .unwrap();
            next.url()[url::Position::BeforeHost..url::Position::AfterQuery].to_owned()
        };
        let table: [(&[u8], &str); 7] = [
            (
                b"/stra\xdfe/\xe0?p=\xf1#\xe9",
                "a.example/stra%DFe/%E0?p=%F1",
            ),
            (b"na\xefve", "a.example/dir/na%EFve"),
            (b"?q=\x80", "a.example/dir/first?q=%80"),
            (b"//b.example/\xa3", "b.example/%A3"),
            (
                b"http://m\xfcller.example/\xfc",
                "xn--mller-kva.example/%FC",
            ),
            (b"/\xc3\xbc/\xfc", "a.example/%C3%BC/%FC"),
            ("/stra\u{df}e".as_bytes(), "a.example/stra%C3%9Fe"),
        ];
        for (target, url) in table {
            assert_eq!(to(target), url, "{}", target.escape_ascii());
        }
    }

    #[test]
    fn the_fragment_is_inherited() {
        let to = |target| {
            follow(&start(), status(301), &location(target), 10)
                .unwrap()
                .unwrap()
                .url()
                .to_string()
        };
        assert_eq!(to("/b"), "http://a.example/b#top");
        assert_eq!(to("/b#c"), "http://a.example/b#c");
    }

    #[test]
    fn a_target_that_is_not_http_is_an_error() {
        for target in [
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "http://[::1",
            "ftp://a/",
        ] {
            let error = follow(&start(), status(302), &location(target), 10).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect, "{target}");
        }
    }

    #[test]
    fn a_chain_has_a_limit() {
        let mut request = start();
        for hop in 0..10 {
            request = follow(&request, status(302), &location(&format!("/{hop}")), 10)
                .unwrap()
                .unwrap();
        }
        assert_eq!(request.redirects().len(), 10);
        assert_eq!(
            follow(&request, status(302), &location("/11"), 10)
                .unwrap_err()
                .kind(),
            ErrorKind::Redirect
        );
    }

    #[test]
    fn other_answers_are_not_redirects() {
        assert_eq!(
            follow(&start(), status(302), &HeaderMap::new(), 10).unwrap(),
            None
        );
        for code in [200, 201, 300, 304, 305] {
            assert_eq!(
                follow(&start(), status(code), &location("/b"), 10).unwrap(),
                None,
                "{code}"
            );
        }
    }
}
