//! A request that waits for its next try is tried as often as it would have been.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind};

use super::{Halt, Job, stop};
use crate::support::{Probe, get, html, run, secs};

/// Refuses every connection, and takes down that it was asked.
fn refusing(halt: &Halt) -> FakeDownloader {
    let halt = halt.clone();
    FakeDownloader::new(move |_| {
        halt.page();
        Err(Error::new(ErrorKind::Connect, "refused"))
    })
}

fn home() -> Probe {
    Probe::only([get("http://a.example/").with_label("home")])
}

#[tokio::test(start_paused = true)]
async fn tries_are_counted_over_all_runs() {
    let (job, halt) = (Job::new(), Halt::never());
    let fake = refusing(&halt);
    let crawler = || {
        job.of(home(), |s| s.failures.retries = 5)
            .downloader(fake.clone())
    };
    for _ in 0..3 {
        halt.again_after(1);
        assert_eq!(stop(crawler(), &halt).await.ledger.pending, 1);
    }
    let report = run(crawler()).await;
    assert_eq!(fake.urls().len(), 6);
    assert_eq!(
        (
            report.retries["connect"],
            report.errors[&ErrorKind::Connect]
        ),
        (5, 6)
    );
    assert_eq!(job.dead_letters()[0]["attempts"], 6);
}

#[tokio::test(start_paused = true)]
async fn a_request_keeps_what_the_spider_gave_it() {
    let job = Job::new();
    let request = || {
        Request::post("http://a.example/search")
            .unwrap()
            .with_label("search")
            .with_body("q=rust")
            .with_header("x-token", "7")
            .unwrap()
            .with_meta("page", 3)
            .unwrap()
            .with_priority(-2)
            .with_timeout(secs(7))
    };
    let crawler = job.of(Probe::only([request()]), |s| s.failures.retries = 1);
    let halt = Halt::after(1);
    let stopped = stop(crawler.downloader(refusing(&halt)), &halt).await;
    assert_eq!(stopped.ledger.pending, 1);
    let probe = Probe::only([request()]);
    let visited = probe.visited();
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    run(job.of(probe, |s| s.failures.retries = 1).downloader(fake)).await;
    let response = visited.one();
    let resumed = response.request();
    assert_eq!(resumed.attempt(), 1);
    assert_eq!(
        (resumed.method(), resumed.body(), resumed.label()),
        (&http::Method::POST, &b"q=rust"[..], Some("search"))
    );
    assert_eq!(resumed.header("x-token").unwrap(), "7");
    assert_eq!(resumed.meta::<u32>("page").unwrap(), Some(3));
    assert_eq!((resumed.priority(), resumed.timeout()), (-2, Some(secs(7))));
}
