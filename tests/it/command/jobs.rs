//! Crawls that are kept: one run of a job at a time, and what `jobs` and `retry-failed` make of what is there.
//!
//! Most of it is about directories that are made up; real ones are looked at in `real`.

mod names;
#[cfg(unix)]
mod real;
mod remove;
#[cfg(unix)]
mod trim;

use std::fs::File;

use serde_json::{Value, json};

use super::{Directory, Ran};

/// The run.json of a job that is its spider's alone.
fn run_json(job: &str, state: &str) -> String {
    let run = json!({
        "format": 1,
        "job": job,
        "spider": job,
        "version": "0.1.0",
        "state": state,
        "started": "2026-11-21T12:00:00Z",
        "ended": "2026-11-21T12:30:00Z",
        "arguments": {},
        "outputs": [format!("{job}.jsonl:jsonl")],
    });
    run.to_string()
}

impl Directory {
    /// Makes the directory of a job, with this in its run.json.
    fn make_job(&self, name: &str, run: &str) {
        std::fs::create_dir_all(self.files.path(&format!(".crawl/{name}"))).unwrap();
        self.files.write(&format!(".crawl/{name}/run.json"), run);
        self.files.write(&format!(".crawl/{name}/lock"), "4711\n");
    }

    /// Crawls this job, as far as others can tell, until the file is dropped.
    fn hold(&self, name: &str) -> File {
        let lock = File::open(self.files.path(&format!(".crawl/{name}/lock"))).unwrap();
        lock.lock().unwrap();
        lock
    }

    fn has(&self, name: &str) -> bool {
        std::path::Path::new(&self.files.path(name)).exists()
    }

    /// The names of all files, but for those of one directory.
    fn names(&self, directory: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.files.path(directory)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }
}

/// The rows of a table, as words.
fn rows(ran: &Ran) -> Vec<Vec<&str>> {
    ran.lines()
        .iter()
        .map(|line| line.split_whitespace().collect())
        .collect()
}

#[test]
fn a_second_run_of_a_job_exits_10_and_touches_nothing() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "running"));
    directory.files.write("q.jsonl", "{}\n");
    directory.files.write("report.json", "{}");
    let _held = directory.hold("quotes");
    let arguments = ["run", "quotes", "-O", "q.jsonl", "-O", "new.csv"];
    for fresh in [&[][..], &["--fresh"]] {
        let report = ["--report", "report.json"];
        directory
            .crawl(&[&arguments[..], &report, fresh].concat())
            .exits(10)
            .says("error: job .crawl/quotes is already being crawled by process 4711")
            .says("hint: let it end, or stop it");
    }
    assert_eq!(directory.read("q.jsonl"), "{}\n");
    assert_eq!(directory.read("report.json"), "{}");
    assert_eq!(directory.names(""), [".crawl", "q.jsonl", "report.json"]);
    assert_eq!(directory.names(".crawl/quotes"), ["lock", "run.json"]);
}

#[test]
fn a_job_that_is_crawled_does_not_keep_others_from_it() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "running"));
    let _held = directory.hold("quotes");
    let crawl = ["run", "quotes", "-q", "--max-pages", "1"];
    directory
        .crawl(&[&crawl[..], &["--no-job"]].concat())
        .exits(0);
    directory
        .crawl(&[&crawl[..], &["--job", "mine"]].concat())
        .exits(0);
}

#[test]
fn what_contradicts_itself_is_a_usage_error() {
    for flags in [
        &["--no-job", "--fresh"][..],
        &["--no-job", "--job", "x"],
        &["--job"],
        &["--job", ""],
    ] {
        for verb in [&["run", "quotes"][..], &["site", "http://127.0.0.1/"]] {
            super::crawl(&[verb, flags].concat()).exits(2);
        }
    }
}

#[test]
fn only_crawls_of_spiders_and_sites_are_kept() {
    for verb in ["demo", "bench", "list"] {
        super::crawl(&[verb, "--fresh"]).exits(2);
    }
}

#[test]
fn a_job_of_a_newer_version_is_left_alone() {
    let directory = Directory::new();
    let run = r#"{"format":2,"what":"nobody knows"}"#;
    directory.make_job("quotes", run);
    for fresh in [&[][..], &["--fresh"]] {
        directory
            .crawl(&[&["run", "quotes", "-O", "q.jsonl"][..], fresh].concat())
            .exits(4)
            .says("run.json: it was written by a newer crawlworks, in format 2, and this one reads format 1");
    }
    assert_eq!(directory.read(".crawl/quotes/run.json"), run);
    assert_eq!(directory.names(""), [".crawl"]);
}

#[test]
fn a_job_that_cannot_be_read_is_left_alone() {
    for run in ["", "{\"format\":1", "[]"] {
        let directory = Directory::new();
        directory.make_job("quotes", run);
        directory
            .crawl(&["run", "quotes", "-O", "q.jsonl"])
            .exits(4)
            .says("cannot read .crawl/quotes/run.json: ");
        assert_eq!(directory.read(".crawl/quotes/run.json"), run);
        assert_eq!(directory.names(""), [".crawl"]);
    }
}

#[test]
fn a_directory_that_cannot_be_one_exits_3_with_a_way_out() {
    let directory = Directory::new();
    directory.files.write(".crawl", "");
    directory
        .crawl(&["run", "quotes", "-O", "q.jsonl"])
        .exits(3)
        .says("cannot keep the job in .crawl/quotes: Not a directory")
        .says("hint: `--job DIR` keeps the crawl elsewhere, `--no-job` in memory only");
    directory
        .crawl(&["run", "quotes", "-q", "--no-job", "--max-pages", "1"])
        .exits(0);
}

#[test]
fn all_jobs_are_listed_with_what_became_of_them() {
    let directory = Directory::new();
    for (name, state) in [
        ("books", "finished"),
        ("deals", "stopped"),
        ("maps", "running"),
        ("news", "running"),
        ("old", "new"),
    ] {
        directory.make_job(name, &run_json(name, state));
    }
    directory.make_job("strange", r#"{"format":9}"#);
    std::fs::create_dir_all(directory.files.path(".crawl/none")).unwrap();
    let _held = directory.hold("news");
    let ran = directory.crawl(&["jobs"]).exits(0);
    let found: Vec<(&str, &str)> = rows(&ran).iter().map(|row| (row[0], row[1])).collect();
    assert_eq!(
        found,
        [
            ("job", "state"),
            ("books", "finished"),
            ("deals", "stopped"),
            ("maps", "killed"),
            ("news", "running"),
            ("old", "new"),
            ("strange", "unreadable")
        ]
    );
    ran.says("run.json: it was written by a newer crawlworks");
}

#[test]
fn the_json_of_jobs_has_an_object_per_job() {
    let directory = Directory::new();
    directory.make_job("books", &run_json("books", "finished"));
    directory.make_job("news", &run_json("news", "running"));
    let _held = directory.hold("news");
    let jobs = directory.crawl(&["jobs", "--json"]).exits(0).records();
    assert_eq!(jobs.len(), 2);
    assert_eq!(jobs[0]["state"], "finished");
    assert_eq!(jobs[0]["ended"], "2026-11-21T12:30:00Z");
    assert_eq!(jobs[0]["process"], Value::Null);
    assert_eq!(jobs[1]["name"], "news");
    assert_eq!(jobs[1]["folder"], ".crawl/news");
    assert_eq!(
        (&jobs[1]["state"], &jobs[1]["process"]),
        (&json!("running"), &json!(4711))
    );
    assert_eq!(
        (&jobs[1]["pages"], &jobs[1]["ended"]),
        (&Value::Null, &Value::Null)
    );
    assert!(jobs[1]["size"].is_u64());
}

#[test]
fn a_directory_without_jobs_has_none() {
    let ran = super::crawl(&["jobs"]).exits(0).says("no jobs in ./.crawl");
    assert!(ran.stdout.is_empty(), "{ran:#?}");
    assert!(super::crawl(&["jobs", "--json"]).exits(0).stdout.is_empty());
}

/// A job with everything that one can have.
fn full_job(directory: &Directory) {
    let mut run: Value = serde_json::from_str(&run_json("quotes", "stopped")).unwrap();
    run["arguments"] = json!({"tag": "love"});
    run["resumes"] = json!(2);
    directory.make_job("quotes", &run.to_string());
    let ended = json!({
        "started": "2026-11-20T12:00:00Z", "ended": "2026-11-20T12:01:00Z", "finish": "max_pages",
        "pages": 7, "items": 70, "errors": 1, "seconds": 60.0, "resumes": 0,
    });
    directory
        .files
        .write(".crawl/quotes/history.jsonl", &format!("{ended}\n{{\"sta"));
    let letter = |(kind, status): (&str, Option<u16>)| {
        let url = "http://127.0.0.1/";
        let letter = json!({
            "url": url, "kind": kind, "status": status, "message": "x", "attempts": 4,
            "at": "2026-11-21T12:10:00Z", "request": {"url": url},
        });
        format!("{letter}\n")
    };
    let letters = [("timeout", None), ("status", Some(404)), ("timeout", None)];
    let letters = letters.map(letter).concat();
    directory
        .files
        .write(".crawl/quotes/dead-letter.jsonl", &letters);
}

#[test]
fn a_job_is_shown_with_all_that_is_known_of_it() {
    let directory = Directory::new();
    full_job(&directory);
    for name in ["quotes", ".crawl/quotes"] {
        let ran = directory.crawl(&["jobs", "show", name]).exits(0);
        for words in [
            &["state", "stopped"][..],
            &["argument", "tag=love"],
            &["output", "quotes.jsonl:jsonl"],
            &["resumed", "2", "times"],
            &[
                "dead", "letters", "3:", "2", "×", "timeout,", "1", "×", "404",
            ],
            &["last", "finish", "max_pages"],
        ] {
            assert!(
                rows(&ran).iter().any(|row| row == words),
                "{words:?}: {ran:#?}"
            );
        }
    }
}

#[test]
fn the_json_of_a_job_has_its_history() {
    let directory = Directory::new();
    full_job(&directory);
    let job = directory
        .crawl(&["jobs", "show", "quotes", "--json"])
        .exits(0)
        .json();
    assert_eq!(job["outputs"], json!(["quotes.jsonl:jsonl"]));
    assert_eq!(job["dead_letter_kinds"], json!({"status": 1, "timeout": 2}));
    assert_eq!(job["dead_letter_statuses"], json!({"404": 1}));
    assert_eq!(job["history"].as_array().unwrap().len(), 1);
    assert_eq!(job["history"][0]["pages"], 7);
}

#[test]
fn an_unknown_job_suggests_the_nearest() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "finished"));
    for verb in [&["jobs", "show"][..], &["jobs", "rm"], &["retry-failed"]] {
        directory
            .crawl(&[verb, &["qoutes"]].concat())
            .exits(2)
            .says(r#"no job "qoutes"; did you mean "quotes"?"#);
        directory
            .crawl(&[verb, &[".."]].concat())
            .exits(2)
            .says("is no job");
    }
}

#[test]
fn a_job_is_found_by_how_its_name_begins_unless_others_begin_so() {
    let directory = Directory::new();
    for name in ["quotes-94a41fcf", "quotes-c9727340", "shop-50bcbc7a"] {
        directory.make_job(name, &run_json(name, "finished"));
    }
    // A directory of that name is not meant.
    std::fs::create_dir_all(directory.files.path("shop")).unwrap();
    let shown = |name: &str| directory.crawl(&["jobs", "show", name, "--json"]);
    assert_eq!(shown("shop").exits(0).json()["name"], "shop-50bcbc7a");
    assert_eq!(shown("quotes-9").exits(0).json()["name"], "quotes-94a41fcf");
    shown("quotes")
        .exits(2)
        .says(r#""quotes" begins several jobs: quotes-94a41fcf, quotes-c9727340"#);
    directory.make_job("quotes", &run_json("quotes", "finished"));
    assert_eq!(shown("quotes").exits(0).json()["name"], "quotes");
    let ran = directory.crawl(&["retry-failed", "shop"]).exits(0);
    assert!(ran.stdout.starts_with("shop-50bcbc7a has no"), "{ran:#?}");
}

#[test]
fn a_job_that_gave_nothing_up_has_nothing_to_try_again() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "finished"));
    let ran = directory.crawl(&["retry-failed", "quotes"]).exits(0);
    assert_eq!(
        ran.stdout,
        "quotes has no dead letters: nothing to try again\n"
    );
}

#[test]
fn a_job_that_is_being_crawled_cannot_be_given_work() {
    let directory = Directory::new();
    directory.make_job("quotes", &run_json("quotes", "running"));
    let _held = directory.hold("quotes");
    directory.crawl(&["retry-failed", "quotes"]).exits(10);
}
