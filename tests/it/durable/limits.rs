//! Limits count over all runs of a crawl, unless it goes on behind a limit.

use crawlworks::{ErrorKind, Finish};

use super::{Halt, Job, refused, site, stop};
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
        crawler.settings_mut().end.max_errors = Some(9);
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

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_behind_its_limit_counts_anew_and_fetches_nothing_twice() {
    let (job, fake) = (Job::new(), site());
    let crawler = |halt: &Halt| job.crawl(halt).downloader(fake.clone()).max_pages(10);
    let report = run(crawler(&Halt::never())).await;
    assert_eq!((report.pages, report.finish), (10, Finish::MaxPages));
    for pages in [20, 30] {
        let report = run(crawler(&Halt::never()).go_on()).await;
        assert_eq!((report.pages, report.finish), (pages, Finish::MaxPages));
        assert_eq!(fake.urls().len() as u64, report.requests.total);
    }
    run(job.crawl(&Halt::never()).downloader(fake.clone()).go_on()).await;
    let whole = Job::new();
    run(whole.crawl(&Halt::never())).await;
    assert_eq!(job.items(), whole.items());
}

#[tokio::test(start_paused = true)]
async fn a_portion_that_was_stopped_is_resumed_up_to_its_own_limit() {
    let job = Job::new();
    let crawler = |halt: &Halt| job.crawl(halt).max_pages(10);
    run(crawler(&Halt::never())).await;
    let halt = Halt::after(4);
    let stopped = stop(crawler(&halt).go_on(), &halt).await;
    assert!((11..20).contains(&stopped.pages), "{stopped:#?}");
    let report = run(crawler(&Halt::never())).await;
    assert_eq!((report.pages, report.finish), (20, Finish::MaxPages));
}

#[tokio::test(start_paused = true)]
async fn items_and_errors_are_counted_anew_too() {
    let job = Job::new();
    let crawler = || {
        let mut crawler = job.crawl(&Halt::never()).max_items(40);
        crawler.settings_mut().end.max_errors = Some(9);
        crawler
    };
    let first = run(crawler()).await;
    let second = run(crawler().go_on()).await;
    assert!(first.finish != Finish::Finished, "{first:#?}");
    let (items, errors) = (second.items.kept, second.ledger.failed);
    assert!(items <= first.items.kept + 40 && errors <= first.ledger.failed + 9);
    match second.finish {
        Finish::MaxItems => assert_eq!(items, first.items.kept + 40),
        Finish::MaxErrors => assert_eq!(errors, first.ledger.failed + 9),
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_of_which_nothing_waits_is_not_written_over_by_one_that_goes_on() {
    let job = Job::new();
    // There is no run to go on with, so it begins.
    run(job.crawl(&Halt::never()).go_on()).await;
    let before = (job.items(), job.run_json());
    let error = refused(job.crawl(&Halt::never()).go_on(), ErrorKind::Settings).await;
    assert!(error.starts_with("nothing waits in "), "{error}");
    assert_eq!((job.items(), job.run_json()), before);
    let report = run(job.crawl(&Halt::never())).await;
    assert_eq!(report.resumed, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_word_a_run_that_a_limit_ended_is_started_over() {
    let job = Job::new();
    for _ in 0..2 {
        let report = run(job.crawl(&Halt::never()).max_pages(10)).await;
        assert_eq!((report.pages, report.resumed), (10, None));
    }
}
