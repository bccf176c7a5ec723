//! What comes along to which target: every status, method and kind of target, by the rules of the Fetch standard.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;

use crate::support::{Probe, get, html, quick, run};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];
const METHODS: [&str; 4] = ["GET", "HEAD", "POST", "PUT"];
/// Where it leads, whether that is the same origin, and whether a cookie for the domain goes there, too.
const TARGETS: [(&str, bool, bool); 6] = [
    ("http://www.a.example/there", true, true),
    ("http://www.a.example:81/there", false, true),
    ("https://www.a.example/there", false, true),
    ("http://a.example/there", false, true),
    ("http://below.www.a.example/there", false, true),
    ("http://b.example/there", false, false),
];

/// The method that Fetch makes of a method.
fn then(status: u16, method: &str) -> &str {
    match (status, method) {
        (301 | 302, "POST") | (303, "POST" | "PUT") => "GET",
        _ => method,
    }
}

fn request(method: &str) -> Request {
    let mut request = get("http://www.a.example/here").with_method(method.parse().unwrap());
    if matches!(method, "POST" | "PUT") {
        request = request
            .with_body("a=1")
            .with_header("content-type", "text/x")
            .unwrap();
    }
    for (name, value) in [
        ("authorization", "Bearer x"),
        ("cookie", "own=1"),
        ("proxy-authorization", "Basic x"),
        ("referer", "http://www.a.example/before?x"),
        ("accept-language", "nl"),
        ("x-own", "1"),
    ] {
        request = request.with_header(name, value).unwrap();
    }
    request
}

/// Makes the request, which is redirected once; answers what arrives.
async fn arrived(request: Request, status: u16, target: &'static str) -> Request {
    let last = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&last);
    let fake = FakeDownloader::new(move |request| {
        *seen.lock().unwrap() = Some(request.clone());
        if request.url().path() == "/there" {
            return Ok(html(request, ""));
        }
        Response::new(request, status)
            .with_header("set-cookie", "host=1")?
            .with_header("set-cookie", "all=1; Domain=a.example")?
            .with_header("location", target)
    });
    let crawler = quick(Probe::only([request]), |s| {
        s.links.scope = crawlworks::settings::ScopeMode::Any;
        s.set("credentials", "http://www.a.example us:pw").unwrap();
    });
    assert_eq!(run(crawler.downloader(fake)).await.pages, 1);
    last.lock().unwrap().take().unwrap()
}

#[tokio::test]
async fn what_comes_along_is_what_the_fetch_standard_says() {
    let mut rows = 0;
    for status in STATUSES {
        for method in METHODS {
            for (target, is_same, has_domain) in TARGETS {
                rows += 1;
                let row = format!("{status} {method} {target}");
                let got = arrived(request(method), status, target).await;
                let header = |name: &str| got.header(name).map(|value| value.to_str().unwrap());
                let keeps_body = then(status, method) == method && matches!(method, "POST" | "PUT");
                assert_eq!(got.method(), then(status, method), "{row}");
                assert_eq!(
                    got.body(),
                    if keeps_body { &b"a=1"[..] } else { b"" },
                    "{row}"
                );
                assert_eq!(
                    header("content-type"),
                    keeps_body.then_some("text/x"),
                    "{row}"
                );
                assert_eq!(
                    header("authorization"),
                    is_same.then_some("Bearer x"),
                    "{row}"
                );
                assert_eq!(
                    header("proxy-authorization"),
                    is_same.then_some("Basic x"),
                    "{row}"
                );
                // A jar knows no ports (RFC 6265, section 8.5), and these cookies are not for https only.
                let on_host = target.contains("//www.a.example");
                let cookies = match (is_same, on_host, has_domain) {
                    (true, ..) => Some("own=1; host=1; all=1"),
                    (false, true, _) => Some("host=1; all=1"),
                    (false, false, true) => Some("all=1"),
                    (false, false, false) => None,
                };
                assert_eq!(header("cookie"), cookies, "{row}");
                let referer = if is_same {
                    "http://www.a.example/before?x"
                } else {
                    "http://www.a.example/"
                };
                assert_eq!(header("referer"), Some(referer), "{row}");
                assert_eq!(
                    (header("accept-language"), header("x-own")),
                    (Some("nl"), Some("1")),
                    "{row}"
                );
            }
        }
    }
    assert_eq!(rows, 120);
}

#[tokio::test]
async fn what_was_taken_off_stays_off_on_the_way_back() {
    let last = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&last);
    let fake = FakeDownloader::new(move |request| {
        *seen.lock().unwrap() = Some(request.clone());
        match request.url().as_str() {
            "http://www.a.example/here" => {
                Response::new(request, 307).with_header("location", "http://b.example/")
            }
            "http://b.example/" => {
                Response::new(request, 307).with_header("location", "http://www.a.example/there")
            }
            _ => Ok(html(request, "")),
        }
    });
    let crawler = quick(Probe::only([request("GET")]), |s| {
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    });
    run(crawler.downloader(fake)).await;
    let got: Request = last.lock().unwrap().take().unwrap();
    assert_eq!(got.url().as_str(), "http://www.a.example/there");
    assert_eq!(got.header("authorization"), None);
    // A cookie is in the jar since it was given, and goes to its own origin only.
    assert!(got.header("cookie").is_some());
}
