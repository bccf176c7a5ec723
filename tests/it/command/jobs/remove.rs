//! `jobs rm`: which jobs go, and what stays.

use super::{full_job, run_json};
use crate::command::Directory;

#[test]
fn a_removed_job_leaves_no_trace() {
    let directory = Directory::new();
    full_job(&directory);
    directory.make_job("books", &run_json("books", "finished"));
    let ran = directory
        .crawl(&["jobs", "rm", "quotes", "./.crawl/books", "books"])
        .exits(0);
    assert_eq!(ran.lines().len(), 3, "{ran:#?}");
    assert!(
        ran.lines()[0].starts_with("removed .crawl/quotes ("),
        "{ran:#?}"
    );
    assert_eq!(directory.names(".crawl"), Vec::<String>::new());
}

#[test]
fn a_job_that_cannot_be_read_can_be_removed() {
    let directory = Directory::new();
    directory.make_job("quotes", "{");
    directory.crawl(&["jobs", "rm", "quotes"]).exits(0);
    assert!(!directory.has(".crawl/quotes"));
}

#[test]
fn a_job_that_is_being_crawled_is_not_removed_nor_is_any_other() {
    let directory = Directory::new();
    directory.make_job("books", &run_json("books", "finished"));
    directory.make_job("quotes", &run_json("quotes", "running"));
    let _held = directory.hold("quotes");
    directory
        .crawl(&["jobs", "rm", "books", "quotes"])
        .exits(10)
        .says("job .crawl/quotes is already being crawled by process 4711");
    for name in ["books", "quotes"] {
        assert!(directory.has(&format!(".crawl/{name}/run.json")), "{name}");
    }
}

#[test]
fn what_is_no_job_is_not_removed() {
    let directory = Directory::new();
    std::fs::create_dir_all(directory.files.path("photos")).unwrap();
    directory.files.write("photos/lock", "");
    for place in ["photos", "./photos", "."] {
        directory
            .crawl(&["jobs", "rm", place])
            .exits(2)
            .says("is no job: it has no run.json");
    }
    assert!(directory.has("photos/lock"));
}

#[test]
fn files_of_others_in_the_directory_of_a_job_stay() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "finished"));
    directory.files.write(".crawl/quotes/notes.txt", "mine");
    let ran = directory.crawl(&["jobs", "rm", "quotes"]).exits(0);
    assert!(ran.stdout.contains("the directory stays"), "{ran:#?}");
    assert_eq!(directory.names(".crawl/quotes"), ["notes.txt"]);
}

/// Makes a job of each kind; the finished ones ended in 2020 and a moment ago.
fn jobs_of_all_kinds(directory: &Directory) {
    for (name, state) in [
        ("books", "finished"),
        ("deals", "stopped"),
        ("maps", "running"),
        ("news", "finished"),
    ] {
        let run = run_json(name, state).replace("2026-", "2020-");
        directory.make_job(name, &run);
    }
    let now = jiff::Timestamp::now().to_string();
    let recent = run_json("today", "finished").replace("2026-11-21T12:30:00Z", &now);
    directory.make_job("today", &recent);
}

#[test]
fn all_finished_jobs_go_but_for_those_that_could_go_on() {
    let directory = Directory::new();
    jobs_of_all_kinds(&directory);
    let failed = run_json("shop", "finished").replacen('{', r#"{"failure":"9 × 404","#, 1);
    directory.make_job("shop", &failed);
    // It has begun again: what is in its file is of the run before.
    let _held = directory.hold("news");
    let ran = directory.crawl(&["jobs", "rm", "--finished"]).exits(0);
    let lines = ran.lines();
    assert!(lines[0].starts_with("removed .crawl/books ("), "{ran:#?}");
    assert!(lines[1].starts_with("removed .crawl/today ("), "{ran:#?}");
    assert!(
        lines[2].starts_with("2 jobs, ") && lines[2].ends_with(" freed"),
        "{ran:#?}"
    );
    assert_eq!(directory.names(".crawl"), ["deals", "maps", "news", "shop"]);
}

#[test]
fn only_old_jobs_go_where_an_age_is_given() {
    let directory = Directory::new();
    jobs_of_all_kinds(&directory);
    let finished = ["jobs", "rm", "--finished", "--older-than"];
    directory
        .crawl(&[&finished[..], &["99999d"]].concat())
        .exits(0);
    assert_eq!(directory.names(".crawl").len(), 5);
    directory.crawl(&[&finished[..], &["1h"]].concat()).exits(0);
    assert_eq!(directory.names(".crawl"), ["deals", "maps", "today"]);
}

#[test]
fn all_jobs_go_unasked_where_nobody_can_answer() {
    let directory = Directory::new();
    jobs_of_all_kinds(&directory);
    directory.make_job("strange", "{");
    std::fs::create_dir_all(directory.files.path(".crawl/cache")).unwrap();
    directory.crawl(&["jobs", "rm", "--all"]).exits(0);
    assert_eq!(directory.names(".crawl"), ["cache"]);
    let ran = directory.crawl(&["jobs", "rm", "--all", "--yes"]).exits(0);
    assert_eq!(ran.stdout, "no job to remove in ./.crawl\n");
}

#[test]
fn of_all_jobs_one_that_is_being_crawled_stays_and_is_named() {
    let directory = Directory::new();
    jobs_of_all_kinds(&directory);
    let _held = directory.hold("maps");
    directory
        .crawl(&["jobs", "rm", "--all"])
        .exits(10)
        .says("job .crawl/maps is already being crawled by process 4711");
    assert_eq!(directory.names(".crawl"), ["maps"]);
}

#[test]
fn which_jobs_are_meant_has_to_be_said_in_one_way() {
    let directory = Directory::new();
    directory.make_job("books", &run_json("books", "finished"));
    for which in [
        &[][..],
        &["--older-than", "1h"],
        &["--finished", "--all"],
        &["books", "--all"],
        &["books", "--older-than", "1h"],
        &["--finished", "--older-than", "soon"],
    ] {
        directory.crawl(&[&["jobs", "rm"], which].concat()).exits(2);
    }
    assert_eq!(directory.names(".crawl"), ["books"]);
}
