//! Where items end up: files of JSON lines, JSON arrays and CSV, or standard output.
//!
//! An item is serialised once, into a [`Record`], and every [`Sink`] of the crawl gets the same record. Which file, in
//! which format, and whether to append, is said in one word of the command line, an [`OutputFile`].
//!
//! | format | names | readable by others | one more run with `-o` |
//! |---|---|---|---|
//! | [`JsonLines`] | `.jsonl` `.jl` `.ndjson` | after every write, line by line | adds lines |
//! | [`JsonArray`] | `.json` | after every write, as one valid array | continues the array |
//! | [`Csv`] | `.csv` | after every write, row by row | adds rows under the same header |
//!
//! A file holds whole records at any time: a write ends where a record does, and one that fails on a full disk is cut back
//! to the last record that fits, so that a later run can go on there.
//!
//! Two kinds of error come out of a sink: [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) costs one item,
//! [`ErrorKind::Storage`](crate::ErrorKind::Storage) means that the output can no longer be written.

mod record;
pub use record::Record;

mod target;

mod json_lines;
pub use json_lines::JsonLines;

mod json_array;
pub use json_array::JsonArray;

mod csv;
pub use csv::Csv;

mod output_file;
pub use output_file::{Format, Mode, OutputFile};

#[cfg(test)]
pub(crate) mod captured_log;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod tests;

use crate::Result;

/// Where records end up. It is called from one thread, in order.
///
/// ```
/// use crawlworks::Result;
/// use crawlworks::sink::{Record, Sink};
///
/// /// Keeps everything in memory.
/// struct Memory(Vec<String>);
///
/// impl Sink for Memory {
///     fn write(&mut self, record: &Record) -> Result<()> {
///         self.0.push(record.json().to_owned());
///         Ok(())
///     }
///
///     fn flush(&mut self) -> Result<()> {
///         Ok(())
///     }
/// }
///
/// let mut memory = Memory(Vec::new());
/// memory.write(&Record::new(&["a", "b"])?)?;
/// memory.close()?;
/// assert_eq!(memory.0, [r#"["a","b"]"#]);
/// # Ok::<(), crawlworks::Error>(())
/// ```
pub trait Sink: Send + 'static {
    /// Takes a record; it may stay in a buffer for a while.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) for a record that does not fit the format: nothing of it is
    /// written and the next one may be. [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn write(&mut self, record: &Record) -> Result<()>;

    /// Makes everything written so far visible to readers of the output, in a valid form.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn flush(&mut self) -> Result<()>;

    /// Finishes the output; called once, after the last record, and by default a [`flush`](Sink::flush).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn close(&mut self) -> Result<()> {
        self.flush()
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn write(&mut self, record: &Record) -> Result<()> {
        (**self).write(record)
    }

    fn flush(&mut self) -> Result<()> {
        (**self).flush()
    }

    fn close(&mut self) -> Result<()> {
        (**self).close()
    }
}
