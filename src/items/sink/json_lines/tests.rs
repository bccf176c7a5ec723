//! Lines, and what appending makes of a last one that is not ended.

use super::*;
use crate::items::sink::captured_log::warnings;
use crate::model::scratch::{Scratch, read};

/// A record with every kind of value.
const RECORD: &str =
    r#"{"a":[-1.5e-7,true,false,null],"b":{"c":"ü\u2028\\\""},"d":[],"e":{},"f":-3}"#;

fn append(path: &Path, item: &str) -> Result<()> {
    let mut sink = JsonLines::file(path, Mode::Append)?;
    sink.write(&Record::new(item)?)?;
    sink.close()
}

#[test]
fn runs_append_one_after_the_other() {
    let scratch = Scratch::new();
    let path = scratch.path("items.jsonl");
    append(&path, "grün").unwrap();
    append(&path, "\u{2028}").unwrap();
    assert_eq!(read(&path), "\"grün\"\n\"\u{2028}\"\n");
}

#[test]
fn overwriting_starts_again() {
    let scratch = Scratch::new();
    let path = scratch.file("items.jsonl", "{\"a\":");
    let mut sink = JsonLines::file(&path, Mode::Overwrite).unwrap();
    sink.close().unwrap();
    assert_eq!(read(&path), "");
}

#[test]
fn a_whole_last_line_is_ended_first() {
    let scratch = Scratch::new();
    let path = scratch.file("items.jsonl", "{\"a\":1}\n{\"a\":2}");
    append(&path, "b").unwrap();
    assert_eq!(read(&path), "{\"a\":1}\n{\"a\":2}\n\"b\"\n");
}

#[test]
fn the_beginning_of_a_record_is_removed_wherever_it_was_cut() {
    for length in 1..RECORD.len() {
        let scratch = Scratch::new();
        let path = scratch.path("items.jsonl");
        let cut = [b"{\"a\":1}\n", &RECORD.as_bytes()[..length]].concat();
        std::fs::write(&path, cut).unwrap();
        append(&path, "b").unwrap();
        assert_eq!(read(&path), "{\"a\":1}\n\"b\"\n", "{length}");
    }
}

#[test]
fn a_file_that_is_one_beginning_of_a_record_is_emptied() {
    let scratch = Scratch::new();
    let path = scratch.file("items.jsonl", "{\"a\":");
    append(&path, "b").unwrap();
    assert_eq!(read(&path), "\"b\"\n");
}

#[test]
fn the_log_tells_what_was_removed() {
    let scratch = Scratch::new();
    let path = scratch.file("items.jsonl", "{\"a\":1}\n{\"a\":");
    let warnings = warnings(|| append(&path, "b").unwrap());
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}");
    };
    for part in ["items.jsonl", "bytes=5", "line 2"] {
        assert!(warning.contains(part), "{warning}");
    }
}

#[test]
fn a_last_line_that_may_be_something_else_is_an_error_and_stays_as_it_is() {
    for cut in [
        "{\"a\":1}\n12",
        "{\"a\":1}\n]",
        "A list\n- of\n- things",
        "a,b",
    ] {
        let scratch = Scratch::new();
        let path = scratch.file("items.jsonl", cut);
        let error = append(&path, "b").unwrap_err();
        let line = cut.lines().count();
        let want = format!("items.jsonl: line {line} is not a whole record");
        assert!(error.to_string().contains(&want), "{error}");
        assert_eq!(read(&path), cut);
    }
}

#[test]
fn a_record_is_visible_after_a_flush() {
    let scratch = Scratch::new();
    let path = scratch.path("items.jsonl");
    let mut sink = JsonLines::file(&path, Mode::Overwrite).unwrap();
    sink.write(&Record::new("a").unwrap()).unwrap();
    sink.flush().unwrap();
    assert_eq!(read(&path), "\"a\"\n");
}
