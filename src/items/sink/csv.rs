//! Rows under a header: the format that spreadsheets open, and one in which they must not find formulas.

mod cell;

mod existing;

mod header;
use header::Header;

use std::path::Path;

use serde_json::{Map, Value};

use super::target::Target;
use super::{FileFormat, Layout, Mode, Position, Record, Sink};
use crate::page::error::{Error, ErrorKind, Result};

/// Writes CSV (RFC 4180, with `\n` between rows), in UTF-8.
///
/// The first record's fields are the header, or the columns of the [`Layout`], if it has some and they have the record's: those of all
/// kinds of a recipe's items, or of the schema that a [`Job`](crate::Job) declares. Then a file has its header also without items.
/// A field that a record lacks is an empty cell, one that the header lacks is an error of that record: a type whose fields vary belongs in `.jsonl`. `null` is an empty cell; a list or an
/// object is a cell of JSON text.
///
/// A text that starts with `=`, `+`, `-`, `@`, a tab or a line break is a formula to a spreadsheet, and pages are
/// written by strangers. Such a cell gets a `'` before it, unless it is a plain number such as `-1.5`, or the setting `csv_escape` is
/// off.
///
/// Appending takes the header from the file, and refuses a file whose last row was cut off. If not even the first record
/// fits that header, the items belong in another file, and the error is one of the output.
#[derive(Debug)]
pub struct Csv {
    target: Target,
    header: Option<Header>,
    /// `true` if the header was in the file before, and no record has fitted it yet.
    doubtful: bool,
    layout: Layout,
}

/// The bit of a position that says that no record has fitted the file's header yet; lengths of files have no use for it.
const DOUBT: u64 = 1 << 63;

impl Csv {
    /// Writes to standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::on(Target::stdout())
    }

    /// Writes to a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when the file cannot be opened, or is to be continued and does not end with a whole row.
    pub fn file(path: impl AsRef<Path>, mode: Mode) -> Result<Self> {
        Self::continuing(Target::file(path.as_ref(), mode)?)
    }

    /// The cells of a record, and the header that it makes if it is the first.
    fn prepared(&self, record: &Record) -> Result<(Option<Header>, Vec<String>)> {
        let fields = record.fields()?;
        if let Some(header) = &self.header {
            return Ok((None, self.cells(header, &fields)?));
        }
        let (columns, is_escaped) = (&self.layout.columns, self.layout.csv_escape);
        let has_all = !columns.is_empty() && fields.keys().all(|name| columns.contains(name));
        let header = if has_all {
            Header::of_columns(columns, is_escaped)
        } else {
            Header::of_item(&fields, is_escaped)
        };
        let header = header.map_err(|name| {
            Error::new(
                ErrorKind::Pipeline,
                format!("no field, or two of one name, make no CSV header: `{name}`"),
            )
        })?;
        let cells = self.cells(&header, &fields)?;
        Ok((Some(header), cells))
    }

    fn cells(&self, header: &Header, fields: &Map<String, Value>) -> Result<Vec<String>> {
        header
            .cells(fields, self.layout.csv_escape)
            .map_err(|name| self.misfit(header, fields, name))
    }

    /// The error for a record with a field that the header lacks.
    fn misfit(&self, header: &Header, fields: &Map<String, Value>, field: &str) -> Error {
        let file = self.target.name();
        if self.doubtful {
            let (has, have) = (
                header.names().join(","),
                header::names(fields.keys(), self.layout.csv_escape).join(","),
            );
            let message = format!(
                "{file} has other columns: it has {has} and the items have {have}; use another file or -O"
            );
            return Error::new(ErrorKind::Storage, message);
        }
        let origin = if header.is_of_file() {
            format!("which {file} had before")
        } else {
            "made from the first item".to_owned()
        };
        Error::new(
            ErrorKind::Pipeline,
            format!("the CSV header, {origin}, has no field `{field}`; write .jsonl instead"),
        )
    }
}

impl FileFormat for Csv {
    fn on(target: Target) -> Self {
        Self {
            target,
            header: None,
            doubtful: false,
            layout: Layout::default(),
        }
    }

    fn continuing(mut target: Target) -> Result<Self> {
        let existing = target.existing().map_or(Ok(None), existing::examine);
        let header = match existing.map_err(|error| target.unreadable(error))? {
            None => None,
            Some(file) if file.is_cut => {
                return Err(target.unfit(&format!("line {} is cut off", file.lines)));
            }
            Some(file) => Some(Header::of_file(file.header).map_err(|name| {
                target.unfit(&format!(
                    "its header has no name, or twice the same: `{name}`"
                ))
            })?),
        };
        let doubtful = header.is_some();
        Ok(Self {
            target,
            header,
            doubtful,
            layout: Layout::default(),
        })
    }

    fn length_at(position: Position) -> u64 {
        position.get() & !DOUBT
    }
}

impl Sink for Csv {
    fn layout(&mut self, layout: &Layout) {
        self.layout = layout.clone();
    }

    fn check(&self, record: &Record) -> Result<()> {
        self.prepared(record).map(drop)
    }

    fn write(&mut self, record: &Record) -> Result<()> {
        let (made, cells) = self.prepared(record)?;
        let Some(header) = made else {
            self.doubtful = false;
            return self.target.write(&[&row(&cells)?]);
        };
        // The header and its first row: both or neither.
        let rows = [row(header.names())?, row(&cells)?].concat();
        self.target.write(&[&rows])?;
        self.header = Some(header);
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.target.flush()
    }

    /// Writes the known columns as the header of a file without items. Columns that make no header are an error of each item,
    /// so here they are left out.
    fn close(&mut self) -> Result<()> {
        let columns = &self.layout.columns;
        if self.header.is_none()
            && !columns.is_empty()
            && let Ok(header) = Header::of_columns(columns, self.layout.csv_escape)
        {
            self.target.write(&[&row(header.names())?])?;
            self.header = Some(header);
        }
        self.flush()
    }

    fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        let doubt = if self.doubtful { DOUBT } else { 0 };
        let length = self.target.commit(sync)?;
        Ok(length.map(|length| Position::new(length | doubt)))
    }

    fn resume(&mut self, position: Position) -> Result<()> {
        let length = Self::length_at(position);
        let resumed = self.target.resume(length, |file| {
            Ok(match existing::examine_first(file, length)? {
                None => Some(None),
                Some(file) if file.is_cut => None,
                Some(file) => Header::of_file(file.header).ok().map(Some),
            })
        });
        self.header = resumed?;
        self.doubtful = position.get() & DOUBT != 0;
        Ok(())
    }
}

/// Returns one row with its line break.
fn row(cells: &[String]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(cells)
        .and_then(|()| {
            writer
                .into_inner()
                .map_err(|error| error.into_error().into())
        })
        .map_err(|error| {
            Error::new(ErrorKind::Pipeline, "cannot write the item as CSV").with_source(error)
        })
}

#[cfg(test)]
mod tests;
