//! Destinations that have a name on the command line: `sqlite:books.db?table=books`.

#[cfg(test)]
mod tests;

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::ErasedDestination;
use crate::items::sink::{Format, Mode, harmless, scheme_of, unknown_placeholder};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// Row of the table of destinations.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// Schemes, without the colon; the first is how the destination is written.
    schemes: &'static [&'static str],
    /// Extensions of files that are such a destination also without a scheme, without the dot.
    extensions: &'static [&'static str],
    /// Options behind the question mark.
    options: &'static [&'static str],
    /// Feature of this crate that it needs.
    feature: &'static str,
}

/// Every destination that has a name. A new one is a module with a type that implements
/// [`Destination`](super::Destination), a row here, and an arm in [`DestinationUrl::open`].
static ROWS: [Row; 2] = [
    Row {
        schemes: &["sqlite"],
        extensions: &["db", "sqlite", "sqlite3"],
        options: OF_TABLE,
        feature: "sql-sqlite",
    },
    Row {
        schemes: &["postgres", "postgresql"],
        extensions: &[],
        options: OF_POSTGRES,
        feature: "sql-postgres",
    },
];

/// Options of a table. A name that ends in a dot has the name of a field behind it.
const OF_TABLE: &[&str] = &[
    "table",
    "key",
    "columns",
    "alter",
    "run",
    "url",
    "kept",
    "column.",
    "type.",
    "flatten",
    "batch_items",
];

/// Options of PostgreSQL: those of a table and those of the connection.
const OF_POSTGRES: &[&str] = &[
    "table",
    "key",
    "columns",
    "alter",
    "run",
    "url",
    "kept",
    "column.",
    "type.",
    "flatten",
    "batch_items",
    "application_name",
    "host",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
];

/// Options of PostgreSQL that are those of the connection, as in a URL of `psql`.
#[cfg(feature = "sql-postgres")]
pub(super) const OF_CONNECTION: &[&str] = &[
    "application_name",
    "host",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
];

/// Destination by its name, as behind `-o` and `-O`: `SCHEME:ADDRESS?OPTION=VALUE&…`, or a file with the extension of a
/// database.
///
/// In the values of options, `%20` is a space and `%26` an `&`, as in URLs. `%(name)s` and `%(time)s` stand for the spider and the start of the run. As text (`Display`) it has no password.
///
/// ```
/// use crawlworks::destination::DestinationUrl;
/// use crawlworks::sink::Mode;
///
/// let books = DestinationUrl::parse("out/%(name)s.db?table=books", Mode::Append)?.expect("a database");
/// assert_eq!(books.expand("shop", "").to_string(), "sqlite:out/shop.db?table=books");
/// assert_eq!(DestinationUrl::parse("books.jsonl", Mode::Append)?, None);
/// # Ok::<(), crawlworks::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DestinationUrl {
    row: &'static Row,
    /// Text between the scheme and the options; it may have a password.
    address: String,
    options: Vec<(String, String)>,
    mode: Mode,
}

impl DestinationUrl {
    /// Reads the name of a destination; `None` for that of a file in one of the [formats](Format).
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for an option that is not known or has no value, and for no address.
    pub fn parse(text: &str, mode: Mode) -> Result<Option<Self>> {
        let (place, options) = text.split_once('?').unwrap_or((text, ""));
        let Some((row, address)) = row_of(place) else {
            return Ok(None);
        };
        let name = row.schemes.first().copied().unwrap_or_default();
        let refused = |why: String| Error::new(ErrorKind::Settings, format!("{name}: {why}"));
        if address.is_empty() {
            return Err(refused("it names no database".to_owned()));
        }
        if let Some(placeholder) =
            unknown_placeholder(&format!("{}?{options}", without_password(address)))
        {
            return Err(refused(placeholder));
        }
        let mut known = Vec::new();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let is_of_field = |known: &&str| known.ends_with('.') && name.starts_with(known);
            if !row.options.contains(&name) && !row.options.iter().any(is_of_field) {
                let hint = did_you_mean(name, row.options.iter().copied());
                return Err(refused(format!("unknown option {name:?}{hint}")));
            }
            if value.is_empty() {
                return Err(refused(format!("the option {name:?} has no value")));
            }
            if known.iter().any(|(known, _)| known == name) {
                return Err(refused(format!("the option {name:?} is there twice")));
            }
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| refused(format!("the option {name:?} is not UTF-8")))?;
            known.push((name.to_owned(), value.into_owned()));
        }
        Ok(Some(Self {
            row,
            address: address.to_owned(),
            options: known,
            mode,
        }))
    }

    /// Puts a spider's name and the start of the run in place of `%(name)s` and `%(time)s`. A name leads to no other
    /// directory.
    #[must_use]
    pub fn expand(self, name: &str, time: &str) -> Self {
        let name = harmless(name);
        let expanded = |text: &str| text.replace("%(time)s", time).replace("%(name)s", &name);
        let options = self.options.iter();
        Self {
            address: expanded(&self.address),
            options: options
                .map(|(option, value)| (option.clone(), expanded(value)))
                .collect(),
            ..self
        }
    }

    /// Returns what becomes of the content that the destination has already.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the address: a path, or what follows the scheme of a URL. It may have a password.
    #[cfg(any(feature = "sql-sqlite", feature = "sql-postgres"))]
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns the options with their values.
    #[cfg(any(feature = "sql-sqlite", feature = "sql-postgres"))]
    pub(crate) fn options(&self) -> &[(String, String)] {
        &self.options
    }

    /// Makes the destination; it is not connected yet.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when this crate was built without the feature that the destination needs, or an option has a
    /// bad value.
    pub(crate) fn open(&self) -> Result<Box<dyn ErasedDestination>> {
        match self.row.feature {
            #[cfg(feature = "sql-sqlite")]
            "sql-sqlite" => super::sqlite::make(self),
            #[cfg(feature = "sql-postgres")]
            "sql-postgres" => super::postgres::make(self),
            feature => Err(Error::new(
                ErrorKind::Settings,
                format!(
                    "{self} needs the feature `{feature}`, which this program was built without: `cargo install --path . \
                     --features {feature}` installs a `crawl` that has it; in a project of its own, `cargo add crawlworks \
                     --features {feature}` adds it"
                ),
            )),
        }
    }
}

/// Writes the name as [`DestinationUrl::parse`] reads it, always with its scheme.
impl fmt::Display for DestinationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.row.schemes.first().copied().unwrap_or_default();
        write!(f, "{scheme}:{}", without_password(&self.address))?;
        for (place, (name, value)) in self.options.iter().enumerate() {
            let before = if place == 0 { '?' } else { '&' };
            write!(f, "{before}{name}={}", encoded(value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for DestinationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DestinationUrl({self}, {:?})", self.mode)
    }
}

/// Returns the value of an option as it is written in a name.
pub(super) fn encoded(value: &str) -> impl fmt::Display + '_ {
    /// What would end the value, or be read as something else.
    const SPECIAL: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%').add(b'&').add(b'+');
    utf8_percent_encode(value, SPECIAL)
}

/// Returns the known names of destinations, for messages: `sqlite: .db .sqlite .sqlite3`.
pub(crate) fn listed() -> String {
    let names = ROWS.iter().map(|row| {
        let schemes = row.schemes.iter().map(|scheme| format!("{scheme}:"));
        let extensions = row
            .extensions
            .iter()
            .map(|extension| format!(".{extension}"));
        schemes.chain(extensions).collect::<Vec<_>>().join(" ")
    });
    names.collect::<Vec<_>>().join(" ")
}

/// Returns the row for a name without its options, and the address in the name.
fn row_of(place: &str) -> Option<(&'static Row, &str)> {
    if let Some((scheme, address)) = place.split_once(':') {
        let is_it = |row: &&Row| {
            row.schemes
                .iter()
                .any(|known| known.eq_ignore_ascii_case(scheme))
        };
        if let Some(row) = ROWS.iter().find(is_it) {
            return Some((row, address));
        }
    }
    if scheme_of(place).is_some() {
        return None;
    }
    // `books.db:csv` is a CSV file.
    let named_format = place
        .rsplit_once(':')
        .and_then(|(_, name)| Format::named(name));
    let extension = place.rsplit_once('.').map(|(_, extension)| extension)?;
    let is_it = |row: &&Row| {
        row.extensions
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    };
    let row = ROWS.iter().find(is_it).filter(|_| named_format.is_none())?;
    Some((row, place))
}

/// Returns an address without the password of `//user:password@host`.
fn without_password(address: &str) -> String {
    let Some(rest) = address.strip_prefix("//") else {
        return address.to_owned();
    };
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, _)) => {
            let name = user.split(':').next().unwrap_or_default();
            let after = rest.get(user.len()..).unwrap_or_default();
            format!("//{name}{after}")
        }
        None => address.to_owned(),
    }
}
