//! `crawl cache`: what the cache holds, and clearing it.

mod clear;
mod list;
mod show;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::terminal::table::{bytes, count, moment, table};
use crate::fetch::cache::store::{Found, Store};
use crate::model::settings::Settings;
use crate::model::settings::layers;
use crate::page::error::{Error, ErrorKind, Result};

/// Show what is in the cache, or clear it
///
/// The settings `cache` and `cache_dir` turn it on and say where it is.
#[derive(Debug, clap::Args)]
#[command(
    disable_help_subcommand = true,
    subcommand_value_name = "WHAT",
    after_help = "Examples:\n  crawl cache\n  crawl cache list https://example.com/docs/\n  \
                  crawl cache show https://example.com/ > page.html\n  crawl cache clear --older-than 7d"
)]
pub(in crate::cli) struct Cache {
    #[command(subcommand)]
    what: Option<What>,

    /// Where it is [default: the setting `cache_dir`]
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// As JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    List(list::List),
    Show(show::Show),
    Clear(clear::Clear),
}

/// The cache that a verb is about.
struct Place {
    directory: PathBuf,
    store: Store,
    as_json: bool,
}

impl Cache {
    pub(in crate::cli) fn run(self) -> Outcome {
        let directory = if let Some(directory) = self.dir {
            directory
        } else {
            let mut settings = Settings::default();
            layers::apply(&mut settings, "", &[])?;
            settings.disk.cache_dir
        };
        let place = Place {
            store: Store::at(&directory, false),
            directory,
            as_json: self.json,
        };
        match self.what {
            None => place.totals(),
            Some(What::List(list)) => list.run(&place),
            Some(What::Show(show)) => show.run(&place),
            Some(What::Clear(clear)) => clear.run(&place),
        }
    }
}

impl Place {
    /// Returns all files of the cache, damaged ones too.
    fn files(&self) -> Result<impl Iterator<Item = Found>> {
        self.store
            .walk()
            .map_err(|error| unreadable(&self.directory, error))
    }

    fn totals(&self) -> Outcome {
        let (mut entries, mut size, mut damaged, mut oldest) = (0u64, 0u64, 0u64, None);
        for found in self.files()? {
            size += found.size;
            let Some(head) = found.head else {
                damaged += 1;
                continue;
            };
            entries += 1;
            oldest = Some(oldest.map_or(head.received, |old| head.received.min(old)));
        }
        let oldest = oldest.and_then(|time| Timestamp::try_from(time).ok());
        let mut out = io::stdout().lock();
        if self.as_json {
            let totals = json!({
                "folder": self.directory.display().to_string(),
                "entries": entries, "bytes": size, "damaged": damaged, "oldest": oldest,
            });
            writeln!(out, "{totals}")?;
            return Ok(Exit::Finished);
        }
        let row = |name: &str, value: String| [name.to_owned(), value];
        let mut rows = vec![
            row("directory", self.directory.display().to_string()),
            row("entries", count(entries)),
            row("size", bytes(size)),
        ];
        rows.extend(oldest.map(|oldest| row("oldest", moment(oldest))));
        rows.extend((damaged > 0).then(|| row("damaged", count(damaged))));
        write!(out, "{}", table([14, 200], &rows))?;
        Ok(Exit::Finished)
    }
}

/// Returns a file as JSON, but for its body.
fn json_of(found: &Found) -> Value {
    let head = found.head.as_ref();
    json!({
        "url": head.map(|head| &head.url),
        "method": head.map(|head| &head.method),
        "status": head.map(|head| head.status.as_u16()),
        "stored": head.and_then(|head| Timestamp::try_from(head.received).ok()),
        "length": head.map(|head| head.length),
        "bytes": found.size,
        "file": found.path.display().to_string(),
    })
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot read {}", path.display())).with_source(error)
}

/// Returns the URL that a person means.
fn url(text: &str) -> Result<url::Url, Failure> {
    crate::cli::flags::input::url(text).map_err(|error| Failure::usage(error.chain()))
}
