//! Events and progress: what an observer sees agrees with the report.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Event, Events, Finish, Report};

use crate::support::{Probe, checked, get, html, page_of_links, polite, quick, run, secs};

/// A site on which everything happens once or more.
fn lively() -> Crawler<Probe> {
    let fake = FakeDownloader::new(|request| match (request.url().path(), request.attempt()) {
        ("/robots.txt", _) => Ok(Response::new(request, 200)
            .with_body("text/plain", "User-agent: *\nDisallow: /private")),
        ("/", _) => Ok(html(
            request,
            page_of_links([
                "/a",
                "/private",
                "/flaky",
                "/moved",
                "/gone",
                "//b.example/",
            ]),
        )),
        ("/flaky", 0) => Ok(Response::new(request, 503)),
        ("/moved", _) => Ok(Response::new(request, 301)
            .with_header("location", "/target")
            .unwrap()),
        ("/gone", _) => Ok(Response::new(request, 410)),
        _ => Ok(html(request, "")),
    });
    polite(Probe::links([get("http://a.example/")]), |_| {})
        .downloader(fake)
        .pipeline(NoTarget)
}

/// Drops one item.
struct NoTarget;

impl Pipeline<String> for NoTarget {
    async fn process(&mut self, item: String) -> Result<Verdict<String>, BoxError> {
        Ok(if item == "/target" {
            Verdict::Drop("target")
        } else {
            Verdict::Keep(item)
        })
    }
}

async fn all(mut events: Events) -> Vec<Event> {
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event);
    }
    all
}

fn counted(events: &[Event]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for event in events {
        let name = format!("{event:?}");
        let name = name.split([' ', '(']).next().unwrap_or_default();
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test(start_paused = true)]
async fn events_agree_with_the_report() {
    let mut crawler = lively();
    let events = crawler.events();
    let report = run(crawler).await;
    let events = all(events).await;
    let Report {
        pages,
        requests,
        ledger,
        items,
        ..
    } = report;
    let expected = [
        ("Started", requests.total),
        ("Page", pages),
        ("Redirected", requests.redirected),
        ("Kept", items.kept),
        ("Dropped", items.dropped.values().sum()),
        ("Retry", requests.retried),
        ("Filtered", ledger.filtered),
        ("Failed", ledger.failed),
        ("Finished", 1),
    ];
    assert_eq!(
        counted(&events),
        expected
            .map(|(name, count)| (name.to_owned(), count))
            .into()
    );
    assert_eq!(
        (
            pages,
            requests.redirected,
            requests.retried,
            ledger.failed,
            ledger.filtered
        ),
        (4, 1, 1, 1, 2)
    );
    assert!(matches!(
        events.last(),
        Some(Event::Finished {
            reason: Finish::Finished
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn every_subscriber_gets_every_event() {
    let mut crawler = lively();
    let (one, other) = (crawler.events(), crawler.events());
    run(crawler).await;
    assert_eq!(all(one).await.len(), all(other).await.len());
}

#[tokio::test]
async fn a_subscriber_that_is_too_slow_is_told_how_much_it_missed() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let start = (0..3_000).map(|nth| get(format!("http://a.example/{nth}")));
    let mut crawler = quick(Probe::only(start), |_| {}).downloader(fake);
    let events = crawler.events();
    run(crawler).await;
    let events = all(events).await;
    let missed: u64 = events
        .iter()
        .map(|event| {
            if let Event::Missed(count) = event {
                *count
            } else {
                0
            }
        })
        .sum();
    // Each page is started and finished, and then the crawl is over.
    assert_eq!(missed + events.len() as u64 - 1, 6_001);
    assert!(matches!(events.last(), Some(Event::Finished { .. })));
}

#[tokio::test(start_paused = true)]
async fn progress_ends_at_the_numbers_of_the_report() {
    let mut crawler = lively();
    let progress = crawler.progress();
    let report = run(crawler).await;
    let last = progress.latest();
    assert_eq!(
        (last.pages, last.items, last.retries),
        (report.pages, report.items.kept, report.requests.retried)
    );
    assert_eq!(
        (last.errors, last.bytes),
        (report.ledger.failed, report.bytes.wire)
    );
    assert_eq!(
        (last.queued, last.in_flight, last.hosts),
        (0, 0, report.hosts)
    );
}

#[tokio::test(start_paused = true)]
async fn progress_moves_while_the_crawl_runs() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let start = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    let mut crawler = quick(Probe::only(start), |s| s.politeness.delay = secs(1)).downloader(fake);
    let mut progress = crawler.progress();
    let crawl = tokio::spawn(crawler.run());
    while progress.latest().pages < 5 {
        assert!(progress.changed().await);
    }
    let halfway = progress.latest();
    assert_eq!((halfway.queued, halfway.elapsed.as_secs()), (5, 4));
    checked(crawl.await.unwrap().unwrap());
}

#[tokio::test]
async fn a_report_is_json_with_every_number() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let report =
        run(quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake)).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&json["spider"], &json["finish"]),
        (&"probe".into(), &"finished".into())
    );
    assert_eq!(
        (
            &json["ledger"]["done"],
            &json["items"]["kept"],
            &json["statuses"]["200"]
        ),
        (&1.into(), &1.into(), &1.into())
    );
}
