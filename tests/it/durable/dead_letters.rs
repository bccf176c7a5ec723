//! Requests that were given up are kept.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind};
use serde_json::{Value, json};

use super::{Halt, Job, sorted, stop};
use crate::support::{Probe, get, html, run};

/// Fails in every way that there is.
fn failing(halt: &Halt) -> Probe<Value> {
    let halt = halt.clone();
    let ways = ["missing", "refused", "busy", "bad", "panic", "fine"];
    let start = (0..4).flat_map(move |nth| {
        ways.map(|way| get(format!("http://a.example/{way}/{nth}")).with_label(way))
    });
    Probe::new(start.collect::<Vec<_>>(), move |response, _| {
        halt.page();
        match response.label() {
            Some("bad") => Err("no price".into()),
            Some("panic") => panic!("out of shops"),
            _ => Ok(()),
        }
    })
}

fn downloader() -> FakeDownloader {
    FakeDownloader::new(|request| match request.label() {
        Some("missing") => Ok(Response::new(request, 404)),
        Some("busy") => Ok(Response::new(request, 500)),
        Some("refused") => Err(Error::new(ErrorKind::Connect, "refused")),
        _ => Ok(html(request, "")),
    })
}

fn crawler(job: &Job, halt: &Halt) -> Crawler<Probe<Value>> {
    job.of(failing(halt), |s| s.failures.retries = 2)
        .downloader(downloader())
}

/// URL, kind, message and attempts of each letter, sorted.
fn told(job: &Job) -> Vec<String> {
    let letters = job.dead_letters();
    let told = letters.iter().map(|letter| {
        assert_eq!(letter["url"], letter["request"]["url"]);
        assert!(letter["at"].as_str().unwrap().ends_with('Z'));
        format!(
            "{} {} {} {}",
            letter["url"].as_str().unwrap(),
            letter["kind"].as_str().unwrap(),
            letter["attempts"],
            letter["message"].as_str().unwrap(),
        )
    });
    sorted(told)
}

fn expected() -> Vec<String> {
    sorted((0..4).flat_map(|nth| {
        [
            format!("http://a.example/missing/{nth} status 1 status 404"),
            format!("http://a.example/refused/{nth} connect 3 refused"),
            format!("http://a.example/busy/{nth} status 3 status 500"),
            format!("http://a.example/bad/{nth} spider 1 the spider failed: no price"),
            format!("http://a.example/panic/{nth} panic 1 panicked: out of shops"),
        ]
    }))
}

#[tokio::test(start_paused = true)]
async fn every_request_that_is_given_up_is_a_letter_that_says_why() {
    let job = Job::new();
    let report = run(crawler(&job, &Halt::never())).await;
    assert_eq!(told(&job), expected());
    assert_eq!((report.ledger.failed, report.pages), (20, 4));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_failed_is_a_number_in_its_letter_and_in_the_report() {
    let job = Job::new();
    let report = run(crawler(&job, &Halt::never())).await;
    for letter in job.dead_letters() {
        let status = match letter["request"]["label"].as_str().unwrap() {
            "missing" => Some(404),
            "busy" => Some(500),
            _ => None,
        };
        assert_eq!(
            letter.get("status").and_then(Value::as_u64),
            status,
            "{letter}"
        );
    }
    let json = serde_json::to_value(&report).unwrap();
    let expected = json!({
        "kinds": {"status": 8, "connect": 4, "spider": 4, "panic": 4},
        "statuses": {"404": 4, "500": 4},
    });
    assert_eq!(json["failed"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_letter_is_written_once_however_often_the_crawl_is_broken_off() {
    let job = Job::new();
    let halt = Halt::after(2);
    job.break_off(crawler(&job, &halt).concurrency(8), &halt)
        .await;
    let halt = Halt::after(1);
    stop(crawler(&job, &halt), &halt).await;
    let report = run(crawler(&job, &Halt::never())).await;
    assert_eq!(told(&job), expected());
    assert_eq!((report.ledger.failed, report.pages), (20, 4));
}

#[tokio::test(start_paused = true)]
async fn letters_that_were_not_committed_go() {
    let job = Job::new();
    let halt = Halt::after(3);
    stop(crawler(&job, &halt), &halt).await;
    let committed = job.files.read("job/dead-letter.jsonl");
    let first = committed.lines().next().unwrap();
    job.files.write(
        "job/dead-letter.jsonl",
        &format!("{committed}{first}\n{{\"ur"),
    );
    run(crawler(&job, &Halt::never())).await;
    assert_eq!(told(&job), expected());
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_that_starts_over_has_the_letters_of_the_new_run() {
    let job = Job::new();
    run(crawler(&job, &Halt::never())).await;
    let fine = FakeDownloader::new(|request| Ok(html(request, "")));
    let probe = Probe::<Value>::new([get("http://a.example/")], |_, _| Ok(()));
    run(job.of(probe, |_| {}).downloader(fine)).await;
    assert!(job.dead_letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn letters_that_were_removed_or_cut_short_do_not_keep_the_crawl_from_going_on() {
    for keep in [None, Some(0), Some(2)] {
        let job = Job::new();
        let halt = Halt::after(3);
        stop(crawler(&job, &halt), &halt).await;
        let held = job.files.read("job/dead-letter.jsonl");
        let letters = job.files.path("job/dead-letter.jsonl");
        let kept = keep.map(|part| &held[..held.len() * part / 3]);
        match kept {
            Some(kept) => std::fs::write(letters, kept).unwrap(),
            None => std::fs::remove_file(letters).unwrap(),
        }
        let report = run(crawler(&job, &Halt::never())).await;
        assert_eq!((report.ledger.failed, report.pages), (20, 4));
    }
}
