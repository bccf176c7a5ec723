//! Records on standard output: JSON lines or, when a person looks at them and did not ask for these, a table.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::is_unsafe;
use super::table::row;
use crate::items::sink::{JsonLines, Record, Sink};
use crate::page::error::{Error, ErrorKind, Result};

/// Width of the column of titles.
const TITLE: usize = 46;
/// Fields that are taken for a title, the best first.
const TITLES: [&str; 4] = ["title", "name", "h1", "headline"];

/// Standard output as a place for records.
#[derive(Debug)]
pub(in crate::cli) struct Stdout {
    form: Form,
    has_rows: Arc<AtomicBool>,
}

/// Form of the records on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// JSON lines.
    Lines,
    /// JSON lines for a terminal: what could steer it is written as an escape, so the JSON means the same.
    Escaped,
    /// Title and URL of each record; a record without a URL is a JSON line.
    Table,
}

impl Stdout {
    /// Returns standard output as it is; `is_asked_for` is true if an output was named.
    pub(in crate::cli) fn new(is_asked_for: bool) -> Self {
        let form = match (io::stdout().is_terminal(), is_asked_for) {
            (false, _) => Form::Lines,
            (true, true) => Form::Escaped,
            (true, false) => Form::Table,
        };
        Self {
            form,
            has_rows: Arc::default(),
        }
    }

    /// Returns the sink that writes records to it.
    pub(in crate::cli) fn sink(&self) -> Box<dyn Sink> {
        match self.form {
            Form::Lines => Box::new(JsonLines::stdout()),
            form => Box::new(OnTerminal {
                form,
                has_rows: Arc::clone(&self.has_rows),
            }),
        }
    }

    /// Returns whether less than all of a record was written.
    pub(in crate::cli) fn has_rows(&self) -> bool {
        self.has_rows.load(Ordering::Relaxed)
    }
}

/// Sink of records on a terminal.
struct OnTerminal {
    form: Form,
    has_rows: Arc<AtomicBool>,
}

impl Sink for OnTerminal {
    fn write(&mut self, record: &Record) -> Result<()> {
        let json = record.json();
        let row = Some(json).filter(|_| self.form == Form::Table);
        let row = row.and_then(shown);
        if row.is_some() {
            self.has_rows.store(true, Ordering::Relaxed);
        }
        let mut line = row.unwrap_or_else(|| escaped(json));
        line.push('\n');
        let written = io::stdout().lock().write_all(line.as_bytes());
        written.map_err(|error| {
            Error::new(ErrorKind::Storage, "cannot write standard output").with_source(error)
        })
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Returns JSON in which what could steer a terminal is an escape.
fn escaped(json: &str) -> String {
    let mut line = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if is_unsafe(c) {
            let _ = write!(line, "\\u{:04x}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    line
}

/// Returns title and URL of a record as a row of a table; `None` without a URL.
fn shown(json: &str) -> Option<String> {
    let record: Value = serde_json::from_str(json).ok()?;
    let url = record.get("url")?.as_str()?;
    let texts = TITLES.iter().filter_map(|name| record.get(name)?.as_str());
    let title = texts.map(str::trim).find(|text| !text.is_empty());
    Some(row([TITLE], [title.unwrap_or("-")], url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_title_and_url() {
        let rows = [
            (
                r#"{"url":"http://a/","title":" Books "}"#,
                "Books",
                "http://a/",
            ),
            (
                r#"{"name":"Ink","price":1,"url":"http://a/1"}"#,
                "Ink",
                "http://a/1",
            ),
            (
                r#"{"url":"http://a/2","title":null,"h1":""}"#,
                "-",
                "http://a/2",
            ),
        ];
        for (json, title, url) in rows {
            assert_eq!(shown(json).unwrap(), format!("{title:<TITLE$}  {url}"));
        }
    }

    #[test]
    fn what_has_no_url_is_no_row() {
        assert_eq!(shown(r#"{"title":"Books"}"#), None);
        assert_eq!(shown(r#"{"url":7}"#), None);
        assert_eq!(shown("[1]"), None);
    }

    #[test]
    fn nothing_in_a_record_can_steer_the_terminal() {
        let steers = "{\"url\":\"http://a/\",\"title\":\"\\u001b[2J\"}";
        assert!(!shown(steers).unwrap().contains('\u{1b}'));
        assert_eq!(escaped("\"a\u{9b}b\""), "\"a\\u009bb\"");
    }
}
