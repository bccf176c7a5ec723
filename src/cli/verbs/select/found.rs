//! Printing what was found: for a person a line per value, for a machine a JSON object.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde_json::{Value, json};

use crate::cli::terminal;
use crate::page::html::Record;

/// Standard output, and whether anything was written to it.
pub(super) struct Found<'a> {
    out: BufWriter<StdoutLock<'a>>,
    is_json: bool,
    any: bool,
}

impl<'a> Found<'a> {
    pub(super) fn new(out: StdoutLock<'a>, is_json: bool) -> Self {
        Self {
            out: BufWriter::new(out),
            is_json,
            any: false,
        }
    }

    /// Prints a text that this selector found.
    pub(super) fn text(&mut self, kind: &str, asked: &str, text: &str) -> io::Result<()> {
        self.any = true;
        if self.is_json {
            writeln!(self.out, "{}", json!({kind: asked, "value": text}))
        } else {
            writeln!(self.out, "{}", terminal::for_stdout(text))
        }
    }

    /// Prints a value that this expression found; of a list, each element.
    pub(super) fn value(&mut self, kind: &str, asked: &str, value: Value) -> io::Result<()> {
        match value {
            Value::Null => Ok(()),
            value if self.is_json => {
                self.any = true;
                writeln!(self.out, "{}", json!({kind: asked, "value": value}))
            }
            Value::Array(list) => list.iter().try_for_each(|value| self.line(value)),
            value => self.line(&value),
        }
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        self.any = true;
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        writeln!(self.out, "{}", terminal::for_stdout(&text))
    }

    /// Prints a row of a table.
    pub(super) fn record(&mut self, record: &Record) -> io::Result<()> {
        self.any = true;
        let text = serde_json::to_string(record).map_err(io::Error::other)?;
        writeln!(self.out, "{}", terminal::for_stdout(&text))
    }

    /// Flushes the output and returns whether anything was found.
    pub(super) fn finish(mut self) -> io::Result<bool> {
        self.out.flush()?;
        Ok(self.any)
    }
}
