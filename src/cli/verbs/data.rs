//! `crawl data`: what a page says of itself for machines.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::FetchFlags;
use crate::cli::flags::input;
use crate::cli::one;
use crate::page::error::{Error, ErrorKind};
use crate::page::html::Html;
use crate::page::request::Request;

/// Print the structured data of a page
///
/// JSON-LD, Open Graph and Twitter cards, microdata, meta elements, canonical URL, languages, feeds and icon, as JSON. What
/// is malformed or too much is under "skipped".
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl data https://example.com/book | jq '.json_ld'\n  \
                  crawl data --file page.html --base https://example.com/ --json"
)]
pub(in crate::cli) struct Data {
    /// The page
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    url: Option<String>,

    /// Read the page from a file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: links are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    base: Option<String>,

    /// Print it on one line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    request: FetchFlags,
}

impl Data {
    pub(in crate::cli) fn run(self) -> Outcome {
        let is_short = self.json;
        let data = self.page()?.structured();
        let mut out = io::BufWriter::new(io::stdout().lock());
        let text = if is_short {
            serde_json::to_string(&data)
        } else {
            serde_json::to_string_pretty(&data)
        };
        let text = text.map_err(|error| {
            Error::new(ErrorKind::Json, "the data cannot be written as JSON").with_source(error)
        })?;
        writeln!(out, "{text}")?;
        out.flush()?;
        Ok(Exit::Finished)
    }

    fn page(self) -> Result<Html, Failure> {
        let Some(file) = self.file else {
            let response = one::page(&self.url.unwrap_or_default(), &self.request)?;
            return Ok(response.html()?);
        };
        let base = input::url(&self.base.unwrap_or_default())?;
        Ok(input::page(&file, Request::from(base))?.html()?)
    }
}
