//! `crawl cache clear`: stored responses are forgotten.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Place, unreadable, url};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::age::age;
use crate::cli::terminal::table::{bytes, plural};
use crate::fetch::cache::store::Found;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::canonical;

/// Delete stored responses: all, those of a page, or old ones
#[derive(Debug, clap::Args)]
pub(super) struct Clear {
    /// Only what is stored of this page
    url: Option<String>,

    /// Only what was stored longer ago, such as 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = age)]
    older_than: Option<Duration>,
}

impl Clear {
    pub(super) fn run(&self, place: &Place) -> Outcome {
        let page = self.url.as_deref().map(url).transpose()?;
        let page = page.as_ref().map(canonical);
        let before = self
            .older_than
            .and_then(|age| SystemTime::now().checked_sub(age));
        let is_meant = |found: &Found| match &found.head {
            // A damaged file answers nobody.
            None => page.is_none(),
            Some(head) => {
                page.as_ref()
                    .is_none_or(|page| *page == canonical(&head.url))
                    && self
                        .older_than
                        .is_none_or(|_| before.is_some_and(|t| head.received < t))
            }
        };
        let (mut removed, mut size) = (0u64, 0u64);
        for found in place.files()?.filter(is_meant) {
            remove(&found.path)?;
            removed += 1;
            size += found.size;
        }
        if page.is_none() && self.older_than.is_none() {
            let left = place.store.unfinished();
            for path in left.map_err(|error| unreadable(&place.directory, error))? {
                remove(&path)?;
            }
        }
        let mut out = io::stdout().lock();
        if place.as_json {
            writeln!(out, "{}", json!({"removed": removed, "bytes": size}))?;
        } else {
            let responses = plural(removed, "response");
            writeln!(out, "removed {responses} ({})", bytes(size))?;
        }
        Ok(Exit::Finished)
    }
}

/// Removes a file, which a crawl that uses the cache may have removed meanwhile.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let message = format!("cannot remove {}", path.display());
            Err(Error::new(ErrorKind::Storage, message).with_source(error))
        }
        _ => Ok(()),
    }
}
