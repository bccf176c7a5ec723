//! Tables and indexes that a SQLite file has.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::super::table::{Column, Kind};
use super::connection::Connection;
use crate::page::error::Result;

const COLUMNS: &str = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo($1)";

const UNIQUE: &str = "SELECT list.name, info.name FROM pragma_index_list($1) AS list, pragma_index_info(list.name) AS info \
                      WHERE list.\"unique\" AND NOT list.partial";

const PRIMARY: &str = "SELECT '', name FROM pragma_table_info($1) WHERE pk > 0";

/// Returns the columns of the table of this name; none if there is no such table.
pub(super) async fn columns(connection: &mut Connection, name: &str) -> Result<Vec<Column>> {
    let query = sqlx::query(COLUMNS).bind(name);
    let rows = query.fetch_all(&mut connection.inner).await;
    let columns = rows.and_then(|rows| rows.iter().map(column).collect());
    columns.map_err(|error| connection.failed(error))
}

/// Returns the sets of columns whose values are unique in the table.
pub(super) async fn unique(connection: &mut Connection, name: &str) -> Result<Vec<Vec<String>>> {
    let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for statement in [UNIQUE, PRIMARY] {
        let query = sqlx::query(statement).bind(name);
        let rows = query.fetch_all(&mut connection.inner).await;
        for row in rows.map_err(|error| connection.failed(error))? {
            let read = row
                .try_get(0)
                .and_then(|index| Ok((index, row.try_get(1)?)));
            let (index, column): (String, Option<String>) =
                read.map_err(|error| connection.failed(error))?;
            // An index of an expression has no column there, and is none of a key.
            sets.entry(index)
                .or_default()
                .push(column.unwrap_or_default());
        }
    }
    Ok(sets.into_values().collect())
}

fn column(row: &SqliteRow) -> sqlx::Result<Column> {
    let declared: String = row.try_get(1)?;
    let not_null: i64 = row.try_get(2)?;
    let default: i64 = row.try_get(3)?;
    let primary: i64 = row.try_get(4)?;
    let hidden: i64 = row.try_get(5)?;
    // The database counts up a primary key of whole numbers, and computes what is hidden.
    let counts = primary > 0 && declared.eq_ignore_ascii_case("INTEGER");
    Ok(Column {
        name: row.try_get(0)?,
        kind: kind(&declared),
        nullable: not_null == 0,
        default: default != 0 || counts || hidden != 0,
    })
}

/// Returns the kind of a declared type, by the rules of <https://www.sqlite.org/datatype3.html> §3.1.
fn kind(declared: &str) -> Kind {
    let declared = declared.to_ascii_uppercase();
    let has = |names: &[&str]| names.iter().any(|name| declared.contains(name));
    if has(&["INT"]) {
        Kind::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        match () {
            () if has(&["JSON"]) => Kind::Json,
            () if has(&["DECIMAL"]) => Kind::Digits,
            () => Kind::Text,
        }
    } else if has(&["REAL", "FLOA", "DOUB", "NUM", "DEC"]) {
        Kind::Number
    } else if has(&["BOOL"]) {
        Kind::Boolean
    } else {
        Kind::Other
    }
}
