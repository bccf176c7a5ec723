//! `crawl run`: a spider of this program, or a recipe.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use url::Url;

use crate::cli::crawl;
use crate::cli::exit::{self, Outcome};
use crate::cli::flags::find;
use crate::cli::flags::job_name;
use crate::cli::flags::{CrawlFlags, pair};
use crate::cli::terminal::hint::Dialect;
use crate::engine::job::{self, Job};
use crate::model::settings::Settings;
use crate::recipe::RECIPE;

/// Examples, for both lengths of help.
const EXAMPLES: &str = "\
Examples:
  crawl run quotes -O quotes.jsonl
  crawl run shop.toml -O books.jsonl
  crawl run books -a url=http://127.0.0.1:8000/ -o books.csv --max-pages 100
  crawl run books -s delay=2s -s min_fill.price=0.9 -q --report report.json";

/// Run a spider
///
/// Items go to stdout as JSON lines unless -o or -O names files; progress and log go to stderr. The crawl is kept in
/// ./.crawl, and the same command resumes it when it was stopped, killed or broken off.
#[derive(Debug, clap::Args)]
#[command(
    after_help = format!("{EXAMPLES}\n\n`crawl run --help` lists all settings and the exit codes."),
    after_long_help = format!("{EXAMPLES}\n\n{}", settings())
)]
pub(in crate::cli) struct Run {
    /// The spider's name, which `crawl list` shows, or the file of a recipe; `spider:NAME` if a recipe has the name, too
    spider: String,

    /// An argument of the spider
    #[arg(short = 'a', value_name = "NAME=VALUE", value_parser = pair)]
    arguments: Vec<(String, String)>,

    #[command(flatten)]
    flags: CrawlFlags,
}

impl Run {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let job = find::spider(jobs, &self.spider)?;
        let given: BTreeMap<String, String> = self.arguments.into_iter().collect();
        let crawler = job.crawler(job::Args::new(given.clone()))?;
        let (secrets, arguments): (BTreeMap<_, _>, BTreeMap<_, _>) = job
            .resolved(given)?
            .into_iter()
            .partition(|(name, _)| job.is_secret(name));
        let arguments = arguments.into_iter();
        let mut arguments: BTreeMap<String, String> = arguments
            .map(|(name, value)| (name, without_password(value)))
            .collect();
        let is_by_default = job.is_by_default(&arguments);
        let file = job.place();
        // Two files may have recipes of one name.
        arguments.extend(file.clone().map(|file| (RECIPE.to_owned(), file)));
        let mut name = job_name::of_spider(job.name(), &arguments, &secrets);
        let is_of_program = jobs.iter().any(|own| own.name() == job.name());
        if let Some(file) = file.filter(|_| is_by_default && !is_of_program) {
            let plain = job_name::of_recipe(job.name(), &secrets);
            name = self.flags.job.name_of_recipe(plain, name, &file);
        }
        let durable = self.flags.job.durable(name, arguments);
        crawl::run(crawler, &self.flags, durable, Dialect::Settings, |_| Ok(()))
    }
}

/// Returns an argument as it is stored and shown: a URL leaves user name and password out.
fn without_password(argument: String) -> String {
    match Url::parse(&argument) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            // Both fail only for URLs that cannot have them.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.into()
        }
        _ => argument,
    }
}

/// Returns the tables of settings and of exit codes, for `--help`.
fn settings() -> String {
    let mut text = String::from(
        "Settings, for `-s` and crawl.toml and, as CRAWL_NAME, for the environment.\n\
         `-s` wins over the environment, that over crawl.toml, that over the spider.\n",
    );
    let mut group = "";
    for setting in Settings::table() {
        if setting.group != group {
            group = setting.group;
            let _ = write!(text, "\n{group}\n");
        }
        let default = if setting.default.is_empty() {
            "empty"
        } else {
            &setting.default
        };
        let _ = write!(
            text,
            "  {} [default: {default}]\n      {}\n",
            setting.name, setting.about
        );
    }
    text.push('\n');
    text.push_str(exit::HELP);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_each_setting_under_the_title_of_its_group() {
        let help = settings();
        let mut rest = help.as_str();
        for setting in Settings::table() {
            let title = format!("\n{}\n", setting.group);
            assert_eq!(help.matches(&title).count(), 1, "{title}");
            let row = format!("\n  {} [default: ", setting.name);
            let (before, after) = rest.split_once(&row).expect(setting.name);
            assert!(help[..help.len() - after.len()].contains(&title), "{row}");
            assert!(!before.contains(&row));
            rest = after;
        }
    }

    #[test]
    fn a_stored_argument_has_no_password() {
        for (given, stored) in [
            ("http://us:pw@a.example/x", "http://a.example/x"),
            ("http://a.example", "http://a.example"),
            ("us:pw", "us:pw"),
            ("it's love", "it's love"),
        ] {
            assert_eq!(without_password(given.to_owned()), stored);
        }
    }
}
