//! How often a host is asked, to the millisecond, under a clock that jumps.

use std::sync::atomic::{AtomicBool, Ordering};

use crawlworks::prelude::*;
use crawlworks::report::PacedBy;
use crawlworks::testing::FakeDownloader;

use crate::support::{Probe, get, html, millis, page_of_links, polite, quick, run, secs};

fn pages(host: &str, count: usize) -> Vec<Request> {
    (0..count)
        .map(|nth| get(format!("http://{host}/{nth}")))
        .collect()
}

fn ok() -> FakeDownloader {
    FakeDownloader::new(|request| Ok(html(request, "")))
}

fn robots(text: &'static str) -> FakeDownloader {
    FakeDownloader::new(move |request| match request.url().path() {
        "/robots.txt" => Ok(Response::new(request, 200).with_body("text/plain", text)),
        _ => Ok(html(request, "")),
    })
}

/// When `count` requests start that are `delay` apart.
fn every(delay: Duration, count: u32) -> Vec<Duration> {
    (0..count).map(|nth| delay * nth).collect()
}

#[tokio::test(start_paused = true)]
async fn starts_at_one_host_are_a_delay_apart() {
    let fake = ok();
    run(quick(Probe::only(pages("a.example", 6)), |s| {
        s.politeness.delay = millis(500);
    })
    .downloader(fake.clone()))
    .await;
    assert_eq!(fake.times(), every(millis(500), 6));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_does_not_move_the_next_start() {
    let fake = ok().latency(millis(700));
    let crawler = quick(Probe::only(pages("a.example", 4)), |s| {
        s.politeness.delay = millis(500);
        s.politeness.adaptive_delay = false;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(millis(500), 4));
}

#[tokio::test(start_paused = true)]
async fn hosts_do_not_wait_for_each_other() {
    let fake = ok();
    let start = [
        pages("a.example", 2),
        pages("b.example", 2),
        pages("c.example", 2),
    ]
    .concat();
    run(quick(Probe::only(start), |s| s.politeness.delay = secs(1)).downloader(fake.clone())).await;
    assert_eq!(fake.times(), [[Duration::ZERO; 3], [secs(1); 3]].concat());
}

#[tokio::test(start_paused = true)]
async fn ports_and_schemes_of_a_host_share_its_limiter() {
    let fake = ok();
    let start = [
        "http://a.example/",
        "http://a.example:8080/",
        "https://a.example/",
    ]
    .map(get);
    run(quick(Probe::only(start), |s| s.politeness.delay = secs(1)).downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(secs(1), 3));
}

#[tokio::test(start_paused = true)]
async fn a_host_has_no_more_visits_in_flight_than_allowed() {
    let fake = ok().latency(secs(1));
    let crawler = quick(Probe::only(pages("a.example", 6)), |s| {
        s.politeness.concurrency_per_host = 2;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), [0, 0, 1, 1, 2, 2].map(secs));
}

#[tokio::test(start_paused = true)]
async fn all_hosts_together_have_no_more_visits_in_flight_than_allowed() {
    let fake = ok().latency(secs(1));
    let start: Vec<Request> = (0..7)
        .map(|nth| get(format!("http://{nth}.example/")))
        .collect();
    run(quick(Probe::only(start), |s| s.politeness.concurrency = 3).downloader(fake.clone())).await;
    assert_eq!(fake.times(), [0, 0, 0, 1, 1, 1, 2].map(secs));
}

#[tokio::test(start_paused = true)]
async fn the_rate_over_all_hosts_has_a_limit() {
    let fake = ok();
    let start: Vec<Request> = (0..5)
        .map(|nth| get(format!("http://{nth}.example/")))
        .collect();
    run(quick(Probe::only(start), |s| s.politeness.max_rate = Some(2.0)).downloader(fake.clone()))
        .await;
    assert_eq!(fake.times(), every(millis(500), 5));
}

#[tokio::test(start_paused = true)]
async fn what_robots_txt_forbids_costs_nothing_of_the_rate() {
    let fake = robots("User-agent: *\nDisallow: /0\nDisallow: /1\nDisallow: /2");
    let crawler = polite(Probe::only(pages("a.example", 5)), |s| {
        s.politeness.delay = Duration::ZERO;
        s.politeness.max_rate = Some(1.0);
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(
        fake.urls(),
        [
            "http://a.example/robots.txt",
            "http://a.example/3",
            "http://a.example/4"
        ]
    );
    assert_eq!(fake.times(), every(secs(1), 3));
}

#[tokio::test(start_paused = true)]
async fn what_robots_txt_forbids_costs_no_turn_of_its_host() {
    let fake = robots("User-agent: *\nDisallow: /0\nDisallow: /1\nDisallow: /2");
    run(polite(Probe::only(pages("a.example", 5)), |_| {}).downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(millis(500), 3));
}

#[tokio::test(start_paused = true)]
async fn crawl_delay_raises_the_delay() {
    let fake = robots("User-agent: *\nCrawl-delay: 3");
    run(polite(Probe::only(pages("a.example", 3)), |_| {}).downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(secs(3), 4));
}

#[tokio::test(start_paused = true)]
async fn the_report_says_for_how_long_a_delay_was_waited_for() {
    let crawl = async |robots_txt, delay| {
        let crawler = polite(Probe::only(pages("a.example", 3)), |s| {
            s.politeness.delay = delay;
        });
        run(crawler.downloader(robots(robots_txt))).await
    };
    let paced = crawl("", secs(2)).await.paced.unwrap();
    assert_eq!(
        (paced.host.as_str(), paced.by),
        ("a.example", PacedBy::Setting)
    );
    assert_eq!((paced.seconds, paced.delay), (6.0, 2.0));
    let paced = crawl("User-agent: *\nCrawl-delay: 3", secs(2))
        .await
        .paced
        .unwrap();
    assert_eq!((paced.by, paced.delay), (PacedBy::Robots, 3.0));
    assert_eq!(crawl("", Duration::ZERO).await.paced, None);
}

#[tokio::test(start_paused = true)]
async fn what_else_is_waited_for_is_no_delay() {
    let fake = FakeDownloader::new(|request| match request.attempt() {
        0 => Ok(Response::new(request, 429).with_header("retry-after", "60")?),
        _ => Ok(html(request, "")),
    });
    let crawler = polite(Probe::only(pages("a.example", 1)), |s| {
        s.politeness.delay = Duration::ZERO;
        s.politeness.robots = false;
    });
    assert_eq!(run(crawler.downloader(fake)).await.paced, None);
}

#[tokio::test(start_paused = true)]
async fn crawl_delay_is_at_most_a_minute() {
    let fake = robots("User-agent: *\nCrawl-delay: 86400");
    run(polite(Probe::only(pages("a.example", 2)), |_| {}).downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(secs(60), 3));
}

#[tokio::test(start_paused = true)]
async fn crawl_delay_does_not_lower_the_delay() {
    let fake = robots("User-agent: *\nCrawl-delay: 0.1");
    run(polite(Probe::only(pages("a.example", 3)), |s| {
        s.politeness.delay = secs(2);
    })
    .downloader(fake.clone()))
    .await;
    assert_eq!(fake.times(), every(secs(2), 4));
}

#[tokio::test(start_paused = true)]
async fn retry_after_closes_the_host_until_then() {
    let fake = refuses_once("30");
    let crawler = quick(Probe::only(pages("a.example", 3)), |s| {
        s.politeness.concurrency_per_host = 1;
        s.politeness.adaptive_delay = false;
        s.failures.retries = 1;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), [0, 30, 30, 30].map(secs));
    assert_eq!((report.pages, report.retries["status 429"]), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_for_at_most_an_hour() {
    let fake = refuses_once("999999");
    let crawler = quick(Probe::only(pages("a.example", 1)), |s| {
        s.failures.retries = 1;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), [secs(0), secs(3600)]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_leaves_other_hosts_alone() {
    let fake = refuses_once("30");
    let start = [pages("a.example", 1), pages("b.example", 3)].concat();
    let crawler = quick(Probe::only(start), |s| {
        s.politeness.delay = secs(1);
        s.failures.retries = 1;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), [0, 0, 1, 2, 30].map(secs));
}

/// 429 with this `Retry-After` for the first request of all.
fn refuses_once(retry_after: &'static str) -> FakeDownloader {
    let first = AtomicBool::new(true);
    FakeDownloader::new(move |request| {
        if first.swap(false, Ordering::Relaxed) {
            return Ok(Response::new(request, 429)
                .with_header("retry-after", retry_after)
                .unwrap());
        }
        Ok(html(request, ""))
    })
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_429_is_asked_less_often() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/0" => Ok(Response::new(request, 429)),
        _ => Ok(html(request, "")),
    });
    let crawler = quick(Probe::only(pages("a.example", 20)), |s| {
        s.politeness.delay = secs(1);
    });
    run(crawler.downloader(fake.clone())).await;
    let gaps = gaps(&fake);
    assert_eq!(gaps[0], secs(2));
    assert!(gaps.windows(2).all(|pair| pair[0] >= pair[1]), "{gaps:?}");
    assert_eq!(*gaps.last().unwrap(), secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_slows_down_is_asked_no_more_often_than_it_answers() {
    let fake = ok().latency(secs(4));
    let crawler = quick(Probe::only(pages("a.example", 30)), |s| {
        s.politeness.delay = secs(1);
    });
    run(crawler.downloader(fake.clone())).await;
    let gaps = gaps(&fake);
    assert_eq!(gaps[0], secs(1));
    assert!(*gaps.last().unwrap() > millis(3_900), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn without_adaptive_delay_the_delay_stays() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 503)));
    let crawler = quick(Probe::only(pages("a.example", 4)), |s| {
        s.politeness.delay = secs(1);
        s.politeness.adaptive_delay = false;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), every(secs(1), 4));
}

fn gaps(fake: &FakeDownloader) -> Vec<Duration> {
    fake.times()
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn links_found_on_the_way_wait_like_the_start() {
    let fake = FakeDownloader::new(|request| Ok(html(request, page_of_links(["/1", "/2", "/3"]))));
    run(quick(Probe::links([get("http://a.example/")]), |s| {
        s.politeness.delay = secs(5);
    })
    .downloader(fake.clone()))
    .await;
    assert_eq!(fake.times(), every(secs(5), 4));
}
