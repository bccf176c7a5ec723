//! `crawl select`: trying CSS selectors on a page.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::json;

use super::exit::{Exit, Failure, Outcome};
use super::flags::PageFlags;
use super::{input, one, terminal};
use crate::charset;
use crate::html::{Element, Html};

/// Try CSS selectors on a page
///
/// Prints the text of each match on a line of its own. Exit code 1 when nothing matches.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crawl select [OPTIONS] URL CSS...\n       crawl select [OPTIONS] --file FILE CSS...",
    after_help = "Examples:\n  crawl select https://example.com/ h1 'p > a'\n  \
                  crawl select --file page.html a --attr href"
)]
pub(super) struct Select {
    /// The page, unless --file is given, and selectors
    #[arg(required = true, value_name = "URL CSS")]
    arguments: Vec<String>,

    /// Read the page from a file; `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Print an attribute instead of the text
    #[arg(long, value_name = "NAME", conflicts_with = "html")]
    attr: Option<String>,

    /// Print the HTML instead of the text
    #[arg(long)]
    html: bool,

    /// Print a JSON object per match: the selector and the value
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    request: PageFlags,
}

impl Select {
    pub(super) fn run(mut self) -> Outcome {
        // Before anything is fetched: one that is none would be a request in vain.
        if self.file.is_none() && self.arguments.len() < 2 {
            return Err(Failure::usage("no CSS selector"));
        }
        let html = self.page()?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut found = false;
        for css in &self.arguments {
            for element in html.select(css)? {
                let Some(value) = self.value(element) else {
                    continue;
                };
                found = true;
                if self.json {
                    writeln!(out, "{}", json!({"css": css, "value": value}))?;
                } else {
                    writeln!(out, "{}", terminal::for_stdout(&value))?;
                }
            }
        }
        out.flush()?;
        if !found {
            terminal::say("nothing matches");
        }
        Ok(if found {
            Exit::Finished
        } else {
            Exit::Unexpected
        })
    }

    fn page(&mut self) -> Result<Html, Failure> {
        let Some(file) = &self.file else {
            let response = one::page(&self.arguments.remove(0), &self.request)?;
            return Ok(response.html()?);
        };
        let body = input::file(file)?;
        let text = charset::decode(&body, charset::detect(&body, None));
        Ok(Html::parse(&text, input::url("http://localhost/")?))
    }

    fn value(&self, element: Element<'_>) -> Option<String> {
        match &self.attr {
            Some(name) => element.attr(&name.to_ascii_lowercase()).map(str::to_owned),
            None if self.html => Some(element.outer_html()),
            None => Some(element.text()),
        }
    }
}
