//! The `crawl` command, for any program that has spiders of its own.
//!
//! ```no_run
//! use crawlworks::prelude::*;
//! use crawlworks::{Args, Job, Site};
//!
//! fn main() -> std::process::ExitCode {
//!     let news = Job::new("news", |_: &mut Args| Ok(Crawler::new(Site::new([Request::get("https://example.com/")?]))));
//!     crawlworks::cli::run([news.about("Every page of the news")])
//! }
//! ```
//!
//! The program then has every verb of `crawl`: `run news -O news.jsonl`, `list`, `site`, `fetch` and the others.
//!
//! Exit codes: 0 finished, also when a limit that was set ended it · 1 unexpected, or the answer is no · 2 usage · 3 an
//! output is full or cannot be written · 4 bad configuration · 9 failed (no page could be fetched, the error limit, or a
//! field below `min_fill`) · 10 another run of the same job is going on · 11 stopped by a signal · 13 stopped at once by
//! a second one.

mod crawl;
mod exit;
mod flags;
mod listing;
mod one;
mod shell;
mod terminal;
mod trial;
mod verbs;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::engine::job::Job;
use crate::store::state::store;
use exit::{Exit, Failure, Outcome};
use flags::misplaced;
use terminal::hint::{self, Dialect};
use verbs::{
    bench, cache, check, completions, data, demo, doctor, feed, fetch, help, jobs, links, list,
    man, new, parse, recipe, record, retry_failed, robots, run, schema, select, site, sitemap, url,
};

/// Runs the command line of this process with these spiders.
#[must_use]
pub fn run(jobs: impl IntoIterator<Item = Job>) -> ExitCode {
    let jobs: Vec<Job> = jobs.into_iter().collect();
    store::quieten_panics();
    let exit = match Cli::try_parse().map_err(explained) {
        Ok(cli) => {
            let dialect = cli.verb.dialect();
            cli.verb.run(&jobs).unwrap_or_else(|failure| {
                tell(&failure, dialect);
                failure.exit()
            })
        }
        Err(error) => {
            // Help is one of these errors too. When it cannot be printed there is nobody to tell.
            let _ = error.print();
            if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Finished
            }
        }
    };
    exit.into()
}

/// Adds to an error of the command line what is meant perhaps.
fn explained(error: clap::Error) -> clap::Error {
    let arguments: Vec<_> = std::env::args_os().collect();
    misplaced::explained(error, &command(), &arguments)
}

fn tell(failure: &Failure, dialect: Dialect) {
    match failure {
        Failure::Usage(message) => terminal::say(&format!(
            "error: {message}\n\nFor more information, try '--help'."
        )),
        Failure::Crawl(error) => {
            let place = error
                .url()
                .map_or_else(String::new, |url| format!("\n  at: {url}"));
            let hint = hint::of_error(error, dialect)
                .map_or_else(String::new, |hint| format!("\n  hint: {hint}"));
            terminal::say(&format!("error: {}{place}{hint}", error.chain()));
        }
        Failure::Stdout(_) if failure.exit() == Exit::Finished => {}
        Failure::Stdout(error) => {
            terminal::say(&format!("error: cannot write standard output: {error}"));
        }
    }
}

/// Crawl websites: politely, quickly, and with output that is valid at every moment.
#[derive(Debug, Parser)]
#[command(
    name = "crawl",
    version,
    subcommand_required = true,
    subcommand_value_name = "VERB",
    arg_required_else_help = true,
    help_template = help::TEMPLATE,
    after_help = help::overview(&Verb::augment_subcommands(clap::Command::new("crawl")))
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Demo(demo::Demo),
    List(list::List),
    Run(run::Run),
    Schema(schema::SchemaVerb),
    Site(site::SiteVerb),
    Jobs(jobs::Jobs),
    RetryFailed(retry_failed::RetryFailed),
    Cache(cache::Cache),
    Fetch(fetch::Fetch),
    Links(links::Links),
    Select(select::Select),
    Recipe(recipe::RecipeVerb),
    Data(data::Data),
    Parse(parse::Parse),
    Shell(shell::Shell),
    Robots(robots::Robots),
    Sitemap(sitemap::Sitemap),
    Feed(feed::Feed),
    Url(url::UrlVerb),
    Doctor(doctor::Doctor),
    New(new::New),
    Record(record::Record),
    Check(check::Check),
    Bench(bench::Bench),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Verb {
    /// Returns the form in which this verb takes settings.
    fn dialect(&self) -> Dialect {
        match self {
            Self::Run(_) | Self::Record(_) | Self::Check(_) | Self::Schema(_) => Dialect::Settings,
            Self::Jobs(_) | Self::RetryFailed(_) => Dialect::Jobs,
            _ => Dialect::Flags,
        }
    }

    fn run(self, jobs: &[Job]) -> Outcome {
        match self {
            Self::Demo(verb) => verb.run(jobs),
            Self::List(verb) => verb.run(jobs),
            Self::Run(verb) => verb.run(jobs),
            Self::Schema(verb) => verb.run(jobs),
            Self::Site(verb) => verb.run(),
            Self::Jobs(verb) => verb.run(),
            Self::RetryFailed(verb) => verb.run(jobs),
            Self::Cache(verb) => verb.run(),
            Self::Fetch(verb) => verb.run(),
            Self::Links(verb) => verb.run(),
            Self::Select(verb) => verb.run(),
            Self::Recipe(verb) => verb.run(jobs),
            Self::Data(verb) => verb.run(),
            Self::Parse(verb) => verb.run(jobs),
            Self::Shell(verb) => verb.run(jobs),
            Self::Robots(verb) => verb.run(),
            Self::Sitemap(verb) => verb.run(),
            Self::Feed(verb) => verb.run(),
            Self::Url(verb) => verb.run(),
            Self::Doctor(verb) => verb.run(),
            Self::New(verb) => verb.run(),
            Self::Record(verb) => verb.run(jobs),
            Self::Check(verb) => verb.run(jobs),
            Self::Bench(verb) => verb.run(),
            Self::Completions(verb) => verb.run(),
            Self::Man(verb) => verb.run(),
        }
    }
}

/// Returns the command as clap sees it, under the name that this program was started with.
fn command() -> clap::Command {
    let command = <Cli as clap::CommandFactory>::command();
    let started_as = std::env::args_os().next().map(std::path::PathBuf::from);
    match started_as
        .as_deref()
        .and_then(std::path::Path::file_stem)
        .and_then(std::ffi::OsStr::to_str)
    {
        Some(name) => command.name(name.to_owned()),
        None => command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}
