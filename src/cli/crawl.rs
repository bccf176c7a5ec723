//! Running a crawl for `run`, `site`, `demo` and `bench`: settings, signals, progress, report, last words.

pub(super) mod again;
pub(super) mod durable;
mod next;
mod own_host;
pub(super) mod report_file;
pub(super) mod signals;
mod typed;

use std::future::pending;
use std::io;
use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{OptionFuture, join};
use serde_json::json;
use tokio::runtime::Runtime;

use self::durable::{Durable, Kept};
use self::report_file::ReportFile;
use crate::cli::exit::{self, Outcome};
use crate::cli::flags::{CrawlFlags, LogFlags, LogFormat, is_stdout_lines};
use crate::cli::terminal;
use crate::cli::terminal::cause::Cause;
use crate::cli::terminal::hint::Dialect;
use crate::cli::terminal::logging;
use crate::cli::terminal::progress::Display;
use crate::cli::terminal::records::Stdout;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::summary;
use crate::engine::job::AnyCrawler;
use crate::items::output::AnyOutput;
use crate::model::event::Progress;
use crate::model::report::{Finish, Report};
use crate::model::settings::Settings;
use crate::model::settings::layers;
use crate::page::error::{Error, ErrorKind, Result};

/// Descriptors for everything but connections: files, the log, the poller, DNS.
const OTHER_FILES: u64 = 64;
/// Number of descriptors that a crawl can use, with those of idle connections in the pool.
const MANY_FILES: u64 = 65_536;

/// Crawls with these flags and reports; `job` is what it is kept as, if it is, and `more` are the settings of flags that
/// only the verb knows.
pub(super) fn run(
    mut crawler: AnyCrawler,
    flags: &CrawlFlags,
    job: Option<Durable>,
    dialect: Dialect,
    more: impl FnOnce(&mut Settings) -> Result<()>,
) -> Outcome {
    let name = crawler.name().to_owned();
    let outputs = flags.outputs(&name)?;
    let pipes = outputs.iter().filter(|output| output.is_stdout());
    let (pipes, all) = (pipes.count(), outputs.len());
    let to_stdout = pipes > 0;
    // Items and progress on one terminal would tear each other.
    let is_shared = to_stdout && io::IsTerminal::is_terminal(&io::stdout());
    let screen = Screen::new(!flags.log.quiet && !is_shared);
    logging::start(&flags.log, &screen)?;
    let settings = crawler.settings_mut();
    layers::apply(settings, &name, &flags.settings.set)?;
    more(settings)?;
    flags.apply(settings)?;
    let stdout = Stdout::new(flags.has_output(), &crawler.config.columns);
    crawler = with_outputs(crawler, outputs, &stdout);
    // Before anything is written: the report may be that of a run that is going on.
    let unfinished = job.as_ref().map(Durable::look).transpose()?.flatten();
    let kept = job.as_ref().map(Durable::kept);
    if let Some(job) = job {
        crawler = job.keep(crawler);
    }
    if let Some(failed) = &flags.failed {
        crawler = crawler.failed_file(failed);
    }
    let file = flags.report.as_deref().map(ReportFile::open).transpose()?;
    let format = flags.log.log_format;
    let resumed = unfinished
        .filter(|_| !flags.log.quiet)
        .map(|unfinished| unfinished.tell(crawler.events(), screen.clone(), format));
    let own = own_host::advise(&mut crawler, &screen, &flags.log);
    let told = join(OptionFuture::from(resumed), OptionFuture::from(own));
    let crawl = watched(crawler, &screen, &flags.log, told)?;
    let report = match crawl.report {
        Ok(report) => report,
        Err(error) => {
            // Nobody wants the rest.
            let is_unread = pipes == all && is_unread(&error);
            if let Some(kept) = kept.as_ref().filter(|_| is_unread) {
                kept.note_reader_gone(pipes);
            }
            if error.kind() == ErrorKind::Locked {
                // Another run was quicker, by a moment.
                file.into_iter().for_each(ReportFile::leave);
            } else if !flags.log.quiet && crawl.reached.pages > 0 {
                let goes_on = kept.is_some() && !is_unread;
                say(summary::broken(&crawl.reached, goes_on), "ERROR", format);
            }
            let better = kept.and_then(|kept| typed::with_commands(&error, &kept.arguments));
            return Err(better.unwrap_or(error).into());
        }
    };
    if let Some(advice) = stdout.advice().filter(|_| !flags.log.quiet) {
        say(advice, "INFO", format);
    }
    last_words(&report, crawl.cause.as_ref(), kept.as_ref(), flags, dialect);
    if let Some(file) = file {
        file.write(&report)?;
    }
    Ok(exit::of_report(&report))
}

/// Returns whether the error comes from standard output, because nobody reads it any more.
fn is_unread(error: &Error) -> bool {
    use std::error::Error as _;
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    error.kind() == ErrorKind::Storage
        && cause.is_some_and(|cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn with_outputs(mut crawler: AnyCrawler, outputs: Vec<AnyOutput>, stdout: &Stdout) -> AnyCrawler {
    for output in outputs {
        crawler = if is_stdout_lines(&output) {
            crawler.sink(stdout.sink())
        } else {
            crawler.any_output(output)
        };
    }
    crawler
}

/// Result of a crawl that is over.
#[derive(Debug)]
pub(super) struct Crawled {
    pub(super) report: Result<Report>,
    /// The last numbers before the end.
    reached: Progress,
    cause: Option<Cause>,
}

impl Crawled {
    /// Returns the first failure, to follow a message that there is no page; empty when nothing failed.
    pub(super) fn why(&self) -> String {
        let cause = self.cause.as_ref();
        cause.map_or_else(String::new, |cause| format!(": {cause}"))
    }
}

/// Crawls with progress, until the end or a signal. The progress is on the screen or, unless `log` is quiet, a line a
/// minute on standard error. `told` follows the crawl until it has told what there is to tell at its start.
///
/// # Errors
/// Fails when the crawl cannot begin.
pub(super) fn watched(
    crawler: AnyCrawler,
    screen: &Screen,
    log: &LogFlags,
    told: impl Future,
) -> Result<Crawled> {
    watched_until(crawler, screen, log, told, pending())
}

/// Crawls as [`watched`] does, until the end, a signal, or the completion of `end`.
///
/// # Errors
/// Fails when the crawl cannot begin.
pub(super) fn watched_until(
    mut crawler: AnyCrawler,
    screen: &Screen,
    log: &LogFlags,
    told: impl Future,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<Crawled> {
    let format = log.log_format;
    let lines = (!log.quiet).then_some(format);
    raise_file_limit(crawler.settings_mut().politeness.concurrency);
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let max_pages = crawler.settings_mut().end.max_pages;
        let progress = crawler.progress();
        let display = Display::start(screen, progress.clone(), max_pages, lines);
        let cause = tokio::spawn(Cause::first(crawler.events()));
        let stop = signals::stop(screen.clone(), format)
            .map_err(|error| unexpected("cannot handle signals", error))?;
        let stop = async move {
            tokio::select! {
                () = stop => {}
                () = end => {}
            }
        };
        let report = beside(crawler.run_until(stop), told).await;
        display.end();
        let cause = match report {
            Ok(_) => cause.await.ok().flatten(),
            // The error is the cause, and nothing says that the events have ended.
            Err(_) => None,
        };
        Ok(Crawled {
            report,
            reached: progress.latest(),
            cause,
        })
    });
    // Look-ups of names that are still waited for would hold up the end.
    runtime.shutdown_background();
    outcome
}

/// Runs both futures until the first is done; the second has always had its turn by then.
async fn beside<T>(first: impl Future<Output = T>, second: impl Future) -> T {
    let (mut first, mut second) = (pin!(first), pin!(second));
    tokio::select! {
        _ = second.as_mut() => first.await,
        done = first.as_mut() => {
            // What the first has caused at its very end.
            let _ = second.now_or_never();
            done
        }
    }
}

/// Prints the summary or, with `--quiet`, at least why there is nothing.
fn last_words(
    report: &Report,
    cause: Option<&Cause>,
    kept: Option<&Kept>,
    flags: &CrawlFlags,
    dialect: Dialect,
) {
    let format = flags.log.log_format;
    if !flags.log.quiet {
        let mut text = summary::of(report, cause, kept.is_some(), dialect);
        text += &kept.map_or_else(String::new, |kept| next::lines(report, &kept.word()));
        say(text, "INFO", format);
    } else if report.finish == Finish::MaxErrors {
        say(format!("error: {}", report.finish), "ERROR", format);
    } else if report.finish == Finish::Away {
        let first = report.away.first();
        let who = first.map_or_else(String::new, |away| format!(": {}", away.origin));
        say(format!("error: {}{who}", report.finish), "ERROR", format);
    } else if report.has_no_page() {
        let why = cause.map_or_else(String::new, |cause| format!(": {cause}"));
        let what = match report.pages {
            _ if cause.is_some_and(Cause::is_of_spider) => "no page that was fetched could be read",
            0 => "no page could be fetched",
            _ => "no page but those of the login could be fetched",
        };
        let text = format!("error: {what}{why}");
        say(text, "ERROR", format);
    } else if report.has_lost_all_items() {
        let why = summary::failures(report);
        say(
            format!("error: no item could be kept: {why}"),
            "ERROR",
            format,
        );
    } else if !report.shortfalls.is_empty() {
        let fields = summary::shortfalls(report);
        say(
            format!("error: fields below min_fill: {fields}"),
            "ERROR",
            format,
        );
    }
}

/// Prints a text for a person or, in a JSON log, as one more line of the log.
pub(super) fn say(text: String, level: &str, format: LogFormat) {
    terminal::say(&match format {
        LogFormat::Text => text,
        LogFormat::Json => {
            let now = jiff::Timestamp::now();
            json!({"timestamp": now, "level": level, "message": text}).to_string()
        }
    });
}

/// Returns the runtime of a verb.
pub(super) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| unexpected("cannot start the runtime", error))
}

fn unexpected(what: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Panic, what).with_source(error)
}

/// Raises the limit of open files as far as the system allows: each visit and each idle connection needs a descriptor.
/// Warns when the limit stays below what `concurrency` needs.
fn raise_file_limit(concurrency: usize) {
    let wanted = OTHER_FILES + concurrency as u64;
    #[cfg(unix)]
    if let Ok(got) = rlimit::increase_nofile_limit(wanted.max(MANY_FILES))
        && got < wanted
    {
        tracing::warn!(
            wanted,
            got,
            "fewer open files than `concurrency` needs are allowed; see `ulimit -n`"
        );
    }
}
