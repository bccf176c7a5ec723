//! Tables of SQLite databases.
//!
//! One connection writes, in WAL mode and with `synchronous=FULL`. Each batch is one transaction, which also moves the
//! position of the run in `crawlworks_positions`.

mod catalog;
mod connection;
#[cfg(test)]
mod tests;
mod write;

use std::path::PathBuf;

use super::table::{Dialect, Kind, Options, TableDestination, wrong};
use super::{DestinationUrl, ErasedDestination};
use crate::page::error::Result;
use connection::Connection;

const DIALECT: Dialect = Dialect {
    name: "SQLite",
    folds_case: true,
    longest_name: usize::MAX,
    sql_type: |kind| match kind {
        Kind::Boolean => "BOOLEAN",
        Kind::Integer => "INTEGER",
        Kind::Number => "REAL",
        // Types that SQLite reads as TEXT, and of which the next run reads what they are for.
        Kind::Digits => "DECIMAL TEXT",
        Kind::Json => "JSON TEXT",
        _ => "TEXT",
    },
};

/// Makes the destination of a file.
///
/// # Errors
/// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for an option with a bad value, and for no file.
pub(super) fn make(url: &DestinationUrl) -> Result<Box<dyn ErasedDestination>> {
    let file = url.address();
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.is_empty() || file == ":memory:" {
        return Err(wrong("the output `sqlite:` names no file"));
    }
    let options = Options::read(url, &[])?;
    let file = PathBuf::from(file);
    Ok(Box::new(TableDestination::<Connection>::new(file, options)))
}
