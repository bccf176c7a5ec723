//! `crawl select`: trying on a page what a spider would take out of it.

mod found;

use std::io;
use std::path::PathBuf;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::FetchFlags;
use crate::cli::flags::input;
use crate::cli::one;
use crate::cli::terminal;
use crate::page::html::{self, Html, Query};
use crate::page::json;
use crate::page::request::Request;
use crate::page::response::Response;
use found::Found;

/// Try on a page what a spider would take out of it
///
/// A CSS selector gives the text of each match; with `::text` or `::attr(name)` behind it, as in Scrapy, the pieces of text
/// directly in it or an attribute. Each value is on a line of its own. Exit code 1 when nothing is found.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "crawl select [OPTIONS] URL CSS...\n       crawl select [OPTIONS] --file FILE CSS...",
    after_help = "Examples:\n  \
                  crawl select https://example.com/ h1 'p > a::attr(href)' 'li ::text'\n  \
                  crawl select https://example.com/ 'img::attr(src)' --urls\n  \
                  crawl select https://example.com/ .price --re '[0-9.]+'\n  \
                  crawl select https://example.com/ '#prices' --table\n  \
                  crawl select https://example.com/ 'script#data' --jmespath 'products[].name'\n  \
                  crawl select https://example.com/api.json --jmespath 'items[?price > `5`].name'\n  \
                  crawl select --file page.html --base https://example.com/a/ a --urls"
)]
pub(in crate::cli) struct Select {
    /// The page, unless --file is given, and selectors
    #[arg(required_unless_present = "file", value_name = "URL CSS")]
    arguments: Vec<String>,

    /// Read the page from a file; `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Where the file came from: references are relative to it
    #[arg(long, value_name = "URL", requires = "file")]
    base: Option<String>,

    #[command(flatten)]
    what: What,

    /// Print only what a regular expression finds: its groups, or else the whole match
    #[arg(long, value_name = "PATTERN", conflicts_with_all = ["table", "pairs", "jmespath"])]
    re: Option<String>,

    /// Print a JSON object per value: the selector, or expression, and the value
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    request: FetchFlags,
}

/// What is taken of each match, instead of what its selector says.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
struct What {
    /// Print an attribute instead of the text, as `::attr(NAME)` does
    #[arg(long, value_name = "NAME")]
    attr: Option<String>,

    /// Print the HTML instead of the text
    #[arg(long)]
    html: bool,

    /// Print absolute URLs: of `::attr(name)`, else of href or src; each one of a srcset
    #[arg(long)]
    urls: bool,

    /// Print the rows of tables as JSON objects, their cells named by the header; without a selector, of every table
    #[arg(long)]
    table: bool,

    /// Print what a table or a dl says name by name as one JSON object
    #[arg(long)]
    pairs: bool,

    /// Search JSON: the answer, or what is in the scripts that match; can be given more than once
    #[arg(long, value_name = "EXPRESSION")]
    jmespath: Vec<String>,
}

impl Select {
    pub(in crate::cli) fn run(mut self) -> Outcome {
        let url = match self.file {
            Some(_) => None,
            None => Some(self.arguments.remove(0)),
        };
        self.check()?;
        let response = self.response(url.as_deref())?;
        let mut found = Found::new(io::stdout().lock(), self.json);
        if self.what.jmespath.is_empty() {
            self.select(&page(&response)?, &mut found)?;
        } else {
            self.search(&response, &mut found)?;
        }
        if found.finish()? {
            return Ok(Exit::Finished);
        }
        terminal::say("nothing matches");
        Ok(Exit::Unexpected)
    }

    /// Checks the queries before anything is fetched, so that no request is made in vain.
    fn check(&mut self) -> Result<(), Failure> {
        if self.arguments.is_empty() {
            if self.what.table {
                self.arguments.push("table".to_owned());
            } else if self.what.jmespath.is_empty() {
                return Err(Failure::usage("no CSS selector"));
            }
        }
        for query in &self.arguments {
            Query::parse(query)?;
        }
        for expression in &self.what.jmespath {
            json::check(expression)?;
        }
        if let Some(pattern) = &self.re {
            html::re("", pattern)?;
        }
        Ok(())
    }

    fn response(&self, url: Option<&str>) -> Result<Response, Failure> {
        if let Some(url) = url {
            return one::page(url, &self.request);
        }
        let base = input::url(self.base.as_deref().unwrap_or("http://localhost/"))?;
        let file = self.file.as_deref().unwrap_or("-".as_ref());
        if self.arguments.is_empty() {
            let body = input::file(file)?;
            return Ok(Response::new(Request::from(base), 200).with_body("application/json", body));
        }
        Ok(input::page(file, Request::from(base))?)
    }

    fn select(&self, html: &Html, found: &mut Found<'_>) -> Result<(), Failure> {
        for css in &self.arguments {
            if self.what.table || self.what.pairs {
                for element in html.select(css)? {
                    if self.what.pairs {
                        found.record(&element.pairs()?)?;
                    } else {
                        element
                            .records()?
                            .iter()
                            .try_for_each(|row| found.record(row))?;
                    }
                }
                continue;
            }
            for value in self.values(html, css)? {
                match &self.re {
                    None => found.text("css", css, &value)?,
                    Some(pattern) => {
                        for part in html::re(&value, pattern)? {
                            found.text("css", css, &part)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn values(&self, html: &Html, css: &str) -> Result<Vec<String>, Failure> {
        Ok(match &self.what.attr {
            Some(name) => {
                let values = html.select(css)?.filter_map(|element| element.attr(name));
                values.map(str::to_owned).collect()
            }
            None if self.what.html => html.select(css)?.map(html::Element::outer_html).collect(),
            None if self.what.urls => html.urls(css)?.into_iter().map(String::from).collect(),
            None => html.get_all(css)?,
        })
    }

    fn search(&self, response: &Response, found: &mut Found<'_>) -> Result<(), Failure> {
        let mut texts = Vec::new();
        if self.arguments.is_empty() {
            let told = |error: crate::page::error::Error| error.with_url(response.url());
            texts.push(json::parse(&response.json_text()).map_err(told)?);
        } else {
            let html = page(response)?;
            for css in &self.arguments {
                for element in html.select(css)? {
                    texts.push(element.json()?);
                }
            }
        }
        for expression in &self.what.jmespath {
            for text in &texts {
                found.value("jmespath", expression, json::search(text, expression)?)?;
            }
        }
        Ok(())
    }
}

/// Returns the page, and prints what is wrong with it.
fn page(response: &Response) -> Result<Html, Failure> {
    let html = response.html()?;
    if let Some(fault) = html.fault() {
        terminal::say(&format!("{}: {fault}", response.url()));
    }
    Ok(html)
}
