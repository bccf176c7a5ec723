//! Connection to a PostgreSQL database.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, Row as _};

use super::super::Batch;
use super::super::table::{Column, Database, Dialect, Refused, Row, Target, now, positions};
use super::{DIALECT, Place, catalog, copy, failure};
use crate::items::sink::Position;
use crate::page::error::{Error, Result};

/// Connection to a PostgreSQL database.
pub(super) struct Connection {
    pub(super) inner: PgConnection,
    /// URL without a password.
    shown: String,
}

impl Connection {
    pub(super) fn failed(&self, error: sqlx::Error) -> Error {
        failure::of(&self.shown, error)
    }
}

impl Database for Connection {
    type Place = Place;

    const DIALECT: &'static Dialect = &DIALECT;

    async fn connect(place: &Place) -> Result<Self> {
        let shown = place.shown.clone();
        match PgConnection::connect_with(&place.options).await {
            Ok(inner) => Ok(Self { inner, shown }),
            Err(error) => Err(failure::of(&shown, error)),
        }
    }

    /// Constraints are checked at once, so that a row that breaks one is known by its place.
    async fn begin(&mut self) -> Result<()> {
        self.run("BEGIN; SET CONSTRAINTS ALL IMMEDIATE").await
    }

    /// Two processes that make the table at the same time would stand in each other's way.
    async fn make_positions(&mut self) -> Result<()> {
        let lock = "SELECT pg_advisory_xact_lock(hashtext('crawlworks_positions'))";
        self.run(lock).await?;
        self.run(positions::CREATE).await
    }

    async fn run(&mut self, statement: &str) -> Result<()> {
        let query = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        match query.execute(&mut self.inner).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    async fn run_with(&mut self, statement: &'static str, texts: &[&str]) -> Result<()> {
        let mut values = PgArguments::default();
        for text in texts {
            values
                .add(*text)
                .map_err(|error| self.failed(sqlx::Error::Encode(error)))?;
        }
        match sqlx::query_with(statement, values)
            .execute(&mut self.inner)
            .await
        {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    async fn commit(&mut self) -> Result<()> {
        self.run("COMMIT").await
    }

    async fn close(self) -> Result<()> {
        let closed = self.inner.close().await;
        closed.map_err(|error| failure::of(&self.shown, error))
    }

    async fn position(&mut self, run: &str, output: &str) -> Result<Option<(Position, bool)>> {
        // An earlier connection that commits this moment has the row.
        let statement = format!("{} FOR UPDATE", positions::READ);
        let query = sqlx::query(AssertSqlSafe(statement)).bind(run).bind(output);
        let row = query.fetch_optional(&mut self.inner).await;
        let read = |row: PgRow| -> sqlx::Result<_> {
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
        copy::all(self, target, rows, refused).await
    }
}
