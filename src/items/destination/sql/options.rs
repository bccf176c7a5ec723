//! Options of a table: `?table=books&key=isbn`.

use crate::items::destination::DestinationUrl;
use crate::items::sink::Mode;
use crate::page::error::{Error, ErrorKind, Result};

/// Options of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// Name of the table; `None` for the name of the spider.
    pub(super) table: Option<String>,
    /// Columns that are the key of an item: a row with the same key is updated.
    pub(super) key: Vec<String>,
    /// Fields that are written, in their order; empty for all.
    pub(super) columns: Vec<String>,
    /// `true` if columns are added for new fields.
    pub(super) adds_columns: bool,
    /// Columns for the id of the run, the URL of the page, and the time at which the item was kept.
    pub(super) extra: Vec<(Extra, String)>,
    /// `true` if the table takes the place of the one before.
    pub(super) replaces: bool,
}

/// Fact about an item that can have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    Run,
    Url,
    Kept,
}

impl Options {
    /// Reads the options of a destination.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad value.
    pub(super) fn new(url: &DestinationUrl) -> Result<Self> {
        let names = |option: &str| {
            let value = url.option(option).unwrap_or_default();
            let names = value.split(',').map(str::trim);
            names.filter(|name| !name.is_empty()).map(str::to_owned)
        };
        let adds_columns = match url.option("alter") {
            None => false,
            Some("add") => true,
            Some(other) => {
                return Err(refused(format!(
                    "unknown value of alter: {other:?}; known: add"
                )));
            }
        };
        let extra = [
            (Extra::Run, "run"),
            (Extra::Url, "url"),
            (Extra::Kept, "kept"),
        ];
        let column = |(extra, option)| Some((extra, url.option(option)?.to_owned()));
        let options = Self {
            table: url.option("table").map(str::to_owned),
            key: names("key").collect(),
            columns: names("columns").collect(),
            adds_columns,
            extra: extra.into_iter().filter_map(column).collect(),
            replaces: url.mode() == Mode::Overwrite,
        };
        if options.replaces && !options.key.is_empty() {
            let why = "a key is for rows that are updated, and -O replaces the table; use -o";
            return Err(refused(why.to_owned()));
        }
        let is_chosen = |key: &&String| options.columns.is_empty() || options.columns.contains(key);
        if let Some(key) = options.key.iter().find(|key| !is_chosen(key)) {
            return Err(refused(format!("the key {key:?} is not among the columns")));
        }
        Ok(options)
    }
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Settings, why)
}
