//! Tables of database servers: options, columns, values, positions, and the destination that writes rows by a [`Database`].

mod database;
mod destination;
mod existing;
mod fields;
mod kind;
mod options;
mod plan;
mod rows;
mod shape;
mod statements;

pub(super) use database::{Database, Target};
pub(super) use destination::{TableDestination, now};
pub(super) use existing::{Column, Table};
pub(super) use kind::{Cell, Kind};
pub(super) use options::Options;
use plan::{Plan, Trial};
pub(super) use rows::Row;
use rows::Rows;
pub(super) use statements::{on_conflict, positions};

use crate::page::error::{Error, ErrorKind, Result};

/// Differences of a database from the others.
pub(super) struct Dialect {
    /// Name of the database for people.
    pub(super) name: &'static str,
    /// Two names that differ in case only are one.
    pub(super) folds_case: bool,
    /// Longest name, in bytes.
    pub(super) longest_name: usize,
    /// Type of a new column.
    pub(super) sql_type: fn(Kind) -> &'static str,
}

impl Dialect {
    /// Writes a name so that it is one, whatever it contains.
    pub(super) fn quote(&self, name: &str) -> Result<String> {
        let wrong = if name.is_empty() {
            "is empty".to_owned()
        } else if name.contains('\0') {
            "contains NUL".to_owned()
        } else if name.len() > self.longest_name {
            format!(
                "is longer than the {} bytes that {} keeps of a name",
                self.longest_name, self.name
            )
        } else {
            return Ok(format!("\"{}\"", name.replace('"', "\"\"")));
        };
        let message = format!("the name {name:?} {wrong}; `column.FIELD=name` gives another one");
        Err(Error::new(ErrorKind::Settings, message))
    }

    /// Writes names with commas between them.
    pub(super) fn quote_all<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<String> {
        let quoted: Vec<_> = names
            .into_iter()
            .map(|name| self.quote(name))
            .collect::<Result<_>>()?;
        Ok(quoted.join(", "))
    }

    /// Returns the name by which equal names are found.
    fn folded(&self, name: &str) -> String {
        if self.folds_case {
            name.to_ascii_lowercase()
        } else {
            name.to_owned()
        }
    }
}

/// Item that a table does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// Index of the item in its batch.
    pub(super) item: usize,
    /// Reason, in the words of the database.
    pub(super) reason: String,
}

impl Refused {
    pub(super) fn new(item: usize, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { item, reason }
    }
}

/// Makes an error about the table, its columns or the options.
pub(super) fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Settings, message)
}
