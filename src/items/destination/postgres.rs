//! Tables of PostgreSQL databases.
//!
//! Rows go there by `COPY`. Each batch is one transaction, which also moves the position of the run in
//! `crawlworks_positions`.

mod catalog;
mod connection;
mod copy;
mod failure;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::table::{Dialect, Kind, Options, TableDestination};
use super::url::{OF_CONNECTION, encoded};
use super::{DestinationUrl, ErasedDestination};
use crate::page::error::{Error, ErrorKind, Result};
use connection::Connection;

const DIALECT: Dialect = Dialect {
    name: "PostgreSQL",
    folds_case: false,
    // What is longer is cut without a word.
    longest_name: 63,
    sql_type: |kind| match kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "bigint",
        Kind::Number => "double precision",
        Kind::Digits => "numeric",
        Kind::DateTime => "timestamptz",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Uuid => "uuid",
        Kind::Json => "jsonb",
        Kind::Text | Kind::Other => "text",
    },
};

/// Server and database, and how to speak of them.
struct Place {
    options: PgConnectOptions,
    /// URL without a password.
    shown: String,
}

/// Makes the destination of a URL.
///
/// # Errors
/// [`ErrorKind::Settings`] for an option with a bad value, and for a URL that cannot be read.
pub(super) fn make(url: &DestinationUrl) -> Result<Box<dyn ErasedDestination>> {
    let mut full = format!("postgres:{}", url.address());
    let of_connection = url.options().iter();
    let of_connection = of_connection.filter(|(name, _)| OF_CONNECTION.contains(&name.as_str()));
    for (name, value) in of_connection {
        let sign = if full.contains('?') { '&' } else { '?' };
        full.extend([
            sign.to_string(),
            name.clone(),
            "=".to_owned(),
            encoded(value).to_string(),
        ]);
    }
    let whole = url.to_string();
    let shown = whole.split('?').next().unwrap_or_default().to_owned();
    let options = PgConnectOptions::from_str(&full).map_err(|error| {
        let message = format!("`{shown}` is no URL of a PostgreSQL database");
        Error::new(ErrorKind::Settings, message).with_source(error)
    })?;
    // A dropped connection may still commit; who waits for its rows does not do so for ever.
    let options = options.options([("lock_timeout", "10s"), ("client_min_messages", "warning")]);
    let place = Place { options, shown };
    let table = Options::read(url, OF_CONNECTION)?;
    Ok(Box::new(TableDestination::<Connection>::new(place, table)))
}
