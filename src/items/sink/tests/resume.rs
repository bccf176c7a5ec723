//! Whatever a killed job leaves behind its last commit, the next process writes the file that one process would have.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{complete, give, items, killed, length, open, output, outputs, position};
use crate::items::sink::target::Target;
use crate::items::sink::target::full_disk::FullDisk;
use crate::items::sink::{Format, JsonLines, Mode, OutputFile, Position, Record, Sink};
use crate::model::scratch::Scratch;

/// A job that nobody interrupts: each position it commits, from before its first item on, and the file at that time.
fn uninterrupted(output: &OutputFile, path: &Path, items: &[Value]) -> Vec<(Position, Vec<u8>)> {
    let mut sink = output.clone().resume(None).unwrap();
    let mut commits = vec![(position(&mut sink), fs::read(path).unwrap())];
    for item in items {
        give(&mut sink, std::slice::from_ref(item));
        commits.push((position(&mut sink), fs::read(path).unwrap()));
    }
    sink.close().unwrap();
    let last = (position(&mut sink), fs::read(path).unwrap());
    assert_eq!(Some(&last), commits.last(), "closing adds nothing");
    commits
}

/// Returns what a process may leave that was killed while it wrote `next` over a file: any part of it, or anything else.
fn torn<'c>(
    committed: &'c [u8],
    length: usize,
    next: &'c [u8],
) -> impl Iterator<Item = Vec<u8>> + 'c {
    let (whole, end) = committed.split_at(length);
    (0..=next.len()).flat_map(move |written| {
        let rest = end.get(written..).unwrap_or_default();
        [
            [whole, &next[..written], rest].concat(),
            [whole, &next[..written]].concat(),
            [whole, &vec![0; written]].concat(),
        ]
    })
}

#[test]
fn any_torn_tail_behind_any_commit_is_cut_off_and_written_again() {
    let scratch = Scratch::new();
    let items = items();
    for (path, output, before) in outputs(&scratch) {
        fs::write(&path, before).unwrap();
        let commits = uninterrupted(&output, &path, &items);
        let (_, complete) = commits.last().unwrap();
        for (done, (position, committed)) in commits.iter().enumerate() {
            let length = length(*position);
            for torn in torn(committed, length, &complete[length..]) {
                // A new file: one that is emptied and written again is forced to the disk by some systems.
                fs::remove_file(&path).unwrap();
                fs::write(&path, &torn).unwrap();
                let mut sink = output.clone().resume(Some(*position)).unwrap();
                let context = format!("{output:?} {done} {torn:?}");
                assert_eq!(fs::read(&path).unwrap(), *committed, "{context}");
                give(&mut sink, &items[done..]);
                sink.close().unwrap();
                assert_eq!(fs::read(&path).unwrap(), *complete, "{context}");
            }
        }
    }
}

#[test]
fn commits_change_nothing_in_a_file() {
    let scratch = Scratch::new();
    let items = items();
    for (path, output, before) in outputs(&scratch) {
        fs::write(&path, before).unwrap();
        let kept = if output.mode() == Mode::Append {
            before
        } else {
            ""
        };
        let commits = uninterrupted(&output, &path, &items);
        let (_, committed) = commits.last().unwrap();
        let plain = complete(output.format(), kept, &items);
        assert_eq!(String::from_utf8_lossy(committed), plain, "{output:?}");
    }
}

#[test]
fn an_array_is_valid_at_every_commit() {
    let scratch = Scratch::new();
    let mut outputs = outputs(&scratch);
    outputs.retain(|(_, output, _)| output.format() == Format::JsonArray);
    for (path, output, before) in outputs {
        fs::write(&path, before).unwrap();
        for (_, committed) in uninterrupted(&output, &path, &items()) {
            let array = serde_json::from_slice::<Vec<Value>>(&committed);
            assert!(array.is_ok(), "{output:?} {committed:?}");
        }
    }
}

#[test]
fn a_position_is_the_length_up_to_the_last_record() {
    let scratch = Scratch::new();
    let item = Record::new(&json!({"a": 1})).unwrap();
    for (format, first, second) in [
        (Format::JsonLines, "", "{\"a\":1}\n"),
        (Format::JsonArray, "[", "[\n{\"a\":1}"),
        (Format::Csv, "", "a\n1\n"),
    ] {
        let output = output(&scratch.path("items"), format, Mode::Overwrite);
        let mut sink = output.open().unwrap();
        assert_eq!(position(&mut sink), Position::new(first.len() as u64));
        sink.write(&item).unwrap();
        assert_eq!(position(&mut sink), Position::new(second.len() as u64));
    }
}

#[test]
fn a_missing_file_that_had_no_records_is_made_again() {
    let scratch = Scratch::new();
    for format in [Format::JsonLines, Format::Csv] {
        let path = scratch.path(&format!("{format:?}/items"));
        let output = output(&path, format, Mode::Append);
        output.resume(Some(Position::new(0))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }
}

#[test]
fn standard_output_has_no_position_and_needs_none() {
    for &format in Format::ALL {
        let output = output(Path::new("-"), format, Mode::Append);
        for position in [None, Some(Position::new(3))] {
            let mut sink = output.clone().resume(position).unwrap();
            assert_eq!(sink.commit(true).unwrap(), None);
        }
    }
}

fn appending(format: Format, path: &Path) -> Box<dyn Sink> {
    (format.row().continuing)(Target::file(path, Mode::Append).unwrap()).unwrap()
}

#[test]
fn a_sink_that_is_open_goes_back_too() {
    let scratch = Scratch::new();
    let items = items();
    for &format in Format::ALL {
        let path = scratch.path("items");
        let (_, position) = killed(&path, format);
        give(&mut appending(format, &path), &items);
        let mut sink = appending(format, &path);
        sink.resume(position).unwrap();
        sink.close().unwrap();
        let read = fs::read_to_string(&path).unwrap();
        assert_eq!(read, complete(format, "", &items), "{format:?}");
    }
}

#[test]
fn what_opening_put_right_behind_the_position_goes_too() {
    let scratch = Scratch::new();
    let path = scratch.file("items.jsonl", "1\n{\"a\":2}");
    let mut sink = JsonLines::file(&path, Mode::Append).unwrap();
    sink.resume(Position::new(2)).unwrap();
    sink.close().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"1\n");
}

#[test]
fn a_synced_commit_is_on_the_disk() {
    for &format in Format::ALL {
        let disk = FullDisk::new("", 10_000);
        let mut sink = open(format, &disk).unwrap();
        give(&mut sink, &items()[..1]);
        sink.commit(true).unwrap();
        let synced = disk.content();
        assert_eq!(disk.synced(), synced, "{format:?}");
        give(&mut sink, &items()[1..]);
        sink.commit(false).unwrap();
        assert_eq!(disk.synced(), synced, "{format:?}");
    }
}

#[test]
fn a_new_file_can_be_synced_with_its_directory() {
    let scratch = Scratch::new();
    let output = output(&scratch.path("new/items"), Format::JsonLines, Mode::Append);
    let mut sink = output.open().unwrap();
    let position = sink.commit(true).unwrap();
    assert_eq!(sink.commit(true).unwrap(), position);
}
