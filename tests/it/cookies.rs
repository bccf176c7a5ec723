//! Cookies (RFC 6265): kept and sent back, unless turned off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawlworks::testing::{FakeDownloader, PracticeSite};

use crate::support::{Probe, get, html, quick, run};

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
            s.cookies = false;
            s.concurrency = 1;
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
    run(quick(probe, |s| s.scope = crawlworks::settings::ScopeMode::Any).downloader(fake)).await;
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
async fn a_requests_own_cookie_goes_before_those_of_the_jar() {
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
        "own=1; jar=1"
    );
}

#[tokio::test]
async fn a_site_that_sets_ever_more_cookies_fills_neither_memory_nor_requests() {
    let crawler = quick(Probe::links([get("http://a.example/0")]), |s| {
        s.max_pages = Some(300);
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
    assert_eq!(most.load(Ordering::Relaxed), 180);
}
