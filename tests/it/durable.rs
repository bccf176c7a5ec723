//! Durable jobs of the library: a crawl that was stopped or broken off goes on where its last commit was, and comes to
//! what it would have come to if nothing had been in its way.
//!
//! That a kill of the whole process changes nothing about this is in `kill`; what becomes of damaged files is in
//! `command`.

mod cookies;
mod dead_letters;
mod failed;
mod limits;
mod order;
mod outputs;
mod pace;
mod pipelines;
mod quality;
mod quarantine;
mod redirects;
mod refusals;
mod resume;
mod retries;
mod robots;
mod seeds;
mod sinks;
mod streams;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Report};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Probe, Scratch, checked, get, html, page_of_links, quick};

/// How many pages the test site has at most.
const PAGES: u64 = 150;
/// Where a crawl of the test site starts.
const HOME: &str = "http://a.example/0";

/// A job, and the files that it writes.
struct Job {
    files: Scratch,
}

impl Job {
    fn new() -> Self {
        Self {
            files: Scratch::new(),
        }
    }

    fn directory(&self) -> String {
        self.files.path("job")
    }

    /// A crawl that is this job: one page at a time, unless `change` says otherwise.
    fn of<S: Spider>(&self, spider: S, change: impl FnOnce(&mut Settings)) -> Crawler<S> {
        let careful = |settings: &mut Settings| {
            settings.politeness.concurrency = 1;
            change(settings);
        };
        quick(spider, careful).job(self.directory())
    }

    /// A crawl of the test site that is this job, and writes into every format.
    fn crawl(&self, halt: &Halt) -> Crawler<Probe<Value>> {
        self.of(spider(halt), |s| s.failures.retries = 2)
            .downloader(site())
            .output(&self.files.path("a.jsonl"))
            .output(&self.files.path("b.json"))
            .output(&self.files.path("c.csv"))
    }

    /// The items of each file, sorted.
    fn items(&self) -> [Vec<String>; 3] {
        let array: Vec<Value> = serde_json::from_str(&self.files.read("b.json")).unwrap();
        let table = self.files.read("c.csv");
        [
            sorted(self.files.read("a.jsonl").lines()),
            sorted(array.iter().map(Value::to_string)),
            sorted(table.lines()),
        ]
    }

    /// The dead letters, in order.
    fn dead_letters(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.files.path("job/dead-letter.jsonl"));
        let lines = text.unwrap_or_default();
        let lines = lines.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn run_json(&self) -> Value {
        serde_json::from_str(&self.files.read("job/run.json")).unwrap()
    }

    /// Waits until nothing of a crawl that was broken off is left.
    async fn is_free(&self) {
        let lock = File::open(self.files.path("job/lock")).unwrap();
        let free = tokio::task::spawn_blocking(move || lock.lock());
        free.await.unwrap().unwrap();
    }

    /// Runs a crawl and drops it in the middle, when the halt is reached.
    async fn break_off<S: Spider>(&self, crawler: Crawler<S>, halt: &Halt) {
        tokio::select! {
            report = crawler.run() => panic!("it was not broken off: {report:?}"),
            () = halt.reached() => {}
        }
        self.is_free().await;
    }
}

/// Runs a crawl and stops it when the halt is reached.
async fn stop<S: Spider>(crawler: Crawler<S>, halt: &Halt) -> Report {
    let halt = halt.clone();
    let stop = async move { halt.reached().await };
    checked(crawler.run_until(stop).await.unwrap())
}

/// A moment in a crawl: so many pages were parsed.
#[derive(Clone)]
struct Halt {
    left: Arc<AtomicU64>,
    reached: Arc<Notify>,
}

impl Halt {
    fn after(pages: u64) -> Self {
        Self {
            left: Arc::new(AtomicU64::new(pages)),
            reached: Arc::default(),
        }
    }

    fn never() -> Self {
        Self::after(u64::MAX)
    }

    /// Makes it a moment to come: after so many more.
    fn again_after(&self, pages: u64) {
        self.left.store(pages, Ordering::Relaxed);
    }

    /// One more page.
    fn page(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.reached.notify_one();
        }
    }

    async fn reached(&self) {
        self.reached.notified().await;
    }
}

/// Follows every link and gives two items a page, but fails on some pages.
fn spider(halt: &Halt) -> Probe<Value> {
    let halt = halt.clone();
    Probe::new([get(HOME)], move |response, out| {
        halt.page();
        let path = response.url().path().to_owned();
        out.follow_all(response.links());
        if path.ends_with('8') {
            return Err("no price".into());
        }
        for nth in 0..2 {
            out.item(json!({"path": path, "nth": nth}));
        }
        Ok(())
    })
}

/// Pages that link to each other and to another host; some are missing, some have moved, some answer at the second try.
fn site() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let path = request.url().path().trim_start_matches('/').to_owned();
        let Ok(page) = path.parse::<u64>() else {
            return Ok(html(request, ""));
        };
        if page % 10 == 4 {
            return Ok(Response::new(request, 404));
        }
        if page % 10 == 6 {
            let target = format!("/moved-{page}");
            return Response::new(request, 302).with_header("location", &target);
        }
        if page % 10 == 7 && request.attempt() == 0 {
            return Ok(Response::new(request, 500));
        }
        let links = [2 * page + 1, 2 * page + 2, page * 7 % PAGES, page / 2];
        let near = links.iter().filter(|page| **page < PAGES);
        let near = near.map(|page| format!("/{page}"));
        let far = [format!("http://b.example/{}", page % 3)];
        Ok(html(request, page_of_links(near.chain(far))))
    })
}

fn sorted(lines: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(Into::into).collect();
    lines.sort_unstable();
    lines
}

/// What a report says, but for when and how fast it was.
fn numbers(report: &Report) -> BTreeMap<String, Value> {
    let Value::Object(mut report) = serde_json::to_value(report).unwrap() else {
        unreachable!("a report is an object");
    };
    for name in [
        "started",
        "ended",
        "seconds",
        "paced",
        "peak_memory",
        "resumed",
    ] {
        assert!(report.remove(name).is_some(), "{name}");
    }
    report.into_iter().collect()
}

/// Runs a crawl that cannot begin.
async fn refused<S: Spider>(crawler: Crawler<S>, kind: ErrorKind) -> String {
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), kind, "{}", error.chain());
    error.chain()
}
