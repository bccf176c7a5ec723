//! Jobs that cannot be crawled as asked are left as they are.

use std::sync::Arc;

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Event};
use serde_json::Value;
use tokio::sync::Notify;

use super::{Halt, Job, refused, site, spider, stop};
use crate::support::{Probe, get, html, quick, run};

/// A spider of another name.
struct Other;

impl Spider for Other {
    type Item = Value;

    fn name(&self) -> &'static str {
        "other"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![get("http://a.example/")])
    }

    async fn parse(&self, _: Response, _: &mut Output<Value>) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_job_is_crawled_by_one_crawler_at_a_time() {
    let job = Job::new();
    let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, wait) = (Arc::clone(&asked), Arc::clone(&go_on));
    let first = crate::support::Probe::only([get("http://a.example/")]);
    let wait_in_middleware = crawlworks::middleware::from_fn(move |request, next| {
        let (told, wait) = (Arc::clone(&told), Arc::clone(&wait));
        Box::pin(async move {
            told.notify_one();
            wait.notified().await;
            next.run(request).await
        })
    });
    let crawler = job.of(first, |_| {}).middleware(wait_in_middleware);
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let running = tokio::spawn(crawler.downloader(fake).run());
    asked.notified().await;
    let second = job.of(Probe::only([get("http://b.example/")]), |_| {});
    let error = refused(second.fresh(), ErrorKind::Locked).await;
    let process = std::process::id();
    let said = format!(
        "job {} is already being crawled by process {process}",
        job.directory()
    );
    assert_eq!(error, said);
    go_on.notify_one();
    assert_eq!(running.await.unwrap().unwrap().pages, 1);
}

#[tokio::test(start_paused = true)]
async fn a_directory_is_free_as_soon_as_the_report_is_there() {
    let job = Job::new();
    for _ in 0..20 {
        job.crawl(&Halt::never()).max_pages(3).run().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_job_is_not_resumed_by_another_spider() {
    let job = Job::new();
    let halt = Halt::after(5);
    stop(job.crawl(&halt), &halt).await;
    let before = job.run_json();
    let error = refused(job.of(Other, |_| {}), ErrorKind::Settings).await;
    assert_eq!(
        error,
        format!(
            "cannot resume the unfinished run in {}: it is of job probe, not of other",
            job.directory()
        )
    );
    assert_eq!(job.run_json(), before);
    run(job.crawl(&Halt::never())).await;
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_job_is_not_resumed_with_other_outputs() {
    let job = Job::new();
    let halt = Halt::after(5);
    stop(job.crawl(&halt), &halt).await;
    let other = job.files.path("other.jsonl");
    for outputs in [vec![], vec![&other], vec![&other, &other, &other]] {
        let crawler = job.of(spider(&Halt::never()), |_| {}).downloader(site());
        let crawler = outputs.iter().fold(crawler, |c, output| c.output(output));
        let error = refused(crawler, ErrorKind::Settings).await;
        assert!(
            error.contains("it writes to ") && error.contains("a.jsonl:jsonl"),
            "{error}"
        );
    }
    assert!(!std::path::Path::new(&other).exists());
    let report = run(job.crawl(&Halt::never())).await;
    assert!(report.resumed.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_got_no_page_starts_over_with_other_outputs_and_says_so() {
    let job = Job::new();
    let halt = Halt::after(1);
    let asked = halt.clone();
    let silent = FakeDownloader::new(move |_| {
        asked.page();
        Err(crawlworks::Error::new(ErrorKind::Connect, "no route"))
    });
    let retried = |settings: &mut Settings| settings.failures.retries = 9;
    let crawler = job.of(spider(&Halt::never()), retried).downloader(silent);
    let report = stop(crawler.output(&job.files.path("first.jsonl")), &halt).await;
    assert_eq!((report.pages, report.ledger.pending), (0, 1));
    let mut crawler = job.crawl(&Halt::never());
    let mut events = crawler.events();
    let report = run(crawler).await;
    assert_eq!((report.resumed, report.items.kept > 0), (None, true));
    let first = events.next().await;
    assert!(
        matches!(first, Some(Event::StartedOver { .. })),
        "{first:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_broken_off_keeps_the_outputs_that_it_may_have_written_to() {
    let job = Job::new();
    let halt = Halt::after(1);
    job.break_off(job.crawl(&halt), &halt).await;
    let crawler = job.of(spider(&Halt::never()), |_| {}).downloader(site());
    let error = refused(
        crawler.output(&job.files.path("a.jsonl")),
        ErrorKind::Settings,
    )
    .await;
    assert!(error.contains("it writes "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_may_be_crawled_by_another_spider() {
    let job = Job::new();
    run(job.crawl(&Halt::never()).max_pages(3)).await;
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    run(job.of(Other, |_| {}).downloader(fake)).await;
    assert_eq!(job.run_json()["job"], "other");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_never_began_binds_nobody() {
    let job = Job::new();
    let directory = job.files.path("");
    let crawler = job
        .crawl(&Halt::never())
        .output(&format!("{directory}:jsonl"));
    let error = refused(crawler, ErrorKind::Storage).await;
    assert!(error.contains("cannot open"), "{error}");
    let report = run(job.crawl(&Halt::never())).await;
    assert_eq!(report.resumed, None);
}

#[tokio::test]
async fn a_spider_that_cannot_start_leaves_a_job_that_can() {
    struct Broken;
    impl Spider for Broken {
        type Item = Value;
        fn name(&self) -> &'static str {
            "probe"
        }
        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Err("no list of shops".into())
        }
        async fn parse(&self, _: Response, _: &mut Output<Value>) -> Result<(), BoxError> {
            Ok(())
        }
    }
    let job = Job::new();
    refused(job.of(Broken, |_| {}), ErrorKind::Spider).await;
    let report = run(job.crawl(&Halt::never()).max_pages(3)).await;
    assert_eq!(report.resumed, None);
}

#[tokio::test]
async fn a_newer_job_is_left_alone() {
    let job = Job::new();
    std::fs::create_dir_all(job.directory()).unwrap();
    job.files.write("job/run.json", r#"{"format":2}"#);
    for fresh in [false, true] {
        let crawler = quick(spider(&Halt::never()), |_| {}).job(job.directory());
        let crawler = if fresh { crawler.fresh() } else { crawler };
        let error = refused(crawler, ErrorKind::File).await;
        assert!(
            error.contains("in format 2, and this one reads format 1"),
            "{error}"
        );
    }
    assert_eq!(job.files.read("job/run.json"), r#"{"format":2}"#);
}
