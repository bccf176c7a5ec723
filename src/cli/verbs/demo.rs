//! `crawl demo`: what a newcomer runs first. The practice site, served or crawled, without the internet.

mod serve;
mod show;

use std::future::ready;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cli::crawl;
use crate::cli::exit::{self, Outcome};
use crate::cli::flags::{LogFlags, number};
use crate::cli::terminal;
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::engine::crawler::Crawler;
use crate::engine::job::Job;
use crate::engine::site::{Site, SitePage};
use crate::items::pipeline::{Pipeline, Verdict};
use crate::model::settings::ScopeMode;
use crate::page::error::BoxError;
use crate::testing::PracticeSite;

/// Pages per second that make the crawl take two seconds: long enough to be seen.
const RATE: f64 = 550.0;
/// Number of records that are shown.
const SHOWN: usize = 5;

/// See it work: crawl the built-in practice site
///
/// The practice site is a small web inside this program: 100 quotes, a shop of 1,000 books, an API, a login, sitemaps,
/// and everything that can go wrong. --serve keeps it up for spiders of your own.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl demo\n  \
                  crawl demo --serve\n  \
                  crawl demo --serve --port 8080")]
pub(in crate::cli) struct Demo {
    /// Only serve the site, until Ctrl-C
    #[arg(long)]
    serve: bool,

    /// The port to serve on; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 8000, value_parser = number::<u16>, requires = "serve")]
    port: u16,

    /// Serve until standard input ends
    #[arg(long, hide = true, requires = "serve")]
    until_eof: bool,
}

impl Demo {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        if self.serve {
            serve::serve(self.port, self.until_eof)
        } else {
            crawl_shop(jobs)
        }
    }
}

fn crawl_shop(jobs: &[Job]) -> Outcome {
    let screen = Screen::new(true);
    logging::start(&LogFlags::default(), &screen)?;
    let site = PracticeSite::builder().log(false).start()?;
    terminal::say(&format!(
        "Crawling the shop of the practice site, {}",
        site.at("/shop/")
    ));
    let seen = Seen::default();
    let mut crawler = Crawler::new(Site::new([site.at("/shop/")]))
        .delay(Duration::ZERO)
        .concurrency_per_host(16);
    let settings = crawler.settings_mut();
    settings.links.scope = ScopeMode::Prefix;
    settings.politeness.max_rate = Some(RATE);
    let report = crawl::watched(
        crawler.pipeline(seen.clone()).into(),
        &screen,
        &LogFlags::default(),
        ready(()),
    )?
    .report?;
    let books = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stdout().lock();
    write!(out, "{}", show::page(&books, &report, jobs))?;
    out.flush()?;
    Ok(exit::of_report(&report))
}

/// Pipeline that keeps the first few books to show them.
#[derive(Debug, Default, Clone)]
struct Seen(Arc<Mutex<Vec<SitePage>>>);

impl Pipeline<SitePage> for Seen {
    async fn process(&mut self, page: SitePage) -> Result<Verdict<SitePage>, BoxError> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < SHOWN && page.url.path().starts_with("/shop/book/") {
            seen.push(page.clone());
        }
        Ok(Verdict::Keep(page))
    }
}
