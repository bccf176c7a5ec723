//! Limits that end a crawl, exactly.

use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Error, ErrorKind, Finish, Response};

use crate::support::{Probe, get, html, millis, page_of_links, quick, run, secs};

/// A site without end: every page links to ten new ones.
fn endless() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let path = request.url().path().trim_end_matches('/').to_owned();
        Ok(html(
            request,
            page_of_links((0..10).map(|nth| format!("{path}/{nth}"))),
        ))
    })
}

#[tokio::test]
async fn max_pages_is_exact() {
    for max in [1, 7, 100] {
        let fake = endless();
        let crawler = quick(Probe::links([get("http://a.example/")]), |s| {
            s.politeness.concurrency_per_host = 8;
        });
        let report = run(crawler.max_pages(max).downloader(fake.clone())).await;
        assert_eq!((report.pages, report.finish), (max, Finish::MaxPages));
        assert_eq!(fake.urls().len() as u64, max);
        assert_eq!(report.ledger.pending, report.ledger.seen - max);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn max_pages_is_exact_over_real_sockets() {
    let site = PracticeSite::start().unwrap();
    let crawler = quick(Probe::links([site.at("/web/5000/0")]), |s| {
        s.politeness.concurrency_per_host = 16;
    });
    let report = run(crawler.max_pages(333)).await;
    assert_eq!(
        (report.pages, report.items.kept, site.served().total),
        (333, 333, 333)
    );
}

#[tokio::test]
async fn pages_that_fail_do_not_count_as_pages() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/0" | "/1" => Err(Error::new(ErrorKind::Tls, "no")),
        _ => Ok(html(request, "")),
    });
    let start = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    let report = run(quick(Probe::only(start), |_| {})
        .max_pages(5)
        .downloader(fake))
    .await;
    assert_eq!(
        (report.pages, report.ledger.failed, report.ledger.pending),
        (5, 2, 3)
    );
}

#[tokio::test]
async fn max_items_is_exact() {
    for max in [1, 15, 250] {
        let probe = Probe::new([get("http://a.example/")], |response, out| {
            (0..10).for_each(|nth| out.item(nth));
            out.follow_all(response.links());
            Ok(())
        });
        let report = run(quick(probe, |_| {}).max_items(max).downloader(endless())).await;
        assert_eq!((report.items.kept, report.finish), (max, Finish::MaxItems));
    }
}

#[tokio::test]
async fn max_items_is_the_reason_even_when_the_last_page_reached_it() {
    let probe = Probe::new([get("http://a.example/")], |_, out| {
        (0..10).for_each(|nth| out.item(nth));
        Ok(())
    });
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let report = run(quick(probe, |_| {}).max_items(4).downloader(fake)).await;
    assert_eq!(
        (report.items.kept, report.items.dropped["max_items"]),
        (4, 6)
    );
    assert_eq!(report.finish, Finish::MaxItems);
}

#[tokio::test(start_paused = true)]
async fn max_time_ends_the_crawl() {
    let fake = endless();
    let crawler = quick(Probe::links([get("http://a.example/")]), |s| {
        s.politeness.delay = secs(1);
        s.end.max_time = Some(millis(10_500));
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!(
        (report.pages, report.finish, report.seconds),
        (11, Finish::MaxTime, 10.5)
    );
    assert!(report.ledger.pending > 0);
}

#[tokio::test(start_paused = true)]
async fn max_time_lets_what_is_in_flight_finish() {
    let fake = endless().latency(secs(4));
    let crawler = quick(Probe::links([get("http://a.example/")]), |s| {
        s.end.max_time = Some(secs(2));
    });
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(
        (report.pages, report.finish, report.seconds),
        (1, Finish::MaxTime, 4.0)
    );
}

#[tokio::test]
async fn max_errors_ends_the_crawl_as_failed() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let start = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    let crawler = quick(Probe::only(start), |s| {
        s.end.max_errors = Some(3);
        s.politeness.concurrency = 1;
    });
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(
        (report.ledger.failed, report.ledger.pending, report.finish),
        (3, 7, Finish::MaxErrors)
    );
    assert!(report.has_failed());
}

#[tokio::test]
async fn a_limit_that_is_not_reached_changes_nothing() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let crawler = quick(Probe::links([get("http://a.example/")]), |s| {
        s.end.max_time = Some(secs(3600));
        s.end.max_errors = Some(1);
    });
    let report = run(crawler.max_pages(2).max_items(2).downloader(fake)).await;
    assert_eq!(
        (report.finish, report.pages, report.items.kept),
        (Finish::Finished, 1, 1)
    );
}
