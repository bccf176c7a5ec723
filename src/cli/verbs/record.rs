//! `crawl record`: a spider's pages and items, for tests without a network.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::ready;
use std::path::PathBuf;

use crate::cli::crawl;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::find;
use crate::cli::flags::job_name;
use crate::cli::flags::{LogFlags, SettingFlags, number_in, pair};
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::table::{bytes, plural};
use crate::engine::job::{AnyCrawler, Args, Job};
use crate::fetch::cassette::{Secrets, is_name_of_secret, is_telling, masked_value};
use crate::model::report::{Finish, Report};
use crate::model::settings::layers;
use crate::page::error::{Error, ErrorKind, Result};
use crate::testing::recording::{About, Changes, Draft, Recording, Replayed, replay};
use crate::testing::{Cassette, Exchange};

/// Directory of the recordings, unless --dir names another.
pub(in crate::cli) const DIRECTORY: &str = "tests/recorded";

/// Record some pages of a spider, and its items, for `crawl check`
///
/// The spider crawls as it always does, politely, but for few pages. What the servers answer goes to
/// tests/recorded/NAME/cassette.jsonl, what the spider makes of it to items.jsonl, how that was done to recording.toml.
/// Passwords, keys and cookies are not recorded; the pages are, as they are, but for the spider's secret arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl record quotes\n  crawl record books -a url=https://example.com/shop/ --max-pages 8\n  \
                  crawl check"
)]
pub(in crate::cli) struct Record {
    /// The spider's name, or the file of a recipe; `crawl list` shows them
    spider: String,

    /// An argument of the spider
    #[arg(short = 'a', value_name = "NAME=VALUE", value_parser = pair)]
    arguments: Vec<(String, String)>,

    #[command(flatten)]
    settings: SettingFlags,

    /// Stop after this many pages
    #[arg(long, alias = "pages", value_name = "N", default_value_t = 20, value_parser = number_in(1..=100_000))]
    max_pages: u64,

    /// The directory of all recordings
    #[arg(long, value_name = "DIR", default_value = DIRECTORY)]
    dir: PathBuf,

    /// What the recording is called [default: as the spider]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Also record this header of the answers, for a spider that reads it
    #[arg(long, value_name = "HEADER")]
    keep_header: Vec<String>,

    /// Replace the recording that is there, but for what it ignores; other files of the directory stay
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    log: LogFlags,
}

impl Record {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let job = find::spider(jobs, &self.spider)?;
        let target = self.target(job.name())?;
        let screen = Screen::new(!self.log.quiet);
        logging::start(&self.log, &screen)?;
        let draft = Draft::of(&target)?;
        let (crawler, secrets) = self.crawler(&job)?;
        let (report, why) = self.crawl(crawler, &secrets, &draft, &screen)?;
        if let Some(exit) = self.failure(&report, &why)? {
            return Ok(exit);
        }
        let mut about = About::new(
            find::own_name(&self.spider),
            &self.arguments,
            &self.settings.set,
            &secrets,
        );
        if let Ok(old) = About::of(&target) {
            about.ignore = old.ignore;
        }
        let exchanges = Cassette::read(draft.cassette())?.into_exchanges();
        let replayed = offline(&job, &about, exchanges)?;
        if replayed.pages == 0 {
            self.tell_useless(&report, &replayed, &secrets);
            return Ok(Exit::Failed);
        }
        let recording = Recording {
            about: About {
                pages: replayed.pages,
                ..about
            },
            exchanges: replayed.exchanges,
            results: replayed.results,
        };
        self.warn(&job, &report, &recording)?;
        let items = recording.results.items.len();
        let size = draft.finish(&recording)?;
        self.say(&format!(
            "recorded {} and {} in {} ({})",
            plural(recording.about.pages, "page"),
            plural(items as u64, "item"),
            target.display(),
            bytes(size)
        ));
        Ok(Exit::Finished)
    }

    /// Returns the directory of the recording.
    fn target(&self, spider: &str) -> Result<PathBuf, Failure> {
        let name = match &self.name {
            Some(name) if is_name(name) => name.clone(),
            Some(name) => {
                return Err(Failure::usage(format!(
                    "{name:?} is no name for a recording: a letter, digit or _, then those, - and ."
                )));
            }
            None => job_name::of_spider(spider, &BTreeMap::new(), &BTreeMap::new()),
        };
        let target = self.dir.join(name);
        if target.exists() && !self.force {
            let place = target.display();
            return Err(Failure::usage(format!(
                "{place} is there already; --force records it anew, `crawl check {place} --update` takes what the spider \
                 now makes of the same pages"
            )));
        }
        if target.exists() && !Recording::may_be_in(&target) {
            let place = target.display();
            return Err(Failure::usage(format!(
                "{place} is no recording, and stays as it is; --name and --dir say where another place is"
            )));
        }
        Ok(target)
    }

    /// Returns the crawler, and the values of the arguments that are secret: the spider says so, or their names do.
    fn crawler(&self, job: &Job) -> Result<(AnyCrawler, BTreeMap<String, String>)> {
        let arguments = Args::new(self.arguments.clone());
        let (crawler, mut secrets) = job.crawler_and_secrets(arguments)?;
        for (name, value) in &self.arguments {
            // `key` or `token` is a name for anything; a short value is left to what masks requests by name.
            let may_be = masked_value(name, value).is_some() && is_telling(value);
            if is_name_of_secret(name) || may_be {
                secrets.insert(name.clone(), value.clone());
            }
        }
        Ok((crawler, secrets))
    }

    /// Crawls, and records what is answered. Returns the report and, if there is no page, why.
    fn crawl(
        &self,
        mut crawler: AnyCrawler,
        secrets: &BTreeMap<String, String>,
        draft: &Draft,
        screen: &Screen,
    ) -> Result<(Report, String)> {
        let name = crawler.name().to_owned();
        let settings = crawler.settings_mut();
        layers::apply_without_keeping(settings, &name, &self.settings.set)?;
        settings.end.max_pages = Some(self.max_pages);
        let secrets = Secrets::new(secrets.values().map(String::as_str));
        let cassette = draft.cassette();
        let failed = (crawler.config).record(&cassette, &self.keep_header, secrets)?;
        let unwritable = async move { failed.notified().await };
        let outcome = crawl::watched_until(crawler, screen, &self.log, ready(()), unwritable)?;
        let why = outcome.why();
        Ok((outcome.report?, why))
    }

    /// Returns the exit code when there is nothing to keep; `None` when there is.
    fn failure(&self, report: &Report, why: &str) -> Result<Option<Exit>> {
        if report.errors.contains_key(&ErrorKind::Storage) {
            let message = "the cassette cannot be written; nothing is recorded";
            return Err(Error::new(ErrorKind::Storage, message));
        }
        if report.finish == Finish::Stopped {
            self.say("stopped: nothing is recorded");
            return Ok(Some(Exit::Stopped));
        }
        if report.pages == 0 {
            let text = format!("error: no page could be recorded{why}");
            crawl::say(text, "ERROR", self.log.log_format);
            return Ok(Some(Exit::Failed));
        }
        Ok(None)
    }

    /// Prints why nothing can be checked with what was recorded.
    fn tell_useless(
        &self,
        report: &Report,
        replayed: &Replayed,
        secrets: &BTreeMap<String, String>,
    ) {
        let pages = plural(report.pages, "page");
        let mut text = format!(
            "error: the crawl had {pages}, the recording of it has none; nothing is recorded"
        );
        if let Some(asked) = replayed.unrecorded.first() {
            let _ = write!(text, ": the recording has no {asked}");
        }
        let names: Vec<&str> = secrets.keys().map(String::as_str).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            let _ = write!(text, " (a recording has *** for what is secret: {names})");
        }
        crawl::say(text, "ERROR", self.log.log_format);
    }

    /// Warns when a check of the recording would not be what the crawl was, or not be the same each time.
    fn warn(&self, job: &Job, report: &Report, recording: &Recording) -> Result<()> {
        let items = recording.results.items.len() as u64;
        if items != report.items.kept {
            let kept = plural(report.items.kept, "item");
            self.say(&format!(
                "warning: the crawl gave {kept}, the recording of it gives {items}: the spider needs something that is not \
                 recorded, such as a header (--keep-header)"
            ));
        }
        let again = offline(job, &recording.about, recording.exchanges.clone())?;
        let changes = Changes::between(recording, &again);
        if !changes.is_empty() {
            self.say(&format!(
                "warning: the spider does not make the same of the same pages each time:\n{}\nfields such as a time can be \
                 left out of the check: `ignore = [\"FIELD\"]` in recording.toml",
                indented(&changes)
            ));
        }
        Ok(())
    }

    fn say(&self, text: &str) {
        if !self.log.quiet {
            crawl::say(text.to_owned(), "INFO", self.log.log_format);
        }
    }
}

/// Returns whether the name can be that of a directory on any system.
fn is_name(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.len() <= 64
        && name.starts_with(is_word)
        && name.chars().all(|c| is_word(c) || matches!(c, '-' | '.'))
}

/// Crawls a recording without output: what it meets is in the result.
pub(in crate::cli) fn offline(
    job: &Job,
    about: &About,
    exchanges: Vec<Exchange>,
) -> Result<Replayed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Panic, "cannot start the runtime").with_source(error)
        })?;
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
        runtime.block_on(replay(job, about, exchanges))
    })
}

/// Returns the changes, indented by two spaces.
pub(in crate::cli) fn indented(changes: &Changes) -> String {
    let lines: Vec<String> = changes
        .to_string()
        .lines()
        .map(|line| format!("  {line}"))
        .collect();
    lines.join("\n")
}
