//! While one robots.txt is awaited, what does not need it goes on.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Filter};

use super::{rules, site};
use crate::support::{Probe, get, html, polite, run, secs};

/// Port 81 of the host does not answer; port 80 does, and its robots.txt has no rules.
fn half_dead() -> FakeDownloader {
    FakeDownloader::new(
        |request| match (request.url().port(), request.url().path()) {
            (Some(81), _) => Err(Error::new(ErrorKind::Connect, "no answer")),
            (_, "/robots.txt") => Ok(Response::new(request, 404)),
            _ => Ok(html(request, "")),
        },
    )
}

#[tokio::test(start_paused = true)]
async fn a_dead_port_holds_up_no_other_origin_of_its_host() {
    let fake = half_dead();
    let dead = (0..10).map(|nth| get(format!("http://a.example:81/{nth}")));
    let alive = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    let probe = Probe::only(dead.chain(alive));
    let report =
        run(polite(probe, |s| s.politeness.delay = Duration::ZERO).downloader(fake.clone())).await;
    assert_eq!(
        (report.pages, report.filtered[&Filter::RobotsUnreachable]),
        (10, 10)
    );
    let asked = fake.urls();
    let pages = asked.iter().rposition(|url| !url.contains(":81/")).unwrap();
    assert_eq!(fake.times()[pages], Duration::ZERO, "{asked:?}");
    assert!(
        *fake.times().last().unwrap() > secs(3),
        "the dead port is tried again"
    );
}

#[tokio::test(start_paused = true)]
async fn origins_that_share_a_host_share_its_pace() {
    let fake = site(rules("User-agent: *\nAllow: /"));
    let start = [
        "http://a.example/1",
        "https://a.example/1",
        "http://a.example:81/1",
    ];
    let probe = Probe::only(start.map(get));
    run(polite(probe, |s| s.politeness.delay = secs(1)).downloader(fake.clone())).await;
    let times: Vec<u64> = fake.times().iter().map(Duration::as_secs).collect();
    assert_eq!(times, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_may_wait_all_get_their_turn_in_order() {
    let fake = site(rules("User-agent: *\nDisallow: /7")).latency(secs(1));
    let start: Vec<String> = (0..100)
        .map(|nth| format!("http://a.example/{nth}"))
        .collect();
    let probe = Probe::only(start.iter().map(get));
    let crawler = polite(probe, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.politeness.concurrency_per_host = 1;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!((report.pages, report.filtered[&Filter::Robots]), (89, 11));
    let pages = start.iter().filter(|url| !url.contains("/7"));
    let expected: Vec<&str> = ["http://a.example/robots.txt"]
        .into_iter()
        .chain(pages.map(String::as_str))
        .collect();
    assert_eq!(fake.urls(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_host_whose_robots_txt_is_slow_keeps_no_other_host_waiting() {
    let fake = FakeDownloader::new(|request| match request.url().host_str() {
        Some("slow.example") => Err(Error::new(ErrorKind::Timeout, "no answer")),
        _ if request.url().path() == "/robots.txt" => Ok(Response::new(request, 404)),
        _ => Ok(html(request, "")),
    });
    let slow = (0..100).map(|nth| get(format!("http://slow.example/{nth}")));
    let probe = Probe::only(slow.chain([get("http://fast.example/")]));
    let report =
        run(polite(probe, |s| s.politeness.delay = Duration::ZERO).downloader(fake.clone())).await;
    let page = fake
        .urls()
        .iter()
        .position(|url| url == "http://fast.example/");
    assert_eq!(fake.times()[page.unwrap()], Duration::ZERO);
    assert_eq!(report.filtered[&Filter::RobotsUnreachable], 100);
}
