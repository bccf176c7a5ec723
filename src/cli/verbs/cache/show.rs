//! `crawl cache show`: one stored response.

use std::io::{self, Write};

use serde_json::json;

use super::{Place, json_of, url};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::terminal;
use crate::fetch::cache::key::Key;
use crate::fetch::cache::store::Found;

/// Print the stored body of a page
///
/// With --json, what is known of it and its headers instead. Exit code 1 when it is not stored.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The page
    url: String,
}

impl Show {
    pub(super) fn run(&self, place: &Place) -> Outcome {
        let url = url(&self.url)?;
        let Some((path, stored)) = place.store.find(Key::page(&url)) else {
            terminal::say(&format!("not stored: {url}"));
            return Ok(Exit::Unexpected);
        };
        let mut out = io::stdout().lock();
        if place.as_json {
            let headers = stored.head.headers.iter();
            let headers = headers.map(|(name, value)| {
                json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())])
            });
            let headers: Vec<_> = headers.collect();
            let size = path.metadata().map_or(0, |metadata| metadata.len());
            let head = Some(stored.head);
            let mut json = json_of(&Found { path, size, head });
            if let Some(fields) = json.as_object_mut() {
                fields.insert("headers".to_owned(), json!(headers));
            }
            writeln!(out, "{json}")?;
        } else if io::IsTerminal::is_terminal(&out) {
            let text = String::from_utf8_lossy(&stored.body);
            out.write_all(terminal::printable(&text).as_bytes())?;
        } else {
            out.write_all(&stored.body)?;
        }
        out.flush()?;
        Ok(Exit::Finished)
    }
}
