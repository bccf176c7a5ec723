//! Records on standard output: JSON lines or, when a person looks at them and did not ask for these, a table.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::is_unsafe;
use super::table::{cells, row};
use crate::items::sink::{JsonLines, Record, Sink};
use crate::page::error::{Error, ErrorKind, Result};

/// Width of the column of titles.
const TITLE: usize = 46;
/// Fields that are taken for a title, the best first.
const TITLES: [&str; 4] = ["title", "name", "h1", "headline"];

/// Widths of the columns of records without a URL, by the number of fields that are shown.
const WIDTHS: [&[usize]; 3] = [&[80], &[48, 30], &[38, 18, 20]];

/// Standard output as a place for records.
#[derive(Debug)]
pub(in crate::cli) struct Stdout {
    form: Form,
    /// Fields that are shown of records without a URL.
    fields: Vec<String>,
    has_rows: Arc<AtomicBool>,
}

/// Form of the records on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// JSON lines.
    Lines,
    /// JSON lines for a terminal: what could steer it is written as an escape, so the JSON means the same.
    Escaped,
    /// Title and URL of each record. Of one without a URL, the first fields that the spider is known to have; a JSON line if
    /// none is known.
    Table,
}

impl Stdout {
    /// Returns standard output as it is; `is_asked_for` is true if an output was named, `columns` are the fields that the
    /// spider's items are known to have.
    pub(in crate::cli) fn new(is_asked_for: bool, columns: &[String]) -> Self {
        let form = match (io::stdout().is_terminal(), is_asked_for) {
            (false, _) => Form::Lines,
            (true, true) => Form::Escaped,
            (true, false) => Form::Table,
        };
        Self {
            form,
            fields: fields(columns),
            has_rows: Arc::default(),
        }
    }

    /// Returns the sink that writes records to it.
    pub(in crate::cli) fn sink(&self) -> Box<dyn Sink> {
        match self.form {
            Form::Lines => Box::new(JsonLines::stdout()),
            form => Box::new(OnTerminal {
                form,
                fields: self.fields.clone(),
                has_heading: false,
                has_rows: Arc::clone(&self.has_rows),
            }),
        }
    }

    /// Returns what was written of the records and how to get all of it; `None` if all of it was written.
    pub(in crate::cli) fn advice(&self) -> Option<String> {
        let what = match &self.fields[..] {
            [] => "title and URL".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        let advice =
            format!("These are {what}; `-O FILE` keeps all of each item, `-O -` shows it.");
        self.has_rows.load(Ordering::Relaxed).then_some(advice)
    }
}

/// Sink of records on a terminal.
struct OnTerminal {
    form: Form,
    fields: Vec<String>,
    has_heading: bool,
    has_rows: Arc<AtomicBool>,
}

impl Sink for OnTerminal {
    fn write(&mut self, record: &Record) -> Result<()> {
        let json = record.json();
        let row = Some(json).filter(|_| self.form == Form::Table);
        let row = row.and_then(|json| shown(json, &self.fields));
        let mut line = String::new();
        if row.is_some() {
            self.has_rows.store(true, Ordering::Relaxed);
            if !self.fields.is_empty() && !std::mem::replace(&mut self.has_heading, true) {
                line = cells(widths(&self.fields), &self.fields) + "\n";
            }
        }
        line += &row.unwrap_or_else(|| escaped(json));
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

/// Returns the fields that are shown of the records of a spider with these columns: none if they have a URL, or too few are
/// known.
fn fields(columns: &[String]) -> Vec<String> {
    if columns.iter().any(|column| column == "url") {
        return Vec::new();
    }
    columns.iter().take(WIDTHS.len()).cloned().collect()
}

fn widths(fields: &[String]) -> &'static [usize] {
    let widths = fields.len().checked_sub(1).and_then(|at| WIDTHS.get(at));
    widths.copied().unwrap_or_default()
}

/// Returns the text of a value in a table: without the quotes of a text, and a list as its values.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Returns a record as a row of a table: these fields or, without any, title and URL. `None` for a record that has none of
/// the fields, or no URL.
fn shown(json: &str, fields: &[String]) -> Option<String> {
    let record: Value = serde_json::from_str(json).ok()?;
    if !fields.is_empty() {
        let texts = fields
            .iter()
            .map(|field| record.get(field).map_or_else(String::new, cell));
        let mut texts: Vec<String> = texts.collect();
        if texts.iter().all(String::is_empty) {
            return None;
        }
        for text in texts.iter_mut().filter(|text| text.is_empty()) {
            text.push('-');
        }
        return Some(cells(widths(fields), &texts));
    }
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
            assert_eq!(shown(json, &[]).unwrap(), format!("{title:<TITLE$}  {url}"));
        }
    }

    #[test]
    fn what_has_no_url_is_no_row() {
        assert_eq!(shown(r#"{"title":"Books"}"#, &[]), None);
        assert_eq!(shown(r#"{"url":7}"#, &[]), None);
        assert_eq!(shown("[1]", &[]), None);
    }

    #[test]
    fn a_record_without_a_url_shows_the_first_fields_of_its_spider() {
        let columns = ["text", "author", "tags", "likes"].map(str::to_owned);
        let fields = fields(&columns);
        assert_eq!(fields, ["text", "author", "tags"]);
        let text = "a".repeat(50);
        let record = format!(r#"{{"text":"{text}","author":null,"tags":["ink","sea"]}}"#);
        let cut = "a".repeat(37);
        assert_eq!(
            shown(&record, &fields).unwrap(),
            format!("{cut}…  {:<18}  ink, sea", "-")
        );
        assert_eq!(shown(r#"{"other":1}"#, &fields), None);
        assert_eq!(
            super::fields(&["title", "url"].map(str::to_owned)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn nothing_in_a_record_can_steer_the_terminal() {
        let steers = "{\"url\":\"http://a/\",\"title\":\"\\u001b[2J\"}";
        assert!(!shown(steers, &[]).unwrap().contains('\u{1b}'));
        assert_eq!(escaped("\"a\u{9b}b\""), "\"a\\u009bb\"");
    }
}
