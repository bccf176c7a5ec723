//! `crawl sitemap`: what a sitemap lists.

use std::io::{self, Write};
use std::path::PathBuf;

use super::exit::{Exit, Outcome};
use super::flags::PageFlags;
use super::{document, terminal};
use crate::sitemap::Entries;

/// List the URLs of a sitemap
///
/// Url sets, indexes, plain text, RSS and Atom, gzipped or not, told apart by content.
#[derive(Debug, clap::Args)]
pub(super) struct Sitemap {
    /// The sitemap
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    url: Option<String>,

    /// Read it from a file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: URLs are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    base: Option<String>,

    #[command(flatten)]
    request: PageFlags,
}

impl Sitemap {
    pub(super) fn run(self) -> Outcome {
        let (body, url) = document::read(self.file, self.base, self.url, &self.request)?;
        let mut entries = Entries::read(&body, &url).map_err(|error| error.with_url(&url))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in entries.by_ref() {
            writeln!(out, "{}", entry.loc)?;
        }
        out.flush()?;
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
