//! `crawl links`: where a page links to.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::FetchFlags;
use crate::cli::flags::input;
use crate::cli::one;
use crate::cli::terminal;
use crate::page::request::Request;

/// List the absolute links of a page
///
/// In document order, once each, without fragments; http and https only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl links https://example.com/\n  \
                  crawl links https://example.com/ | grep /docs/ | crawl site - -s depth=0\n  \
                  crawl links --file page.html --base https://example.com/a/")]
pub(in crate::cli) struct Links {
    /// The page
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    url: Option<String>,

    /// Read the page from a file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: links are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    base: Option<String>,

    #[command(flatten)]
    request: FetchFlags,
}

impl Links {
    pub(in crate::cli) fn run(self) -> Outcome {
        let response = match (self.file, self.url) {
            (Some(file), _) => {
                let base = input::url(&self.base.unwrap_or_default())?;
                input::page(&file, Request::from(base))?
            }
            (None, url) => one::page(&url.unwrap_or_default(), &self.request)?,
        };
        let (page, fault) = response.scanned(usize::MAX)?;
        if let Some(fault) = fault {
            terminal::say(&format!("{}: {fault}", response.url()));
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        for link in page.links {
            writeln!(out, "{link}")?;
        }
        out.flush()?;
        Ok(Exit::Finished)
    }
}
