//! `items.jsonl`: what a spider makes of a recording, page by page.

use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::unreadable;
use crate::fetch::cassette::{json_error, masked};
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};

/// The items in the order of the crawl, and the errors in order of their pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Results {
    pub(crate) items: Vec<PageItem>,
    pub(crate) errors: Vec<PageError>,
}

/// An item, and the page that gave it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageItem {
    pub(crate) page: String,
    pub(crate) item: Value,
}

/// Error on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct PageError {
    pub(crate) page: String,
    pub(crate) error: Failure,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

impl PageItem {
    /// Builds an item as the outputs get it. Passwords in its URLs are redacted.
    pub(super) fn new(page: &str, json: &str) -> Self {
        // Nested more deeply than is read, it is compared as it is written.
        let mut item = serde_json::from_str(json).unwrap_or_else(|_| Value::from(json));
        mask_text(&mut item);
        let page = masked(page).into_owned();
        Self { page, item }
    }
}

impl PageError {
    pub(super) fn new(page: &str, kind: ErrorKind, message: &str) -> Self {
        let message = masked(message).into_owned();
        Self {
            page: masked(page).into_owned(),
            error: Failure { kind, message },
        }
    }
}

impl Results {
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read or has a line that is wrong; the message names file and line.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = text_file::read(path).map_err(|error| unreadable(path, error))?;
        let mut results = Self::default();
        for (number, line) in text.lines().enumerate() {
            results.add(line).map_err(|why| {
                let place = format!("{}:{}", path.display(), number + 1);
                Error::new(
                    ErrorKind::File,
                    format!("{place}: neither an item nor an error: {why}"),
                )
            })?;
        }
        Ok(results)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let mut line: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| json_error(&error))?;
        let Some(Value::String(page)) = line.remove("page") else {
            return Err("no `page`".to_owned());
        };
        match (line.remove("item"), line.remove("error")) {
            (Some(item), None) => self.items.push(PageItem { page, item }),
            (None, Some(error)) => {
                let error = serde_json::from_value(error).map_err(|error| error.to_string())?;
                self.errors.push(PageError { page, error });
            }
            _ => return Err("either `item` or `error` is expected".to_owned()),
        }
        Ok(())
    }

    pub(super) fn write(&self) -> String {
        let items = self
            .items
            .iter()
            .map(|found| json!({"page": found.page, "item": found.item}));
        let errors = self
            .errors
            .iter()
            .map(|found| json!({"page": found.page, "error": found.error}));
        let mut text = String::new();
        for line in items.chain(errors) {
            // A `String` takes any text.
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn mask_text(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let std::borrow::Cow::Owned(masked) = masked(text) {
                *text = masked;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask_text),
        Value::Object(fields) => fields.values_mut().for_each(mask_text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scratch::Scratch;

    #[test]
    fn what_is_written_is_read_back() {
        let results = Results {
            items: vec![
                PageItem::new("http://a.example/1", r#"{"title":"A\nB","price":51.77}"#),
                PageItem::new("http://a.example/1", "null"),
            ],
            errors: vec![PageError::new(
                "http://a.example/2",
                ErrorKind::Spider,
                "no title",
            )],
        };
        let directory = Scratch::new();
        let file = directory.file("items.jsonl", &results.write());
        assert_eq!(Results::read(&file).unwrap(), results);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let directory = Scratch::new();
        for (line, why) in [
            ("{\"page\":\"x\"}", "either `item` or `error`"),
            ("{\"item\":1}", "no `page`"),
            ("[", "expected a map"),
        ] {
            let text = format!("{{\"page\":\"x\",\"item\":1}}\n{line}\n");
            let error = Results::read(&directory.file("items.jsonl", &text))
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("items.jsonl:2: ") && error.contains(why),
                "{error}"
            );
        }
    }

    #[test]
    fn passwords_leave_the_urls_of_an_item() {
        let found = PageItem::new(
            "http://a.example/?pw=x",
            r#"{"links":["http://us:pw@b.example/"]}"#,
        );
        assert_eq!(found.page, "http://a.example/?pw=***");
        assert_eq!(found.item, json!({"links": ["http://b.example/"]}));
    }
}
