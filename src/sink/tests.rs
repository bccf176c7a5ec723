//! A disk that is full, at any byte and in any format, costs the records that do not fit and nothing else.

use serde_json::{Value, json};

use super::target::full_disk::FullDisk;
use super::{Csv, Format, JsonArray, JsonLines, Record, Sink};
use crate::{ErrorKind, Result};

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

/// When records go to the disk.
#[derive(Debug, Clone, Copy)]
enum Flush {
    Each,
    Together,
}

fn items() -> Vec<Value> {
    let texts = ["", "two\nlines", "\"grün\"", "\n]\n"];
    texts
        .iter()
        .map(|text| json!({"a": 1, "b": text}))
        .collect()
}

fn open(format: Format, disk: &FullDisk) -> Result<Box<dyn Sink>> {
    let target = disk.target();
    Ok(match format {
        Format::JsonLines => Box::new(JsonLines::resume(target)?),
        Format::JsonArray => Box::new(JsonArray::resume(target)?),
        Format::Csv => Box::new(Csv::resume(target)?),
    })
}

fn write(format: Format, disk: &FullDisk, items: &[Value], flush: Flush) -> Result<()> {
    let mut sink = open(format, disk)?;
    for item in items {
        sink.write(&Record::new(item)?)?;
        if matches!(flush, Flush::Each) {
            sink.flush()?;
        }
    }
    sink.close()
}

/// The file after a run that gives these items and finds room enough.
fn complete(format: Format, before: &str, items: &[Value]) -> String {
    let disk = FullDisk::new(before, 10_000);
    write(format, &disk, items, Flush::Each).unwrap();
    disk.content()
}

#[test]
fn the_records_that_fit_stay_and_the_next_run_adds_the_others() {
    let items = items();
    for (format, before) in CASES {
        let stage = |count| complete(format, before, &items[..count]);
        let stages: Vec<String> = (0..=items.len()).map(stage).collect();
        let whole = &stages[items.len()];
        let rooms = before.len()..whole.len();
        for (room, flush) in rooms.flat_map(|room| [(room, Flush::Each), (room, Flush::Together)]) {
            let context = format!("{format:?} {before:?} {room} {flush:?}");
            let disk = FullDisk::new(before, room);
            let error = write(format, &disk, &items, flush).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Storage, "{context}");
            let fit = stages.iter().rposition(|stage| stage.len() <= room);
            let left = disk.content();
            assert_eq!(left, fit.map_or(before, |fit| &stages[fit]), "{context}");
            let others = &items[fit.unwrap_or(0)..];
            assert_eq!(complete(format, &left, others), *whole, "{context}");
        }
    }
}
