//! `crawl parse`: what a spider makes of one page.

mod choose;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::PageFlags;
use crate::cli::flags::input;
use crate::cli::one::Patience;
use crate::cli::terminal;
use crate::cli::trial::{SpiderFlags, Trial};
use crate::engine::job::Job;
use crate::page::error::Error;
use crate::page::request::Request;
use crate::page::response::Response;
use show::Shown;
pub(in crate::cli) use show::{line as request_line, pretty};

/// See what a spider makes of one page: its items and requests
///
/// The page is fetched as the spider's crawl would, with its settings and middlewares, and parsed; nothing is followed,
/// and no pipeline sees the items. Without --spider it is the one whose crawl starts at the host of the page. With each
/// request stands what a crawl would do with it, short of asking robots.txt. Exit code 1 when the spider fails; what it
/// emitted before is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl parse https://example.com/shop/ --spider books\n  \
                  crawl parse https://example.com/shop/1.html --spider books --label book\n  \
                  crawl parse --file page.html --base https://example.com/shop/ --spider books --json"
)]
pub(in crate::cli) struct Parse {
    /// The page
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    url: Option<String>,

    /// Read the page from a file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: links are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    base: Option<String>,

    /// Leave the items out
    #[arg(long)]
    noitems: bool,

    /// Leave the requests out
    #[arg(long)]
    nolinks: bool,

    /// Show everything as one JSON object, failures too
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    spider: SpiderFlags,

    #[command(flatten)]
    request: PageFlags,
}

impl Parse {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let given = self.url.as_deref().or(self.base.as_deref());
        let url = input::url(given.unwrap_or_default())?;
        let trial = choose::spider(jobs, &self.spider, &self.request, &url)?;
        let page = match self.page(&trial, &url) {
            Ok(page) => page,
            Err(Failure::Crawl(error)) => return self.fail(&url, error),
            Err(failure) => return Err(failure),
        };
        let made = trial.parse(&page)?;
        let shown = Shown {
            page: page.url(),
            items: (!self.noitems).then_some(&made.items),
            requests: (!self.nolinks).then_some(&made.requests),
            error: made.error.as_ref(),
        };
        self.print(&shown)?;
        for note in &made.notes {
            terminal::say(&format!("hint: {note}"));
        }
        made.error
            .map_or(Ok(Exit::Finished), |error| Err(error.into()))
    }

    fn page(&self, trial: &Trial, url: &url::Url) -> Result<Response, Failure> {
        let asked = Request::from(url.clone());
        let request = trial.request(asked, &self.spider, &self.request)?;
        match &self.file {
            Some(file) => Ok(input::page(file, request)?),
            None => trial.fetch(request, Patience::Each)?.success(),
        }
    }

    /// Reports that there is no page.
    fn fail(&self, url: &url::Url, error: Error) -> Outcome {
        if self.json {
            self.print(&Shown {
                page: url,
                items: Some(&Vec::new()),
                requests: Some(&Vec::new()),
                error: Some(&error),
            })?;
        }
        Err(error.into())
    }

    fn print(&self, shown: &Shown<'_>) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.json {
            writeln!(out, "{}", terminal::for_stdout(&shown.json()))?;
        } else {
            let is_terminal = io::IsTerminal::is_terminal(&io::stdout());
            let text = shown.text(is_terminal);
            write!(out, "{}", terminal::for_stdout(&text))?;
        }
        out.flush()
    }
}
