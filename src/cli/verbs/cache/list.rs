//! `crawl cache list`: what is stored.

use std::io::{self, Write};

use jiff::Timestamp;

use super::{Place, json_of};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal::for_stdout;
use crate::cli::terminal::table::{bytes, moment};

/// List the stored responses
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only those whose URL begins like this
    prefix: Option<String>,
}

impl List {
    pub(super) fn run(&self, place: &Place) -> Outcome {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let mut out = io::stdout().lock();
        // Line by line: there may be more than fit into memory.
        for found in place.files()? {
            let Some(head) = &found.head else { continue };
            if !head.url.as_str().starts_with(prefix) {
                continue;
            }
            if place.as_json {
                writeln!(out, "{}", json_of(&found))?;
                continue;
            }
            let stored = Timestamp::try_from(head.received)
                .map(moment)
                .unwrap_or_default();
            let (status, method) = (head.status.as_u16(), for_stdout(&head.method));
            let (size, url) = (bytes(head.length), for_stdout(head.url.as_str()));
            writeln!(out, "  {stored}  {status}  {method}  {size:>10}  {url}")?;
        }
        Ok(Exit::Finished)
    }
}
