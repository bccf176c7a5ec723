//! The flags that `run` and `site` share: settings, outputs, limits, what is said on the way.

pub(super) mod age;
pub(super) mod document;
pub(super) mod find;
pub(super) mod input;
mod job;
pub(super) mod job_name;
pub(super) mod misplaced;
mod request;
mod setting;
#[cfg(test)]
mod table;

use std::collections::HashSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{ArgAction, Args, ValueEnum};

use crate::cli::exit::Failure;
use crate::items::output::AnyOutput;
use crate::items::sink::{Format, Mode};
use crate::model::settings::Settings;
use crate::page::error::{Error, Result};
pub(super) use job::JobFlags;
pub(super) use request::{ExchangeFlags, FetchFlags, PageFlags, RequestFlags};
pub(super) use setting::SettingFlags;

/// How a crawl is set up, and where its items go.
#[derive(Debug, Args)]
pub(super) struct CrawlFlags {
    #[command(flatten)]
    pub(super) settings: SettingFlags,

    /// Add the items to a file: .jsonl, .json, .csv, a database .db, or `-` for stdout
    ///
    /// The extension gives the format (.jsonl, .jl and .ndjson are JSON lines, .json is one array, .csv a table), or
    /// what follows a colon: `items.txt:csv`, `-:csv`. A SQLite file is `books.db?table=books` or `sqlite:FILE?OPTIONS`
    /// (feature `sql-sqlite`), a PostgreSQL table `postgres://USER@HOST/DATABASE?table=books` (feature `sql-postgres`). `%(name)s` in the name stands for the spider, `%(time)s` for
    /// the start in local time, such as 2026-01-31T06-00-00. May be repeated. A crawl that is resumed goes on in its
    /// files, be they given with -o or -O.
    #[arg(short = 'o', long = "output", value_name = "FILE[:FORMAT]", allow_hyphen_values = true, value_parser = |text: &str| output(text, Mode::Append))]
    append: Vec<Result<AnyOutput, String>>,

    /// Write the items to a file and replace what is in it [default: `-`, JSON lines on stdout]
    ///
    /// The name is read as that of -o. Without any output, a terminal shows title and URL of each item only, or its first
    /// fields if it has no URL; `-O -` shows all of it.
    #[arg(short = 'O', long = "overwrite-output", value_name = "FILE[:FORMAT]", allow_hyphen_values = true, value_parser = |text: &str| output(text, Mode::Overwrite))]
    overwrite: Vec<Result<AnyOutput, String>>,

    /// Stop after this many pages
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    max_pages: Option<u64>,

    /// Stop after this many items
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    max_items: Option<u64>,

    /// Stop after this long, such as 90s or 10m
    #[arg(long, value_name = "TIME", value_parser = checked("max_time"))]
    max_time: Option<String>,

    /// Write the report as JSON; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,

    /// Write what was given up as JSON lines: url, status, kind, message, referrer, tries, at
    ///
    /// They are the dead letters of the job, so it takes one. The file is begun anew; a crawl that is resumed begins it with what
    /// was given up before.
    #[arg(long, value_name = "FILE", conflicts_with = "no_job", value_parser = file)]
    pub(super) failed: Option<PathBuf>,

    #[command(flatten)]
    pub(super) job: JobFlags,

    #[command(flatten)]
    pub(super) log: LogFlags,
}

/// What is said on standard error.
#[derive(Debug, Args, Clone, Default)]
pub(super) struct LogFlags {
    /// No progress, no summary, only errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say more: -v, -vv, -vvv; or a filter in `CRAWL_LOG`, such as `crawlworks=debug`
    #[arg(short, long, action = ArgAction::Count)]
    pub(super) verbose: u8,

    /// How log lines are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) log_format: LogFormat,
}

impl LogFlags {
    /// Returns the flags for a verb of one page: what would be a warning in a crawl is its error, and is printed once.
    pub(super) fn for_one_page(&self) -> Self {
        Self {
            quiet: self.verbose == 0,
            ..self.clone()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum LogFormat {
    #[default]
    Text,
    Json,
}

impl CrawlFlags {
    /// Applies the limits; they win over `-s`.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<()> {
        settings.end.max_pages = self.max_pages.or(settings.end.max_pages);
        settings.end.max_items = self.max_items.or(settings.end.max_items);
        set(settings, "max_time", self.max_time.as_ref())
    }

    /// Returns whether an output is named.
    pub(super) fn has_output(&self) -> bool {
        !(self.append.is_empty() && self.overwrite.is_empty())
    }

    /// Returns the outputs of this spider: standard output when none is given.
    ///
    /// # Errors
    /// A usage error when two outputs, or an output and the report, or the file of `--failed`, are the same file.
    pub(super) fn outputs(&self, spider: &str) -> Result<Vec<AnyOutput>, Failure> {
        // The time stays as it is: it is the same in all of them.
        let given = self.append.iter().chain(&self.overwrite).cloned();
        let expanded = given.map(|output| output.map(|output| output.expand(spider, "%(time)s")));
        let outputs: Result<Vec<AnyOutput>, String> = expanded.collect();
        let mut outputs = outputs.map_err(Failure::usage)?;
        if outputs.is_empty() {
            outputs.extend(AnyOutput::parse("-", Mode::Append).ok());
        }
        let (mut files, mut destinations) = (HashSet::new(), HashSet::new());
        for output in &outputs {
            let is_new = match output {
                AnyOutput::File(file) => files.insert(file.path().map(place)),
                AnyOutput::Destination(url) => destinations.insert(url.to_string()),
            };
            if !is_new {
                let name = match (output, output.path()) {
                    (AnyOutput::Destination(url), _) => url.to_string(),
                    (AnyOutput::File(_), Some(path)) => path.display().to_string(),
                    (AnyOutput::File(_), None) => "standard output".to_owned(),
                };
                return Err(Failure::usage(format!("{name} is an output twice")));
            }
        }
        if let Some(report) = &self.report {
            let report = (report.as_os_str() != "-").then_some(report.as_path());
            if files.contains(&report.map(place)) {
                return Err(Failure::usage(match report {
                    Some(path) => format!("{} is an output and the report", path.display()),
                    None => {
                        "the report and the items cannot both go to standard output; add `-O FILE`"
                            .to_owned()
                    }
                }));
            }
        }
        if let Some(failed) = &self.failed
            && (files.contains(&Some(place(failed)))
                || self.report.as_deref().map(place) == Some(place(failed)))
        {
            let path = failed.display();
            let message = format!("{path} is written by --failed and is another output");
            return Err(Failure::usage(message));
        }
        Ok(outputs)
    }
}

/// Reads the name of a file that cannot be standard output.
fn file(text: &str) -> Result<PathBuf, String> {
    if text == "-" || text.is_empty() {
        return Err("expected the name of a file".to_owned());
    }
    Ok(text.into())
}

/// Returns the canonical path of a file, however its name is spelt.
fn place(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(file) = fs::canonicalize(&absolute) {
        return file;
    }
    // It is yet to be made, but perhaps not its directory.
    let directory = absolute
        .parent()
        .and_then(|directory| fs::canonicalize(directory).ok());
    match (directory, absolute.file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => absolute,
    }
}

/// Returns whether records go to standard output as JSON lines.
pub(super) fn is_stdout_lines(output: &AnyOutput) -> bool {
    matches!(output, AnyOutput::File(file) if file.path().is_none() && file.format() == Format::JsonLines)
}

/// Sets a setting from a flag that was checked when it was read.
fn set(settings: &mut Settings, name: &str, value: Option<&String>) -> Result<()> {
    value.map_or(Ok(()), |value| settings.set(name, value))
}

/// Reads `name=value`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// Reads a number; the message of the standard library would speak of digits.
pub(super) fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| "expected a whole number".to_owned())
}

/// Returns a value parser for a number in a range.
pub(super) fn number_in(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = number(text)?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(format!("expected {} to {}", range.start(), range.end()))
        }
    }
}

/// Returns a value parser that takes what the setting takes.
fn checked(
    name: &'static str,
) -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync + 'static {
    move |text| match Settings::default().set(name, text) {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => Err(reason(&error)),
    }
}

/// Returns why a value is bad, without what clap prints itself: the name and the value.
fn reason(error: &Error) -> String {
    let text = error.to_string();
    text.rsplit(": ").next().unwrap_or_default().to_owned()
}

/// Reads the name of an output. What is wrong with a URL is said later, without the URL: clap would print it, with the password
/// that may be in it.
fn output(text: &str, mode: Mode) -> Result<Result<AnyOutput, String>, String> {
    let read = AnyOutput::parse(text, mode).map_err(|error| error.to_string());
    if text.contains("://") {
        Ok(read)
    } else {
        read.map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Test {
        #[command(flatten)]
        flags: CrawlFlags,
    }

    fn flags(arguments: &[&str]) -> CrawlFlags {
        Test::try_parse_from(["x"].iter().chain(arguments))
            .unwrap()
            .flags
    }

    #[test]
    fn items_go_to_stdout_unless_a_file_is_given() {
        assert!(flags(&[]).outputs("x").unwrap()[0].path().is_none());
        let outputs = flags(&["-o", "a.csv", "-O", "b.jsonl"])
            .outputs("x")
            .unwrap();
        let want = [("a.csv", Mode::Append), ("b.jsonl", Mode::Overwrite)]
            .map(|(name, mode)| AnyOutput::parse(name, mode).unwrap());
        assert_eq!(outputs, want);
    }

    #[test]
    fn a_password_in_the_name_of_an_output_is_not_printed() {
        for text in [
            "postgres://me:secret@db/shop?tabel=a",
            "mysql://me:secret@db/shop",
        ] {
            let error = flags(&["-o", text]).outputs("x").unwrap_err();
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
        let read = Test::try_parse_from(["x", "-o", "a.db?tabel=a"]);
        assert!(read.unwrap_err().to_string().contains("did you mean"));
    }

    #[test]
    fn a_file_cannot_be_written_twice() {
        for bad in [
            &["-o", "a.csv", "-O", "a.csv"][..],
            &["-o", "a.db", "-O", "sqlite:a.db"],
            &["-O", "-", "-o", "-:csv"],
            &["--report", "-"],
            &["-O", "a.json", "--report", "a.json"],
            &["-O", "./a.json", "--report", "a.json"],
            &["-O", "./a.jsonl", "-O", "a.jsonl"],
            &["-O", "a.jsonl", "--failed", "./a.jsonl"],
            &["--report", "a.json", "--failed", "./a.json"],
            &["-O", "src/../a.jsonl", "-o", "./src/.././a.jsonl"],
            &["-O", "%(name)s.csv", "-o", "quotes.csv"],
            &["-o", "%(time)s.csv", "-o", "./%(time)s.csv"],
        ] {
            assert!(flags(bad).outputs("quotes").is_err(), "{bad:?}");
        }
        for good in [
            &["-O", "a.json", "--report", "-"],
            &["-O", "a/quotes.csv", "-O", "b/%(name)s.csv"],
        ] {
            assert!(flags(good).outputs("quotes").is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_crawl_that_is_not_kept_has_no_directory_and_is_always_fresh() {
        assert!(
            flags(&["--job", "x", "--fresh"])
                .job
                .durable("x".into(), BTreeMap::new())
                .is_some()
        );
        assert!(
            flags(&["--no-job"])
                .job
                .durable("x".into(), BTreeMap::new())
                .is_none()
        );
        for bad in [
            &["--no-job", "--fresh"][..],
            &["--no-job", "--job", "x"],
            &["--job", ""],
        ] {
            assert!(
                Test::try_parse_from(["x"].iter().chain(bad)).is_err(),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn limits_win_over_settings() {
        let mut settings = Settings {
            end: crate::model::settings::End {
                max_pages: Some(9),
                ..Default::default()
            },
            ..Settings::default()
        };
        flags(&["--max-pages", "5", "--max-time", "10m"])
            .apply(&mut settings)
            .unwrap();
        assert_eq!(settings.end.max_pages, Some(5));
        assert_eq!(
            settings.end.max_time,
            Some(std::time::Duration::from_mins(10))
        );
    }

    #[test]
    fn a_bad_value_is_a_usage_error_that_says_why() {
        for (bad, why) in [
            (["--max-time", "soon"], "expected"),
            (["--max-pages", "x"], "expected a whole number"),
            (["-s", "delay"], "expected NAME=VALUE"),
            (["-o", "a.xml"], "known: .jsonl"),
        ] {
            let error = Test::try_parse_from(["x"].iter().chain(&bad)).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
