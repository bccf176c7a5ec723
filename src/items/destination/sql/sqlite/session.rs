//! Connection to a SQLite file, and the table of positions in it.

use std::path::Path;
use std::time::Duration;

use url::Url;

use serde_json::{Map, Value};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _, Row, Sqlite};

use super::Connection;
use super::table::kind_of_type;
use crate::items::destination::sql::columns::{Column, Kind};
use crate::items::destination::sql::value::SqlValue;
use crate::items::destination::sql::{POSITIONS, quoted};
use crate::items::destination::{Batch, Delivery};
use crate::page::error::{Error, ErrorKind, Result};

/// Time for which a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Error of a destination: the database's, or one of our own.
#[derive(Debug)]
pub(super) enum Failed {
    Database(sqlx::Error),
    /// The table has no column for this field.
    NoColumn(String),
    Own(Error),
}

/// Connection to a SQLite file.
#[derive(Debug)]
pub(super) struct Session(Connection);

impl Session {
    /// Opens the file, which is made if it is missing, with the directories on the way to it.
    pub(super) async fn connect(path: &Path) -> Result<Self, Failed> {
        if let Some(directory) = path.parent().filter(|path| !path.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory).map_err(|error| {
                let message = format!("cannot make {}", directory.display());
                Error::new(ErrorKind::Storage, message).with_source(error)
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        Ok(Self(Connection::connect_with(&options).await?))
    }

    pub(super) async fn begin(&mut self) -> Result<(), Failed> {
        // A transaction that begins by reading cannot write once another process has.
        self.run("BEGIN IMMEDIATE").await
    }

    pub(super) async fn commit(&mut self) -> Result<(), Failed> {
        self.run("COMMIT").await
    }

    /// Runs a statement without values.
    pub(super) async fn run(&mut self, sql: &str) -> Result<(), Failed> {
        self.execute(sql, &[]).await?;
        Ok(())
    }

    /// Runs a statement; returns the number of rows that it changed.
    pub(super) async fn execute(
        &mut self,
        sql: &str,
        values: &[SqlValue],
    ) -> Result<u64, sqlx::Error> {
        let done = bound(sql, values).execute(&mut self.0).await?;
        Ok(done.rows_affected())
    }

    async fn row(&mut self, sql: &str, values: &[SqlValue]) -> Result<Option<SqliteRow>, Failed> {
        Ok(bound(sql, values).fetch_optional(&mut self.0).await?)
    }

    /// Returns all rows of a query.
    #[cfg(test)]
    pub(super) async fn all(&mut self, sql: &str) -> Vec<SqliteRow> {
        bound(sql, &[]).fetch_all(&mut self.0).await.unwrap()
    }

    /// Returns the columns of a table; empty if there is no such table.
    pub(super) async fn columns(&mut self, table: &str) -> Result<Vec<Column>, Failed> {
        let sql = format!("PRAGMA table_xinfo({})", quoted(table));
        let rows = bound(&sql, &[]).fetch_all(&mut self.0).await?;
        let mut columns = Vec::new();
        for row in rows {
            // Columns that are computed take no values.
            if row.try_get::<i64, _>("hidden")? != 0 {
                continue;
            }
            let declared: String = row.try_get("type")?;
            let has_default = row.try_get::<Option<String>, _>("dflt_value")?.is_some();
            let is_number_of_row =
                row.try_get::<i64, _>("pk")? != 0 && declared.eq_ignore_ascii_case("INTEGER");
            columns.push(Column {
                name: row.try_get("name")?,
                kind: kind_of_type(&declared),
                is_required: row.try_get::<i64, _>("notnull")? != 0
                    && !has_default
                    && !is_number_of_row,
            });
        }
        Ok(columns)
    }

    pub(super) async fn make_positions(&mut self) -> Result<(), Failed> {
        self.run(&format!(
            "CREATE TABLE IF NOT EXISTS {POSITIONS} (run TEXT NOT NULL, output TEXT NOT NULL, position INTEGER NOT NULL, \
             at TEXT NOT NULL, finished INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, output))"
        ))
        .await
    }

    /// Returns how far a run is with a table, and whether it has finished; `None` for a run that is new here.
    pub(super) async fn position(
        &mut self,
        table: &str,
        run: &str,
    ) -> Result<Option<(u64, bool)>, Failed> {
        let sql =
            format!("SELECT position, finished FROM {POSITIONS} WHERE run = ? AND output = ?");
        let Some(row) = self.row(&sql, &[text(run), text(table)]).await? else {
            return Ok(None);
        };
        let position: i64 = row.try_get("position")?;
        let is_over: i64 = row.try_get("finished")?;
        Ok(Some((position.unsigned_abs(), is_over != 0)))
    }

    pub(super) async fn insert_position(&mut self, table: &str, run: &str) -> Result<(), Failed> {
        let sql =
            format!("INSERT INTO {POSITIONS} (run, output, position, at) VALUES (?, ?, 0, ?)");
        self.execute(&sql, &[text(run), text(table), now()]).await?;
        Ok(())
    }

    /// Forgets the positions of earlier runs of this table that have finished.
    pub(super) async fn forget_finished(&mut self, table: &str, run: &str) -> Result<(), Failed> {
        let sql =
            format!("DELETE FROM {POSITIONS} WHERE output = ? AND run <> ? AND finished <> 0");
        self.execute(&sql, &[text(table), text(run)]).await?;
        Ok(())
    }

    /// Moves the position from the start of a batch to its end.
    pub(super) async fn advance(
        &mut self,
        table: &str,
        run: &str,
        batch: &Batch,
    ) -> Result<(), Failed> {
        let sql = format!(
            "UPDATE {POSITIONS} SET position = ?, at = ?, finished = 0 WHERE run = ? AND output = ? AND position = ?"
        );
        let number = |position: u64| SqlValue::Integer(i64::try_from(position).unwrap_or(i64::MAX));
        let (start, end) = (batch.start.get(), batch.end.get());
        let values = [number(end), now(), text(run), text(table), number(start)];
        if self.execute(&sql, &values).await? == 1 {
            return Ok(());
        }
        let message = format!(
            "another process delivers this run to the table {table:?}, or its row in {POSITIONS} was changed"
        );
        Err(Error::new(ErrorKind::Storage, message).into())
    }

    pub(super) async fn note_finish(&mut self, table: &str, run: &str) -> Result<(), Failed> {
        let sql =
            format!("UPDATE {POSITIONS} SET finished = 1, at = ? WHERE run = ? AND output = ?");
        self.execute(&sql, &[now(), text(run), text(table)]).await?;
        Ok(())
    }
}

fn bound<'a>(sql: &str, values: &'a [SqlValue]) -> sqlx::query::Query<'a, Sqlite, SqliteArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for value in values {
        query = match value {
            SqlValue::Null => query.bind(None::<i64>),
            SqlValue::Integer(number) => query.bind(*number),
            SqlValue::Real(number) => query.bind(*number),
            SqlValue::Text(text) => query.bind(text.as_str()),
        };
    }
    query
}

fn text(text: &str) -> SqlValue {
    SqlValue::Text(text.to_owned())
}

fn now() -> SqlValue {
    SqlValue::Text(jiff::Timestamp::now().to_string())
}

impl Column {
    /// Returns a column of texts.
    pub(super) fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: Kind::Text,
            is_required: false,
        }
    }
}

impl Failed {
    /// Names the page of the first of these items that has the field without a column.
    pub(super) fn on_page_of(self, table: &str, items: &[(&Delivery, Map<String, Value>)]) -> Self {
        let Self::NoColumn(field) = self else {
            return self;
        };
        let mut items = items.iter();
        let first = items.find(|(_, fields)| fields.contains_key(&field));
        let url = first.and_then(|(item, _)| Url::parse(&item.url).ok());
        let error = no_column(table, &field);
        Self::Own(match url {
            Some(url) => error.with_url(&url),
            None => error,
        })
    }

    /// Returns the error for people, who need to know the file.
    pub(super) fn into_error(self, path: &Path, table: &str) -> Error {
        let (error, path) = match self {
            Self::Own(error) => return error,
            Self::NoColumn(field) => return no_column(table, &field),
            Self::Database(error) => (error, path.display()),
        };
        let (kind, message) = match primary(&error) {
            // SQLITE_BUSY, SQLITE_LOCKED
            Some(5 | 6) => (
                ErrorKind::Unreachable,
                format!("another process writes {path}"),
            ),
            // SQLITE_NOTADB
            Some(26) => (ErrorKind::Settings, format!("{path} is no SQLite database")),
            // SQLITE_ERROR: a statement that does not fit the tables, such as two columns of one name
            Some(1) => (
                ErrorKind::Settings,
                format!("{path} does not take the table"),
            ),
            // SQLITE_FULL and the rest: disk, rights, damage
            _ => (ErrorKind::Storage, format!("cannot write {path}")),
        };
        Error::new(kind, message).with_source(error)
    }
}

fn no_column(table: &str, field: &str) -> Error {
    let message = format!(
        "the table {table:?} has no column for {field:?}: add it, let it be added by `alter=add`, or choose columns by `columns=`"
    );
    Error::new(ErrorKind::Settings, message)
}

/// Returns the primary result code of SQLite.
fn primary(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

/// Returns whether an error is about a row, and not about the statement or the file.
pub(super) fn is_of_row(error: &sqlx::Error) -> bool {
    // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH
    matches!(primary(error), Some(18..=20))
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}
