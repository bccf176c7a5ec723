//! Credentials, cookies and redirects: Scrapy's advisories and what its release notes call security fixes.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Filter};

use crate::support::{Probe, get, html, polite, quick, run};

fn everywhere(settings: &mut Settings) {
    settings.links.scope = crawlworks::settings::ScopeMode::Any;
}

/// The value of a header of the request for this URL, in a crawl whose start page redirects there.
async fn arriving(start: Request, target: &'static str, name: &str) -> Option<String> {
    let last = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&last);
    let first = start.url().clone();
    let fake = FakeDownloader::new(move |request| {
        if *request.url() != first {
            *seen.lock().unwrap() = Some(request.clone());
            return Ok(html(request, ""));
        }
        Response::new(request, 302)
            .with_header("set-cookie", "session=secret")?
            .with_header("location", target)
    });
    run(quick(Probe::only([start]), everywhere).downloader(fake)).await;
    let request: Request = last.lock().unwrap().take().unwrap();
    let value = request.header(name);
    value.map(|value| value.to_str().unwrap().to_owned())
}

fn with_token(url: &str) -> Request {
    get(url)
        .with_header("authorization", "Bearer secret")
        .unwrap()
}

#[tokio::test]
async fn cve_2021_41125_credentials_go_to_no_other_host_and_to_no_robots_txt_of_another() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let fake = FakeDownloader::new(move |request| {
        if request.header("authorization").is_some() {
            noted.lock().unwrap().push(request.url().to_string());
        }
        match request.url().as_str() {
            "http://a.example/" => Ok(html(
                request,
                "<a href=/far>far</a><a href=http://b.example/>b</a>",
            )),
            "http://a.example/far" => {
                Response::new(request, 302).with_header("location", "http://c.example/")
            }
            _ => Ok(Response::new(request, 404)),
        }
    });
    let crawler = polite(Probe::links([get("http://a.example/")]), |s| {
        everywhere(s);
        s.politeness.delay = Duration::ZERO;
        s.set("credentials", "http://a.example us:pw").unwrap();
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "http://a.example/robots.txt",
            "http://a.example/",
            "http://a.example/far"
        ]
    );
    for asked in [
        "http://a.example/robots.txt",
        "http://b.example/",
        "http://c.example/",
    ] {
        assert!(fake.urls().contains(&asked.to_owned()), "{asked}");
    }
}

#[tokio::test]
async fn cve_2022_0577_cookies_are_not_copied_to_a_target_on_another_domain() {
    let own = || {
        get("http://a.example/")
            .with_header("cookie", "own=secret")
            .unwrap()
    };
    assert_eq!(arriving(own(), "http://b.example/", "cookie").await, None);
    assert_eq!(
        arriving(own(), "http://www.a.example/", "cookie").await,
        None
    );
    let near = arriving(own(), "http://a.example/next", "cookie").await;
    assert_eq!(near.as_deref(), Some("own=secret; session=secret"));
}

#[tokio::test]
async fn ghsa_mfjm_vh54_3f96_a_cookie_for_a_public_suffix_is_refused() {
    for suffix in [
        "com",
        "co.uk",
        "example",
        "github.io",
        "k12.ca.us",
        "city.kawasaki.jp.test",
        "s3.amazonaws.com",
        "xn--p1ai",
        "kobe.jp",
        "blogspot.com",
        "uk",
        "localhost",
    ] {
        let (first, second) = (
            format!("http://one.{suffix}/"),
            format!("http://two.{suffix}/"),
        );
        if psl::domain_str(&format!("one.{suffix}")) != Some(&format!("one.{suffix}")) {
            continue;
        }
        let leaked = Arc::new(Mutex::new(None));
        let (seen, domain) = (Arc::clone(&leaked), suffix.to_owned());
        let fake = FakeDownloader::new(move |request| {
            if request
                .url()
                .host_str()
                .is_some_and(|host| host.starts_with("two"))
            {
                *seen.lock().unwrap() = request.header("cookie").cloned();
            }
            html(request, "").with_header("set-cookie", &format!("a=1; Domain={domain}"))
        });
        let crawler = quick(Probe::only([get(first), get(second)]), |s| {
            s.politeness.concurrency = 1;
        });
        assert_eq!(run(crawler.downloader(fake)).await.pages, 2);
        assert_eq!(*leaked.lock().unwrap(), None, "{suffix}");
    }
}

#[tokio::test]
async fn cve_2024_3574_authorization_is_not_kept_on_another_domain() {
    let start = || with_token("http://a.example/");
    for target in [
        "http://b.example/",
        "http://www.a.example/",
        "http://a.example.evil.example/",
    ] {
        assert_eq!(
            arriving(start(), target, "authorization").await,
            None,
            "{target}"
        );
    }
}

#[tokio::test]
async fn cve_2024_1968_authorization_is_not_kept_on_another_port() {
    let start = || with_token("http://a.example/");
    assert_eq!(
        arriving(start(), "http://a.example:8080/", "authorization").await,
        None
    );
    assert_eq!(
        arriving(start(), "http://a.example:443/", "authorization").await,
        None
    );
    let same = arriving(start(), "http://a.example:80/next", "authorization").await;
    assert_eq!(same.as_deref(), Some("Bearer secret"));
}

#[tokio::test]
async fn cve_2024_1968_authorization_is_not_kept_in_another_scheme() {
    let down = arriving(
        with_token("https://a.example/"),
        "http://a.example/",
        "authorization",
    );
    assert_eq!(down.await, None);
    let up = arriving(
        with_token("http://a.example/"),
        "https://a.example/",
        "authorization",
    );
    assert_eq!(up.await, None);
}

#[tokio::test]
async fn ghsa_23j4_mw76_5v7h_a_redirect_to_another_scheme_is_refused() {
    for target in [
        "file:///etc/passwd",
        "s3://bucket/key",
        "data:text/html,<p>x",
        "ftp://a.example/",
        "gopher://a.example/",
        "javascript:alert(1)",
        "view-source:http://a.example/",
    ] {
        let fake = FakeDownloader::new(move |request| {
            Response::new(request, 302).with_header("location", target)
        });
        let crawler = quick(Probe::only([get("http://a.example/")]), everywhere);
        let report = run(crawler.downloader(fake.clone())).await;
        assert_eq!(report.errors[&ErrorKind::Redirect], 1, "{target}");
        assert_eq!(fake.urls(), ["http://a.example/"]);
    }
}

#[tokio::test]
async fn ghsa_23j4_mw76_5v7h_a_refresh_to_another_scheme_is_refused() {
    let fake = FakeDownloader::new(|request| {
        Ok(html(
            request,
            "<meta http-equiv=refresh content='0; url=file:///etc/passwd'>",
        ))
    });
    let crawler = quick(Probe::only([get("http://a.example/")]), |s| {
        s.failures.meta_refresh = true;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!((report.pages, fake.urls().len()), (1, 1));
}

#[tokio::test]
async fn scrapy_2_14_2_a_post_that_is_moved_drops_its_body() {
    for status in [301, 302, 303] {
        let fake = FakeDownloader::new(move |request| match request.url().path() {
            "/" => Response::new(request, status).with_header("location", "/next"),
            _ => Ok(html(request, "")),
        });
        let post = Request::post("http://a.example/")
            .unwrap()
            .with_form([("password", "secret")]);
        let probe = Probe::only([post]);
        let visited = probe.visited();
        run(quick(probe, |_| {}).downloader(fake)).await;
        let arrived = visited.one().request().clone();
        assert_eq!(
            (arrived.method().as_str(), arrived.body()),
            ("GET", &b""[..]),
            "{status}"
        );
        assert_eq!(arrived.header("content-type"), None, "{status}");
    }
}

#[tokio::test]
async fn scrapy_2_11_2_the_target_of_a_redirect_is_held_against_the_scope() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/" => Ok(html(request, "<a href=/away>away</a>")),
        _ => Response::new(request, 302).with_header("location", "http://b.example/"),
    });
    let crawler = quick(Probe::links([get("http://a.example/")]), |_| {});
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.urls(), ["http://a.example/", "http://a.example/away"]);
    assert_eq!(report.filtered[&Filter::Scope], 1);
}
