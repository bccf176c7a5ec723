//! What is tried again, when, and when it is given up.

use std::sync::atomic::{AtomicU64, Ordering};

use crawlworks::prelude::*;
use crawlworks::settings::CacheMode;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Report};

use crate::support::{Probe, Scratch, get, html, millis, quick, run, secs};

/// A downloader that cannot connect for the first `times` requests of all.
fn flaky(times: u64) -> FakeDownloader {
    let count = AtomicU64::new(0);
    FakeDownloader::new(move |request| {
        if count.fetch_add(1, Ordering::Relaxed) < times {
            Err(refused())
        } else {
            Ok(html(request, ""))
        }
    })
}

fn refused() -> Error {
    Error::new(ErrorKind::Connect, "refused")
}

fn home() -> Probe {
    Probe::only([get("http://a.example/")])
}

#[tokio::test(start_paused = true)]
async fn a_request_that_recovers_is_a_page() {
    let report = run(quick(home(), |s| s.failures.retries = 3).downloader(flaky(2))).await;
    assert_eq!(
        (report.pages, report.requests.total, report.ledger.failed),
        (1, 3, 0)
    );
    assert_eq!(
        (
            report.retries["connect"],
            report.errors[&ErrorKind::Connect]
        ),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn the_wait_doubles_from_one_second_with_jitter() {
    let fake = flaky(u64::MAX);
    run(quick(home(), |s| s.failures.retries = 5).downloader(fake.clone())).await;
    let times = fake.times();
    for (nth, pair) in (0..).zip(times.windows(2)) {
        let full = secs(1 << nth);
        let wait = pair[1].saturating_sub(pair[0]);
        // A timer's tick is a millisecond.
        assert!(
            wait >= full / 2 && wait <= full + millis(1),
            "wait {nth} is {wait:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_given_up_after_its_retries() {
    let fake = flaky(u64::MAX);
    let report = run(quick(home(), |s| s.failures.retries = 3).downloader(fake.clone())).await;
    assert_eq!(
        (
            fake.urls().len(),
            report.ledger.failed,
            report.requests.retried
        ),
        (4, 1, 3)
    );
    assert_eq!(report.errors[&ErrorKind::Connect], 4);
    assert!(report.has_failed());
}

#[tokio::test(start_paused = true)]
async fn a_request_can_have_its_own_number_of_retries() {
    let fake = flaky(u64::MAX);
    let probe = Probe::only([
        get("http://a.example/none").with_retries(0),
        get("http://b.example/five").with_retries(5),
    ]);
    run(quick(probe, |s| s.failures.retries = 2).downloader(fake.clone())).await;
    let tries = |name: &str| fake.urls().iter().filter(|url| url.ends_with(name)).count();
    assert_eq!((tries("none"), tries("five")), (1, 6));
}

#[tokio::test(start_paused = true)]
async fn temporary_statuses_are_tried_again_and_counted_one_by_one() {
    let statuses = [408, 429, 500, 502, 503, 504, 522, 524];
    let start = statuses.map(|status| get(format!("http://{status}.example/{status}")));
    let fake = FakeDownloader::new(|request| {
        let status = request.url().path()[1..].parse().unwrap();
        Ok(if request.attempt() == 0 {
            Response::new(request, status)
        } else {
            html(request, "")
        })
    });
    let report = run(quick(Probe::only(start), |s| s.failures.retries = 1).downloader(fake)).await;
    assert_eq!(report.pages, 8);
    for status in statuses {
        assert_eq!(
            (
                report.retries[&format!("status {status}")],
                report.statuses[&status]
            ),
            (1, 1),
            "{status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn final_statuses_are_not_tried_again() {
    let start = [400, 401, 403, 404, 410, 418, 451, 501, 505]
        .map(|status| get(format!("http://a.example/{status}")));
    let fake = FakeDownloader::new(|request| {
        let status = request.url().path()[1..].parse().unwrap();
        Ok(Response::new(request, status))
    });
    let report =
        run(quick(Probe::only(start), |s| s.failures.retries = 3).downloader(fake.clone())).await;
    assert_eq!(
        (
            fake.urls().len(),
            report.ledger.failed,
            report.errors[&ErrorKind::Status]
        ),
        (9, 9, 9)
    );
    assert!(report.retries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_failures_that_may_pass_are_tried_again() {
    use ErrorKind::{Connect, Decode, Dns, Http, Incomplete, Slow, Timeout, Tls, TooLarge};
    for (kind, tries) in [
        (Dns, 2),
        (Connect, 2),
        (Timeout, 2),
        (Slow, 2),
        (Http, 2),
        (Incomplete, 2),
        (Tls, 1),
        (TooLarge, 1),
        (Decode, 1),
    ] {
        let fake = FakeDownloader::new(move |_| Err(Error::new(kind, "no")));
        let report = run(quick(home(), |s| s.failures.retries = 1).downloader(fake.clone())).await;
        assert_eq!(
            (fake.urls().len(), report.errors[&kind]),
            (tries, tries as u64),
            "{kind}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_can_take_any_status() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let probe = Probe::only([get("http://a.example/").any_status()]);
    let visited = probe.visited();
    let report = run(quick(probe, |_| {}).downloader(fake)).await;
    assert_eq!((visited.one().status().as_u16(), report.pages), (404, 1));
}

#[tokio::test(start_paused = true)]
async fn a_crawl_can_take_any_status_once_the_retries_are_spent() {
    let start = ["404", "503", "302"].map(|path| get(format!("http://a.example/{path}")));
    let fake = FakeDownloader::new(|request| {
        let status = request.url().path()[1..].parse().unwrap();
        Response::new(request, status).with_header("location", "mailto:a@a.example")
    });
    let probe = Probe::only(start);
    let visited = probe.visited();
    let crawler = quick(probe, |s| {
        s.failures.any_status = true;
        s.failures.retries = 2;
        s.failures.max_outage = Duration::ZERO;
    });
    let report = run(crawler.downloader(fake)).await;
    let mut statuses: Vec<(u16, u32)> = visited
        .responses()
        .iter()
        .map(|response| (response.status().as_u16(), response.request().attempt()))
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [(302, 0), (404, 0), (503, 2)]);
    assert_eq!((report.pages, report.ledger.failed), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_robots_txt_of_any_status_is_no_page() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let probe = Probe::only([get("http://a.example/")]);
    let visited = probe.visited();
    let report =
        run(crate::support::polite(probe, |s| s.failures.any_status = true).downloader(fake)).await;
    assert_eq!(visited.one().url().path(), "/");
    assert_eq!((report.pages, report.robots.none), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_failed_together_does_not_come_back_together() {
    let fake = FakeDownloader::new(|request| match request.attempt() {
        0 => Err(refused()),
        _ => Ok(html(request, "")),
    });
    let start: Vec<Request> = (0..20)
        .map(|nth| get(format!("http://{nth}.example/")))
        .collect();
    run(quick(Probe::only(start), |s| s.failures.retries = 1).downloader(fake.clone())).await;
    let mut again = fake.times()[20..].to_vec();
    again.dedup();
    assert!(again.len() > 15, "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_stays_incomplete_is_kept_after_the_last_try_and_counted() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "half").incomplete()));
    let probe = home();
    let visited = probe.visited();
    let report = run(quick(probe, |s| s.failures.retries = 2).downloader(fake.clone())).await;
    assert_eq!((fake.urls().len(), report.pages), (3, 1));
    assert!(visited.responses()[0].is_incomplete());
    assert_eq!(report.limited[&crawlworks::report::Limit::Incomplete], 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_whole_at_the_next_try_is_not_marked() {
    let fake = FakeDownloader::new(|request| {
        let is_first = request.attempt() == 0;
        let page = html(request, "");
        Ok(if is_first { page.incomplete() } else { page })
    });
    let report = run(quick(home(), |s| s.failures.retries = 2).downloader(fake.clone())).await;
    assert_eq!((report.pages, report.retries.values().sum::<u64>()), (1, 1));
    assert!(report.limited.is_empty(), "{:?}", report.limited);
}

/// Crawls a page that says "busy" the first `times` times, and whose text no retry policy may see if it is "poison".
async fn busy(times: u64, text: &'static str, change: impl FnOnce(&mut Settings)) -> Report {
    let count = AtomicU64::new(0);
    let fake = FakeDownloader::new(move |request| {
        let is_busy = count.fetch_add(1, Ordering::Relaxed) < times;
        Ok(html(request, if is_busy { "busy" } else { text }))
    });
    let crawler = quick(home(), |settings| {
        settings.failures.retries = 2;
        change(settings);
    });
    let crawler = crawler.retry_by("busy", |page| {
        assert_ne!(page.text(), "poison");
        page.text() == "busy"
    });
    run(crawler.downloader(fake)).await
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_a_policy_of_the_program_refuses_is_asked_for_again() {
    let report = busy(2, "ready", |_| {}).await;
    assert_eq!((report.pages, report.requests.total), (1, 3));
    assert_eq!(report.retries[r#"refused by "busy""#], 2);
    assert_eq!(report.errors[&ErrorKind::Refused], 2);
    assert!(report.ledger.balances());
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_last_answer_is_refused_has_failed() {
    let report = busy(u64::MAX, "", |_| {}).await;
    assert_eq!(
        (report.pages, report.requests.total, report.ledger.failed),
        (0, 3, 1)
    );
    assert_eq!(report.errors[&ErrorKind::Refused], 3);
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_panics_on_an_answer_fails_the_page() {
    let report = busy(0, "poison", |_| {}).await;
    assert_eq!((report.requests.total, report.ledger.failed), (1, 1));
    assert_eq!(report.errors[&ErrorKind::Panic], 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_refused_is_not_taken_from_the_cache() {
    let scratch = Scratch::new();
    let report = busy(1, "ready", |settings| {
        settings.disk.cache = CacheMode::Always;
        settings.disk.cache_dir = scratch.path("cache").into();
    })
    .await;
    assert_eq!((report.pages, report.requests.total), (1, 2));
    let again = busy(1, "ready", |settings| {
        settings.disk.cache = CacheMode::Always;
        settings.disk.cache_dir = scratch.path("cache").into();
    })
    .await;
    assert_eq!((again.pages, again.requests.total), (1, 0));
}
