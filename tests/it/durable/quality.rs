//! Fields and keys of items in a crawl that takes several runs.

use crawlworks::prelude::*;
use crawlworks::{ErrorKind, Finish, Report};
use serde_json::{Value, json};

use super::{HOME, Halt, Job, numbers, refused, site, sorted, stop};
use crate::support::{Probe, get, run};

/// Gives two items a page: one with a key that ten other pages have too, and one without a key. The first half of the
/// pages has no price.
fn spider(halt: &Halt) -> Probe<Value> {
    let halt = halt.clone();
    Probe::new([get(HOME)], move |response, out| {
        halt.page();
        let path = response.url().path().to_owned();
        let page: u64 = path.trim_start_matches('/').parse().unwrap_or_default();
        out.follow_all(response.links());
        out.item(json!({"aisle": page % 11}));
        // Here, because which page of an aisle is the first depends on when one is tried again.
        out.item(json!({"aisle": null, "path": path, "price": (page > 75).then_some(page)}));
        Ok(())
    })
}

fn crawl(job: &Job, halt: &Halt, change: impl FnOnce(&mut Settings)) -> Crawler<Probe<Value>> {
    let settings = |settings: &mut Settings| {
        settings.failures.retries = 2;
        settings.items.unique = vec!["aisle".to_owned()];
        change(settings);
    };
    let crawler = job.of(spider(halt), settings).downloader(site());
    crawler.output(&job.files.path("a.jsonl"))
}

/// The aisles that were written, sorted.
fn aisles(job: &Job) -> Vec<String> {
    let text = job.files.read("a.jsonl");
    let items = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let aisles = items.filter(|item| !item["aisle"].is_null());
    sorted(aisles.map(|item| item["aisle"].to_string()))
}

fn without_key(job: &Job) -> usize {
    let text = job.files.read("a.jsonl");
    text.lines()
        .filter(|line| line.contains("null,\"path\""))
        .count()
}

fn all_aisles() -> Vec<String> {
    sorted((0..11).map(|aisle| aisle.to_string()))
}

fn duplicates(report: &Report) -> u64 {
    report.items.dropped["duplicate"]
}

#[tokio::test(start_paused = true)]
async fn keys_survive_whatever_ends_the_process() {
    let (job, whole) = (Job::new(), Job::new());
    let expected = run(crawl(&whole, &Halt::never(), |_| {})).await;
    assert!(duplicates(&expected) > 50, "{expected:#?}");
    // Until it is broken off, each run gets as many pages as the runtime lets it: some twenty at most. None may get the
    // rest of the site.
    for nth in 0..6 {
        let halt = Halt::after(3);
        let crawler = crawl(&job, &halt, |_| {});
        let crawler = crawler.concurrency(8).concurrency_per_host(4);
        match nth % 3 {
            0 => drop(stop(crawler, &halt).await),
            _ => job.break_off(crawler, &halt).await,
        }
    }
    let report = run(crawl(&job, &Halt::never(), |_| {})).await;
    assert_eq!(report.resumed.unwrap().times, 6);
    assert_eq!(aisles(&job), all_aisles());
    assert_eq!(without_key(&job), without_key(&whole));
    assert_eq!(duplicates(&report), duplicates(&expected));
    assert_eq!(report.items.kept, expected.items.kept);
}

#[tokio::test(start_paused = true)]
async fn fields_are_counted_over_all_processes() {
    let (job, whole) = (Job::new(), Job::new());
    let expected = run(crawl(&whole, &Halt::never(), |_| {})).await;
    for _ in 0..5 {
        let halt = Halt::after(9);
        job.break_off(crawl(&job, &halt, |_| {}), &halt).await;
    }
    let report = run(crawl(&job, &Halt::never(), |_| {})).await;
    let names: Vec<&str> = report.items.fields.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["aisle", "path", "price"]);
    assert_eq!(numbers(&report), numbers(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_starts_over_has_forgotten_its_keys() {
    let job = Job::new();
    let first = run(crawl(&job, &Halt::never(), |_| {})).await;
    let again = run(crawl(&job, &Halt::never(), |_| {})).await;
    assert_eq!(again.resumed, None);
    assert_eq!(numbers(&again), numbers(&first));
    assert_eq!(aisles(&job), all_aisles());
    let halt = Halt::after(30);
    stop(crawl(&job, &halt, |_| {}), &halt).await;
    let fresh = run(crawl(&job, &Halt::never(), |_| {}).fresh()).await;
    assert_eq!(numbers(&fresh), numbers(&first));
}

#[tokio::test(start_paused = true)]
async fn a_crawl_goes_on_with_the_same_key_only() {
    let job = Job::new();
    let by = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        |settings: &mut Settings| settings.items.unique = names
    };
    let halt = Halt::after(20);
    stop(crawl(&job, &halt, by(&["path", "aisle"])), &halt).await;
    for other in [&[][..], &["aisle"], &["aisle", "path", "price"]] {
        let crawler = crawl(&job, &Halt::never(), by(other));
        let error = refused(crawler, ErrorKind::Settings).await;
        let why = "its items are unique by aisle and path, not by ";
        assert!(error.contains(why), "{error}");
    }
    // In whatever order they are named.
    let report = run(crawl(&job, &Halt::never(), by(&["aisle", "path"]))).await;
    assert!(report.resumed.is_some());
    let other = run(crawl(&job, &Halt::never(), by(&[]))).await;
    assert_eq!(other.resumed, None);
}

#[tokio::test(start_paused = true)]
async fn thresholds_are_for_the_whole_crawl() {
    let wanted = |settings: &mut Settings| {
        settings.items.unique.clear();
        settings.items.min_fill.insert("price".to_owned(), 0.2);
        settings.items.min_fill.insert("path".to_owned(), 0.6);
    };
    let job = Job::new();
    let halt = Halt::after(20);
    let stopped = stop(crawl(&job, &halt, wanted), &halt).await;
    assert_eq!(stopped.finish, Finish::Stopped);
    assert!(stopped.items.fill("price") < 0.2 && !stopped.has_failed());
    let report = run(crawl(&job, &Halt::never(), wanted)).await;
    assert!(report.has_failed());
    let short: Vec<String> = report.shortfalls.iter().map(ToString::to_string).collect();
    assert_eq!(short, ["path 50 %, not 60 %"]);
    assert_eq!(job.run_json()["state"], "finished");
    let next = run(crawl(&job, &Halt::never(), |_| {})).await;
    assert_eq!(next.resumed, None);
}
