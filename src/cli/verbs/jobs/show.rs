//! `crawl jobs show`: all that is known of one job.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::find::find;
use super::overview::{Overview, object, path};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::terminal::summary::{filled, time};
use crate::cli::terminal::table::{bytes, count, moment, plural, table};
use crate::model::report::{Items, Ledger, listed};
use crate::page::error::{ErrorKind, Result};
use crate::store::dead_letter::{self, DeadLetter};
use crate::store::state::{PastRun, RunFile, history};

/// Show all that is known of a job
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Its name, or how this begins, or its directory
    name: String,

    /// As a JSON object
    #[arg(long)]
    json: bool,
}

/// A job with what its smaller files say.
struct Shown {
    job: Overview,
    /// Numbers of requests that were given up, by kind.
    kinds: BTreeMap<String, u64>,
    /// Numbers of requests that were given up because of their status.
    statuses: BTreeMap<u16, u64>,
    history: Vec<PastRun>,
}

impl Show {
    pub(super) fn run(self) -> Outcome {
        let mut job = Overview::of(find(&self.name)?);
        if let Some(error) = job.error.take() {
            return Err(error.into());
        }
        let letters = dead_letter::read(&dead_letter::path(&job.directory), None)?;
        let mut shown = Shown {
            kinds: BTreeMap::new(),
            statuses: BTreeMap::new(),
            history: history::read(&job.directory)?,
            job,
        };
        shown.count(letters)?;
        shown.print(self.json)?;
        Ok(Exit::Finished)
    }
}

impl Shown {
    fn count(&mut self, letters: impl Iterator<Item = Result<DeadLetter>>) -> Result<()> {
        for letter in letters {
            let DeadLetter { kind, status, .. } = letter?;
            if let Some(status) = status.filter(|_| kind == ErrorKind::Status.as_str()) {
                *self.statuses.entry(status).or_default() += 1;
            }
            *self.kinds.entry(kind).or_default() += 1;
        }
        Ok(())
    }

    fn print(&self, as_json: bool) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        if as_json {
            writeln!(out, "{}", self.json())?;
            return Ok(());
        }
        let mut rows = vec![
            row("job", self.job.name.clone()),
            row("directory", path(&self.job.directory)),
            row("size", bytes(self.job.size)),
            row("state", self.job.outcome()),
        ];
        rows.extend(self.job.run.iter().flat_map(of_run));
        rows.extend(self.job.ended.map(|ended| row("ended", moment(ended))));
        rows.extend(self.numbers());
        write!(out, "{}", table([14, 200], &rows))?;
        if !self.history.is_empty() {
            write!(
                out,
                "\nRuns that ended, the newest last:\n\n{}",
                runs(&self.history)
            )?;
        }
        Ok(out.flush()?)
    }

    fn numbers(&self) -> Vec<[String; 2]> {
        let mut rows = Vec::new();
        if let Some(numbers) = &self.job.summary {
            rows.push(row("pages", count(numbers.pages)));
            rows.push(row("items", count(numbers.items.kept)));
            rows.extend(fields(&numbers.items));
            rows.push(row("requests", ledger(&numbers.ledger)));
        }
        if !self.kinds.is_empty() {
            let all = self.kinds.values().sum();
            let kinds = listed(&self.kinds, &self.statuses, count);
            rows.push(row("dead letters", format!("{}: {kinds}", count(all))));
        }
        if let Some(last) = self.history.last() {
            rows.push(row("last finish", finish(last)));
        }
        rows
    }

    fn json(&self) -> Value {
        let (run, numbers) = (self.job.run.as_ref(), self.job.summary.as_ref());
        let mut json = self.job.json();
        json.extend(object([
            ("resumes", json!(run.map(|run| run.resumes))),
            ("arguments", json!(run.map(|run| &run.arguments))),
            ("outputs", json!(run.map(|run| &run.outputs))),
            ("ledger", json!(numbers.map(|numbers| numbers.ledger))),
            (
                "fields",
                json!(numbers.map(|numbers| &numbers.items.fields)),
            ),
            ("dead_letter_kinds", json!(self.kinds)),
            ("dead_letter_statuses", json!(self.statuses)),
            ("history", json!(self.history)),
        ]));
        Value::Object(json)
    }
}

/// Returns a row with the number of items that have each field.
fn fields(items: &Items) -> Option<[String; 2]> {
    let each = items.fields.iter();
    let each: Vec<String> = each
        .map(|(name, field)| filled(name, field, items.counted))
        .collect();
    (!each.is_empty()).then(|| row("fields", each.join(", ")))
}

/// Returns how a run ended and, if it failed, why.
fn finish(run: &PastRun) -> String {
    if let Some(failure) = &run.failure {
        return format!("{}: {failure}", run.finish);
    }
    if run.short_of.is_empty() {
        return run.finish.clone();
    }
    format!(
        "{}, but below min_fill: {}",
        run.finish,
        run.short_of.join(", ")
    )
}

fn of_run(run: &RunFile) -> Vec<[String; 2]> {
    let mut rows = vec![row("spider", run.spider.clone())];
    for (name, value) in &run.arguments {
        rows.push(row("argument", format!("{name}={value}")));
    }
    for output in &run.outputs {
        rows.push(row("output", output.clone()));
    }
    if run.resumes > 0 {
        rows.push(row("resumed", plural(run.resumes.into(), "time")));
    }
    rows.push(row("started", moment(run.started)));
    rows
}

fn ledger(ledger: &Ledger) -> String {
    format!(
        "{} seen: {} done, {} filtered, {} failed, {} waiting",
        count(ledger.seen),
        count(ledger.done),
        count(ledger.filtered),
        count(ledger.failed),
        count(ledger.pending),
    )
}

fn runs(history: &[PastRun]) -> String {
    let mut rows =
        vec![["started", "took", "finish", "pages", "items", "errors"].map(str::to_owned)];
    rows.extend(history.iter().map(|run| {
        [
            moment(run.started),
            time(run.seconds),
            run.finish.clone(),
            count(run.pages),
            count(run.items),
            count(run.errors),
        ]
    }));
    table([16, 12, 12, 14, 14, 14], &rows)
}

fn row(name: &str, value: String) -> [String; 2] {
    [name.to_owned(), value]
}
