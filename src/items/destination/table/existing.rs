//! Table as the database has it.

use std::collections::HashMap;

use super::{Dialect, Kind};

/// Column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::items::destination) struct Column {
    pub(in crate::items::destination) name: String,
    pub(in crate::items::destination) kind: Kind,
    pub(in crate::items::destination) nullable: bool,
    /// The database fills it if a row has no value for it.
    pub(in crate::items::destination) default: bool,
}

/// Table as the database has it.
#[derive(Debug, Clone)]
pub(in crate::items::destination) struct Table {
    pub(in crate::items::destination) columns: Vec<Column>,
    by_name: HashMap<String, usize>,
}

impl Table {
    /// A table with these columns.
    pub(in crate::items::destination) fn new(dialect: &Dialect, columns: Vec<Column>) -> Self {
        let by_name = columns.iter().enumerate();
        let by_name = by_name.map(|(index, column)| (dialect.folded(&column.name), index));
        Self {
            by_name: by_name.collect(),
            columns,
        }
    }

    /// Returns the index of the column of this name.
    pub(super) fn index(&self, dialect: &Dialect, name: &str) -> Option<usize> {
        self.by_name.get(&dialect.folded(name)).copied()
    }
}
