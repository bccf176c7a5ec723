//! Arrays that are whole at every flush, and continued by the next run.

use super::*;
use crate::model::scratch::{Scratch, read};

fn record(item: &str) -> Record {
    Record::new(item).unwrap()
}

fn append(path: &Path, items: &[&str]) -> Result<()> {
    let mut sink = JsonArray::file(path, Mode::Append)?;
    items
        .iter()
        .try_for_each(|item| sink.write(&record(item)))?;
    sink.close()
}

#[test]
fn an_array_is_whole_at_every_flush() {
    let scratch = Scratch::new();
    let path = scratch.path("items.json");
    let mut sink = JsonArray::file(&path, Mode::Overwrite).unwrap();
    assert_eq!(read(&path), "[\n]\n");
    for (item, want) in [("", "[\n\"\"\n]\n"), ("b", "[\n\"\",\n\"b\"\n]\n")] {
        sink.write(&record(item)).unwrap();
        sink.flush().unwrap();
        sink.flush().unwrap();
        assert_eq!(read(&path), want);
    }
    sink.close().unwrap();
    assert_eq!(read(&path), "[\n\"\",\n\"b\"\n]\n");
}

#[test]
fn runs_continue_one_array() {
    let scratch = Scratch::new();
    let path = scratch.path("items.json");
    for items in [&[][..], &["grün"], &[], &["\u{2028}", "c"]] {
        append(&path, items).unwrap();
    }
    assert_eq!(read(&path), "[\n\"grün\",\n\"\u{2028}\",\n\"c\"\n]\n");
}

#[test]
fn arrays_of_other_programs_are_continued() {
    for (before, after) in [
        ("", "[\n\"x\"\n]\n"),
        (" \n", "[\n\"x\"\n]\n"),
        ("[]", "[\n\"x\"\n]\n"),
        ("[\n\n]\n", "[\n\"x\"\n]\n"),
        ("[ ]\r\n", "[\n\"x\"\n]\n"),
        ("[1]", "[1,\n\"x\"\n]\n"),
        ("[\n  [2]\n]", "[\n  [2],\n\"x\"\n]\n"),
    ] {
        let scratch = Scratch::new();
        let path = scratch.file("items.json", before);
        append(&path, &["x"]).unwrap();
        assert_eq!(read(&path), after, "{before:?}");
    }
}

#[test]
fn what_is_no_whole_array_is_an_error_and_stays_as_it_is() {
    for cut in ["[\n{\"a\":[1]", "[1,", "{}", "[1] 2", "]", "[[]", "x\n]\n"] {
        let scratch = Scratch::new();
        let path = scratch.file("items.json", cut);
        let error = append(&path, &["x"]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("items.json: it is not one whole JSON array"),
            "{error}"
        );
        assert_eq!(read(&path), cut);
    }
}

#[test]
fn a_stream_is_ended_once_at_its_close() {
    let (mut reader, writer) = io::pipe().unwrap();
    let mut sink = JsonArray::on(Target::stream("a pipe", writer));
    for item in ["a", "b"] {
        sink.write(&record(item)).unwrap();
        sink.flush().unwrap();
    }
    sink.close().unwrap();
    drop(sink);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "[\n\"a\",\n\"b\"\n]\n");
}

#[test]
fn a_stream_without_records_is_an_empty_array() {
    let (mut reader, writer) = io::pipe().unwrap();
    JsonArray::on(Target::stream("a pipe", writer))
        .close()
        .unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "[\n]\n");
}

#[test]
fn a_long_record_before_the_position_is_a_record_too() {
    let scratch = Scratch::new();
    let path = scratch.path("items.json");
    let long = "x".repeat(usize::try_from(LONG_RECORD).unwrap());
    let mut sink = JsonArray::file(&path, Mode::Append).unwrap();
    sink.write(&record("first")).unwrap();
    sink.write(&record(&long)).unwrap();
    let position = sink.commit(false).unwrap().unwrap();
    sink.resume(position).unwrap();
    sink.write(&record("last")).unwrap();
    sink.close().unwrap();
    let items: Vec<String> = serde_json::from_str(&read(&path)).unwrap();
    assert_eq!(items, ["first", &long, "last"]);
}
