//! Options of a table, after the `?` of its URL.

use std::collections::BTreeMap;

use super::wrong;
use crate::items::destination::{Batching, DestinationUrl};
use crate::items::sink::Mode;
use crate::page::error::Result;

/// Options of a table.
#[derive(Debug, Clone)]
pub(in crate::items::destination) struct Options {
    table: Option<String>,
    /// Columns whose values together are those of one row; empty: each item is a row of its own.
    pub(in crate::items::destination) key: Vec<String>,
    /// Column for the id of the run.
    pub(super) run: Option<String>,
    /// Column for the URL of the page.
    pub(super) url: Option<String>,
    /// Column for the time at which the item was kept.
    pub(super) kept: Option<String>,
    /// Fields that are wanted, in this order; empty: all.
    pub(super) columns: Vec<String>,
    /// Columns of fields that are not named like them.
    names: BTreeMap<String, String>,
    /// SQL types of fields.
    pub(super) types: BTreeMap<String, String>,
    /// Levels of objects whose fields are columns.
    pub(super) flatten: usize,
    /// New fields are added to the table.
    pub(super) add: bool,
    batch_items: Option<usize>,
    /// The table is replaced at the end.
    pub(in crate::items::destination) replace: bool,
}

impl Options {
    /// Reads the options of a destination, but those of its connection.
    pub(in crate::items::destination) fn read(
        url: &DestinationUrl,
        of_connection: &[&str],
    ) -> Result<Self> {
        let mut options = Self {
            table: None,
            key: Vec::new(),
            run: None,
            url: None,
            kept: None,
            columns: Vec::new(),
            names: BTreeMap::new(),
            types: BTreeMap::new(),
            flatten: 0,
            add: false,
            batch_items: None,
            replace: url.mode() == Mode::Overwrite,
        };
        for (name, value) in url.options() {
            if !of_connection.contains(&name.as_str()) {
                options.take(name, value)?;
            }
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<()> {
        let text = || Some(value.to_owned());
        match name {
            "table" => self.table = text(),
            "run" => self.run = text(),
            "url" => self.url = text(),
            "kept" => self.kept = text(),
            "key" => self.key = list(value),
            "columns" => self.columns = list(value),
            "flatten" => self.flatten = number(name, value)?,
            "batch_items" => self.batch_items = Some(number(name, value)?),
            "alter" if value == "add" => self.add = true,
            "alter" => {
                return Err(wrong(format!(
                    "`alter={value}` is unknown; known: alter=add"
                )));
            }
            _ => match name.split_once('.') {
                Some(("column", field)) if !value.is_empty() => {
                    self.names.insert(field.to_owned(), value.to_owned());
                }
                Some(("type", field)) if is_type(value) => {
                    self.types.insert(field.to_owned(), value.to_owned());
                }
                Some(("type" | "column", _)) => {
                    return Err(wrong(format!(
                        "the option `{name}` has the bad value {value:?}"
                    )));
                }
                _ => return Err(wrong(format!("unknown option {name:?} of a table"))),
            },
        }
        Ok(())
    }

    /// Returns the name of the table: that of the spider, unless there is one.
    pub(in crate::items::destination) fn table<'a>(&'a self, spider: &'a str) -> &'a str {
        self.table.as_deref().unwrap_or(spider)
    }

    /// Returns the column of a field.
    pub(super) fn column<'a>(&'a self, field: &'a str) -> &'a str {
        self.names.get(field).map_or(field, String::as_str)
    }

    /// Returns how large batches are.
    pub(in crate::items::destination) fn batching(&self) -> Batching {
        let mut batching = Batching::default();
        if let Some(items) = self.batch_items {
            batching.items = items;
        }
        batching
    }
}

fn list(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect()
}

fn number(name: &str, value: &str) -> Result<usize> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(wrong(format!("`{name}={value}` is not a number from 1"))),
    }
}

/// A type stands in the SQL as it is: words, brackets and numbers, and nothing that ends a statement.
fn is_type(value: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || " _(),.[]".contains(c);
    !value.is_empty() && value.chars().all(is_fine)
}
