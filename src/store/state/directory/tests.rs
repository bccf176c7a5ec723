use std::collections::BTreeMap;

use super::*;
use crate::engine::crawler::Crawler;
use crate::engine::site::Site;
use crate::model::replace::Unusable;
use crate::model::scratch::Scratch;
use crate::store::state::{HISTORY, PastRun, RUN, State};
use crate::testing::PracticeSite;

fn run(state: State) -> RunFile {
    let mut run = RunFile::new("quotes".into(), "quotes".into(), BTreeMap::new(), vec![]);
    run.state = state;
    run
}

/// A job with every file that there can be.
fn full(scratch: &Scratch) -> Directory {
    let directory = Directory::lock(scratch.path("job")).unwrap();
    run(State::Stopped).write(&directory).unwrap();
    for store in [FRONTIER, DISCARDED] {
        fs::create_dir_all(directory.path().join(store).join("tables")).unwrap();
    }
    for file in [
        "frontier/tables/1",
        "frontier.old/tables/1",
        REPORT,
        HISTORY,
    ] {
        scratch.file(&format!("job/{file}"), "x");
    }
    for file in [directory.path().join(DEAD_LETTERS), directory.parsing()] {
        fs::write(file, "x").unwrap();
    }
    directory
}

fn files(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn a_directory_is_locked_once() {
    let scratch = Scratch::new();
    let directory = Directory::lock(scratch.path("a/job")).unwrap();
    let error = Directory::lock(directory.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.to_string().starts_with("job "), "{error}");
    drop(directory);
    Directory::lock(scratch.path("a/job")).unwrap();
}

#[test]
fn a_place_that_is_no_directory_is_named_as_that_of_the_job() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "");
    for path in [file.clone(), file.join("job")] {
        let error = Directory::lock(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        let said = format!("cannot keep the job in {}", path.display());
        assert_eq!(error.to_string(), said);
        let cause = std::error::Error::source(&error).unwrap();
        assert!(cause.is::<Unusable>(), "{cause:?}");
    }
}

#[test]
fn a_fresh_start_keeps_reports_and_history() {
    let scratch = Scratch::new();
    let directory = full(&scratch);
    directory.clear(&run(State::New)).unwrap();
    assert_eq!(files(directory.path()), [HISTORY, "lock", REPORT, RUN]);
    let run = RunFile::read(directory.path()).unwrap().unwrap();
    assert_eq!(run.state, State::New);
}

#[test]
fn a_run_that_left_nothing_to_do_leaves_no_store() {
    let scratch = Scratch::new();
    let directory = full(&scratch);
    fs::remove_dir_all(scratch.path("job/frontier.old")).unwrap();
    directory.discard_progress().unwrap();
    let left = [DEAD_LETTERS, HISTORY, "lock", REPORT, RUN];
    assert_eq!(files(directory.path()), left);
}

#[test]
fn a_fresh_start_that_cannot_be_noted_clears_nothing() {
    let scratch = Scratch::new();
    let directory = full(&scratch);
    let before = files(directory.path());
    fs::create_dir(scratch.path("job/run.json.new")).unwrap();
    let error = directory.clear(&run(State::New)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    fs::remove_dir(scratch.path("job/run.json.new")).unwrap();
    assert_eq!(files(directory.path()), before);
    let run = RunFile::read(directory.path()).unwrap().unwrap();
    assert_eq!(run.state, State::Stopped);
}

#[tokio::test]
async fn the_last_report_is_kept_as_json() {
    let scratch = Scratch::new();
    let directory = full(&scratch);
    let site = PracticeSite::start().unwrap();
    let crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
    let report = crawler.run().await.unwrap();
    directory.save_report(&report).unwrap();
    let text = fs::read_to_string(scratch.path("job/report.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(kept, serde_json::to_value(&report).unwrap());
    let past = PastRun::of(&report, 3);
    assert_eq!((past.finish.as_str(), past.pages), ("max_pages", 1));
    assert_eq!((past.items, past.resumes), (1, 3));
}

#[test]
fn a_job_that_is_removed_takes_its_directory_along() {
    let scratch = Scratch::new();
    assert!(full(&scratch).destroy().unwrap());
    assert!(!scratch.path("job").exists());
}

#[test]
fn what_is_not_of_the_job_stays() {
    let scratch = Scratch::new();
    let directory = full(&scratch);
    scratch.file("job/thesis.tex", "x");
    assert!(!directory.destroy().unwrap());
    assert_eq!(files(&scratch.path("job")), ["thesis.tex"]);
}

#[test]
fn a_glance_finds_who_crawls_and_changes_nothing() {
    let scratch = Scratch::new();
    assert!(
        Directory::peek(&scratch.path("job"))
            .unwrap()
            .holder
            .is_none()
    );
    assert!(!scratch.path("job").exists());
    let directory = Directory::lock(scratch.path("job")).unwrap();
    let holder = Directory::peek(directory.path()).unwrap().holder.unwrap();
    assert_eq!(holder.process, Some(std::process::id()));
    drop(directory);
    assert!(
        Directory::peek(&scratch.path("job"))
            .unwrap()
            .holder
            .is_none()
    );
}
