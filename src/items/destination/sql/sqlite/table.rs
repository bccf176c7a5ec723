//! Statements about a table of items.

use super::session::{Failed, Session, is_of_row};
use crate::items::destination::sql::columns::{Column, Kind};
use crate::items::destination::sql::quoted;
use crate::items::destination::sql::value::SqlValue;
use crate::items::destination::{Delivery, Refusals};
use crate::page::error::Result;

/// Maximum number of rows in a statement.
const ROWS: usize = 100;
/// Maximum number of values in a statement, of the 32,766 that SQLite takes.
const VALUES: usize = 32_000;

/// Rows of a table on their way to it, with their items.
pub(super) struct Rows<'a> {
    /// Statement up to the values, and behind them.
    sql: (String, String),
    /// Placeholders of one row.
    row: String,
    most: usize,
    items: Vec<&'a Delivery>,
    values: Vec<Vec<SqlValue>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(table: &str, columns: &[Column], key: &[String]) -> Self {
        let names = columns.iter().map(|column| quoted(&column.name));
        let names = names.collect::<Vec<_>>().join(", ");
        let places = vec!["?"; columns.len()].join(", ");
        Self {
            sql: (
                format!("INSERT INTO {} ({names}) VALUES ", quoted(table)),
                on_conflict(columns, key),
            ),
            row: format!("({places})"),
            most: (VALUES / columns.len().max(1)).clamp(1, ROWS),
            items: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, item: &'a Delivery, row: Vec<SqlValue>) {
        self.items.push(item);
        self.values.push(row);
    }

    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= self.most
    }

    /// Inserts the rows; those that the database refuses become refusals.
    pub(super) async fn insert(
        &mut self,
        session: &mut Session,
        refusals: &mut Refusals,
    ) -> Result<(), Failed> {
        let items = std::mem::take(&mut self.items);
        let rows = std::mem::take(&mut self.values);
        if items.is_empty() {
            return Ok(());
        }
        let sql = self.statement(items.len());
        let values = rows.concat();
        // A statement that fails leaves nothing, and the transaction goes on.
        match session.execute(&sql, &values).await {
            Ok(_) => return Ok(()),
            Err(error) if !is_of_row(&error) => return Err(error.into()),
            Err(_) => {}
        }
        let sql = self.statement(1);
        for (item, row) in items.into_iter().zip(rows) {
            match session.execute(&sql, &row).await {
                Ok(_) => {}
                Err(error) if is_of_row(&error) => refusals.add(item, message(&error)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn statement(&self, rows: usize) -> String {
        let rows = vec![self.row.as_str(); rows].join(", ");
        format!("{}{rows}{}", self.sql.0, self.sql.1)
    }
}

/// Returns what becomes of a row whose key is there already: it is updated.
fn on_conflict(columns: &[Column], key: &[String]) -> String {
    if key.is_empty() {
        return String::new();
    }
    let others = columns.iter().filter(|column| !key.contains(&column.name));
    let sets = others.map(|column| format!("{0} = excluded.{0}", quoted(&column.name)));
    let sets = sets.collect::<Vec<_>>().join(", ");
    let action = if sets.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {sets}")
    };
    format!(" ON CONFLICT ({}) DO {action}", listed(key))
}

fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

pub(super) fn create(table: &str, columns: &[Column]) -> String {
    let columns = columns.iter().map(declared).collect::<Vec<_>>();
    format!("CREATE TABLE {} ({})", quoted(table), columns.join(", "))
}

pub(super) fn add_column(table: &str, column: &Column) -> String {
    // Rows that are there already have no value.
    let column = Column {
        is_required: false,
        ..column.clone()
    };
    format!(
        "ALTER TABLE {} ADD COLUMN {}",
        quoted(table),
        declared(&column)
    )
}

pub(super) fn unique_index(table: &str, key: &[String]) -> String {
    let name = quoted(&format!("{table} by {}", key.join(" and ")));
    format!(
        "CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {} ({})",
        quoted(table),
        listed(key)
    )
}

pub(super) fn drop(table: &str) -> String {
    format!("DROP TABLE IF EXISTS {}", quoted(table))
}

pub(super) fn delete_all(table: &str) -> String {
    format!("DELETE FROM {}", quoted(table))
}

pub(super) fn rename(table: &str, to: &str) -> String {
    format!("ALTER TABLE {} RENAME TO {}", quoted(table), quoted(to))
}

/// Returns the column of this name, as SQLite finds it: whatever its case.
pub(super) fn find<'a>(columns: &'a [Column], name: &str) -> Option<&'a Column> {
    columns
        .iter()
        .find(|column| column.name.eq_ignore_ascii_case(name))
}

fn listed(names: &[String]) -> String {
    let names = names.iter().map(|name| quoted(name));
    names.collect::<Vec<_>>().join(", ")
}

/// Returns a column as a statement declares it.
///
/// By the words of the type SQLite chooses how it stores values: `TEXT` in it keeps a text as it is.
fn declared(column: &Column) -> String {
    let kind = match column.kind {
        Kind::Boolean => "BOOLEAN",
        Kind::Integer => "INTEGER",
        Kind::Digits => "DECIMAL TEXT",
        Kind::Number => "REAL",
        Kind::Text => "TEXT",
        Kind::Json => "JSON TEXT",
        // Without a type it stores what it gets.
        Kind::Any => "",
    };
    let required = if column.is_required { " NOT NULL" } else { "" };
    format!("{} {kind}{required}", quoted(&column.name))
        .trim_end()
        .to_owned()
}

/// Returns the type of the values of a column that is declared in these words, by the rules of SQLite.
pub(super) fn kind_of_type(declared: &str) -> Kind {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    match declared.as_str() {
        "JSON TEXT" => Kind::Json,
        "DECIMAL TEXT" => Kind::Digits,
        "BOOLEAN" | "BOOL" => Kind::Boolean,
        _ if has(&["INT"]) => Kind::Integer,
        _ if has(&["CHAR", "CLOB", "TEXT"]) => Kind::Text,
        _ if has(&["REAL", "FLOA", "DOUB"]) => Kind::Number,
        _ => Kind::Any,
    }
}
