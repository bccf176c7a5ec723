//! Writer of rows: many with one statement, and fewer where the database refuses one of them.

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe};

use super::super::table::{Cell, Database, Refused, Row, Target, on_conflict, wrong};
use super::DIALECT;
use super::connection::{Connection, is_refusal};
use crate::page::error::Result;

/// Values that a statement of SQLite can have.
const VALUES: usize = 32_766;

/// Rows of a statement. More of them are hardly faster.
const ROWS: usize = 250;

/// Writes rows in their order. Those that the database refuses are noted.
pub(super) async fn all(
    connection: &mut Connection,
    target: &Target<'_>,
    rows: &[Row<'_>],
    refused: &mut Vec<Refused>,
) -> Result<()> {
    let most = (VALUES / target.table.columns.len().max(1)).clamp(1, ROWS);
    for same in rows.chunk_by(Row::is_like) {
        // What is left to do, the next at the end.
        let mut waiting: Vec<&[Row<'_>]> = same.chunks(most).rev().collect();
        while let Some(rows) = waiting.pop() {
            let Err(error) = insert(connection, target, rows).await? else {
                continue;
            };
            check_transaction(connection, target).await?;
            match rows {
                [row] => refused.push(Refused::new(row.item, said(&error))),
                rows => {
                    let (first, second) = rows.split_at(rows.len() / 2);
                    waiting.extend([second, first]);
                }
            }
        }
    }
    Ok(())
}

/// Inserts rows with values for the same columns. The inner error is that of a row.
async fn insert(
    connection: &mut Connection,
    target: &Target<'_>,
    rows: &[Row<'_>],
) -> Result<Result<(), sqlx::Error>> {
    let Some(first) = rows.first() else {
        return Ok(Ok(()));
    };
    let names = target.names(first);
    let table = DIALECT.quote(target.name)?;
    let statement = if names.is_empty() {
        format!("INSERT INTO {table} DEFAULT VALUES")
    } else {
        let row = format!("({})", vec!["?"; names.len()].join(", "));
        format!(
            "INSERT INTO {table} ({}) VALUES {}{}",
            DIALECT.quote_all(names.iter().copied())?,
            vec![row; rows.len()].join(", "),
            on_conflict(&DIALECT, target.key, &names)?
        )
    };
    let mut values = SqliteArguments::default();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        if let Err(error) = bind(&mut values, cell) {
            return Err(wrong(format!("a value cannot be sent: {error}")));
        }
    }
    let query = sqlx::query_with(AssertSqlSafe(statement), values);
    match query.execute(&mut connection.inner).await {
        Ok(_) => Ok(Ok(())),
        Err(error) if is_refusal(&error) => Ok(Err(error)),
        Err(error) => Err(connection.failed(error)),
    }
}

fn bind(values: &mut SqliteArguments, cell: &Cell<'_>) -> Result<(), sqlx::error::BoxDynError> {
    match cell {
        Cell::Default => Ok(()),
        Cell::Null => values.add(None::<i64>),
        Cell::Boolean(value) => values.add(*value),
        Cell::Integer(value) => values.add(*value),
        Cell::Number(digits) => values.add(digits.parse::<f64>()?),
        Cell::Text(text) => values.add(text.as_ref()),
    }
}

/// Checks that the transaction goes on: a trigger can roll it back, and then each row would be a transaction of its own.
async fn check_transaction(connection: &mut Connection, target: &Target<'_>) -> Result<()> {
    let (run, end) = target.moved;
    let position = connection.position(run, target.name).await?;
    if position.is_some_and(|(position, _)| position == end) {
        return Ok(());
    }
    let name = target.name;
    Err(wrong(format!(
        "a trigger of the table {name:?} rolls back the transaction; with RAISE(ABORT) it would refuse the row alone"
    )))
}

/// Returns the words of the database.
fn said(error: &sqlx::Error) -> String {
    let message = error
        .as_database_error()
        .map(sqlx::error::DatabaseError::message);
    message.map_or_else(|| error.to_string(), str::to_owned)
}
