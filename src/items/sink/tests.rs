//! What holds in every format: on a full disk, and in a job that is killed.

mod crashes;
mod full_disk;
mod lost;
mod resume;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::target::full_disk::FullDisk;
use super::{Format, Mode, OutputFile, Position, Record, Sink};
use crate::model::scratch::Scratch;
use crate::page::error::Result;

/// Formats, and what their files hold before.
const CASES: [(Format, &str); 9] = [
    (Format::JsonLines, ""),
    (Format::JsonLines, "{\"a\":0}\n"),
    (Format::JsonLines, "{\"a\":0}"),
    (Format::JsonArray, ""),
    (Format::JsonArray, " \n \n \n"),
    (Format::JsonArray, "[\n{\"a\":0}\n]\n"),
    (Format::JsonArray, "[ {\"a\":0}\n\n\n]\n\n\n"),
    (Format::Csv, ""),
    (Format::Csv, "a,b\n0,\n"),
];

fn items() -> Vec<Value> {
    let texts = ["", "two\nlines", "\"grün\"", "\n]\n"];
    texts
        .iter()
        .map(|text| json!({"a": 1, "b": text}))
        .collect()
}

fn open(format: Format, disk: &FullDisk) -> Result<Box<dyn Sink>> {
    (format.row().continuing)(disk.target())
}

fn give(sink: &mut dyn Sink, items: &[Value]) {
    for item in items {
        sink.write(&Record::new(item).unwrap()).unwrap();
    }
}

/// The file after a run that gives these items and finds room enough.
fn complete(format: Format, before: &str, items: &[Value]) -> String {
    let disk = FullDisk::new(before, 10_000);
    let mut sink = open(format, &disk).unwrap();
    give(&mut sink, items);
    sink.close().unwrap();
    disk.content()
}

/// A file of this format, whatever its name.
fn output(path: &Path, format: Format, mode: Mode) -> OutputFile {
    OutputFile::parse(&format!("{}:{}", path.display(), format.name()), mode).unwrap()
}

/// Files in each state of `CASES` to be appended to, and one of each format to be overwritten.
fn outputs(scratch: &Scratch) -> Vec<(PathBuf, OutputFile, &'static str)> {
    let appended = CASES.map(|(format, before)| (format, before, Mode::Append));
    let overwritten = Format::ALL.iter();
    let overwritten = overwritten.map(|&format| (format, "what was here before", Mode::Overwrite));
    let outputs = appended.into_iter().chain(overwritten).enumerate();
    let output = |(index, (format, before, mode))| {
        let path = scratch.path(&format!("{index}"));
        let output = output(&path, format, mode);
        (path, output, before)
    };
    outputs.map(output).collect()
}

/// A job that committed all its items, and was killed then.
fn killed(path: &Path, format: Format) -> (OutputFile, Position) {
    let output = output(path, format, Mode::Overwrite);
    let mut sink = output.clone().open().unwrap();
    give(&mut sink, &items());
    let position = position(&mut sink);
    (output, position)
}

/// The length of the file that a position of any format stands for: CSV has a mark in the first bit.
fn length(position: Position) -> usize {
    usize::try_from(position.get() & (u64::MAX >> 1)).unwrap()
}

fn position(sink: &mut dyn Sink) -> Position {
    sink.commit(false).unwrap().unwrap()
}
