//! `crawl sitemap`: what a sitemap lists.

use std::io::{self, Write};

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::document::Document;
use crate::cli::terminal;
use crate::page::sitemap::Entries;

/// List the URLs of a sitemap
///
/// Url sets, indexes, plain text, RSS and Atom, gzipped or not, told apart by content.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Sitemap {
    #[command(flatten)]
    document: Document,
}

impl Sitemap {
    pub(in crate::cli) fn run(self) -> Outcome {
        let found = self.document.read()?;
        let read = Entries::read_as(&found.body, found.content_type.as_deref(), &found.url);
        let mut entries = read.map_err(|error| error.with_url(&found.url))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in entries.by_ref() {
            writeln!(out, "{}", entry.loc)?;
        }
        out.flush()?;
        if !entries.has_any() && entries.skipped() == 0 {
            terminal::say("the sitemap lists nothing");
        }
        if entries.skipped() > 0 {
            terminal::say(&format!(
                "entries without a usable URL, skipped: {}",
                entries.skipped()
            ));
        }
        if entries.is_truncated() {
            terminal::say(
                "there may be more: the sitemap is too long, breaks off, or is malformed further on",
            );
        }
        Ok(Exit::Finished)
    }
}
