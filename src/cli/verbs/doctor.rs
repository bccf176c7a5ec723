//! `crawl doctor`: what a host is like, and what would go wrong in a crawl of it.

mod advice;
mod checkup;
mod facts;
mod page;
mod show;

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use crate::cli::crawl;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::{FetchFlags, LogFlags};
use crate::cli::one;
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::engine::crawler::Crawler;
use crate::fetch::downloader::HttpDownloader;
use crate::model::event::Event;
use crate::model::settings::layers;
use crate::model::settings::{CacheMode, RobotsTags, Settings};
use crate::page::error::Error;
use advice::{Advice, Weight};
use checkup::{Checkup, lock};
use facts::{Facts, Name, Problem};

/// Show what a host is like, and what would go wrong in a crawl
///
/// Looks the name up, reads robots.txt, fetches the page, follows its redirects, and asks once more whether the page has
/// changed: three requests as a rule, at the pace of a crawl. Ends with 1 when a crawl could not have the page.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl doctor example.com\n  crawl doctor https://example.com/shop -s delay=2s --json"
)]
pub(in crate::cli) struct Doctor {
    /// The page to begin with
    url: String,

    /// Show everything as one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    request: FetchFlags,

    #[command(flatten)]
    log: LogFlags,
}

/// Output of `--json`.
#[derive(Serialize)]
struct Diagnosis {
    #[serde(flatten)]
    facts: Facts,
    advice: Vec<Advice>,
}

impl Doctor {
    pub(in crate::cli) fn run(self) -> Outcome {
        logging::start(&self.log.for_one_page(), &Screen::new(false))?;
        let (facts, settings) = self.examine()?;
        let advice = advice::of(&facts, &settings);
        let is_stopped = advice.iter().any(|advice| advice.weight == Weight::Stops);
        let mut out = io::stdout().lock();
        if self.json {
            let diagnosis = Diagnosis { facts, advice };
            serde_json::to_writer(&mut out, &diagnosis).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            write!(out, "{}", show::page(&facts, &advice))?;
        }
        out.flush()?;
        Ok(if is_stopped {
            Exit::Unexpected
        } else {
            Exit::Finished
        })
    }

    fn examine(&self) -> Result<(Facts, Settings), Failure> {
        let mut settings = Settings::default();
        layers::apply_without_keeping(&mut settings, "doctor", &[])?;
        self.request.apply(&mut settings)?;
        let request = self.request.request(&self.url)?;
        let checkup = Checkup::new(request.clone(), &settings);
        let state = checkup.state();
        let mut crawler = Crawler::new(checkup);
        *crawler.settings_mut() = only_these(settings.clone());
        let mut events = crawler.events();
        let runtime = crawl::runtime()?;
        runtime.block_on(async {
            let name = Name::look_up(request.url()).await;
            // What keeps it from connecting is told of the first request.
            let look = HttpDownloader::new(&settings)?.look(&request).await;
            lock(&state).facts.reached(name, look.ok().flatten());
            crawler.run().await?;
            while let Some(event) = events.next().await {
                if let Event::Failed { url, kind, message } = event {
                    lock(&state).facts.problem(Problem { url, kind, message });
                }
            }
            Ok::<_, Error>(())
        })?;
        runtime.shutdown_background();
        let facts = lock(&state).facts.clone();
        Ok((facts, settings))
    }
}

/// Returns the settings without what may interfere: the spider asks for robots.txt and follows redirects by itself, to
/// see them.
fn only_these(mut settings: Settings) -> Settings {
    let delay = settings.politeness.delay.min(Duration::from_secs(1));
    one::only_one(&mut settings);
    settings.politeness.delay = delay;
    settings.politeness.robots = false;
    settings.politeness.robots_tags = RobotsTags::Off;
    settings.failures.redirects = 0;
    settings.politeness.adaptive_delay = false;
    settings.disk.cache = CacheMode::Off;
    settings.links.sitemaps = false;
    settings.failures.meta_refresh = false;
    // To the crawl, the page behind robots.txt is a link.
    settings.links.traps = false;
    settings.links.strip_params.clear();
    settings
}
