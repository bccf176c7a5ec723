//! What a trial came to: everything that can be wrong with a finished crawl, and a table of its numbers.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::checker::{Verdict, page_of};
use super::graph::{Expected, Page};
use super::outputs::Outputs;
use super::trial::{CONCURRENCY, End, JOB, REPORT, Trial};

#[derive(Debug)]
pub(super) struct Summary {
    seed: u64,
    pages: usize,
    /// Runs that were killed.
    pub(super) kills: usize,
    /// Runs that were stopped by a signal.
    pub(super) stops: usize,
    torn: usize,
    verdict: Verdict,
    /// Requests that were made again, by the run that they were lost with.
    refetches: Vec<usize>,
    time: Duration,
    bytes: u64,
    /// What else is wrong.
    faults: Vec<String>,
}

impl Summary {
    pub(super) fn of(trial: &Trial) -> Self {
        let count = |end| trial.ends.iter().filter(|other| **other == end).count();
        let expected = trial.truth.graph().expected();
        let mut faults = Vec::new();
        let records = trial.outputs.same_in_all().unwrap_or_else(|why| {
            faults.push(why);
            &[]
        });
        faults.extend(requests(trial));
        faults.extend(report(trial, &expected));
        faults.extend(job(trial, &expected));
        Self {
            seed: trial.seed,
            pages: expected.records.len(),
            kills: count(End::Killed),
            stops: count(End::Stopped),
            torn: trial.torn,
            verdict: Verdict::of(records, &trial.truth),
            refetches: trial.truth.log(|log| log.in_vain(trial.ends.len())),
            time: trial.began.elapsed(),
            bytes: Outputs::bytes(&trial.directory),
            faults,
        }
    }

    #[track_caller]
    pub(super) fn assert_flawless(&self) {
        assert!(
            self.verdict.is_flawless() && self.faults.is_empty(),
            "{self:#?}"
        );
    }
}

/// What is wrong with what the server was asked for.
fn requests(trial: &Trial) -> Vec<String> {
    let runs = trial.ends.len();
    let mut faults = Vec::new();
    let (in_vain, strays) = trial
        .truth
        .log(|log| (log.in_vain(runs), log.strays().to_vec()));
    let (robots, turned_away) = trial
        .truth
        .log(|log| (log.robots(runs), log.turned_away(runs)));
    for (run, (end, in_vain)) in trial.ends.iter().zip(in_vain).enumerate() {
        let allowed = if *end == End::Killed { CONCURRENCY } else { 0 };
        if in_vain > allowed {
            faults.push(format!(
                "run {run}, {end:?}: {in_vain} requests were made again"
            ));
        }
    }
    for (run, (asked, turned_away)) in robots.into_iter().zip(turned_away).enumerate() {
        // After a 503 it asks whether the server is there, by robots.txt when no other page waits.
        if asked > 1 + turned_away {
            faults.push(format!(
                "run {run} asked for robots.txt {asked} times, and was turned away {turned_away} times"
            ));
        }
    }
    faults.extend(strays.iter().map(|path| format!("nobody links to {path}")));
    faults
}

/// What is wrong with the report, which has to be that of a crawl that nothing interrupted.
fn report(trial: &Trial, expected: &Expected) -> Vec<String> {
    let report = read(trial, REPORT);
    let (records, missing) = (expected.records.len() as u64, expected.missing.len() as u64);
    let done = records + expected.redirects;
    let text = json!({"filled": records, "types": {"string": records}});
    let list = json!({"filled": records, "types": {"array": records}});
    let wanted = json!({
        "finish": "finished",
        "pages": records,
        "items": {
            "kept": records,
            "dropped": {},
            "failed": {},
            "counted": records,
            "fields": {"url": text, "title": text, "h1": text, "links": list},
        },
        "shortfalls": [],
        "ledger": {"seen": done + missing, "done": done, "filtered": 0, "failed": missing, "pending": 0},
        "duplicates": expected.duplicates,
        "filtered": {},
    });
    let mut faults = Vec::new();
    for (name, value) in wanted.as_object().into_iter().flatten() {
        if report[name] != *value {
            faults.push(format!("report: {name} is {}, not {value}", report[name]));
        }
    }
    faults
}

/// What is wrong with the job's own files.
fn job(trial: &Trial, expected: &Expected) -> Vec<String> {
    let mut faults = Vec::new();
    if read(trial, &format!("{JOB}/report.json")) != read(trial, REPORT) {
        faults.push("the job's report is not the report".to_owned());
    }
    let state = &read(trial, &format!("{JOB}/run.json"))["state"];
    if state != "finished" {
        faults.push(format!("the job is {state}"));
    }
    let letters = text(trial, &format!("{JOB}/dead-letter.jsonl"));
    let mut dead: HashSet<Page> = HashSet::new();
    for line in letters.lines() {
        let letter: Value = serde_json::from_str(line).unwrap_or_default();
        match letter["url"].as_str().and_then(page_of) {
            Some(page) if expected.missing.contains(&page) && dead.insert(page) => {}
            _ => faults.push(format!("dead letter: {line}")),
        }
    }
    let lost = expected.missing.difference(&dead);
    faults.extend(lost.map(|page| format!("no dead letter for page {page}")));
    faults
}

fn read(trial: &Trial, name: &str) -> Value {
    serde_json::from_str(&text(trial, name)).unwrap_or_default()
}

/// What a file holds; nothing when there is none.
fn text(trial: &Trial, name: &str) -> String {
    std::fs::read_to_string(trial.directory.path(name)).unwrap_or_default()
}

impl fmt::Display for Summary {
    #[expect(clippy::cast_precision_loss, reason = "a mean is for reading")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refetches: usize = self.refetches.iter().sum();
        let mean = refetches as f64 / self.kills.max(1) as f64;
        let most = self.refetches.iter().max().copied().unwrap_or_default();
        let rows = [
            ("seed", self.seed.to_string()),
            ("records", self.pages.to_string()),
            ("kills", self.kills.to_string()),
            ("stops", self.stops.to_string()),
            ("torn writes", self.torn.to_string()),
            ("lost", self.verdict.lost.len().to_string()),
            ("unexpected", self.verdict.unexpected.len().to_string()),
            ("duplicate", self.verdict.duplicate.len().to_string()),
            ("other faults", self.faults.len().to_string()),
            ("refetches", refetches.to_string()),
            ("  mean per kill", format!("{mean:.2}")),
            (
                "  most per kill",
                format!("{most} of {CONCURRENCY} allowed"),
            ),
            ("seconds", format!("{:.1}", self.time.as_secs_f64())),
            ("bytes written", self.bytes.to_string()),
        ];
        for (name, value) in rows {
            writeln!(f, "{name:<18}{value}")?;
        }
        Ok(())
    }
}
