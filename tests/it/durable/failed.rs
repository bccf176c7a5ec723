//! What a spider emits for requests that are given up comes once, however often the crawl is broken off.

use crawlworks::ErrorKind;
use crawlworks::prelude::*;
use serde_json::{Value, json};

use super::{Halt, Job, refused, site, sorted, spider, stop};
use crate::failed::Mourner;
use crate::support::{quick, run};

/// The test site, with an item for each failure and a link from each page that is missing.
fn crawl(job: &Job, halt: &Halt) -> Crawler<Mourner> {
    let told = halt.clone();
    let mourner = Mourner::new(spider(halt), move |request, error, out| {
        told.page();
        let path = request.url().path();
        out.item(json!({"path": path, "failed": error.kind().as_str()}));
        out.follow(request.url().join(&format!("/instead-of{path}/"))?);
        Ok(())
    });
    job.of(mourner, |s| s.failures.retries = 2)
        .downloader(site())
        .output(&job.files.path("a.jsonl"))
}

fn items(job: &Job) -> Vec<String> {
    sorted(job.files.read("a.jsonl").lines())
}

fn letters(job: &Job) -> Vec<String> {
    let letters = job.dead_letters();
    sorted(letters.iter().map(|letter| {
        assert_eq!(letter["referrer"], letter["request"]["referrer"]);
        let page = letter["referrer"].as_str().unwrap();
        assert!(page.starts_with("http://a.example/"), "{letter}");
        letter["url"].to_string()
    }))
}

#[tokio::test(start_paused = true)]
async fn what_failed_emits_comes_once_however_often_the_crawl_is_broken_off() {
    let whole = Job::new();
    let expected = run(crawl(&whole, &Halt::never())).await;
    let failed = items(&whole);
    let failed = failed.iter().filter(|item| item.contains("failed"));
    assert_eq!(failed.count() as u64, expected.ledger.failed);
    assert_eq!(letters(&whole).len() as u64, expected.ledger.failed);
    let followed = |job: &Job| {
        items(job)
            .iter()
            .filter(|item| item.contains("instead-of"))
            .count()
    };
    assert!(followed(&whole) > 0);

    let job = Job::new();
    for pages in 1..6 {
        let halt = Halt::after(pages);
        job.break_off(crawl(&job, &halt).concurrency(4), &halt)
            .await;
    }
    let halt = Halt::after(3);
    stop(crawl(&job, &halt), &halt).await;
    let report = run(crawl(&job, &Halt::never())).await;
    assert_eq!(items(&job), items(&whole));
    assert_eq!(letters(&job), letters(&whole));
    assert_eq!(report.ledger, expected.ledger);
    assert_eq!(report.errors, expected.errors);
    assert_eq!(report.failed, expected.failed);
    assert_eq!(
        serde_json::to_value(&report.statuses).unwrap(),
        serde_json::to_value::<_>(&expected.statuses).unwrap() as Value
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_of_failed_requests_takes_a_job() {
    let job = Job::new();
    let file = job.files.path("failed.jsonl");
    let probe = spider(&Halt::never());
    let crawler = quick(probe, |_| {}).downloader(site());
    let why = refused(crawler.failed_file(&file), ErrorKind::Settings).await;
    assert!(why.contains("takes a job"), "{why}");
    assert!(!std::path::Path::new(&file).exists());
}
