//! Tables of SQL databases as destinations.
//!
//! The rows of a batch and the position of the run are written in one transaction, so each item is there once, whatever is
//! killed. The table `crawlworks_positions` has the positions.

#[cfg(feature = "sql-sqlite")]
mod columns;
#[cfg(feature = "sql-sqlite")]
mod options;
#[cfg(feature = "sql-sqlite")]
mod sqlite;
#[cfg(feature = "sql-sqlite")]
mod value;

#[cfg(feature = "sql-sqlite")]
pub(super) use sqlite::Sqlite;

/// Names of the options of tables.
pub(super) const OPTIONS: &[&str] = &["table", "key", "columns", "alter", "run", "url", "kept"];

/// Name of the table of positions.
#[cfg(feature = "sql-sqlite")]
const POSITIONS: &str = "crawlworks_positions";

/// Returns a name as SQL has it: between double quotes, so that no word is reserved and no character special.
#[cfg(feature = "sql-sqlite")]
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
