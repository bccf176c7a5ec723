//! Outputs of items: files of JSON lines, JSON arrays and CSV, or standard output.
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
//! A durable job asks its sinks at every commit how far they are, and hands that [`Position`] to the next process when it is
//! killed: a file is cut back to it, so nothing is missing and nothing is there twice. See [`Sink`].
//!
//! Two kinds of error come out of a sink: [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) costs one item,
//! [`ErrorKind::Storage`](crate::ErrorKind::Storage) means that the output can no longer be written.

mod item_key;
pub use item_key::ItemKey;

mod record;
pub use record::Record;

mod position;
pub use position::Position;

mod async_sink;
pub(crate) use async_sink::AnySink;
pub use async_sink::AsyncSink;

mod target;

mod json_lines;
pub use json_lines::JsonLines;

mod json_array;
pub use json_array::JsonArray;

mod csv;
pub use csv::Csv;

mod layout;
pub use layout::Layout;

mod format;
use format::{FileFormat, formats};

// The name of a format is that of its sink.
formats! {
    /// One JSON text per line; see [`struct@JsonLines`].
    JsonLines: "jsonl" "jl" "ndjson";
    /// One JSON array; see [`struct@JsonArray`].
    JsonArray: "json";
    /// Rows under a header; see [`struct@Csv`].
    Csv: "csv";
}

mod output_file;
pub use output_file::{Mode, OutputFile};
pub(crate) use output_file::{harmless, scheme_of, unknown_placeholder};

#[cfg(test)]
pub(crate) mod captured_log;
#[cfg(test)]
mod tests;

use crate::page::error::Result;

/// Output that records are written to. It is called from one thread, in order, and may block it; [`AsyncSink`] is for what is
/// awaited.
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
///
/// # In a durable job
///
/// A job that was killed goes on from its last commit, and gives the items since then once more. A sink that can say where
/// it is, and go back there, has each of them once all the same: it answers a [`Position`] from [`commit`](Sink::commit)
/// and removes what came behind it in [`resume`](Sink::resume). One that cannot leaves both as they are.
///
/// ```
/// use std::fs::{File, OpenOptions};
/// use std::io::{self, Seek, Write};
/// use std::path::Path;
///
/// use crawlworks::sink::{Position, Record, Sink};
/// use crawlworks::{Error, ErrorKind, Result};
///
/// /// A file with one item per line, and its length up to the last whole one.
/// struct Lines {
///     file: File,
///     length: u64,
/// }
///
/// impl Lines {
///     /// The same call opens the file for the first process and for every later one: only `resume` removes anything.
///     fn open(path: &Path) -> Result<Self> {
///         let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
///         let length = file.metadata().map_err(failed)?.len();
///         Ok(Self { file, length })
///     }
/// }
///
/// impl Sink for Lines {
///     fn write(&mut self, record: &Record) -> Result<()> {
///         let line = format!("{}\n", record.json());
///         self.file.write_all(line.as_bytes()).map_err(failed)?;
///         self.length += line.len() as u64;
///         Ok(())
///     }
///
///     fn flush(&mut self) -> Result<()> {
///         Ok(()) // Nothing waits in a buffer.
///     }
///
///     fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
///         if sync {
///             self.file.sync_data().map_err(failed)?;
///         }
///         Ok(Some(Position::new(self.length)))
///     }
///
///     fn resume(&mut self, position: Position) -> Result<()> {
///         if self.length < position.get() {
///             return Err(Error::new(ErrorKind::Storage, "the file lost lines since the job was killed"));
///         }
///         self.file.set_len(position.get()).map_err(failed)?;
///         self.length = position.get();
///         Ok(())
///     }
/// }
///
/// fn failed(error: io::Error) -> Error {
///     Error::new(ErrorKind::Storage, "cannot write the lines").with_source(error)
/// }
///
/// # let path = std::env::temp_dir().join(format!("crawlworks-lines-{}", std::process::id()));
/// # /*
/// let path = Path::new("items.txt");
/// # */
/// let mut lines = Lines::open(&path)?;
/// lines.write(&Record::new("first")?)?;
/// let position = lines.commit(false)?.expect("a file has a position");
/// lines.write(&Record::new("second")?)?;
/// drop(lines); // Killed: the crawl does not know about the second one.
///
/// let mut lines = Lines::open(&path)?;
/// lines.resume(position)?;
/// lines.write(&Record::new("second")?)?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"first\"\n\"second\"\n");
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), crawlworks::Error>(())
/// ```
///
/// # Several of them
///
/// An item is in all outputs of a crawl or in none: one that a CSV file has no columns for is not in the file of JSON lines
/// beside it either, and is counted as failed. For this, each sink is asked whether it would take a record
/// ([`check`](Sink::check)) before the first of them gets it. A sink that refuses a record only in [`write`](Sink::write)
/// costs an item too, but those before it have written it by then.
pub trait Sink: Send + 'static {
    /// Takes what is known before the first record; called once, after opening or [`resume`](Sink::resume). The default does
    /// nothing.
    fn layout(&mut self, layout: &Layout) {
        let _ = layout;
    }

    /// Checks that the next [`write`](Sink::write) would take this record, as far as that can be known without writing:
    /// nothing of it is kept. Called right before `write` when there are several sinks. The default takes everything.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Sink::write): [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) for a record that does not fit
    /// the format.
    fn check(&self, record: &Record) -> Result<()> {
        let _ = record;
        Ok(())
    }

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

    /// Makes everything written so far survive the end of the process, with `sync` also a power cut, and says where the
    /// output ends.
    ///
    /// A durable job calls it right after opening, then at every commit, between two records, and once after
    /// [`close`](Sink::close). `None` means that this output takes no part: after a crash it can get the items since the
    /// last commit again. The default is that, after a [`flush`](Sink::flush).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        // Without a position there is nothing to go back to after a power cut either.
        let _ = sync;
        self.flush()?;
        Ok(None)
    }

    /// Goes back to a position that an earlier process committed: what came behind it goes.
    ///
    /// Called before the first write, if the earlier process answered a position. The default does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the output is not there any more up to this position, or
    /// cannot be cut.
    fn resume(&mut self, position: Position) -> Result<()> {
        let _ = position;
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn layout(&mut self, layout: &Layout) {
        (**self).layout(layout);
    }

    fn check(&self, record: &Record) -> Result<()> {
        (**self).check(record)
    }

    fn write(&mut self, record: &Record) -> Result<()> {
        (**self).write(record)
    }

    fn flush(&mut self) -> Result<()> {
        (**self).flush()
    }

    fn close(&mut self) -> Result<()> {
        (**self).close()
    }

    fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        (**self).commit(sync)
    }

    fn resume(&mut self, position: Position) -> Result<()> {
        (**self).resume(position)
    }
}
