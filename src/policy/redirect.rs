//! Where a redirect leads, and what may come along: RFC 9110 section 15.4 and the Fetch standard's HTTP-redirect fetch.
//!
//! A redirect is not followed in place. It becomes a new request that remembers its chain and goes through scope,
//! robots.txt and its host's limiter like any other.

use http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, PROXY_AUTHORIZATION};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::identity;
use crate::request::Request;

/// Headers that must not reach another origin: secrets, and the name of the first.
const NOT_FOR_OTHERS: [HeaderName; 4] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, HOST];

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
    let location = match std::str::from_utf8(location.as_bytes()) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::mem::decode_latin1(location.as_bytes()),
    };
    let mut url = identity::parse(&location, Some(request.url()))
        .map_err(|e| error("the redirect's target cannot be fetched".to_owned()).with_source(e))?;
    if url.fragment().is_none() {
        url.set_fragment(request.url().fragment());
    }
    let next = without_secrets(with_method(request.clone(), status), &url);
    // A user name in the target's own URL is for the target.
    let target = Request::from(url);
    let mut next = next.redirected_to(target.url().clone());
    if let Some(authorization) = target.header("authorization") {
        next.headers_mut()
            .insert(AUTHORIZATION, authorization.clone());
    }
    Ok(Some(next))
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
    if request.url().origin() != target.origin() && !request.headers().is_empty() {
        for name in &NOT_FOR_OTHERS {
            request.headers_mut().remove(name);
        }
    }
    request
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
