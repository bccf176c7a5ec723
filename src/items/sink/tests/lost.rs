//! A file that is not as the job left it is an error that says so, and stays as it is.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{complete, give, items, killed, length, output};
use crate::items::sink::{Format, Mode, OutputFile, Position, Sink};
use crate::model::scratch::Scratch;
use crate::page::error::ErrorKind;

fn refused(output: OutputFile, position: Position) -> String {
    let Err(error) = output.resume(Some(position)) else {
        panic!("resumed at {position:?}");
    };
    assert_eq!(error.kind(), ErrorKind::Storage);
    error.to_string()
}

#[test]
fn a_shorter_file_is_an_error_that_tells_both_lengths_and_stays_as_it_is() {
    let scratch = Scratch::new();
    for &format in Format::ALL {
        let path = scratch.path("items");
        let (output, position) = killed(&path, format);
        let length = length(position);
        let short = fs::read(&path).unwrap()[..length - 1].to_vec();
        fs::write(&path, &short).unwrap();
        let error = refused(output, position);
        let has = length - 1;
        let want = format!(
            "cannot go on with {}: it has {has} bytes, and the job had written {length}; it was changed or lost; \
             start over with --fresh",
            path.display()
        );
        assert_eq!(error, want);
        assert_eq!(fs::read(&path).unwrap(), short);
    }
}

#[test]
fn a_missing_file_is_an_error_and_stays_missing() {
    let scratch = Scratch::new();
    for &format in Format::ALL {
        let path = scratch.path("items");
        let (output, position) = killed(&path, format);
        fs::remove_file(&path).unwrap();
        let error = refused(output, position);
        let want = format!(
            "{}: it is missing, and the job had written to it",
            path.display()
        );
        assert!(error.contains(&want), "{error}");
        assert!(error.ends_with("start over with --fresh"), "{error}");
        assert!(!path.exists());
    }
}

#[test]
fn a_file_that_was_edited_is_an_error_and_stays_as_it_is() {
    let scratch = Scratch::new();
    for &format in Format::ALL {
        let path = scratch.path("items");
        let (output, position) = killed(&path, format);
        let edited = [b" ", &fs::read(&path).unwrap()[..], b" "].concat();
        fs::write(&path, &edited).unwrap();
        let error = refused(output, position);
        let want = format!("no record ends at byte {}", length(position));
        assert!(error.contains(&want), "{error}");
        assert_eq!(fs::read(&path).unwrap(), edited);
    }
}

/// Returns whether every record of the file can be read, and the last one is this.
fn is_sound(format: Format, content: &[u8], last: &Value) -> bool {
    let text = std::str::from_utf8(content).unwrap();
    match format {
        Format::JsonLines => text
            .lines()
            .map(serde_json::from_str::<Value>)
            .collect::<Result<Vec<_>, _>>()
            .is_ok_and(|items| items.last() == Some(last)),
        Format::JsonArray => {
            serde_json::from_str::<Vec<Value>>(text).is_ok_and(|items| items.last() == Some(last))
        }
        Format::Csv => csv::Reader::from_reader(content)
            .deserialize::<(u32, String)>()
            .collect::<Result<Vec<_>, _>>()
            .is_ok_and(|rows| rows.iter().any(|(_, b)| last["b"] == **b)),
    }
}

#[test]
fn no_position_in_any_file_makes_a_broken_one() {
    let scratch = Scratch::new();
    let path = scratch.path("items");
    let of_others = json!([{"a": [1, [2, "]"], {}]}, [], [[3], "x, y"], 45, "l"]);
    let pretty = serde_json::to_string_pretty(&of_others).unwrap();
    let ours = Format::ALL.iter();
    let ours = ours.map(|&format| (format, complete(format, "", &items())));
    let no_array = "{},\n{},\n[]".to_owned();
    let others = [pretty, of_others.to_string(), no_array].map(|array| (Format::JsonArray, array));
    let last = json!({"a": 7, "b": "the last"});
    for (format, content) in ours.chain(others) {
        let output = output(&path, format, Mode::Append);
        for length in 0..=content.len() {
            fs::write(&path, &content).unwrap();
            match output.clone().resume(Some(Position::new(length as u64))) {
                Ok(mut sink) => {
                    give(&mut sink, std::slice::from_ref(&last));
                    sink.close().unwrap();
                    let read = fs::read(&path).unwrap();
                    assert!(is_sound(format, &read, &last), "{length} {read:?}");
                }
                Err(_) => assert_eq!(fs::read_to_string(&path).unwrap(), content),
            }
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_regular_file_has_no_position_and_takes_none() {
    for &format in Format::ALL {
        let output = output(Path::new("/dev/null"), format, Mode::Append);
        let mut sink = output.clone().resume(None).unwrap();
        give(&mut sink, &items());
        assert_eq!(sink.commit(true).unwrap(), None);
        let error = refused(output, Position::new(3));
        assert!(error.contains("it is no regular file"), "{error}");
    }
}
