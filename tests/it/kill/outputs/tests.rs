//! Files that were cut, torn and changed.

use super::*;

#[test]
fn a_file_that_was_cut_anywhere_but_between_two_records_is_noticed() {
    let record = r#"{"url":"http://a/","title":"T, \"x\"","h1":null,"links":["http://a/b"]}"#;
    let table = "url,title,h1,links\nhttp://a/,\"T, \"\"x\"\"\",H,\"[\"\"http://a/b\"\"]\"\n";
    let cases: [(Format, String, usize); 3] = [
        (FORMATS[0], format!("{record}\n{record}\n"), record.len()),
        (FORMATS[1], format!("[\n{record},\n{record}\n]\n"), 0),
        (FORMATS[2], table.to_owned(), "url,title,h1,links".len()),
    ];
    for ((name, parse), text, whole) in cases {
        assert!(parse(&text).is_ok_and(|records| !records.is_empty()));
        assert!(parse(&text[..text.len() - 2]).is_err(), "{name}");
        for at in 1..text.len() - 2 {
            let is_whole = whole > 0 && at == whole + 1;
            assert_eq!(parse(&text[..at]).is_ok(), is_whole, "{name} cut at {at}");
        }
    }
}

#[test]
fn what_a_run_cut_off_is_counted_and_what_it_changed_too() {
    let record = |page: u32| Record {
        url: page.to_string(),
        title: None,
        h1: None,
        links: vec![],
    };
    let outputs = |pages: &[u32]| Outputs {
        files: [(); 3].map(|()| pages.iter().copied().map(record).collect()),
        rows: Vec::new(),
        torn: 0,
    };
    let before = outputs(&[1, 2, 3, 4]);
    assert_eq!(before.cut_by(&outputs(&[1, 2, 3, 4, 5])), 0);
    assert_eq!(before.cut_by(&outputs(&[1, 2])), 2);
    assert_eq!(before.cut_by(&outputs(&[1, 2, 9, 4, 5])), 2);
    assert_eq!(before.cut_by(&outputs(&[])), 4);
}

#[test]
fn of_a_torn_file_all_but_the_torn_record_is_read() {
    let directory = Scratch::new();
    let record = r#"{"url":"http://a/","title":"T","h1":"H","links":[]}"#;
    let table = "url,title,h1,links\n".to_owned() + &"http://a/,T,H,[]\n".repeat(300);
    directory.write(LINES, &format!("{record}\n").repeat(100)[..PAGE]);
    directory.write(
        ARRAY,
        &("[\n".to_owned() + &[record; 100].join(",\n"))[..PAGE],
    );
    directory.write(TABLE, &table[..PAGE]);
    let outputs = Outputs::read(&directory, true).unwrap();
    assert_eq!(outputs.torn, 3);
    let records = outputs.files.map(|records| records.len());
    assert_eq!(records, [PAGE / 52, (PAGE - 2) / 53, (PAGE - 19) / 17]);
    assert!(Outputs::read(&directory, false).is_err());
}
