//! Pages that lead elsewhere by themselves: the setting `meta_refresh`.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Filter, Report};

use crate::support::{Probe, get, html, polite, quick, run};

/// Pages whose head says so, by path.
fn refreshing(table: &'static [(&'static str, &'static str)]) -> FakeDownloader {
    FakeDownloader::new(move |request| {
        let found = table.iter().find(|(path, _)| *path == request.url().path());
        Ok(match found {
            Some((_, content)) => html(
                request,
                format!("<meta http-equiv=refresh content=\"{content}\"><p>text"),
            ),
            None => html(request, ""),
        })
    })
}

async fn crawl(fake: &FakeDownloader, change: impl FnOnce(&mut Settings)) -> (Report, Vec<String>) {
    let probe = Probe::only([get("http://a.example/0")]);
    let visited = probe.visited();
    let crawler = quick(probe, |s| {
        s.failures.meta_refresh = true;
        change(s);
    });
    (run(crawler.downloader(fake.clone())).await, visited.urls())
}

#[tokio::test]
async fn a_refresh_is_followed_when_that_is_wanted_and_a_page_otherwise() {
    let fake = refreshing(&[
        ("/0", "0; url=/1"),
        ("/1", "5; url='/2'"),
        ("/2", "6; url=/3"),
    ]);
    let (report, visited) = crawl(&fake, |_| {}).await;
    assert_eq!(visited, ["http://a.example/2"]);
    assert_eq!((report.pages, report.requests.redirected), (1, 2));
    let (report, visited) = crawl(&fake, |s| s.failures.meta_refresh = false).await;
    assert_eq!(visited, ["http://a.example/0"]);
    assert_eq!((report.pages, report.requests.redirected), (1, 0));
}

#[tokio::test]
async fn the_header_is_followed_as_well() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/0" => Response::new(request, 200).with_header("refresh", "0;url=/1"),
        _ => Ok(html(request, "")),
    });
    assert_eq!(crawl(&fake, |_| {}).await.1, ["http://a.example/1"]);
}

#[tokio::test]
async fn refreshes_and_redirects_share_one_budget_and_then_the_page_counts() {
    let fake = FakeDownloader::new(|request| {
        let next: u32 = request.url().path()[1..].parse::<u32>().unwrap() + 1;
        match next % 2 {
            0 => Response::new(request, 302).with_header("location", &format!("/{next}")),
            _ => Response::new(request, 200).with_header("refresh", &format!("0; url=/{next}")),
        }
    });
    let (_, visited) = crawl(&fake, |s| s.failures.redirects = 4).await;
    assert_eq!(visited, ["http://a.example/4"]);
}

#[tokio::test]
async fn pages_that_lead_to_each_other_are_no_failure() {
    let fake = refreshing(&[("/0", "0; url=/1"), ("/1", "0; url=/0")]);
    let (report, visited) = crawl(&fake, |_| {}).await;
    assert_eq!(
        (visited, report.ledger.failed),
        (vec!["http://a.example/1".to_owned()], 0)
    );
}

#[tokio::test]
async fn scope_and_robots_txt_are_asked_for_the_target() {
    let fake = FakeDownloader::new(|request| {
        let next = match request.url().as_str() {
            "http://a.example/robots.txt" => {
                return Ok(Response::new(request, 200)
                    .with_body("text/plain", "User-agent: *\nDisallow: /no"));
            }
            "http://a.example/0" => "/no",
            "http://a.example/1" => "http://b.example/",
            _ => panic!("{} was fetched", request.url()),
        };
        Response::new(request, 200).with_header("refresh", &format!("0; url={next}"))
    });
    let start = ["http://a.example/0", "http://a.example/1"].map(get);
    let crawler = polite(Probe::only(start), |s| {
        s.politeness.delay = Duration::ZERO;
        s.failures.meta_refresh = true;
    });
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(
        (
            report.filtered[&Filter::Robots],
            report.filtered[&Filter::Scope]
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_refresh_takes_no_secrets_and_no_body_along() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/0" => Response::new(request, 200).with_header("refresh", "0; url=http://b.example/"),
        _ => Ok(html(request, "")),
    });
    let login = Request::post("http://a.example/0")
        .unwrap()
        .with_form([("password", "x")]);
    let probe = Probe::only([login.with_header("authorization", "Bearer x").unwrap()]);
    let visited = probe.visited();
    let crawler = quick(probe, |s| {
        s.failures.meta_refresh = true;
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    });
    run(crawler.downloader(fake)).await;
    let request = visited.one().request().clone();
    assert_eq!(
        (request.method().as_str(), request.body()),
        ("GET", &b""[..])
    );
    assert_eq!(
        (
            request.header("authorization"),
            request.header("content-type")
        ),
        (None, None)
    );
}
