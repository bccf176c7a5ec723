//! Tables and indexes that a PostgreSQL database has.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::table::{Column, Kind};
use super::DIALECT;
use super::connection::Connection;
use crate::page::error::Result;

const COLUMNS: &str = "SELECT attname::text, format_type(atttypid, NULL), attnotnull, atthasdef OR attidentity <> '' \
                       FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped \
                       ORDER BY attnum";

const UNIQUE: &str = "SELECT indexrelid::bigint, attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid \
                      AND attnum = ANY (indkey) WHERE indrelid = to_regclass($1) AND indisunique AND indisvalid \
                      AND indpred IS NULL AND indexprs IS NULL AND indnkeyatts = indnatts";

/// Returns the columns of the table of this name; none if there is no such table.
pub(super) async fn columns(connection: &mut Connection, name: &str) -> Result<Vec<Column>> {
    let query = sqlx::query(COLUMNS).bind(DIALECT.quote(name)?);
    let rows = query.fetch_all(&mut connection.inner).await;
    let columns = rows.and_then(|rows| rows.iter().map(column).collect());
    columns.map_err(|error| connection.failed(error))
}

/// Returns the sets of columns whose values are unique in the table.
pub(super) async fn unique(connection: &mut Connection, name: &str) -> Result<Vec<Vec<String>>> {
    let mut sets: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let query = sqlx::query(UNIQUE).bind(DIALECT.quote(name)?);
    let rows = query.fetch_all(&mut connection.inner).await;
    for row in rows.map_err(|error| connection.failed(error))? {
        let read = row
            .try_get(0)
            .and_then(|index| Ok((index, row.try_get(1)?)));
        let (index, column): (i64, String) = read.map_err(|error| connection.failed(error))?;
        sets.entry(index).or_default().push(column);
    }
    Ok(sets.into_values().collect())
}

fn column(row: &PgRow) -> sqlx::Result<Column> {
    let not_null: bool = row.try_get(2)?;
    let declared: String = row.try_get(1)?;
    Ok(Column {
        name: row.try_get(0)?,
        kind: kind(&declared),
        nullable: !not_null,
        default: row.try_get(3)?,
    })
}

/// Returns the kind of a type. The server checks what fits any other one.
fn kind(declared: &str) -> Kind {
    match declared {
        "boolean" => Kind::Boolean,
        "smallint" | "integer" | "bigint" => Kind::Integer,
        "real" | "double precision" => Kind::Number,
        "numeric" => Kind::Digits,
        "text" | "character varying" | "character" => Kind::Text,
        "json" | "jsonb" => Kind::Json,
        _ => Kind::Other,
    }
}
