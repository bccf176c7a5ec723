//! Headers, cells and what appending accepts.

use serde_json::json;

use super::*;
use crate::model::scratch::{Scratch, read};

fn append(path: &Path, items: &[Value]) -> Result<()> {
    let mut sink = Csv::file(path, Mode::Append)?;
    for item in items {
        sink.write(&Record::new(item)?)?;
    }
    sink.close()
}

fn written(items: &[Value]) -> String {
    let scratch = Scratch::new();
    let path = scratch.path("items.csv");
    append(&path, items).unwrap();
    read(&path)
}

#[test]
fn a_file_without_items_has_the_columns_that_are_known() {
    let scratch = Scratch::new();
    let path = scratch.path("items.csv");
    for (columns, expected) in [(vec![], ""), (vec!["b", "=a"], "b,'=a\n")] {
        let mut sink = Csv::file(&path, Mode::Overwrite).unwrap();
        sink.layout(&Layout {
            columns: columns.into_iter().map(str::to_owned).collect(),
            ..Layout::default()
        });
        sink.close().unwrap();
        assert_eq!(read(&path), expected);
    }
    // A further run goes on under that header.
    append(&path, &[json!({"b": 1, "=a": 2})]).unwrap();
    assert_eq!(read(&path), "b,'=a\n1,2\n");
}

#[test]
fn the_first_record_makes_the_header_and_missing_fields_are_empty() {
    let items = [
        json!({"b": "x", "a": 1}),
        json!({"a": 2}),
        json!({"b": null, "a": -0.5}),
    ];
    assert_eq!(written(&items), "b,a\nx,1\n,2\n,-0.5\n");
}

#[test]
fn lists_and_objects_are_json_text() {
    let items = [json!({"tags": ["a", "b"], "size": {"x": true}})];
    assert_eq!(
        written(&items),
        "tags,size\n\"[\"\"a\"\",\"\"b\"\"]\",\"{\"\"x\"\":true}\"\n"
    );
}

#[test]
fn separators_quotes_and_line_breaks_are_quoted() {
    let items = [json!({"a": "1, 2", "b": "say \"hi\"", "c": "two\nlines", "d": "grün\u{2028}"})];
    assert_eq!(
        written(&items),
        "a,b,c,d\n\"1, 2\",\"say \"\"hi\"\"\",\"two\nlines\",grün\u{2028}\n"
    );
}

#[test]
fn formulas_become_texts_and_plain_numbers_stay() {
    for (text, cell) in [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-inf", "'-inf"),
        ("-", "'-"),
        ("-1.5", "-1.5"),
        ("+49", "+49"),
        ("-1e3", "-1e3"),
        ("a=b", "a=b"),
    ] {
        assert_eq!(
            written(&[json!({"a": text})]),
            format!("a\n{cell}\n"),
            "{text:?}"
        );
    }
    assert_eq!(written(&[json!({"=a": "\r=1"})]), "'=a\n\"'\r=1\"\n");
}

#[test]
fn a_field_that_the_header_lacks_costs_its_item_only() {
    let scratch = Scratch::new();
    let path = scratch.path("items.csv");
    let mut sink = Csv::file(&path, Mode::Overwrite).unwrap();
    sink.write(&Record::new(&json!({"a": 1})).unwrap()).unwrap();
    let error = sink
        .write(&Record::new(&json!({"a": 2, "new": 3})).unwrap())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pipeline);
    assert!(
        error
            .to_string()
            .contains("made from the first item, has no field `new`; write .jsonl instead"),
        "{error}"
    );
    sink.write(&Record::new(&json!({"a": 4})).unwrap()).unwrap();
    sink.close().unwrap();
    assert_eq!(read(&path), "a\n1\n4\n");
}

#[test]
fn to_ask_whether_a_record_fits_changes_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("items.csv");
    let mut sink = Csv::file(&path, Mode::Overwrite).unwrap();
    let record = |item: Value| Record::new(&item).unwrap();
    // A first record that another output refuses makes no header.
    sink.check(&record(json!({"x": 1, "y": 2}))).unwrap();
    sink.write(&record(json!({"a": 1}))).unwrap();
    let refused = |item: Value| sink.check(&record(item)).unwrap_err().kind();
    assert_eq!(refused(json!({"x": 1})), ErrorKind::Pipeline);
    assert_eq!(refused(json!([1])), ErrorKind::Pipeline);
    sink.check(&record(json!({"a": 7}))).unwrap();
    sink.close().unwrap();
    assert_eq!(read(&path), "a\n1\n");
}

#[test]
fn what_is_no_object_costs_its_item_only() {
    let mut sink = Csv::stdout();
    for item in [json!([1]), json!("text"), json!({})] {
        assert_eq!(
            sink.write(&Record::new(&item).unwrap()).unwrap_err().kind(),
            ErrorKind::Pipeline,
            "{item}"
        );
    }
}

#[test]
fn runs_append_under_one_header() {
    let scratch = Scratch::new();
    let path = scratch.path("items.csv");
    append(&path, &[json!({"a": 1, "=b": 2})]).unwrap();
    append(&path, &[json!({"=b": 3})]).unwrap();
    assert_eq!(read(&path), "a,'=b\n1,2\n,3\n");
}

#[test]
fn a_first_record_with_other_fields_belongs_in_another_file() {
    let scratch = Scratch::new();
    let path = scratch.file("items.csv", "b,a\n1,2\n");
    let error = append(&path, &[json!({"a": 3, "=c": 4})]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    let want =
        "items.csv has other columns: it has b,a and the items have a,'=c; use another file or -O";
    assert!(error.to_string().ends_with(want), "{error}");
    assert_eq!(read(&path), "b,a\n1,2\n");
}

#[test]
fn a_later_record_with_other_fields_costs_its_item_only() {
    let scratch = Scratch::new();
    let path = scratch.file("items.csv", "a,b\n1,2\n");
    let mut sink = Csv::file(&path, Mode::Append).unwrap();
    let mut write = |item: Value| sink.write(&Record::new(&item).unwrap());
    write(json!({"b": 3})).unwrap();
    let error = write(json!({"a": 4, "new": 5})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pipeline);
    let message = error.to_string();
    assert!(message.starts_with("the CSV header, which "), "{message}");
    let want = "items.csv had before, has no field `new`; write .jsonl instead";
    assert!(message.ends_with(want), "{message}");
    write(json!({"a": 6})).unwrap();
    sink.close().unwrap();
    assert_eq!(read(&path), "a,b\n1,2\n,3\n6,\n");
}

#[test]
fn a_file_that_a_spreadsheet_saved_is_continued() {
    let scratch = Scratch::new();
    let path = scratch.file("items.csv", "\u{feff}\"a\",b\r\n1,2\r\n");
    append(&path, &[json!({"b": 4, "a": 3})]).unwrap();
    assert_eq!(read(&path), "\u{feff}\"a\",b\r\n1,2\r\n3,4\n");
}

#[test]
fn a_cut_last_row_is_an_error_and_stays_as_it_is() {
    for cut in ["a,b\n1,2\n3,", "a,b\n1,2\n3,4", "a,b\n1,\"two\n"] {
        let scratch = Scratch::new();
        let path = scratch.file("items.csv", cut);
        let error = append(&path, &[json!({"a": 1})]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(
            error.to_string().contains("is cut off; repair the file"),
            "{error}"
        );
        assert_eq!(read(&path), cut);
    }
}

#[test]
fn a_header_with_a_name_twice_is_an_error() {
    let scratch = Scratch::new();
    let path = scratch.file("items.csv", "a,b,a\n");
    let error = append(&path, &[]).unwrap_err();
    assert!(error.to_string().contains("twice the same: `a`"), "{error}");
}

/// Opens a file that holds `before`, and answers where that is committed once these items are written.
fn committed(path: &Path, items: &[Value]) -> Position {
    let mut sink = Csv::file(path, Mode::Append).unwrap();
    for item in items {
        sink.write(&Record::new(item).unwrap()).unwrap();
    }
    sink.commit(false).unwrap().unwrap()
}

fn written_after(path: &Path, position: Position, item: &Value) -> Error {
    let mut sink = Csv::file(path, Mode::Append).unwrap();
    sink.resume(position).unwrap();
    sink.write(&Record::new(item).unwrap()).unwrap_err()
}

#[test]
fn a_job_whose_items_have_other_columns_hears_it_again_when_it_is_resumed() {
    let scratch = Scratch::new();
    let path = scratch.file("items.csv", "a,b\n1,2\n");
    let position = committed(&path, &[]);
    let error = written_after(&path, position, &json!({"c": 3}));
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.to_string().contains("has other columns"), "{error}");
}

#[test]
fn a_job_with_an_item_in_the_file_loses_only_those_that_do_not_fit() {
    for before in ["a,b\n1,2\n", ""] {
        let scratch = Scratch::new();
        let path = scratch.file("items.csv", before);
        let position = committed(&path, &[json!({"a": 3, "b": 4})]);
        let error = written_after(&path, position, &json!({"c": 5}));
        assert_eq!(error.kind(), ErrorKind::Pipeline);
    }
}
