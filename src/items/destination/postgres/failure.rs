//! Errors of a PostgreSQL server, by their SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use sqlx::postgres::PgDatabaseError;

use crate::page::error::{Error, ErrorKind};

/// Returns whether a row is refused, and not the table, the statement or the server at fault.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    // 21: two rows of one key that only the database takes for equal. P0001: RAISE in a trigger.
    let is_one = |code: &str| {
        ["21", "22", "23"]
            .iter()
            .any(|class| code.starts_with(class))
            || ["P0001", "54000"].contains(&code)
    };
    code(error).is_some_and(is_one)
}

fn server(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

fn code(error: &sqlx::Error) -> Option<&str> {
    server(error).map(PgDatabaseError::code)
}

/// Returns the words of the server.
pub(super) fn said(error: &sqlx::Error) -> String {
    let Some(server) = server(error) else {
        return error.to_string();
    };
    match server.detail() {
        Some(detail) => format!("{}: {detail}", server.message()),
        None => server.message().to_owned(),
    }
}

/// Returns the line of a `COPY`, from 1, that the server refuses.
pub(super) fn line(error: &sqlx::Error) -> Option<usize> {
    let context = server(error)?.r#where()?;
    let copy = context.lines().find(|line| line.starts_with("COPY "))?;
    let (_, rest) = copy.rsplit_once(", line ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Makes the error of a crawl.
pub(super) fn of(shown: &str, error: sqlx::Error) -> Error {
    let (kind, message) = match code(&error) {
        Some(code) => by_code(shown, code),
        None => match &error {
            sqlx::Error::Tls(_) => (
                ErrorKind::Settings,
                format!("no TLS with {shown}; `sslmode=` and `sslrootcert=` say what is wanted"),
            ),
            sqlx::Error::Configuration(_) | sqlx::Error::Encode(_) => {
                (ErrorKind::Settings, format!("cannot use {shown}"))
            }
            _ => (ErrorKind::Unreachable, format!("{shown} does not answer")),
        },
    };
    Error::new(kind, message).with_source(error)
}

fn by_code(shown: &str, code: &str) -> (ErrorKind, String) {
    let is = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
    if is(&["28"]) {
        let message = format!(
            "{shown} does not let this user in: check user and password (PGPASSWORD, ~/.pgpass)"
        );
        (ErrorKind::Settings, message)
    } else if is(&["3D"]) {
        (
            ErrorKind::Settings,
            format!("{shown} has no such database: make it, or name another"),
        )
    } else if is(&["42501"]) {
        let message = format!(
            "the user of {shown} lacks a right: to make tables in the schema, or to write to the table and to \
             crawlworks_positions"
        );
        (ErrorKind::Settings, message)
    } else if is(&["2BP01"]) {
        let message = format!(
            "other objects of {shown} need the table that is to be replaced: drop them, or append"
        );
        (ErrorKind::Settings, message)
    } else if is(&["08", "57", "53", "58", "55P03", "40", "42P07"]) {
        (
            ErrorKind::Unreachable,
            format!("{shown} cannot take items now"),
        )
    } else {
        (
            ErrorKind::Settings,
            format!("{shown} does not take what is wanted of it"),
        )
    }
}
