//! Writer of rows by `COPY`, in its text format: <https://www.postgresql.org/docs/current/sql-copy.html>.

use std::fmt::Write as _;

use super::super::table::{Cell, Database, Refused, Row, Target, on_conflict};
use super::DIALECT;
use super::connection::Connection;
use super::failure::{is_refusal, line, said};
use crate::page::error::Result;

/// Writes rows in their order. Those that the server refuses are noted: it names the line of most of them, and the others are
/// found by halves.
pub(super) async fn all(
    connection: &mut Connection,
    target: &Target<'_>,
    rows: &[Row<'_>],
    refused: &mut Vec<Refused>,
) -> Result<()> {
    // What is left to do, the next at the end.
    let mut waiting: Vec<&[Row<'_>]> = rows.chunk_by(Row::is_like).collect();
    waiting.reverse();
    while let Some(rows) = waiting.pop() {
        if rows.is_empty() {
            continue;
        }
        connection.run("SAVEPOINT crawlworks_rows").await?;
        let Err(error) = put(connection, target, rows).await else {
            connection.run("RELEASE SAVEPOINT crawlworks_rows").await?;
            continue;
        };
        if !is_refusal(&error) {
            return Err(connection.failed(error));
        }
        let back = "ROLLBACK TO SAVEPOINT crawlworks_rows; RELEASE SAVEPOINT crawlworks_rows";
        connection.run(back).await?;
        let named = line(&error).and_then(|line| line.checked_sub(1));
        match (rows, named.and_then(|line| Some((line, rows.get(line)?)))) {
            ([row], _) | (_, Some((_, row))) => {
                refused.push(Refused::new(row.item, said(&error)));
                let at = named.filter(|line| *line < rows.len()).unwrap_or_default();
                let (before, rest) = rows.split_at(at);
                waiting.extend([rest.get(1..).unwrap_or_default(), before]);
            }
            (rows, None) => {
                let (first, second) = rows.split_at(rows.len() / 2);
                waiting.extend([second, first]);
            }
        }
    }
    Ok(())
}

/// Puts rows with values for the same columns into the table: with a key by way of a table of this transaction.
async fn put(
    connection: &mut Connection,
    target: &Target<'_>,
    rows: &[Row<'_>],
) -> Result<(), sqlx::Error> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let names = target.names(first);
    // Names were checked when the columns were.
    let quoted =
        |result: Result<String>| result.map_err(|error| sqlx::Error::Protocol(error.to_string()));
    let table = quoted(DIALECT.quote(target.name))?;
    let columns = quoted(DIALECT.quote_all(names.iter().copied()))?;
    if target.key.is_empty() {
        let copy = format!("COPY {table} ({columns}) FROM STDIN");
        return send(connection, &copy, rows).await;
    }
    let make = format!(
        "CREATE TEMP TABLE crawlworks_batch ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
    );
    execute(connection, make).await?;
    let copy = format!("COPY crawlworks_batch ({columns}) FROM STDIN");
    send(connection, &copy, rows).await?;
    let conflict = quoted(on_conflict(&DIALECT, target.key, &names))?;
    let merge =
        format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM crawlworks_batch{conflict}");
    execute(connection, merge).await?;
    execute(connection, "DROP TABLE crawlworks_batch".to_owned()).await
}

async fn execute(connection: &mut Connection, statement: String) -> Result<(), sqlx::Error> {
    let query = sqlx::raw_sql(sqlx::AssertSqlSafe(statement));
    query.execute(&mut connection.inner).await.map(drop)
}

async fn send(
    connection: &mut Connection,
    statement: &str,
    rows: &[Row<'_>],
) -> Result<(), sqlx::Error> {
    let mut text = String::new();
    for row in rows {
        push_row(row, &mut text);
    }
    let mut copy = connection.inner.copy_in_raw(statement).await?;
    copy.send(text.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

fn push_row(row: &Row<'_>, text: &mut String) {
    let cells = row.cells.iter().filter(|cell| **cell != Cell::Default);
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push('\t');
        }
        match cell {
            Cell::Null | Cell::Default => text.push_str("\\N"),
            Cell::Boolean(value) => text.push(if *value { 't' } else { 'f' }),
            Cell::Integer(value) => {
                // Writing to a String does not fail.
                let _ = write!(text, "{value}");
            }
            Cell::Number(digits) => text.push_str(digits),
            Cell::Text(value) => push_escaped(value, text),
        }
    }
    text.push('\n');
}

fn push_escaped(value: &str, text: &mut String) {
    let mut rest = value;
    while let Some(at) = rest.find(['\\', '\n', '\r', '\t']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        text.push('\\');
        let mut chars = from.chars();
        match chars.next() {
            Some('\n') => text.push('n'),
            Some('\r') => text.push('r'),
            Some('\t') => text.push('t'),
            other => text.extend(other),
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
}
