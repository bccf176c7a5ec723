//! A crawl in several runs is the same as one in a single run.

use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Finish};

use super::{Halt, Job, numbers, refused, site, spider, stop};
use crate::support::run;

/// The crawl that nothing interrupts: what it wrote, and its report.
async fn uninterrupted() -> (
    [Vec<String>; 3],
    std::collections::BTreeMap<String, serde_json::Value>,
) {
    let job = Job::new();
    let report = run(job.crawl(&Halt::never())).await;
    assert!(
        report.ledger.failed > 10 && report.requests.redirected > 3,
        "{report:#?}"
    );
    (job.items(), numbers(&report))
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_was_stopped_comes_to_what_it_would_have_come_to() {
    let (items, report) = uninterrupted().await;
    let job = Job::new();
    let halt = Halt::after(40);
    stop(job.crawl(&halt), &halt).await;
    let resumed = run(job.crawl(&Halt::never())).await;
    assert_eq!(job.items(), items);
    assert_eq!(numbers(&resumed), report);
}

#[tokio::test(start_paused = true)]
async fn a_crawl_whose_future_is_dropped_comes_to_what_it_would_have_come_to() {
    let (items, report) = uninterrupted().await;
    let job = Job::new();
    let halt = Halt::after(40);
    job.break_off(job.crawl(&halt), &halt).await;
    let resumed = run(job.crawl(&Halt::never())).await;
    assert_eq!(job.items(), items);
    assert_eq!(numbers(&resumed), report);
}

#[tokio::test(start_paused = true)]
async fn a_crawl_in_many_pieces_comes_to_what_it_would_have_come_to() {
    let (items, report) = uninterrupted().await;
    let job = Job::new();
    for nth in 0..10 {
        let halt = Halt::after(4);
        // No more than four pages besides can be done before the crawl is stopped, so ten times leave some.
        let crawler = job.crawl(&halt).concurrency(4).concurrency_per_host(2);
        match nth % 2 {
            0 => drop(stop(crawler, &halt).await),
            _ => job.break_off(crawler, &halt).await,
        }
    }
    let resumed = run(job.crawl(&Halt::never())).await;
    assert_eq!(resumed.resumed.unwrap().times, 10);
    assert_eq!(job.items(), items);
    assert_eq!(numbers(&resumed), report);
}

#[tokio::test(start_paused = true)]
async fn a_stop_costs_no_request() {
    let job = Job::new();
    let halt = Halt::after(40);
    let fake = site();
    stop(job.crawl(&halt).downloader(fake.clone()), &halt).await;
    let report = run(job.crawl(&Halt::never()).downloader(fake.clone())).await;
    assert_eq!(fake.urls().len() as u64, report.requests.total);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_costs_what_was_in_flight() {
    let job = Job::new();
    let halt = Halt::after(40);
    let fake = site();
    let crawler = job.crawl(&halt).downloader(fake.clone());
    job.break_off(crawler.concurrency(4), &halt).await;
    let report = run(job.crawl(&Halt::never()).downloader(fake.clone())).await;
    let more = fake.urls().len() as u64 - report.requests.total;
    assert!(more <= 4, "{more} requests were made twice");
}

#[tokio::test(start_paused = true)]
async fn the_report_says_what_was_there() {
    let job = Job::new();
    let halt = Halt::after(40);
    let first = stop(job.crawl(&halt), &halt).await;
    assert_eq!((first.finish, first.resumed), (Finish::Stopped, None));
    let resumed = run(job.crawl(&Halt::never())).await.resumed.unwrap();
    assert_eq!(
        (resumed.times, resumed.pages, resumed.items),
        (1, first.pages, first.items.kept)
    );
}

#[tokio::test(start_paused = true)]
async fn only_the_time_of_crawling_is_counted() {
    let job = Job::new();
    let slow = || site().latency(crate::support::secs(1));
    let halt = Halt::after(10);
    let first = stop(job.crawl(&halt).downloader(slow()), &halt).await;
    tokio::time::sleep(crate::support::secs(1_000_000)).await;
    let second = run(job.crawl(&Halt::never()).downloader(slow())).await;
    assert!((second.resumed.unwrap().seconds - first.seconds).abs() < 1e-9);
    assert!(
        second.seconds > first.seconds && second.seconds < 1_000.0,
        "{second:#?}"
    );
    assert_eq!(second.started, first.started);
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_starts_over() {
    let job = Job::new();
    let first = run(job.crawl(&Halt::never())).await;
    let items = job.items();
    let second = run(job.crawl(&Halt::never())).await;
    assert_eq!(second.resumed, None);
    assert_eq!(numbers(&second), numbers(&first));
    assert_eq!(job.items(), items);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_was_reached_is_an_end() {
    let job = Job::new();
    let first = run(job.crawl(&Halt::never()).max_pages(10)).await;
    assert_eq!(first.finish, Finish::MaxPages);
    assert_eq!(job.run_json()["state"], "finished");
    let second = run(job.crawl(&Halt::never())).await;
    assert_eq!(second.resumed, None);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_crawl_starts_over_whatever_was_left() {
    let (items, report) = uninterrupted().await;
    let job = Job::new();
    let halt = Halt::after(40);
    stop(job.crawl(&halt), &halt).await;
    let fresh = run(job.crawl(&Halt::never()).fresh()).await;
    assert_eq!(fresh.resumed, None);
    assert_eq!(job.items(), items);
    assert_eq!(numbers(&fresh), report);
}

#[tokio::test(start_paused = true)]
async fn fresh_may_be_said_before_the_job() {
    let job = Job::new();
    let halt = Halt::after(40);
    stop(job.crawl(&halt), &halt).await;
    let crawler = crate::support::quick(spider(&Halt::never()), |_| {});
    let outputs = ["a.jsonl", "b.json", "c.csv"].map(|name| job.files.path(name));
    let crawler = outputs.iter().fold(crawler, |c, output| c.output(output));
    let report = run(crawler.downloader(site()).fresh().job(job.directory())).await;
    assert_eq!(report.resumed, None);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_stopped_before_its_first_page_goes_on() {
    let (items, report) = uninterrupted().await;
    let job = Job::new();
    let stopped = job.crawl(&Halt::never()).run_until(async {}).await.unwrap();
    assert_eq!((stopped.pages, stopped.ledger.pending), (0, 1));
    let resumed = run(job.crawl(&Halt::never())).await;
    assert_eq!(resumed.resumed.unwrap().pages, 0);
    assert_eq!(job.items(), items);
    assert_eq!(numbers(&resumed), report);
}

#[tokio::test(start_paused = true)]
async fn a_crawl_on_many_threads_that_is_resumed_has_every_item_once() {
    let job = Job::new();
    let halt = Halt::after(60);
    let broken = || job.crawl(&halt).concurrency(32).concurrency_per_host(32);
    job.break_off(broken(), &halt).await;
    run(job.crawl(&Halt::never())).await;
    assert_eq!(job.items(), uninterrupted().await.0);
}

/// As after a reboot, before the network is there.
#[tokio::test(start_paused = true)]
async fn a_site_that_is_down_when_a_crawl_goes_on_costs_nothing_of_it() {
    let (items, _) = uninterrupted().await;
    let job = Job::new();
    let halt = Halt::after(40);
    stop(job.crawl(&halt), &halt).await;
    let down = FakeDownloader::new(|_| Err(Error::new(ErrorKind::Connect, "no route")));
    let mut crawler = job.crawl(&Halt::never()).downloader(down);
    crawler.settings_mut().politeness.robots = true;
    let error = refused(crawler, ErrorKind::Robots).await;
    assert!(error.contains("the crawl can go on later"), "{error}");
    run(job.crawl(&Halt::never())).await;
    assert_eq!(job.items(), items);
}
