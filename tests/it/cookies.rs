//! Cookies (RFC 6265bis): kept and sent back, unless turned off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawlworks::ErrorKind;
use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};

use crate::support::{Probe, Scratch, get, html, quick, run};

#[tokio::test]
async fn a_form_with_a_token_logs_in() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::new([site.at("/login")], |response, out| {
        let page = response.html()?;
        match response.url().path() {
            "/login" => {
                let token = page
                    .one("[name=csrf_token]")?
                    .attr("value")
                    .unwrap_or_default()
                    .to_owned();
                let form = [
                    ("csrf_token", token.as_str()),
                    ("username", "us"),
                    ("password", "secret"),
                ];
                out.follow(response.follow("/login")?.with_form(form));
            }
            _ => page
                .select(".secret")?
                .for_each(|secret| out.item(secret.text())),
        }
        Ok(())
    });
    let report = run(quick(probe, |_| {})).await;
    assert_eq!(
        (report.pages, report.items.kept, report.requests.redirected),
        (2, 5, 1)
    );
}

#[tokio::test]
async fn without_cookies_nobody_is_logged_in() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::only([site.at("/login"), site.at("/hazards/redirect-self")]),
        |s| {
            s.requests.cookies = false;
            s.politeness.concurrency = 1;
        },
    ))
    .await;
    assert_eq!((report.pages, report.ledger.failed), (1, 1));
    assert!(
        site.served()
            .requests()
            .iter()
            .all(|seen| seen.header("cookie").is_none())
    );
}

#[tokio::test]
async fn a_cookie_goes_to_the_host_that_set_it_and_nowhere_else() {
    let fake = FakeDownloader::new(|request| {
        let set = [
            "own=1",
            "public=1; Domain=example",
            "foreign=1; Domain=b.example",
        ];
        let first = request.url().as_str() == "http://a.example/";
        let page = html(request, "");
        Ok(if first {
            set.iter().fold(page, |page, line| {
                page.with_header("set-cookie", line).unwrap()
            })
        } else {
            page
        })
    });
    let probe: Probe = Probe::new([get("http://a.example/")], |response, out| {
        if response.url().path() == "/" && response.url().host_str() == Some("a.example") {
            out.follow_all([get("http://a.example/next"), get("http://b.example/next")]);
        }
        Ok(())
    });
    let visited = probe.visited();
    run(quick(probe, |s| {
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    })
    .downloader(fake))
    .await;
    let cookie = |url: &str| {
        let pages = visited.responses();
        let page = pages
            .iter()
            .find(|page| page.url().as_str() == url)
            .unwrap();
        page.request()
            .header("cookie")
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(cookie("http://a.example/next").as_deref(), Some("own=1"));
    assert_eq!(cookie("http://b.example/next"), None);
}

#[tokio::test]
async fn a_requests_own_cookie_goes_into_the_jar() {
    let fake = FakeDownloader::new(|request| {
        Ok(html(request, "")
            .with_header("set-cookie", "jar=1")
            .unwrap())
    });
    let probe: Probe = Probe::new([get("http://a.example/")], |response, out| {
        if response.request().depth() == 0 {
            out.follow(response.follow("/next")?.with_header("cookie", "own=1")?);
        }
        Ok(())
    });
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    assert_eq!(
        visited.responses()[1].request().header("cookie").unwrap(),
        "jar=1; own=1"
    );
}

#[tokio::test]
async fn what_a_redirect_sets_takes_the_place_of_a_requests_own_cookie() {
    let fake = FakeDownloader::new(|request| {
        Ok(match request.url().path() {
            "/" => Response::new(request, 302)
                .with_header("location", "/in")
                .unwrap()
                .with_header("set-cookie", "night=new; path=/")
                .unwrap()
                .with_header("set-cookie", "gone=; max-age=0")
                .unwrap(),
            _ => html(request, ""),
        })
    });
    let start = get("http://a.example/")
        .with_header("cookie", "night=old; gone=1; stays=2")
        .unwrap();
    let probe = Probe::only([start]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    let responses = visited.responses();
    assert_eq!(
        responses[0].request().header("cookie").unwrap(),
        "stays=2; night=new"
    );
}

#[tokio::test]
async fn a_site_that_sets_ever_more_cookies_fills_neither_memory_nor_requests() {
    let crawler = quick(Probe::links([get("http://a.example/0")]), |s| {
        s.end.max_pages = Some(300);
    });
    let most = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let fake = FakeDownloader::new(move |request| {
        let cookies = request.header("cookie").map(http::HeaderValue::as_bytes);
        let count = cookies.map_or(0, |cookies| cookies.split(|b| *b == b';').count());
        seen.fetch_max(count, Ordering::Relaxed);
        let page: u32 = request.url().path()[1..].parse().unwrap();
        html(request, format!("<a href=/{}>next</a>", page + 1))
            .with_header("set-cookie", &format!("visited{page}=1"))
    });
    run(crawler.downloader(fake)).await;
    assert_eq!(most.load(Ordering::Relaxed), 50);
}

/// Answers with the cookies that came, as the page's text, and sets one with the name of the path.
fn mirror() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let came = request
            .header("cookie")
            .map(|value| value.to_str().unwrap().to_owned());
        let line = format!(
            "{}=1; path=/",
            request.url().path().trim_matches('/').replace('/', "-")
        );
        html(request, came.unwrap_or_default()).with_header("set-cookie", &line)
    })
}

#[tokio::test]
async fn each_session_has_cookies_of_its_own_and_fetches_the_same_page() {
    let start = [
        get("http://a.example/x").with_session("anna"),
        get("http://a.example/y").with_session("ben"),
        get("http://a.example/page").with_session("anna"),
        get("http://a.example/page").with_session("ben"),
        get("http://a.example/page"),
        get("http://a.example/page").with_session(""),
        get("http://a.example/page").with_session("ben"),
    ];
    let probe = Probe::only(start);
    let visited = probe.visited();
    let report = run(quick(probe, |s| s.politeness.concurrency = 1).downloader(mirror())).await;
    let pages: Vec<String> = visited
        .responses()
        .iter()
        .map(|page| page.text().into_owned())
        .collect();
    assert_eq!(pages, ["", "", "x=1", "y=1", ""]);
    assert_eq!(report.duplicates, 2);
}

#[tokio::test]
async fn a_redirect_stays_in_its_session_and_a_link_does_not() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/login" => Response::new(request, 303)
            .with_header("set-cookie", "a=1")?
            .with_header("location", "/in"),
        _ => Ok(html(request, "<a href=/next>next</a>")),
    });
    let probe = Probe::links([get("http://a.example/login").with_session("anna")]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    let pages = visited.responses();
    assert_eq!(pages[0].request().session(), Some("anna"));
    assert_eq!(pages[0].request().header("cookie").unwrap(), "a=1");
    assert_eq!(
        (
            pages[1].request().session(),
            pages[1].request().header("cookie")
        ),
        (None, None)
    );
}

#[tokio::test]
async fn a_crawl_begins_with_the_cookies_of_a_file_and_leaves_its_own() {
    let files = Scratch::new();
    let text = "#HttpOnly_.a.example\tTRUE\t/\tFALSE\t0\tsession\ts\r\n\
                a.example\tFALSE\t/\tTRUE\t4000000000\tsafe\t1\n\
                a.example\tFALSE\t/\tFALSE\t1\told\t1\n";
    let file = files.write("in.txt", text);
    let probe = Probe::only([get("http://www.a.example/x"), get("https://a.example/y")]);
    let visited = probe.visited();
    let crawler = quick(probe, |s| {
        s.politeness.concurrency = 1;
        s.requests.cookie_file = Some(file.into());
        s.requests.save_cookies = Some(files.path("out.txt").into());
    });
    run(crawler.downloader(mirror())).await;
    let pages: Vec<String> = visited
        .responses()
        .iter()
        .map(|page| page.text().into_owned())
        .collect();
    assert_eq!(pages, ["session=s", "session=s; safe=1"]);
    let out = files.read("out.txt");
    let lines: Vec<&str> = out.lines().filter(|line| line.contains('\t')).collect();
    assert_eq!(
        lines,
        [
            "#HttpOnly_.a.example\tTRUE\t/\tFALSE\t0\tsession\ts",
            "a.example\tFALSE\t/\tTRUE\t4000000000\tsafe\t1",
            "www.a.example\tFALSE\t/\tFALSE\t0\tx\t1",
            "a.example\tFALSE\t/\tFALSE\t0\ty\t1",
        ]
    );
    assert!(out.starts_with("# Netscape HTTP Cookie File\n"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_of_cookies_is_for_nobody_else_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let files = Scratch::new();
    let out = files.write("out.txt", "");
    let crawler = quick(Probe::only([get("http://a.example/x")]), |s| {
        s.requests.save_cookies = Some(out.clone().into());
    });
    run(crawler.downloader(mirror())).await;
    let mode = std::fs::metadata(out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_bad_file_of_cookies_is_an_error_that_says_where() {
    let files = Scratch::new();
    let file = files.write("in.txt", "# comment\n\nsession=secret\n");
    let begin = |file: String, cookies: bool| {
        quick(Probe::only([get("http://a.example/")]), |s| {
            s.requests.cookies = cookies;
            s.requests.cookie_file = Some(file.into());
        })
    };
    let error = begin(file.clone(), true).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    let said = error.chain();
    assert!(
        said.starts_with(&format!("{file}, line 3: ")) && !said.contains("secret"),
        "{said}"
    );
    let missing = begin(files.path("none.txt"), true).run().await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::File);
    let off = begin(file, false).run().await.unwrap_err();
    assert_eq!(off.kind(), ErrorKind::Settings);
}
