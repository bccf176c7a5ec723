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
fn full(scratch: &Scratch) -> Folder {
    let folder = Folder::lock(scratch.path("job")).unwrap();
    run(State::Stopped).write(&folder).unwrap();
    fs::create_dir_all(folder.path().join(FRONTIER).join("tables")).unwrap();
    for file in ["frontier/tables/1", REPORT, HISTORY] {
        scratch.file(&format!("job/{file}"), "x");
    }
    for file in [folder.path().join(DEAD_LETTERS), folder.parsing()] {
        fs::write(file, "x").unwrap();
    }
    folder
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn a_folder_is_locked_once() {
    let scratch = Scratch::new();
    let folder = Folder::lock(scratch.path("a/job")).unwrap();
    let error = Folder::lock(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.to_string().starts_with("job "), "{error}");
    drop(folder);
    Folder::lock(scratch.path("a/job")).unwrap();
}

#[test]
fn a_place_that_is_no_folder_is_named_as_that_of_the_job() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "");
    for path in [file.clone(), file.join("job")] {
        let error = Folder::lock(&path).unwrap_err();
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
    let folder = full(&scratch);
    folder.clear(&run(State::New)).unwrap();
    assert_eq!(files(folder.path()), [HISTORY, "lock", REPORT, RUN]);
    let run = RunFile::read(folder.path()).unwrap().unwrap();
    assert_eq!(run.state, State::New);
}

#[test]
fn a_fresh_start_that_cannot_be_noted_clears_nothing() {
    let scratch = Scratch::new();
    let folder = full(&scratch);
    let before = files(folder.path());
    fs::create_dir(scratch.path("job/run.json.new")).unwrap();
    let error = folder.clear(&run(State::New)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    fs::remove_dir(scratch.path("job/run.json.new")).unwrap();
    assert_eq!(files(folder.path()), before);
    let run = RunFile::read(folder.path()).unwrap().unwrap();
    assert_eq!(run.state, State::Stopped);
}

#[tokio::test]
async fn the_last_report_is_kept_as_json() {
    let scratch = Scratch::new();
    let folder = full(&scratch);
    let site = PracticeSite::start().unwrap();
    let crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
    let report = crawler.run().await.unwrap();
    folder.save_report(&report).unwrap();
    let text = fs::read_to_string(scratch.path("job/report.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(kept, serde_json::to_value(&report).unwrap());
    let past = PastRun::of(&report, 3);
    assert_eq!((past.finish.as_str(), past.pages), ("max_pages", 1));
    assert_eq!((past.items, past.resumes), (1, 3));
}

#[test]
fn a_job_that_is_removed_takes_its_folder_along() {
    let scratch = Scratch::new();
    assert!(full(&scratch).destroy().unwrap());
    assert!(!scratch.path("job").exists());
}

#[test]
fn what_is_not_of_the_job_stays() {
    let scratch = Scratch::new();
    let folder = full(&scratch);
    scratch.file("job/thesis.tex", "x");
    assert!(!folder.destroy().unwrap());
    assert_eq!(files(&scratch.path("job")), ["thesis.tex"]);
}

#[test]
fn a_glance_finds_who_crawls_and_changes_nothing() {
    let scratch = Scratch::new();
    assert!(Folder::peek(&scratch.path("job")).unwrap().holder.is_none());
    assert!(!scratch.path("job").exists());
    let folder = Folder::lock(scratch.path("job")).unwrap();
    let holder = Folder::peek(folder.path()).unwrap().holder.unwrap();
    assert_eq!(holder.process, Some(std::process::id()));
    drop(folder);
    assert!(Folder::peek(&scratch.path("job")).unwrap().holder.is_none());
}
