use std::fs;

use super::*;
use crate::items::sink::Mode;
use crate::model::scratch::Scratch;

fn run() -> RunFile {
    let arguments = BTreeMap::from([("tag".to_owned(), "love".to_owned())]);
    let outputs = vec!["quotes.jsonl:jsonl".to_owned()];
    RunFile::new("quotes-1".into(), "quotes".into(), arguments, outputs)
}

/// What reading this run.json comes to.
fn read_text(text: &str) -> Result<Option<RunFile>> {
    let scratch = Scratch::new();
    scratch.file(RUN, text);
    RunFile::read(&scratch.path(""))
}

#[test]
fn what_was_written_is_read_back() {
    let scratch = Scratch::new();
    let directory = Directory::lock(scratch.path("job")).unwrap();
    assert_eq!(RunFile::read(directory.path()).unwrap(), None);
    let mut run = run();
    (run.state, run.resumes, run.ended) = (State::Stopped, 2, Some(Timestamp::now()));
    run.write(&directory).unwrap();
    assert_eq!(RunFile::read(directory.path()).unwrap(), Some(run));
}

#[test]
fn the_file_says_what_a_person_wants_to_know() {
    let scratch = Scratch::new();
    let directory = Directory::lock(scratch.path("job")).unwrap();
    run().write(&directory).unwrap();
    let text = fs::read_to_string(scratch.path("job/run.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["format"], 1);
    assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(value["state"], "new");
    assert_eq!(value["arguments"]["tag"], "love");
    assert_eq!(value["outputs"][0], "quotes.jsonl:jsonl");
    assert!(value["started"].as_str().unwrap().ends_with('Z'), "{text}");
}

#[test]
fn a_newer_format_is_refused_whatever_else_is_in_it() {
    for text in [
        r#"{"format":7}"#,
        r#"{"state":"paused","format":7,"job":[]}"#,
    ] {
        let error = read_text(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        let chain = error.chain();
        assert!(
            chain.ends_with(
                "it was written by a newer crawlworks, in format 7, and this one reads format 1"
            ),
            "{chain}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let without_started = r#"{"format":1,"job":"a","spider":"a","version":"1","state":"running"}"#;
    for (text, why) in [
        ("", "EOF while parsing"),
        ("{\"format\":1", "EOF while parsing"),
        ("{}", "missing field `format`"),
        (r#"{"format":0}"#, "it has format 0"),
        (without_started, "missing field `started`"),
    ] {
        let error = read_text(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File, "{text}");
        assert!(error.to_string().ends_with("run.json"), "{error}");
        assert!(error.chain().contains(why), "{}", error.chain());
    }
}

#[test]
fn a_field_of_a_later_version_is_no_matter() {
    let text = r#"{"format":1,"job":"a","spider":"a","version":"9","state":"running",
        "started":"2026-11-21T12:00:00Z","weather":"rain"}"#;
    let run = read_text(text).unwrap().unwrap();
    assert_eq!(
        (run.state, run.resumes, run.ended),
        (State::Running, 0, None)
    );
}

#[test]
fn only_what_did_not_end_by_itself_is_unfinished() {
    use State::{Failed, Finished, New, Running, Stopped};
    for state in [Running, Stopped, Failed] {
        assert!(state.is_unfinished(), "{state:?}");
    }
    for state in [New, Finished] {
        assert!(!state.is_unfinished(), "{state:?}");
    }
}

#[test]
fn another_job_or_other_outputs_cannot_resume_it() {
    let (run, directory) = (run(), Path::new(".crawl/quotes"));
    let outputs = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let same = outputs(&["quotes.jsonl:jsonl"]);
    let nothing = Unique::Nothing;
    run.check(directory, "quotes-1", &same, (&nothing, &[]))
        .unwrap();
    for (job, asked, why) in [
        ("books", same, "it is of job quotes-1, not of books"),
        (
            "quotes-1",
            outputs(&["a.csv:csv", "b.json:json"]),
            "it writes to quotes.jsonl:jsonl, not to a.csv:csv and b.json:json",
        ),
        (
            "quotes-1",
            vec![],
            "it writes to quotes.jsonl:jsonl, not to standard output",
        ),
    ] {
        let error = run
            .check(directory, job, &asked, (&nothing, &[]))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        let said = format!("cannot resume the unfinished run in .crawl/quotes: {why}");
        assert_eq!(error.chain(), said);
    }
}

#[test]
fn only_the_same_key_can_resume_it() {
    let (mut run, directory) = (run(), Path::new(".crawl/quotes"));
    let fields = |names: &[&str]| Unique::Fields(names.iter().map(ToString::to_string).collect());
    let check = |run: &RunFile, unique: &Unique| {
        let outputs = ["quotes.jsonl:jsonl".to_owned()];
        run.check(directory, "quotes-1", &outputs, (unique, &[]))
    };
    // Nobody noted it.
    check(&run, &fields(&["sku"])).unwrap();
    let all = [
        (Unique::Nothing, "nothing"),
        (fields(&["shop", "sku"]), "shop and sku"),
        (Unique::Function, "what the spider says"),
    ];
    for (had, is) in &all {
        run.unique = Some(had.clone());
        let text = serde_json::to_string(&run).unwrap();
        assert_eq!(read_text(&text).unwrap().unwrap(), run);
        for (asked, other) in &all {
            let checked = check(&run, asked).map_err(|error| error.chain());
            let why = format!("its items are unique by {is}, not by {other} (`unique`)");
            let expected = format!("cannot resume the unfinished run in .crawl/quotes: {why}");
            let expected = if had == asked { Ok(()) } else { Err(expected) };
            assert_eq!(checked, expected);
        }
    }
}

#[test]
fn a_name_with_the_time_stays_the_same_when_the_run_is_resumed() {
    let scratch = Scratch::new();
    let directory = Directory::lock(scratch.path("job")).unwrap();
    let run = run();
    run.write(&directory).unwrap();
    let resumed = RunFile::read(directory.path()).unwrap().unwrap();
    assert_eq!(resumed.time(), run.time());
    assert_eq!(run.time().len(), "2026-11-21T12-00-00".len());
}

#[test]
fn an_output_is_remembered_with_its_format() {
    let outputs = ["a.txt:csv", "b.jl", "c.json", "-"]
        .map(|text| OutputFile::parse(text, Mode::Append).unwrap());
    assert_eq!(
        RunFile::outputs_of(&outputs, &[]),
        ["a.txt:csv", "b.jl:jsonl", "c.json:json", "-:jsonl"]
    );
}
