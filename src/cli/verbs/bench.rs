//! `crawl bench`: how fast this machine crawls, against the practice site in a process of its own.

use std::future::ready;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::cli::crawl;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::{LogFlags, number_in};
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::summary;
use crate::cli::terminal::table::{bytes, count, table};
use crate::engine::crawler::Crawler;
use crate::engine::site::Site;
use crate::items::sink::{Record, Sink};
use crate::model::report::{Finish, Report};
use crate::page::error::{Error, ErrorKind, Result};

/// Measure this machine: pages per second, CPU time, peak memory
///
/// Crawls a web of 10 KB pages with 60 links each, served by a second process on the same machine; every page becomes a
/// record, which is thrown away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl bench\n  \
                  crawl bench --max-pages 100000 --concurrency 16 --json")]
pub(in crate::cli) struct Bench {
    /// Stop after this many pages; the web has no more
    #[arg(long, alias = "pages", value_name = "N", default_value_t = 10_000, value_parser = number_in(1..=100_000_000))]
    max_pages: u64,

    /// Requests in flight
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = number_in(1..=65_535))]
    concurrency: u64,

    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(in crate::cli) fn run(self) -> Outcome {
        let screen = Screen::new(true);
        let log = LogFlags::default();
        logging::start(&log, &screen)?;
        let server = Server::start()?;
        let start = server
            .url
            .join(&format!("web/{}/0", self.max_pages))
            .map_err(Error::from)?;
        let mut crawler = Crawler::new(Site::new([start]))
            .delay(Duration::ZERO)
            .sink(Nowhere);
        let settings = crawler.settings_mut();
        let concurrency = usize::try_from(self.concurrency).unwrap_or(usize::MAX);
        (
            settings.politeness.concurrency,
            settings.politeness.concurrency_per_host,
        ) = (concurrency, concurrency);
        settings.politeness.adaptive_delay = false;
        let before = cpu_time();
        let report = crawl::watched(crawler.into(), &screen, &log, ready(()))?.report?;
        let cpu = before
            .zip(cpu_time())
            .map(|(before, after)| after.saturating_sub(before));
        drop(server);
        if report.finish == Finish::Stopped {
            return Ok(Exit::Stopped);
        }
        self.print(&report, cpu)?;
        let whole = report.pages == self.max_pages && report.ledger.balances();
        Ok(if whole { Exit::Finished } else { Exit::Failed })
    }

    fn print(&self, report: &Report, cpu: Option<Duration>) -> Result<(), Failure> {
        #[expect(clippy::cast_precision_loss, reason = "a mean over at most 10^8 pages")]
        let per_page = cpu.map(|cpu| cpu.as_secs_f64() * 1e3 / report.pages.max(1) as f64);
        let mut out = io::stdout().lock();
        if self.json {
            let measured = json!({
                "pages": report.pages,
                "concurrency": self.concurrency,
                "seconds": report.seconds,
                "pages_per_second": summary::per_second(report),
                "cpu_ms_per_page": per_page,
                "peak_memory": report.peak_memory,
                "errors": report.ledger.failed,
            });
            writeln!(out, "{measured}")?;
        } else {
            let row = |name: &str, value: String| [name.to_owned(), value];
            let rows = [
                row(
                    "pages",
                    format!(
                        "{} in {}",
                        count(report.pages),
                        summary::time(report.seconds)
                    ),
                ),
                row("pages per second", count(summary::per_second(report))),
                row(
                    "CPU per page",
                    per_page.map_or_else(|| "unknown".to_owned(), |ms| format!("{ms:.3} ms")),
                ),
                row(
                    "peak memory",
                    report
                        .peak_memory
                        .map_or_else(|| "unknown".to_owned(), bytes),
                ),
                row("errors", count(report.ledger.failed)),
            ];
            write!(out, "{}", table([20, 50], &rows))?;
        }
        Ok(out.flush()?)
    }
}

/// The practice site in a process of its own, so that its time and memory are not taken for the crawler's.
struct Server {
    process: Child,
    url: Url,
}

impl Server {
    fn start() -> Result<Self> {
        let failed = |error: io::Error| {
            Error::new(
                ErrorKind::Listen,
                "cannot start the practice site in a second process",
            )
            .with_source(error)
        };
        let program = std::env::current_exe().map_err(failed)?;
        let mut process = Command::new(program)
            .args(["demo", "--serve", "--port", "0", "--until-eof"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        let url = Url::parse(line.trim());
        let url =
            url.map_err(|_| failed(io::Error::other(format!("it said {:?}", line.trim()))))?;
        Ok(Self { process, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its standard input ends, which ends it. A failure to wait leaves nothing behind that would matter.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Sink that takes records, which are serialised by then, and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn write(&mut self, _: &Record) -> Result<()> {
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Returns the CPU time of this process so far, where `/proc` tells; it counts in hundredths of a second.
fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in brackets, may hold anything; user and system time are fields 14 and 15 of the line.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Option<u64> = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().ok())
        .sum();
    Some(Duration::from_millis(ticks? * 10))
}
