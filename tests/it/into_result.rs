//! `Report::into_result`: a program that crawls ends as failed when the command would, and says why.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Finish};

use crate::support::{Probe, get, quick, run};

/// A step that fails on every item.
struct Failing;

impl Pipeline<String> for Failing {
    async fn process(&mut self, _: String) -> Result<Verdict<String>, BoxError> {
        Err("no price".into())
    }
}

fn page() -> FakeDownloader {
    FakeDownloader::with_pages([("http://a.example/", "<h1>One</h1>")])
}

fn start() -> [Request; 1] {
    [get("http://a.example/")]
}

/// Crawls, and returns why the crawl failed.
async fn failure<I: Item>(crawler: Crawler<Probe<I>>) -> String {
    let report = run(crawler).await;
    assert!(report.has_failed());
    let error = report.into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    error.to_string()
}

#[tokio::test]
async fn a_crawl_that_went_well_gives_its_report() {
    let report = run(quick(Probe::links(start()), |_| {}).downloader(page())).await;
    assert_eq!(report.into_result().unwrap().items.kept, 1);
}

#[tokio::test]
async fn a_crawl_that_was_stopped_has_not_failed() {
    let crawler = quick(Probe::links(start()), |_| {}).downloader(page());
    let report = crawler.run_until(async {}).await.unwrap();
    assert_eq!(report.into_result().unwrap().finish, Finish::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_crawl_without_a_page_tells_what_failed() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/robots.txt" => Ok(Response::new(request, 404)),
        _ => Err(crawlworks::Error::new(ErrorKind::Dns, "no such name")),
    });
    let crawler = quick(Probe::only(start()), |s| s.failures.retries = 2).downloader(fake);
    assert_eq!(failure(crawler).await, "no page could be fetched: 1 × dns");
}

#[tokio::test]
async fn a_crawl_that_robots_txt_keeps_out_says_so() {
    let fake = FakeDownloader::with_pages([
        ("http://a.example/robots.txt", "User-agent: *\nDisallow: /"),
        ("http://a.example/", ""),
    ]);
    let crawler = quick(Probe::only(start()), |s| s.politeness.robots = true).downloader(fake);
    assert_eq!(
        failure(crawler).await,
        "no page could be fetched: 1 filtered by robots"
    );
}

#[tokio::test]
async fn a_crawl_whose_pages_cannot_be_read_blames_no_server() {
    let spider = Probe::<String>::new(start(), |_, _| Err("a mistake".into()));
    assert_eq!(
        failure(quick(spider, |_| {}).downloader(page())).await,
        "no page that was fetched could be read: 1 × spider"
    );
}

#[tokio::test]
async fn a_crawl_with_too_many_errors_tells_which() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let crawler = quick(Probe::only(start()), |s| s.end.max_errors = Some(1)).downloader(fake);
    assert_eq!(failure(crawler).await, "max_errors reached: 1 × 404");
}

#[tokio::test]
async fn a_crawl_that_loses_every_item_tells_what_is_wrong_with_them() {
    let crawler = quick(Probe::links(start()), |_| {}).downloader(page());
    assert_eq!(
        failure(crawler.pipeline(Failing)).await,
        "no item could be kept: no price"
    );
}

#[tokio::test]
async fn a_crawl_that_falls_short_names_the_field() {
    let crawler = quick(Probe::links(start()), |s| {
        s.items.min_fill.insert("price".to_owned(), 0.9);
    });
    assert_eq!(
        failure(crawler.downloader(page())).await,
        "fields below min_fill: price 0 %, not 90 %"
    );
}
