//! `crawl sitemap`: what a sitemap lists.

use std::io::{self, Write};
use std::path::PathBuf;

use super::exit::{Exit, Outcome};
use super::flags::PageFlags;
use super::{input, one, terminal};
use crate::sitemap;

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
        let found = match (self.file, self.url) {
            (Some(file), _) => sitemap::parse(
                &input::file(&file)?,
                &input::url(&self.base.unwrap_or_default())?,
            )?,
            (None, url) => {
                let response = one::page(&url.unwrap_or_default(), &self.request)?;
                sitemap::parse(response.body(), response.url())?
            }
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in &found.entries {
            writeln!(out, "{}", entry.loc)?;
        }
        out.flush()?;
        if found.skipped > 0 {
            terminal::say(&format!(
                "entries without a usable URL, skipped: {}",
                found.skipped
            ));
        }
        if found.truncated {
            terminal::say(
                "there may be more: the sitemap is too long, breaks off, or is malformed further on",
            );
        }
        Ok(Exit::Finished)
    }
}
