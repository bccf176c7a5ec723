//! Files of a crawl in several runs.

use crawlworks::ErrorKind;
use crawlworks::prelude::*;
use crawlworks::sink::{Mode, OutputFile};
use serde_json::Value;

use super::{Halt, Job, refused, site, sorted, spider, stop};
use crate::support::{Probe, run};

const NAMES: [&str; 3] = ["a.jsonl", "b.json", "c.csv"];

/// The crawl with outputs that are appended to.
fn appending(job: &Job, halt: &Halt) -> Crawler<Probe<Value>> {
    let crawler = job
        .of(spider(halt), |s| s.failures.retries = 2)
        .downloader(site());
    NAMES.iter().fold(crawler, |crawler, name| {
        let output = OutputFile::parse(&job.files.path(name), Mode::Append).unwrap();
        crawler.output_file(output)
    })
}

#[tokio::test(start_paused = true)]
async fn what_a_file_held_before_the_first_run_stays() {
    let (job, whole) = (Job::new(), Job::new());
    run(whole.crawl(&Halt::never())).await;
    let former = serde_json::json!({"path": "/former", "nth": 0});
    job.files.write("a.jsonl", &format!("{former}\n"));
    job.files.write("b.json", &format!("[{former}]"));
    job.files.write("c.csv", "path,nth\n/former,0\n");
    for _ in 0..3 {
        let halt = Halt::after(9);
        job.break_off(appending(&job, &halt), &halt).await;
    }
    run(appending(&job, &Halt::never())).await;
    let [mut lines, mut array, mut table] = whole.items();
    lines.push(former.to_string());
    array.push(former.to_string());
    table.push("/former,0".to_owned());
    assert_eq!(job.items(), [lines, array, table].map(sorted));
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_is_appended_to_again() {
    let job = Job::new();
    run(appending(&job, &Halt::never())).await;
    let [once, ..] = job.items();
    run(appending(&job, &Halt::never())).await;
    let [twice, ..] = job.items();
    assert_eq!(twice, sorted([once.clone(), once].concat()));
}

#[tokio::test(start_paused = true)]
async fn files_are_complete_with_every_commit_on_the_disk() {
    let (job, whole) = (Job::new(), Job::new());
    run(whole.crawl(&Halt::never())).await;
    let synced = |halt: &Halt| {
        let mut crawler = job.crawl(halt);
        crawler.settings_mut().disk.sync = true;
        crawler
    };
    let halt = Halt::after(20);
    job.break_off(synced(&halt), &halt).await;
    run(synced(&Halt::never())).await;
    assert_eq!(job.items(), whole.items());
}

#[tokio::test(start_paused = true)]
async fn a_name_with_the_time_is_the_same_in_every_run() {
    let job = Job::new();
    let crawler = |halt: &Halt| {
        job.of(spider(halt), |_| {})
            .downloader(site())
            .output(&job.files.path("%(name)s-%(time)s.jsonl"))
    };
    let halt = Halt::after(5);
    stop(crawler(&halt), &halt).await;
    // As if it had been begun long ago.
    let text = job.files.read("job/run.json");
    let run_json = job.run_json();
    let started = run_json["started"].as_str().unwrap();
    let output = run_json["outputs"][0].as_str().unwrap();
    let path = output.strip_suffix(":jsonl").unwrap();
    let then = job.files.path("probe-2024-05-01T12-00-00.jsonl");
    std::fs::rename(path, &then).unwrap();
    let noon = jiff::civil::date(2024, 5, 1).at(12, 0, 0, 0);
    let noon = noon.to_zoned(jiff::tz::TimeZone::system()).unwrap();
    let text = text
        .replace(path, &then)
        .replace(started, &noon.timestamp().to_string());
    job.files.write("job/run.json", &text);
    let report = run(crawler(&Halt::never())).await;
    let lines = std::fs::read_to_string(&then).unwrap();
    assert_eq!(lines.lines().count() as u64, report.items.kept);
    assert!(report.resumed.is_some());
}

/// What becomes of a job that was broken off when this is done to one of its outputs before the next run.
async fn after(change: impl Fn(&Job, &str), why: &str) {
    for name in NAMES {
        let job = Job::new();
        let halt = Halt::after(20);
        job.break_off(job.crawl(&halt), &halt).await;
        change(&job, name);
        is_refused(&job, name, why).await;
    }
}

/// Looks that the crawl does not go on, nor changes anything, and begins anew if it is told to.
async fn is_refused(job: &Job, name: &str, why: &str) {
    let held = || NAMES.map(|name| std::fs::read(job.files.path(name)).ok());
    let before = held();
    let error = refused(job.crawl(&Halt::never()), ErrorKind::Storage).await;
    assert!(error.contains(why) && error.contains(name), "{error}");
    assert!(error.contains("start over with --fresh"), "{error}");
    assert!(held() == before, "{name}: the files were changed");
    let fresh = run(job.crawl(&Halt::never()).fresh()).await;
    let [lines, ..] = job.items();
    assert_eq!(lines.len() as u64, fresh.items.kept);
}

fn halve(job: &Job, name: &str) {
    let text = job.files.read(name);
    job.files.write(name, &text[..text.len() / 2]);
}

fn append(job: &Job, name: &str) {
    let text = job.files.read(name);
    job.files.write(name, &format!("{text}more\n"));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_removed_is_missed() {
    let remove = |job: &Job, name: &str| std::fs::remove_file(job.files.path(name)).unwrap();
    after(remove, "it is missing, and the job had written to it").await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_cut_short_is_not_continued() {
    after(halve, "bytes, and the job had written").await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_emptied_is_not_continued() {
    let empty = |job: &Job, name: &str| drop(job.files.write(name, ""));
    after(empty, "it has 0 bytes, and the job had written").await;
}

#[tokio::test(start_paused = true)]
async fn a_file_in_which_a_line_has_got_longer_is_not_continued() {
    let edit = |job: &Job, name: &str| {
        let text = job.files.read(name);
        job.files.write(name, &text.replacen("/0", "/00", 1));
    };
    after(edit, "no record ends at byte").await;
}

#[tokio::test(start_paused = true)]
async fn what_stands_behind_the_last_commit_of_a_crawl_that_was_broken_off_goes() {
    let (job, whole) = (Job::new(), Job::new());
    run(whole.crawl(&Halt::never())).await;
    let halt = Halt::after(20);
    job.break_off(job.crawl(&halt), &halt).await;
    for name in NAMES {
        append(&job, name);
    }
    run(job.crawl(&Halt::never())).await;
    assert_eq!(job.items(), whole.items());
}

/// In good order: then nothing behind the end is the crawl's own.
#[tokio::test(start_paused = true)]
async fn what_others_added_to_a_file_of_a_crawl_that_was_stopped_is_not_lost() {
    for name in NAMES {
        let job = Job::new();
        let halt = Halt::after(20);
        stop(job.crawl(&halt), &halt).await;
        append(&job, name);
        is_refused(&job, name, "something was added to it").await;
    }
}
