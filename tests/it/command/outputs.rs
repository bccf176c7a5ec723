//! `-o` and `-O`: where items go, and what becomes of what is there already.

use super::{Directory, crawl, json_lines};

const TEN: [&str; 4] = ["run", "quotes", "--max-pages", "1"];

fn ten(directory: &Directory, outputs: &[&str]) {
    directory.crawl(&[&TEN, outputs].concat()).exits(0);
}

#[test]
fn appending_twice_keeps_both_runs() {
    let directory = Directory::new();
    for _ in 0..2 {
        ten(
            &directory,
            &["-o", "a.jsonl", "-o", "b.json", "-o", "c.csv"],
        );
    }
    assert_eq!(json_lines(&directory.read("a.jsonl")).len(), 20);
    assert_eq!(directory.json("b.json").as_array().unwrap().len(), 20);
    let table = directory.read("c.csv");
    assert_eq!(table.matches("text,author,tags").count(), 1, "{table}");
    assert_eq!(
        csv::Reader::from_reader(table.as_bytes()).records().count(),
        20
    );
}

#[test]
fn overwriting_keeps_the_last_run_only() {
    let directory = Directory::new();
    for _ in 0..2 {
        ten(
            &directory,
            &["-O", "a.jsonl", "-O", "b.json", "-O", "c.csv"],
        );
    }
    assert_eq!(json_lines(&directory.read("a.jsonl")).len(), 10);
    assert_eq!(directory.json("b.json").as_array().unwrap().len(), 10);
    assert_eq!(directory.read("c.csv").lines().count(), 11);
}

#[test]
fn a_dash_is_standard_output() {
    let ran = crawl(&[&TEN[..], &["-O", "-"]].concat()).exits(0);
    assert_eq!(ran.records().len(), 10);
}

#[test]
fn standard_output_takes_a_format() {
    let ran = crawl(&[&TEN[..], &["-o", "-:csv"]].concat()).exits(0);
    assert_eq!(ran.lines()[0], "text,author,tags");
    assert_eq!(ran.lines().len(), 11);
    let ran = crawl(&[&TEN[..], &["-o", "-:json"]].concat()).exits(0);
    assert_eq!(ran.json().as_array().unwrap().len(), 10);
}

#[test]
fn a_format_after_the_name_wins_over_the_extension() {
    let directory = Directory::new();
    ten(&directory, &["-O", "quotes.txt:csv"]);
    assert!(
        directory
            .read("quotes.txt")
            .starts_with("text,author,tags\n")
    );
}

#[test]
fn the_name_of_a_file_can_hold_the_name_of_the_spider() {
    let directory = Directory::new();
    ten(&directory, &["-O", "out/%(name)s.jsonl"]);
    assert_eq!(json_lines(&directory.read("out/quotes.jsonl")).len(), 10);
}

#[test]
fn two_outputs_get_the_same_items() {
    let directory = Directory::new();
    let ran = directory
        .crawl(&[&TEN[..], &["-O", "-", "-o", "a.json"]].concat())
        .exits(0);
    assert_eq!(directory.json("a.json").as_array().unwrap(), &ran.records());
}

#[test]
fn a_file_cannot_be_two_outputs() {
    crawl(&["run", "quotes", "-o", "a.csv", "-O", "a.csv"])
        .exits(2)
        .says("a.csv is an output twice");
}

#[test]
fn a_file_that_another_program_broke_is_not_appended_to() {
    let directory = Directory::new();
    directory.files.write("a.json", "[{\"text\": \"unfin");
    directory
        .crawl(&[&TEN[..], &["-o", "a.json"]].concat())
        .exits(3)
        .says("cannot append to a.json");
    assert_eq!(directory.read("a.json"), "[{\"text\": \"unfin");
}
