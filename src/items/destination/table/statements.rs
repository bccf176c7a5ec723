//! Texts of the statements that the databases have in common.

use super::shape::Wanted;
use super::{Dialect, Table, wrong};
use crate::page::error::Result;

/// Statements about the positions of runs. Each has the same parameters in all databases.
pub(in crate::items::destination) mod positions {
    use crate::items::sink::Position;

    /// Returns a position as a number of SQL.
    pub(in crate::items::destination) fn number(position: Position) -> i64 {
        i64::try_from(position.get()).unwrap_or(i64::MAX)
    }

    /// Makes the table.
    pub(in crate::items::destination) const CREATE: &str = "CREATE TABLE IF NOT EXISTS crawlworks_positions (run TEXT NOT NULL, output TEXT NOT NULL, job TEXT NOT NULL, position BIGINT NOT NULL, at TEXT NOT NULL, finished BOOLEAN NOT NULL DEFAULT FALSE, PRIMARY KEY (run, output))";
    /// Run and output: the position, and whether all is there.
    pub(in crate::items::destination) const READ: &str =
        "SELECT position, finished FROM crawlworks_positions WHERE run = $1 AND output = $2";
    /// Run, output, job and time: a new run.
    pub(in crate::items::destination) const BEGIN: &str = "INSERT INTO crawlworks_positions (run, output, job, position, at) VALUES ($1, $2, $3, 0, $4)";
    /// Run, output, time, position before and after.
    pub(in crate::items::destination) const MOVE: &str = "UPDATE crawlworks_positions SET position = $5, at = $3 WHERE run = $1 AND output = $2 AND position = $4";
    /// Run, output and time: all is there.
    pub(in crate::items::destination) const FINISH: &str = "UPDATE crawlworks_positions SET finished = TRUE, at = $3 WHERE run = $1 AND output = $2 AND NOT finished";
    /// A time: runs that finished before it are forgotten.
    pub(in crate::items::destination) const FORGET: &str =
        "DELETE FROM crawlworks_positions WHERE finished AND at < $1";
    /// Output and run: a table that is being replaced is no longer that of other runs.
    pub(in crate::items::destination) const TAKE_OVER: &str =
        "DELETE FROM crawlworks_positions WHERE output = $1 AND run <> $2 AND NOT finished";
}

/// Returns the statements that give the wanted columns to a table, which is made if there is none.
pub(super) fn adapt(
    dialect: &Dialect,
    name: &str,
    table: Option<&Table>,
    wanted: &[Wanted],
    add: bool,
) -> Result<Vec<String>> {
    let quoted = dialect.quote(name)?;
    let Some(table) = table else {
        let columns: Vec<_> = wanted
            .iter()
            .map(|column| definition(dialect, column, column.required))
            .collect::<Result<_>>()?;
        let columns = columns.join(", ");
        return Ok(vec![format!("CREATE TABLE {quoted} ({columns})")]);
    };
    let is_missing = |column: &&Wanted| table.index(dialect, &column.name).is_none();
    let missing: Vec<_> = wanted.iter().filter(is_missing).collect();
    if let Some(column) = missing.first()
        && !add
    {
        let message = format!(
            "the table {name:?} has no column {:?} for {:?}: `alter=add` adds it, `columns=` chooses fields, \
             `column.FIELD=name` names the column of a field",
            column.name, column.field
        );
        return Err(wrong(message));
    }
    missing
        .into_iter()
        .map(|column| {
            let definition = definition(dialect, column, false)?;
            Ok(format!("ALTER TABLE {quoted} ADD COLUMN {definition}"))
        })
        .collect()
}

/// Checks that the table has no column that items never fill and that has to be filled.
pub(super) fn check_filled(
    dialect: &Dialect,
    name: &str,
    table: &Table,
    wanted: &[Wanted],
) -> Result<()> {
    let unfilled = table.columns.iter().find(|column| {
        let is_it = |one: &Wanted| dialect.folded(&one.name) == dialect.folded(&column.name);
        !column.nullable && !column.default && !wanted.iter().any(is_it)
    });
    let Some(column) = unfilled else {
        return Ok(());
    };
    let message = format!(
        "the column {:?} of the table {name:?} is NOT NULL without a default, and items have no field for it: \
         `column.FIELD=name` names the column of a field",
        column.name
    );
    Err(wrong(message))
}

fn definition(dialect: &Dialect, column: &Wanted, required: bool) -> Result<String> {
    let name = dialect.quote(&column.name)?;
    let not_null = if required { " NOT NULL" } else { "" };
    Ok(format!("{name} {}{not_null}", column.sql_type))
}

/// Returns what follows the rows of an `INSERT` of these columns: rows with a key that is there are updated.
pub(in crate::items::destination) fn on_conflict(
    dialect: &Dialect,
    key: &[String],
    columns: &[&str],
) -> Result<String> {
    if key.is_empty() {
        return Ok(String::new());
    }
    let is_key = |name: &str| {
        key.iter()
            .any(|key| dialect.folded(key) == dialect.folded(name))
    };
    let assignments: Vec<_> = columns
        .iter()
        .filter(|name| !is_key(name))
        .map(|name| {
            let name = dialect.quote(name)?;
            Ok(format!("{name} = excluded.{name}"))
        })
        .collect::<Result<_>>()?;
    let key = dialect.quote_all(key.iter().map(String::as_str))?;
    Ok(if assignments.is_empty() {
        format!(" ON CONFLICT ({key}) DO NOTHING")
    } else {
        let assignments = assignments.join(", ");
        format!(" ON CONFLICT ({key}) DO UPDATE SET {assignments}")
    })
}
