//! Stopping: nothing more is started, what is in flight may finish, and nothing is lost from the ledger.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use crawlworks::Finish;
use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::support::{Probe, checked, get, html, page_of_links, quick, secs};

fn ten_pages() -> Probe {
    Probe::links((0..10).map(|nth| get(format!("http://a.example/{nth}"))))
}

fn ok() -> FakeDownloader {
    FakeDownloader::new(|request| Ok(html(request, "")))
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_finishes() {
    let fake = ok().latency(secs(10));
    let crawler = quick(ten_pages(), |s| s.politeness.concurrency_per_host = 3).downloader(fake);
    let report = checked(crawler.run_until(sleep(secs(5))).await.unwrap());
    assert_eq!(
        (report.pages, report.items.kept, report.ledger.pending),
        (3, 3, 7)
    );
    assert_eq!(
        (report.finish, report.seconds, report.has_failed()),
        (Finish::Stopped, 10.0, false)
    );
}

#[tokio::test(start_paused = true)]
async fn links_found_while_stopping_are_pending() {
    let fake = FakeDownloader::new(|request| Ok(html(request, page_of_links(["/a", "/b", "/c"]))))
        .latency(secs(10));
    let crawler = quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake.clone());
    let report = checked(crawler.run_until(sleep(secs(5))).await.unwrap());
    assert_eq!(
        (
            report.ledger.seen,
            report.ledger.done,
            report.ledger.pending
        ),
        (4, 1, 3)
    );
    assert_eq!(fake.urls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_the_grace_is_given_up_and_pending() {
    let fake = ok().latency(secs(3600));
    let crawler = quick(ten_pages(), |s| s.end.grace = secs(25)).downloader(fake);
    let report = checked(crawler.run_until(sleep(secs(5))).await.unwrap());
    assert_eq!(
        (report.pages, report.ledger.pending, report.seconds),
        (0, 10, 30.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_waits_for_a_delay_stops_at_once() {
    let crawler = quick(ten_pages(), |s| s.politeness.delay = secs(60)).downloader(ok());
    let report = checked(crawler.run_until(sleep(secs(90))).await.unwrap());
    assert_eq!(
        (report.pages, report.ledger.pending, report.seconds),
        (2, 8, 90.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_waits_is_pending() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 503)));
    let crawler = quick(Probe::only([get("http://a.example/")]), |s| {
        s.failures.retries = 100;
    })
    .downloader(fake);
    let report = checked(crawler.run_until(sleep(secs(40))).await.unwrap());
    assert_eq!((report.ledger.pending, report.ledger.failed), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_waits_for_robots_txt_is_pending() {
    let fake = ok().latency(secs(100));
    let crawler = quick(ten_pages(), |s| s.politeness.robots = true).downloader(fake);
    let report = checked(crawler.run_until(sleep(secs(5))).await.unwrap());
    assert_eq!((report.ledger.pending, report.requests.total), (10, 0));
}

#[tokio::test]
async fn a_stop_from_within_a_page_is_a_stop() {
    let stop = Arc::new(Notify::new());
    let pressed = Arc::clone(&stop);
    let probe: Probe = Probe::new(
        (0..10).map(|nth| get(format!("http://a.example/{nth}"))),
        move |_, _| {
            pressed.notify_one();
            Ok(())
        },
    );
    let crawler = quick(probe, |s| s.politeness.concurrency = 1).downloader(ok());
    let report = checked(
        crawler
            .run_until(async move { stop.notified().await })
            .await
            .unwrap(),
    );
    assert_eq!(report.finish, Finish::Stopped);
    assert!(report.ledger.pending >= 8, "{:?}", report.ledger);
}

#[tokio::test]
async fn a_stop_after_the_end_changes_nothing() {
    let report = checked(
        quick(ten_pages(), |_| {})
            .downloader(ok())
            .run_until(std::future::pending())
            .await
            .unwrap(),
    );
    assert_eq!((report.finish, report.pages), (Finish::Finished, 10));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_ends_the_crawl() {
    let fake = ok().latency(secs(10));
    let crawl = quick(ten_pages(), |s| s.politeness.concurrency_per_host = 1)
        .downloader(fake.clone())
        .run();
    assert!(tokio::time::timeout(secs(15), crawl).await.is_err());
    sleep(secs(1_000)).await;
    assert_eq!(fake.urls().len(), 2);
}

/// Blocks its thread until the other end of the channel is dropped.
struct Stuck {
    parses: Sender<()>,
    released: Mutex<Receiver<()>>,
}

impl Spider for Stuck {
    type Item = String;

    fn name(&self) -> &str {
        "stuck"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![get("http://a.example/")])
    }

    async fn parse(&self, _: Response, _: &mut Output<String>) -> Result<(), BoxError> {
        self.parses.send(())?;
        let _ = self.released.lock().unwrap().recv();
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parse_that_never_ends_does_not_hold_up_the_end_beyond_the_grace() {
    let (release, released) = mpsc::channel();
    let (parses, parsing) = mpsc::channel();
    let spider = Stuck {
        parses,
        released: released.into(),
    };
    let mut crawler = Crawler::new(spider).downloader(ok());
    crawler.settings_mut().end.grace = Duration::ZERO;
    crawler.settings_mut().politeness.robots = false;
    // Told by another thread: what the stuck one wakes can have to wait for it.
    let stop = tokio::task::spawn_blocking(move || parsing.recv());
    let stop = async move { drop(stop.await) };
    let report = checked(crawler.run_until(stop).await.unwrap());
    assert_eq!((report.finish, report.pages), (Finish::Stopped, 0));
    assert_eq!(report.ledger.pending, 1);
    drop::<Sender<()>>(release);
}
