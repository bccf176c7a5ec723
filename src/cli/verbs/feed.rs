//! `crawl feed`: what a feed publishes.

use std::io::{self, IsTerminal, Write};

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::document::Document;
use crate::cli::listing;
use crate::cli::terminal;
use crate::cli::terminal::table;
use crate::engine::spider::FeedSpider;
use crate::page::clean;
use crate::page::error::Result;
use crate::page::feed::{Entries, FeedEntry};

/// List the entries of a feed
///
/// As JSON lines or, on a terminal, as a table of days, titles and URLs. RSS, Atom and JSON Feed, gzipped or not, recognised by
/// content.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl feed https://example.com/feed.xml\n  \
                  crawl feed https://example.com/feed.xml --pages --json > entries.jsonl\n  \
                  crawl feed --file feed.xml --base https://example.com/feed.xml"
)]
pub(in crate::cli) struct Feed {
    /// Go on with the next pages of a feed that is divided, at the pace of a crawl
    #[arg(long, conflicts_with = "file")]
    pages: bool,

    /// Print a JSON object per entry, also on a terminal
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    document: Document,
}

impl Feed {
    pub(in crate::cli) fn run(self) -> Outcome {
        let is_table = !self.json && io::stdout().is_terminal();
        let line = |entry: &FeedEntry| {
            if is_table {
                Ok(row(entry))
            } else {
                json(entry)
            }
        };
        if self.pages {
            let spider = FeedSpider::new([self.document.request()?]).named("feed");
            return listing::print(spider, &self.document, line);
        }
        let found = self.document.read()?;
        let read = Entries::read_as(&found.body, found.content_type.as_deref(), &found.url);
        let mut entries = read.map_err(|error| error.with_url(&found.url))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in entries.by_ref() {
            writeln!(out, "{}", line(&entry)?)?;
        }
        out.flush()?;
        if !entries.has_any() && entries.skipped() == 0 {
            terminal::say("the feed has no entry");
        }
        if entries.skipped() > 0 {
            terminal::say(&format!(
                "entries that say nothing, skipped: {}",
                entries.skipped()
            ));
        }
        if entries.is_truncated() {
            terminal::say(
                "there may be more: the feed is too long, breaks off, or is malformed further on",
            );
        }
        if let Some(next) = entries.next_page() {
            terminal::say(&format!("the feed goes on at {next}; --pages reads on"));
        }
        Ok(Exit::Finished)
    }
}

fn json(entry: &FeedEntry) -> Result<String> {
    listing::json(entry)
}

/// Returns an entry as a row: its day, title and URL.
fn row(entry: &FeedEntry) -> String {
    let day = entry.published.or(entry.updated);
    let day = day.and_then(|time| clean::rfc3339(time).ok());
    let day = day.as_deref().and_then(|time| time.get(..10));
    let title = entry.title.as_deref().or(entry.summary.as_deref());
    let url = entry.url.as_ref().map_or("", |url| url.as_str());
    table::row(
        [10, 50],
        [day.unwrap_or_default(), title.unwrap_or_default()],
        url,
    )
}
