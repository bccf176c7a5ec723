//! `crawl jobs` alone: a table of all.

use std::io::{self, Write};

use serde_json::Value;

use super::find::names;
use super::overview::Overview;
use super::{DIRECTORY, directory_of};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal;
use crate::cli::terminal::table::{bytes, count, moment, table};

const HEAD: [&str; 9] = [
    "job", "state", "started", "ended", "pages", "items", "waiting", "dead", "size",
];

pub(super) fn list(as_json: bool) -> Outcome {
    let names = names()?;
    let jobs: Vec<Overview> = names
        .iter()
        .map(|name| Overview::of(directory_of(name)))
        .collect();
    let mut out = io::stdout().lock();
    if as_json {
        for job in &jobs {
            writeln!(out, "{}", Value::Object(job.json()))?;
        }
        return Ok(Exit::Finished);
    }
    if jobs.is_empty() {
        terminal::say(&format!(
            "no jobs in ./{DIRECTORY}; `crawl run` and `crawl site` make them"
        ));
        return Ok(Exit::Finished);
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(jobs.iter().map(row));
    write!(
        out,
        "{}",
        table([64, 48, 16, 16, 14, 14, 14, 14, 10], &rows)
    )?;
    out.flush()?;
    for error in jobs.iter().filter_map(|job| job.error.as_ref()) {
        terminal::say(&format!("error: {}", error.chain()));
    }
    Ok(Exit::Finished)
}

fn row(job: &Overview) -> [String; 9] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let number = |number: Option<u64>| or_none(number.map(count));
    let numbers = job.summary.as_ref();
    [
        job.name.clone(),
        job.outcome(),
        or_none(job.run.as_ref().map(|run| moment(run.started))),
        or_none(job.ended.map(moment)),
        number(numbers.map(|numbers| numbers.pages)),
        number(numbers.map(|numbers| numbers.items.kept)),
        number(numbers.map(|numbers| numbers.ledger.pending)),
        number(numbers.map(|numbers| numbers.dead)),
        bytes(job.size),
    ]
}
