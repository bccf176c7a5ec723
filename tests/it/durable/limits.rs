//! Limits count over all runs of a crawl.

use crawlworks::Finish;

use super::{Halt, Job, site, stop};
use crate::support::run;

#[tokio::test(start_paused = true)]
async fn max_pages_counts_over_all_runs() {
    let (job, fake) = (Job::new(), site());
    let crawler = |halt: &Halt| job.crawl(halt).downloader(fake.clone()).max_pages(30);
    for _ in 0..2 {
        let halt = Halt::after(12);
        stop(crawler(&halt), &halt).await;
    }
    let report = run(crawler(&Halt::never())).await;
    assert_eq!((report.pages, report.finish), (30, Finish::MaxPages));
    assert_eq!(fake.urls().len() as u64, report.requests.total);
}

#[tokio::test(start_paused = true)]
async fn max_items_counts_over_all_runs() {
    let job = Job::new();
    let crawler = |halt: &Halt| job.crawl(halt).max_items(41);
    for _ in 0..2 {
        let halt = Halt::after(6);
        stop(crawler(&halt), &halt).await;
    }
    let report = run(crawler(&Halt::never())).await;
    assert_eq!((report.items.kept, report.finish), (41, Finish::MaxItems));
    assert_eq!(job.files.read("a.jsonl").lines().count(), 41);
}

#[tokio::test(start_paused = true)]
async fn max_errors_counts_over_all_runs() {
    let job = Job::new();
    let crawler = |halt: &Halt| {
        let mut crawler = job.crawl(halt);
        crawler.settings_mut().max_errors = Some(9);
        crawler
    };
    let halt = Halt::after(15);
    let first = stop(crawler(&halt), &halt).await;
    assert!((1..9).contains(&first.ledger.failed), "{first:#?}");
    let report = run(crawler(&Halt::never())).await;
    assert_eq!(
        (report.ledger.failed, report.finish),
        (9, Finish::MaxErrors)
    );
}
