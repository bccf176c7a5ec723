//! `crawl site`: a whole site, without code.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use crate::cli::crawl;
use crate::cli::crawl::again;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::flags::job_name;
use crate::cli::flags::{CrawlFlags, RequestFlags};
use crate::cli::terminal::hint::Dialect;
use crate::engine::crawler::Crawler;
use crate::engine::site::{Content, Site};
use crate::engine::spider::Seeds;
use crate::page::error::BoxError;
use crate::page::request::{Request, url_list};

/// Crawl a whole site: one record per page, no code
///
/// A record is {"url", "title", "h1", "links"}. Links are followed within the host of the start URLs; `-s scope=domain`,
/// `prefix` or `any`, `-s depth=2`, `-s allow=…` and `-s deny=…` change that. Headers go to the origins of the start
/// URLs only.
///
/// Only HTML is read: a link whose name ends like that of another file is not followed, and an answer of another type is
/// left after its head and counted as filtered by `content_type`.
#[derive(Debug, clap::Args)]
#[command(
    name = "site",
    after_help = "Examples:\n  crawl site https://example.com/ -O pages.jsonl\n  \
                        crawl site @urls.txt -s depth=0 -O pages.jsonl\n  \
                        crawl site --list ten-million.txt -s depth=0 -s scope=any -O pages.jsonl\n  \
                        crawl site https://example.com/docs/ -s scope=prefix --main --markdown -O docs.jsonl\n\n\
                        `crawl run --help` lists all settings and the exit codes."
)]
pub(in crate::cli) struct SiteVerb {
    /// Where to start: URLs; `@FILE` for a list, one URL a line, `-` for one on standard input
    ///
    /// In a list, empty lines and lines that begin with `#` are left out.
    #[arg(
        required_unless_present = "list",
        conflicts_with = "list",
        value_name = "URL|@FILE|-"
    )]
    urls: Vec<String>,

    /// Start with the URLs of a list that need not fit in memory: it is read as the crawl goes on. `-` is standard input
    ///
    /// A job goes on in the list where it was. Headers are sent with the URLs of the list only.
    #[arg(long, value_name = "FILE|-")]
    list: Option<PathBuf>,

    #[command(flatten)]
    content: ContentFlags,

    /// Of --text or --markdown, only the main text: no menus, headers, footers and comments. "main" in the record is false
    /// for a page without one, which keeps all of it, and `main_reason` says why; `byline`, `published`, `site_name` and
    /// `language` are what the page says of its article
    #[arg(long, requires = "ContentFlags", conflicts_with = "html")]
    main: bool,

    /// Of --markdown, only the text of links, without their URLs
    #[arg(long, requires = "markdown")]
    no_links: bool,

    #[command(flatten)]
    flags: CrawlFlags,

    #[command(flatten)]
    request: RequestFlags,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct ContentFlags {
    /// Add the visible text to each record
    #[arg(long)]
    text: bool,

    /// Add the page as Markdown
    #[arg(long)]
    markdown: bool,

    /// Add the source of the page
    #[arg(long)]
    html: bool,
}

/// The most URLs of a list.
const LISTED: u64 = 1_000_000;

impl SiteVerb {
    /// Returns the start requests, also those of lists.
    fn start(&self) -> Result<Vec<Request>, Failure> {
        let mut start = Vec::new();
        for text in &self.urls {
            let list = match text.strip_prefix('@') {
                Some(file) => file,
                None if text == "-" => "-",
                None => {
                    start.push(self.request.request(text)?);
                    continue;
                }
            };
            let place = if list == "-" { "standard input" } else { list };
            for (line, url) in url_list::read(Path::new(list), LISTED)? {
                let request = self
                    .request
                    .request(&url)
                    .map_err(|error| error.at(&format!("{place}:{line}")));
                start.push(request?);
            }
        }
        Ok(start)
    }

    pub(in crate::cli) fn run(self) -> Outcome {
        let start = self.start()?;
        let urls: Vec<Url> = start.iter().map(|request| request.url().clone()).collect();
        let content = self.content.name(self.main, self.no_links);
        let (name, arguments) = match &self.list {
            Some(list) => (
                job_name::of_list(list, content),
                again::list_arguments(list, content),
            ),
            None => (
                job_name::of_site(&urls, content),
                again::site_arguments(&urls, content),
            ),
        };
        let job = self.flags.job.durable(name, arguments);
        let mut site = Site::new(start).content(self.content.wanted());
        let request = Arc::new(self.request);
        if let Some(list) = self.list {
            let request = Arc::clone(&request);
            site = site.seeds(move || listed(&list, &request));
        }
        if self.main {
            site = site.main_text();
        }
        if self.no_links {
            site = site.no_links();
        }
        let crawler = Crawler::new(site).into();
        crawl::run(crawler, &self.flags, job, Dialect::Flags, |settings| {
            request.apply(settings)
        })
    }
}

/// Returns the requests for the URLs of a list, one after the other.
fn listed(list: &Path, flags: &Arc<RequestFlags>) -> Result<Seeds, BoxError> {
    let (place, flags) = (list.display().to_string(), Arc::clone(flags));
    Ok(Seeds::new(url_list::open(list)?.map(move |read| {
        let (line, url) = read?;
        let request = flags.request(&url);
        request.map_err(|failure| failure.at(&format!("{place}:{line}")).into_error().into())
    })))
}

impl ContentFlags {
    fn wanted(&self) -> Content {
        match self {
            Self { text: true, .. } => Content::Text,
            Self { markdown: true, .. } => Content::Markdown,
            Self { html: true, .. } => Content::Html,
            _ => Content::None,
        }
    }

    /// Returns the flags that are given, without their dashes.
    fn name(&self, main: bool, no_links: bool) -> Option<&'static str> {
        match (self.wanted(), main, no_links) {
            (Content::Text, false, _) => Some("text"),
            (Content::Text, true, _) => Some("main text"),
            (Content::Markdown, false, false) => Some("markdown"),
            (Content::Markdown, true, false) => Some("main markdown"),
            (Content::Markdown, false, true) => Some("markdown no-links"),
            (Content::Markdown, true, true) => Some("main markdown no-links"),
            (Content::Html, _, _) => Some("html"),
            _ => None,
        }
    }
}
