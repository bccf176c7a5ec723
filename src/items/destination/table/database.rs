//! Connection to a database, as far as tables need it.

use super::{Column, Dialect, Refused, Row, Table};
use crate::items::destination::Batch;
use crate::items::sink::Position;
use crate::page::error::Result;

/// Connection to a database. When it is dropped, what was not committed is rolled back.
pub(in crate::items::destination) trait Database:
    Sized + Send + 'static
{
    /// What is needed to connect.
    type Place: Send + Sync + 'static;

    const DIALECT: &'static Dialect;

    /// Connects.
    fn connect(place: &Self::Place) -> impl Future<Output = Result<Self>> + Send;

    /// Begins a transaction that writes.
    fn begin(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Makes the table of positions, and keeps other processes from doing so until the transaction is over.
    fn make_positions(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Runs a statement without parameters.
    fn run(&mut self, statement: &str) -> impl Future<Output = Result<()>> + Send;

    /// Runs a statement whose parameters are texts.
    fn run_with(
        &mut self,
        statement: &'static str,
        values: &[&str],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Commits the transaction.
    fn commit(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Closes the connection.
    fn close(self) -> impl Future<Output = Result<()>> + Send;

    /// Returns the position of a run, and whether it is finished. Waits for a transaction that may still move it.
    fn position(
        &mut self,
        run: &str,
        output: &str,
    ) -> impl Future<Output = Result<Option<(Position, bool)>>> + Send;

    /// Moves the position of a run over a batch. `false`: it was not at its start.
    fn step(
        &mut self,
        run: &str,
        output: &str,
        batch: &Batch,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Returns the columns of a table; none if there is no such table.
    fn columns(&mut self, name: &str) -> impl Future<Output = Result<Vec<Column>>> + Send;

    /// Returns the sets of columns whose values are unique in a table.
    fn unique(&mut self, name: &str) -> impl Future<Output = Result<Vec<Vec<String>>>> + Send;

    /// Writes rows in their order. Those that the database refuses are noted.
    fn write(
        &mut self,
        target: &Target<'_>,
        rows: &[Row<'_>],
        refused: &mut Vec<Refused>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Table that rows go into.
pub(in crate::items::destination) struct Target<'a> {
    /// Id of the run, and the position that the transaction moves it to: SQLite looks whether a trigger has ended that.
    #[cfg_attr(
        not(feature = "sql-sqlite"),
        expect(dead_code, reason = "only SQLite needs to look")
    )]
    pub(in crate::items::destination) moved: (&'a str, Position),
    pub(in crate::items::destination) name: &'a str,
    pub(in crate::items::destination) table: &'a Table,
    pub(in crate::items::destination) key: &'a [String],
}

impl Target<'_> {
    /// Returns the names of the columns that a row has values for.
    pub(in crate::items::destination) fn names(&self, row: &Row<'_>) -> Vec<&str> {
        let columns = row
            .columns()
            .filter_map(|index| self.table.columns.get(index));
        columns.map(|column| column.name.as_str()).collect()
    }
}
