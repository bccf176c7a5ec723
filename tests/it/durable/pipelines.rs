//! What pipelines and streams see of a crawl in several runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use serde_json::Value;

use super::{Halt, Job, sorted, stop};
use crate::support::run;

/// Takes down what passes, and drops every fifth.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Pipeline<Value> for Log {
    async fn process(&mut self, item: Value) -> Result<Verdict<Value>, BoxError> {
        self.0.lock().unwrap().push(item.to_string());
        Ok(match item["path"].as_str() {
            Some(path) if path.ends_with('5') => Verdict::Drop("five"),
            _ => Verdict::Keep(item),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_sees_every_item_once_when_the_crawl_is_stopped() {
    let (job, whole) = (Job::new(), Job::new());
    let (log, reference) = (Log::default(), Log::default());
    let report = run(whole.crawl(&Halt::never()).pipeline(reference.clone())).await;
    let halt = Halt::after(40);
    stop(job.crawl(&halt).pipeline(log.clone()), &halt).await;
    let resumed = run(job.crawl(&Halt::never()).pipeline(log.clone())).await;
    assert_eq!(sorted(log.seen()), sorted(reference.seen()));
    assert_eq!(resumed.items, report.items);
    assert!(resumed.items.dropped["five"] > 5, "{resumed:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_sees_again_only_what_was_not_committed() {
    let job = Job::new();
    let log = Log::default();
    for _ in 0..5 {
        let halt = Halt::after(9);
        job.break_off(job.crawl(&halt).pipeline(log.clone()), &halt)
            .await;
    }
    run(job.crawl(&Halt::never()).pipeline(log.clone())).await;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for item in log.seen() {
        *seen.entry(item).or_default() += 1;
    }
    // One visit at a time, and two items on a page.
    let again: usize = seen.values().map(|times| times - 1).sum();
    assert!(again <= 5 * 2, "{again} items were seen again");
    let lines = job.files.read("a.jsonl");
    assert_eq!(lines.lines().count(), seen.len() - fives(&seen));
}

/// How many different items the pipeline drops.
fn fives(seen: &HashMap<String, usize>) -> usize {
    seen.keys().filter(|item| item.contains("5\",")).count()
}

#[tokio::test(start_paused = true)]
async fn a_stream_hands_over_what_a_stream_before_it_did_not() {
    let job = Job::new();
    let mut items = Vec::new();
    let mut stream = job.crawl(&Halt::never()).stream();
    while items.len() < 40 {
        items.push(stream.next().await.unwrap().to_string());
    }
    let report = stream.finish().await.unwrap();
    assert_eq!(report.finish, crawlworks::Finish::Stopped);
    // It may have found more than was read by then.
    items.truncate(usize::try_from(report.items.kept).unwrap());
    let mut stream = job.crawl(&Halt::never()).stream();
    while let Some(item) = stream.next().await {
        items.push(item.to_string());
    }
    let report = stream.finish().await.unwrap();
    assert!(report.resumed.is_some());
    let [lines, ..] = job.items();
    let read: std::collections::BTreeSet<String> = items.iter().cloned().collect();
    assert!(read.len() == items.len(), "an item came twice");
    assert!(read.iter().all(|item| lines.contains(item)));
}
