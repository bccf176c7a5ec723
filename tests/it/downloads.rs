//! What the downloader makes of servers that misbehave: the hazards of the practice site, one by one.

use crawlworks::prelude::*;
use crawlworks::settings::ByteSize;
use crawlworks::testing::PracticeSite;
use crawlworks::{Error, ErrorKind, HttpDownloader};

use crate::support::{Patient, Probe, millis, quick, run, secs};

/// Fetches one path of the practice site with these settings, without a crawl around it.
async fn fetch_with(path: &str, change: impl FnOnce(&mut Settings)) -> Result<Response, Error> {
    let site = PracticeSite::start().unwrap();
    let mut settings = Settings::default();
    change(&mut settings);
    HttpDownloader::new(&settings)
        .unwrap()
        .fetch(Request::from(site.at(path)))
        .await
}

async fn fetch(path: &str) -> Result<Response, Error> {
    fetch_with(path, |_| {}).await
}

async fn fails_as(path: &str, kind: ErrorKind) {
    let error = fetch(path).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{path}: {}", error.chain());
    assert!(error.url().is_some(), "{path}");
}

#[tokio::test]
async fn a_body_that_ends_early_is_incomplete() {
    fails_as("/hazards/truncated", ErrorKind::Incomplete).await;
    fails_as("/hazards/truncated-chunked", ErrorKind::Incomplete).await;
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_an_error_of_its_own_kind() {
    fails_as("/hazards/not-http", ErrorKind::Http).await;
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_a_failed_connection() {
    fails_as("/hazards/empty-reply", ErrorKind::Connect).await;
    fails_as("/hazards/reset", ErrorKind::Connect).await;
}

#[tokio::test]
async fn a_decompression_bomb_is_too_large() {
    let error = fetch_with("/hazards/bomb/gzip?mb=64", |s| {
        s.answers.max_body = ByteSize::mib(1);
    })
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_body_over_the_limit_is_an_error_and_never_cut() {
    let error = fetch_with("/hazards/big?mb=2", |s| {
        s.answers.max_body = ByteSize(1_500_000);
    })
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let whole = fetch_with("/hazards/big?mb=1", |s| {
        s.answers.max_body = ByteSize(1_500_000);
    })
    .await
    .unwrap();
    assert!(whole.body().len() > 1_000_000);
}

#[tokio::test]
async fn a_body_that_stalls_times_out() {
    let error = fetch_with("/hazards/stall", |s| s.answers.idle_timeout = millis(50))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_head_that_does_not_come_times_out() {
    let error = fetch_with("/hazards/slow?ms=600000", |s| {
        s.answers.idle_timeout = millis(30);
        s.answers.connect_timeout = millis(30);
    });
    assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_body_that_drips_on_is_held_against_the_whole_exchanges_time() {
    let error = fetch_with("/hazards/drip?bytes=10000&ms=10", |s| {
        s.answers.timeout = millis(100);
    })
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_body_that_drips_is_not_idle() {
    let response = fetch_with("/hazards/drip?bytes=20&ms=5", |s| {
        s.answers.idle_timeout = secs(10);
    })
    .await
    .unwrap();
    assert_eq!(response.body().len(), 20);
}

#[tokio::test]
async fn a_request_can_have_its_own_time() {
    let site = PracticeSite::start().unwrap();
    let request = Request::from(site.at("/hazards/slow?ms=600000")).with_timeout(millis(50));
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    assert_eq!(
        downloader.fetch(request).await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
}

#[tokio::test]
async fn many_headers_are_taken_up_to_the_limit() {
    let response = fetch("/hazards/headers?n=200").await.unwrap();
    assert_eq!(
        response.header("x-practice-200").as_deref(),
        Some("practice")
    );
    let error = fetch("/hazards/headers?n=1000").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Http, "{}", error.chain());
}

#[tokio::test]
async fn any_status_is_an_answer() {
    for status in [200, 204, 304, 404, 418, 500, 599] {
        let response = fetch(&format!("/hazards/status/{status}")).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let site = PracticeSite::start().unwrap();
    let request = Request::from(site.at("/quotes/")).with_method(http::Method::HEAD);
    let response = HttpDownloader::new(&Settings::default())
        .unwrap()
        .fetch(request)
        .await
        .unwrap();
    assert_eq!(
        (response.status().as_u16(), response.body().len()),
        (200, 0)
    );
    assert!(response.header("content-length").is_some());
}

#[tokio::test]
async fn every_request_says_who_asks_and_what_it_takes() {
    let echo: serde_json::Value = fetch_with("/hazards/echo", |s| {
        s.requests.headers = vec!["X-Own: 1".to_owned()];
    })
    .await
    .unwrap()
    .json()
    .unwrap();
    let headers = echo["headers"].as_array().unwrap();
    let header = |name: &str| {
        headers
            .iter()
            .find(|pair| pair[0] == name)
            .map(|pair| pair[1].as_str().unwrap())
    };
    assert!(header("user-agent").unwrap().starts_with("crawlworks/"));
    assert_eq!(header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    assert_eq!(header("x-own"), Some("1"));
    assert!(header("host").is_some() && header("cookie").is_none());
}

#[tokio::test]
async fn a_requests_own_header_replaces_the_default() {
    let site = PracticeSite::start().unwrap();
    let request = Request::from(site.at("/hazards/echo"))
        .with_header("user-agent", "other/1")
        .unwrap();
    HttpDownloader::new(&Settings::default())
        .unwrap()
        .fetch(request)
        .await
        .unwrap();
    assert_eq!(
        site.served().requests()[0].header("user-agent"),
        Some("other/1")
    );
}

#[tokio::test]
async fn the_shelf_of_hazards_is_crawled_to_its_end() {
    let site = PracticeSite::start().unwrap();
    let crawler = quick(Probe::links([site.at("/hazards/")]), |settings| {
        settings.links.depth = Some(1);
        // The first two ask for a pause, of an hour even, and get it; the others only take long.
        settings.links.deny = vec!["/(unavailable|retry-after|slow|drip|big|bomb)".to_owned()];
        settings.links.max_links = 200;
        settings.politeness.concurrency_per_host = 16;
        settings.politeness.adaptive_delay = false;
    });
    let patient = Patient::new(crawler.settings(), |url| url.path().ends_with("/stall"));
    let report = run(crawler.downloader(patient)).await;
    assert_eq!(report.finish, crawlworks::Finish::Finished);
    for kind in [
        ErrorKind::Incomplete,
        ErrorKind::Http,
        ErrorKind::Connect,
        ErrorKind::Timeout,
        ErrorKind::Redirect,
        ErrorKind::Status,
    ] {
        assert!(
            report.errors.contains_key(&kind),
            "no {kind} in {:?}",
            report.errors
        );
    }
    assert!(!report.errors.contains_key(&ErrorKind::Panic));
}
