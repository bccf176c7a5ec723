//! `crawl feed`: what a feed publishes.

use std::io::{self, Write};

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::document::Document;
use crate::cli::terminal;
use crate::page::error::{Error, ErrorKind};
use crate::page::feed::Entries;

/// List the entries of a feed, as JSON lines
///
/// RSS, Atom and JSON Feed, gzipped or not, told apart by content.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Feed {
    #[command(flatten)]
    document: Document,
}

impl Feed {
    pub(in crate::cli) fn run(self) -> Outcome {
        let found = self.document.read()?;
        let read = Entries::read_as(&found.body, found.content_type.as_deref(), &found.url);
        let mut entries = read.map_err(|error| error.with_url(&found.url))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in entries.by_ref() {
            let line = serde_json::to_string(&entry).map_err(|e| {
                Error::new(ErrorKind::Json, "an entry cannot be written as JSON").with_source(e)
            })?;
            writeln!(out, "{line}")?;
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
            terminal::say(&format!("the feed goes on at {next}"));
        }
        Ok(Exit::Finished)
    }
}
