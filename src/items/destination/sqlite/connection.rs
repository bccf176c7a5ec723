//! Connection to a SQLite file, and its errors.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, Row as _};

use super::super::Batch;
use super::super::table::{Column, Database, Dialect, Refused, Row, Target, now, positions};
use super::{DIALECT, catalog, write};
use crate::items::sink::Position;
use crate::page::error::{Error, ErrorKind, Result};

/// How long another writer is waited for.
const BUSY: Duration = Duration::from_secs(5);

/// Connection to a SQLite file.
pub(super) struct Connection {
    pub(super) inner: SqliteConnection,
    file: PathBuf,
}

impl Connection {
    pub(super) fn failed(&self, error: sqlx::Error) -> Error {
        failed(&self.file, error)
    }

    async fn execute(&mut self, statement: &str, values: SqliteArguments) -> Result<u64> {
        let query = sqlx::query_with(AssertSqlSafe(statement.to_owned()), values);
        match query.execute(&mut self.inner).await {
            Ok(done) => Ok(done.rows_affected()),
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl Database for Connection {
    type Place = PathBuf;

    const DIALECT: &'static Dialect = &DIALECT;

    /// Opens the file, or makes it with the directories on the way to it.
    async fn connect(file: &PathBuf) -> Result<Self> {
        if let Some(directory) = file.parent() {
            std::fs::create_dir_all(directory).map_err(|error| {
                let message = format!("cannot make the directory of {}", file.display());
                Error::new(ErrorKind::Storage, message).with_source(error)
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            // A table that takes another's name changes no view of the other.
            .pragma("legacy_alter_table", "ON");
        match SqliteConnection::connect_with(&options).await {
            Ok(inner) => Ok(Self {
                inner,
                file: file.clone(),
            }),
            Err(error) => Err(failed(file, error)),
        }
    }

    /// Nobody else writes from here to the end of the transaction. An earlier connection of this process that was dropped
    /// is waited for as well: it may still commit.
    async fn begin(&mut self) -> Result<()> {
        self.run("BEGIN IMMEDIATE").await
    }

    async fn make_positions(&mut self) -> Result<()> {
        self.run(positions::CREATE).await
    }

    async fn run(&mut self, statement: &str) -> Result<()> {
        self.execute(statement, SqliteArguments::default()).await?;
        Ok(())
    }

    async fn run_with(&mut self, statement: &'static str, texts: &[&str]) -> Result<()> {
        let mut values = SqliteArguments::default();
        for text in texts {
            values
                .add(*text)
                .map_err(|error| self.failed(sqlx::Error::Encode(error)))?;
        }
        self.execute(statement, values).await?;
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        self.run("COMMIT").await
    }

    /// Closes the file. The last connection leaves one file, without a log beside it.
    async fn close(self) -> Result<()> {
        let closed = self.inner.close().await;
        closed.map_err(|error| failed(&self.file, error))
    }

    async fn position(&mut self, run: &str, output: &str) -> Result<Option<(Position, bool)>> {
        let query = sqlx::query(positions::READ).bind(run).bind(output);
        let row = query.fetch_optional(&mut self.inner).await;
        let read = |row: SqliteRow| -> sqlx::Result<_> {
            let position: i64 = row.try_get(0)?;
            let position = Position::new(u64::try_from(position).unwrap_or_default());
            Ok((position, row.try_get(1)?))
        };
        let read = row.and_then(|row| row.map(read).transpose());
        read.map_err(|error| self.failed(error))
    }

    async fn step(&mut self, run: &str, output: &str, batch: &Batch) -> Result<bool> {
        let query = sqlx::query(positions::MOVE)
            .bind(run)
            .bind(output)
            .bind(now().to_string())
            .bind(positions::number(batch.start))
            .bind(positions::number(batch.end));
        match query.execute(&mut self.inner).await {
            Ok(done) => Ok(done.rows_affected() == 1),
            Err(error) => Err(self.failed(error)),
        }
    }

    async fn columns(&mut self, name: &str) -> Result<Vec<Column>> {
        catalog::columns(self, name).await
    }

    async fn unique(&mut self, name: &str) -> Result<Vec<Vec<String>>> {
        catalog::unique(self, name).await
    }

    async fn write(
        &mut self,
        target: &Target<'_>,
        rows: &[Row<'_>],
        refused: &mut Vec<Refused>,
    ) -> Result<()> {
        write::all(self, target, rows, refused).await
    }
}

/// Returns whether the row is refused, and not the table, the file or the statement at fault.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH
    matches!(primary(error), Some(18..=20))
}

/// Returns the primary result code: <https://www.sqlite.org/rescode.html>.
fn primary(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

fn failed(file: &Path, error: sqlx::Error) -> Error {
    let file = file.display();
    let (kind, message) = match primary(&error) {
        Some(5 | 6) => (
            ErrorKind::Unreachable,
            format!(
                "another program has been writing to {file} for {} s",
                BUSY.as_secs()
            ),
        ),
        Some(8) => (
            ErrorKind::Storage,
            format!(
                "{file} cannot be written: give this user the right to write it and its directory"
            ),
        ),
        Some(13) => (
            ErrorKind::Storage,
            format!("the disk of {file} is full: make room, and resume"),
        ),
        Some(11 | 26) => (
            ErrorKind::Storage,
            format!("{file} is no SQLite database, or a damaged one: name another file"),
        ),
        Some(14) => (
            ErrorKind::Storage,
            format!("{file} cannot be opened: is it a directory, or without the right to read it?"),
        ),
        Some(1 | 19 | 20) => (
            ErrorKind::Settings,
            format!("{file} does not take what is wanted of it"),
        ),
        _ => (ErrorKind::Storage, format!("cannot write to {file}")),
    };
    Error::new(kind, message).with_source(error)
}
