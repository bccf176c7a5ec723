//! A durable job as a stream: over any number of runs its reader gets every item, and none twice but the one that it had
//! in hand when the stream was dropped or the process was killed.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crawlworks::Finish;
use crawlworks::prelude::*;
use serde_json::Value;
use tokio::sync::Notify;

use super::{Halt, Job, site, spider};
use crate::support::{Probe, Scratch, checked, quick};

/// The directory of a crawl in a process of its own, and after how many items it is killed.
const DIRECTORY: &str = "STREAM_DIRECTORY";
const ITEMS: &str = "STREAM_ITEMS";

/// A crawl of the test site, several pages at a time.
fn crawler(job: &Job) -> Crawler<Probe<Value>> {
    let crawler = job.of(spider(&Halt::never()), |s| {
        s.failures.retries = 2;
        s.politeness.concurrency = 8;
        s.politeness.concurrency_per_host = 4;
    });
    crawler
        .downloader(site())
        .output(&job.files.path("a.jsonl"))
}

/// How often each item came.
#[derive(Debug, Default, PartialEq)]
struct Came(BTreeMap<String, u32>);

impl Came {
    fn add(&mut self, item: &impl ToString) {
        *self.0.entry(item.to_string()).or_default() += 1;
    }

    /// All items of the site, once each.
    async fn all() -> Self {
        let (mut all, mut items) = (Self::default(), crawler(&Job::new()).stream());
        while let Some(item) = items.next().await {
            all.add(&item);
        }
        checked(items.finish().await.unwrap());
        assert!(all.0.len() > 200 && all.0.values().all(|times| *times == 1));
        all
    }

    /// Takes those out that were in hand at the end of a run, if they came again.
    fn without(mut self, in_hand: &[String]) -> Self {
        for item in in_hand {
            let times = self.0.get_mut(item).unwrap();
            *times = (*times - 1).max(1);
        }
        self
    }
}

/// The file holds every item once.
fn assert_file_is_whole(files: &Scratch, all: &Came) {
    let mut written = Came::default();
    files
        .read("a.jsonl")
        .lines()
        .for_each(|line| written.add(&line));
    assert_eq!(&written, all);
}

#[tokio::test(start_paused = true)]
async fn finishing_in_the_middle_loses_nothing_and_doubles_nothing() {
    let (job, mut came) = (Job::new(), Came::default());
    for run in 1.. {
        let mut items = crawler(&job).stream();
        for _ in 0..run * 7 % 23 {
            match items.next().await {
                Some(item) => came.add(&item),
                None => break,
            }
        }
        let report = checked(items.finish().await.unwrap());
        if report.finish == Finish::Finished {
            assert!(run > 5);
            assert_eq!(report.items.kept, came.0.len() as u64);
            break;
        }
        assert_eq!(report.finish, Finish::Stopped);
    }
    let all = Came::all().await;
    assert_eq!(came, all);
    assert_file_is_whole(&job.files, &all);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_gives_the_item_in_hand_again_and_no_other() {
    let (job, mut came, mut in_hand) = (Job::new(), Came::default(), Vec::new());
    let mut last = None;
    for run in 1.. {
        let mut items = crawler(&job).stream();
        for _ in 0..=(run * 5 % 17) {
            last = items.next().await.map(|item| item.to_string());
            match &last {
                Some(item) => came.add(&item),
                None => break,
            }
        }
        drop(items);
        job.is_free().await;
        match &last {
            Some(item) => in_hand.push(item.clone()),
            None => break,
        }
    }
    assert!(in_hand.len() > 10);
    let all = Came::all().await;
    assert_eq!(came.without(&in_hand), all);
}

#[tokio::test(start_paused = true)]
async fn a_stop_hands_over_what_is_on_its_way() {
    let (job, mut came) = (Job::new(), Came::default());
    for run in 1.. {
        let halted = Arc::new(Notify::new());
        let stop = Arc::clone(&halted);
        let mut items = match run % 2 {
            0 => crawler(&job).stream(),
            _ => crawler(&job).stream_until(async move { stop.notified().await }),
        };
        let mut read = 0;
        while let Some(item) = items.next().await {
            came.add(&item);
            read += 1;
            if read == 10 {
                halted.notify_one();
                items.stop();
            }
        }
        let report = checked(items.finish().await.unwrap());
        if report.finish == Finish::Finished {
            assert!(run > 2);
            break;
        }
        assert_eq!(report.finish, Finish::Stopped);
        assert_eq!(report.items.kept, came.0.len() as u64);
    }
    let all = Came::all().await;
    assert_eq!(came, all);
    assert_file_is_whole(&job.files, &all);
}

#[tokio::test]
#[ignore = "the other tests run it, in a process of its own"]
async fn a_stream_in_a_process_of_its_own() {
    let (Ok(directory), Ok(most)) = (std::env::var(DIRECTORY), std::env::var(ITEMS)) else {
        return;
    };
    let crawler = quick(spider(&Halt::never()), |s| {
        s.politeness.concurrency = 8;
        s.politeness.concurrency_per_host = 4;
        s.failures.retries = 2;
    });
    let crawler = crawler.downloader(site()).job(format!("{directory}/job"));
    let mut log = OpenOptions::new();
    let log = log
        .create(true)
        .append(true)
        .open(format!("{directory}/read"));
    let mut log = log.unwrap();
    let mut items = crawler.output(&format!("{directory}/a.jsonl")).stream();
    let mut left: u64 = most.parse().unwrap();
    while let Some(item) = items.next().await {
        writeln!(log, "{item}").unwrap();
        left -= 1;
        if left == 0 {
            // As good as a SIGKILL: nothing is dropped, nothing is flushed.
            std::process::abort();
        }
    }
    checked(items.finish().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn kills_give_the_item_in_hand_again_and_no_other() {
    let (files, mut in_hand) = (Scratch::new(), Vec::new());
    for run in 1.. {
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact"])
            .arg("durable::streams::a_stream_in_a_process_of_its_own")
            .env(DIRECTORY, files.path(""))
            .env(ITEMS, (run * 11 % 29 + 1).to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        if ended.success() {
            break;
        }
        in_hand.push(files.read("read").lines().last().unwrap().to_owned());
    }
    assert!(in_hand.len() > 10, "{in_hand:?}");
    let (mut came, all) = (Came::default(), Came::all().await);
    files.read("read").lines().for_each(|item| came.add(&item));
    assert_eq!(came.without(&in_hand), all);
    assert_file_is_whole(&files, &all);
}
