//! `crawl sitemap`: what a sitemap lists.

mod walk;

use std::io::{self, Write};

use serde::Serialize;
use url::Url;

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::document::Document;
use crate::cli::listing;
use crate::cli::terminal;
use crate::page::error::Result;
use crate::page::sitemap::{Entries, Entry};
use walk::Walk;

/// List the URLs of a sitemap
///
/// Url sets, indexes, plain text, RSS and Atom, gzipped or not, recognised by content.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl sitemap https://example.com/sitemap.xml\n  \
                  crawl sitemap https://example.com/sitemap.xml --pages --json\n  \
                  crawl sitemap --file sitemap.xml.gz --base https://example.com/sitemap.xml.gz"
)]
pub(in crate::cli) struct Sitemap {
    /// Read the sitemaps that it lists, too, at the pace of a crawl, and list only pages
    #[arg(long, conflicts_with = "file")]
    pages: bool,

    /// Print a JSON object per entry: also its last change and its versions in other languages
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    document: Document,
}

/// Entry of a sitemap, for `--json`.
#[derive(Debug, Serialize)]
struct Listed {
    loc: Url,
    is_sitemap: bool,
    lastmod: Option<String>,
    alternates: Vec<Version>,
    /// The sitemap that lists it, where there can be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    sitemap: Option<Url>,
}

/// Version of a page in another language.
#[derive(Debug, Serialize)]
struct Version {
    hreflang: String,
    href: Url,
}

impl Listed {
    fn new(entry: Entry, sitemap: Option<&Url>) -> Self {
        let versions = entry.alternates.into_iter().map(|version| Version {
            hreflang: version.hreflang,
            href: version.href,
        });
        Self {
            loc: entry.loc,
            is_sitemap: entry.is_sitemap,
            lastmod: entry.lastmod,
            alternates: versions.collect(),
            sitemap: sitemap.cloned(),
        }
    }
}

impl Sitemap {
    pub(in crate::cli) fn run(self) -> Outcome {
        if self.pages {
            let walk = Walk(self.document.request()?);
            return listing::print(walk, &self.document, |entry| line(entry, self.json));
        }
        let is_json = self.json;
        let found = self.document.read()?;
        let read = Entries::read_as(&found.body, found.content_type.as_deref(), &found.url);
        let mut entries = read.map_err(|error| error.with_url(&found.url))?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        for entry in entries.by_ref() {
            writeln!(out, "{}", line(&Listed::new(entry, None), is_json)?)?;
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

fn line(entry: &Listed, is_json: bool) -> Result<String> {
    if is_json {
        listing::json(entry)
    } else {
        Ok(entry.loc.to_string())
    }
}
