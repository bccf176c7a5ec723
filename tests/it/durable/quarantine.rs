//! A page that takes the whole process down is given up, and nothing else.
//!
//! These crawls run in processes of their own: this test binary, told to run one test alone.

use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use serde_json::{Value, json};

use super::{Halt, Job, sorted};
use crate::support::{Probe, get, html, page_of_links, quick};

/// The directory and the spider of a crawl in a process of its own.
const DIRECTORY: &str = "CHILD_DIRECTORY";
const KIND: &str = "CHILD_KIND";

/// How many pages there are.
const PAGES: u64 = 80;
/// Pages that are parsed at a time, unless the pipeline is deadly.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
#[ignore = "the other tests run it, in a process of its own"]
async fn a_crawl_in_a_process_of_its_own() {
    let (Ok(directory), Ok(kind)) = (std::env::var(DIRECTORY), std::env::var(KIND)) else {
        return;
    };
    let is_pipeline = kind == "aborts in a pipeline";
    // All pages but the first, which an earlier process may have committed.
    let halt = Halt::after(PAGES - 1);
    let crawler = quick(deadly(&kind, &halt), |s| {
        s.politeness.concurrency = if is_pipeline { 100 } else { AT_ONCE };
        s.politeness.concurrency_per_host = s.politeness.concurrency;
    });
    let fake = FakeDownloader::new(|request| {
        let links = (0..PAGES).map(|nth| format!("/{nth}"));
        Ok(html(request, page_of_links(links)))
    });
    let crawler = crawler
        .downloader(fake)
        .pipeline(Deadly(is_pipeline.then_some(halt)))
        .output(&format!("{directory}/a.jsonl"))
        .job(format!("{directory}/job"));
    assert!(crawler.run().await.unwrap().ledger.balances());
}

/// A pipeline that ends the process at an item of the second page, when the pages are parsed: more than have a place
/// among those that wait for it. One that is still being parsed would be one that may have ended the process.
struct Deadly(Option<Halt>);

impl Pipeline<Value> for Deadly {
    async fn process(&mut self, item: Value) -> Result<Verdict<Value>, BoxError> {
        if let Some(parsed) = &self.0
            && item["path"] != "/0"
        {
            parsed.reached().await;
            std::process::abort();
        }
        Ok(Verdict::Keep(item))
    }
}

/// A spider that ends the process on page 7, or a harmless one.
fn deadly(kind: &str, halt: &Halt) -> Probe<Value> {
    let (kind, halt) = (kind.to_owned(), halt.clone());
    let company = Company::default();
    Probe::new([get("http://a.example/0")], move |response, out| {
        let path = response.url().path().to_owned();
        out.follow_all(response.links());
        match (&*kind, &*path) {
            ("aborts", "/7") => std::process::abort(),
            ("overflows", "/7") => drop(deep(0)),
            ("aborts beside others", "/5" | "/6" | "/8") => company.join_and_stay(),
            ("aborts beside others", "/7") => {
                company.join();
                std::process::abort();
            }
            _ => {}
        }
        out.item(json!({"path": path}));
        halt.page();
        Ok(())
    })
}

/// Pages that are in the middle of being parsed when one of them ends the process.
#[derive(Default)]
struct Company {
    present: Mutex<usize>,
    complete: Condvar,
}

impl Company {
    /// Waits until as many are there as can be parsed at a time, or not much longer: a page that is parsed alone would
    /// wait for ever.
    fn join(&self) {
        let mut present = self.present.lock().unwrap();
        *present += 1;
        self.complete.notify_all();
        let wait = Duration::from_millis(100);
        let few = |present: &mut usize| *present < AT_ONCE;
        drop(self.complete.wait_timeout_while(present, wait, few));
    }

    /// The same for a harmless page, which takes longer than it takes the other to end the process.
    fn join_and_stay(&self) {
        self.join();
        if *self.present.lock().unwrap() == AT_ONCE {
            std::thread::park_timeout(Duration::from_mins(1));
        }
    }
}

/// Runs out of stack long before it ends.
fn deep(depth: u64) -> u64 {
    let here = std::hint::black_box([depth; 64]);
    match here[0] {
        u64::MAX => 0,
        depth => deep(depth + 1) + here[1],
    }
}

impl Job {
    /// Runs the crawl in a process of its own.
    fn run_apart(&self, kind: &str) -> ExitStatus {
        Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact"])
            .arg("durable::quarantine::a_crawl_in_a_process_of_its_own")
            .env(DIRECTORY, self.files.path(""))
            .env(KIND, kind)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
    }

    /// The paths of all items, sorted.
    fn paths(&self) -> Vec<String> {
        let text = self.files.read("a.jsonl");
        sorted(text.lines().map(|line| {
            let item: Value = serde_json::from_str(line).unwrap();
            item["path"].as_str().unwrap().to_owned()
        }))
    }
}

/// All pages but the one that is deadly.
fn harmless() -> Vec<String> {
    let pages = (0..PAGES).filter(|page| *page != 7);
    sorted(pages.map(|page| format!("/{page}")))
}

fn is_given_up_after_three_ends(kind: &str) {
    let job = Job::new();
    for nth in 1..=3 {
        assert!(!job.run_apart(kind).success(), "run {nth}");
    }
    assert!(job.run_apart(kind).success());
    assert_eq!(job.paths(), harmless());
    let letters = job.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["url"], "http://a.example/7");
    assert_eq!(letters[0]["kind"], "crash");
    let message = "the process ended 3 times in a row while parsing it";
    assert_eq!(letters[0]["message"], message);
    let report: Value = serde_json::from_str(&job.files.read("job/report.json")).unwrap();
    assert_eq!(
        (&report["ledger"]["failed"], &report["errors"]["crash"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["resumed"]["times"], 3);
}

#[test]
fn a_page_that_aborts_the_process_is_given_up_after_three_ends() {
    is_given_up_after_three_ends("aborts");
}

#[test]
fn a_page_that_runs_out_of_stack_is_given_up_after_three_ends() {
    is_given_up_after_three_ends("overflows");
}

#[test]
fn pages_that_are_parsed_beside_a_deadly_one_are_not_given_up() {
    is_given_up_after_three_ends("aborts beside others");
}

#[test]
#[cfg(feature = "cli")]
fn a_page_that_was_given_up_can_be_tried_again() {
    let job = Job::new();
    for _ in 0..3 {
        assert!(!job.run_apart("aborts").success());
    }
    assert!(job.run_apart("aborts").success());
    let retried = Command::new(env!("CARGO_BIN_EXE_crawl"))
        .args(["retry-failed", &job.directory()])
        .output()
        .unwrap();
    assert!(retried.status.success(), "{retried:?}");
    assert!(job.run_apart("harmless").success());
    assert_eq!(job.paths().len() as u64, PAGES);
    assert!(job.dead_letters().is_empty());
}

#[test]
fn only_ends_in_a_row_count() {
    let job = Job::new();
    for _ in 0..2 {
        assert!(!job.run_apart("aborts").success());
    }
    // Mended, and finished; the next run starts over.
    assert!(job.run_apart("harmless").success());
    assert_eq!(job.paths().len() as u64, PAGES);
    assert!(job.dead_letters().is_empty());
    for _ in 0..2 {
        assert!(!job.run_apart("aborts").success());
    }
    assert!(job.run_apart("harmless").success());
    assert_eq!(job.paths().len() as u64, PAGES);
}

#[test]
fn pages_that_wait_for_a_pipeline_that_ends_the_process_are_not_given_up() {
    let job = Job::new();
    for _ in 0..3 {
        assert!(!job.run_apart("aborts in a pipeline").success());
    }
    assert!(job.run_apart("harmless").success());
    assert_eq!(job.paths().len() as u64, PAGES);
    assert!(job.dead_letters().is_empty());
}
