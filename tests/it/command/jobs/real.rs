//! `jobs` about jobs that were really crawled: killed, stopped, finished, and running.

use serde_json::{Value, json};

use super::{Ran, rows};
use crate::command::Directory;
use crate::command::durable::{Crawl, HeldSite};

/// The only job there is, as `jobs show --json` tells.
fn shown(directory: &Directory) -> Value {
    directory
        .crawl(&["jobs", "show", "job", "--json"])
        .exits(0)
        .json()
}

/// The number in the column of a table that has one job.
fn cell<'a>(ran: &'a Ran, column: &str) -> &'a str {
    let rows = rows(ran);
    // `started` and `ended` are two words each.
    let head = [
        "job", "state", "started", "", "ended", "", "pages", "items", "waiting", "dead",
    ];
    let at = head.iter().position(|name| *name == column).unwrap();
    rows[1][at]
}

/// Runs jobs in ./.crawl, where the list looks.
fn listed(directory: &Directory) -> Ran {
    let from = directory.files.path("job");
    let to = directory.files.path(".crawl");
    std::fs::create_dir(&to).unwrap();
    std::fs::rename(&from, format!("{to}/job")).unwrap();
    let ran = directory.crawl(&["jobs"]).exits(0);
    std::fs::rename(format!("{to}/job"), &from).unwrap();
    std::fs::remove_dir(&to).unwrap();
    ran
}

#[test]
fn a_job_that_was_killed_says_how_far_it_came() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let job = shown(&directory);
    assert_eq!(
        (&job["state"], &job["process"]),
        (&json!("killed"), &Value::Null)
    );
    assert!(job["ended"].is_string(), "{job}");
    let ledger = &job["ledger"];
    let [seen, done, failed, pending] =
        ["seen", "done", "failed", "pending"].map(|name| ledger[name].as_u64().unwrap());
    assert_eq!(seen, done + failed + pending, "{job}");
    assert_eq!((&job["pages"], &job["items"]), (&json!(done), &json!(done)));
    assert_eq!(
        (&job["waiting"], &job["dead_letters"]),
        (&json!(pending), &json!(failed))
    );
    assert_eq!(job["resumes"], 0);
    assert_eq!(job["history"], json!([]));
    let ran = listed(&directory);
    assert_eq!(cell(&ran, "state"), "killed");
    assert_eq!(cell(&ran, "pages"), done.to_string());
    assert_eq!(cell(&ran, "waiting"), pending.to_string());
    assert_eq!(cell(&ran, "dead"), failed.to_string());
}

#[test]
fn a_job_that_was_stopped_has_the_numbers_of_its_report() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.stop(&["--report", "report.json"]);
    let (job, report) = (shown(&directory), directory.json("report.json"));
    assert_eq!(
        (&job["state"], &report["finish"]),
        (&json!("stopped"), &json!("stopped"))
    );
    assert_eq!(job["ledger"], report["ledger"]);
    assert_eq!(
        (&job["pages"], &job["items"]),
        (&report["pages"], &report["items"]["kept"])
    );
    assert_eq!(job["history"].as_array().unwrap().len(), 1);
    assert_eq!(job["history"][0]["finish"], "stopped");
    assert_eq!(cell(&listed(&directory), "state"), "stopped");
}

#[test]
fn a_job_that_has_finished_has_the_numbers_of_its_report() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    let (job, report) = (shown(&directory), directory.json("report.json"));
    assert_eq!(
        (&job["state"], &job["waiting"]),
        (&json!("finished"), &json!(0))
    );
    assert_eq!(job["ledger"], report["ledger"]);
    assert_eq!(
        (&job["pages"], &job["items"]),
        (&report["pages"], &report["items"]["kept"])
    );
    assert_eq!(job["resumes"], 1);
    let dead = HeldSite::missing().len();
    assert_eq!(
        (&job["dead_letters"], &job["dead_letter_kinds"]),
        (&json!(dead), &json!({"status": dead}))
    );
    let ran = directory.crawl(&["jobs", "show", "job"]).exits(0);
    for words in [
        &["state", "finished"][..],
        &["resumed", "1", "time"],
        &["last", "finish", "finished"],
        &[
            "dead",
            "letters",
            &format!("{dead}:"),
            &dead.to_string(),
            "×",
            "404",
        ],
    ] {
        assert!(
            rows(&ran).iter().any(|row| row == words),
            "{words:?}: {ran:#?}"
        );
    }
}

#[test]
fn a_job_that_runs_names_its_process_and_is_left_in_peace() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let running = crawl.start(&["-q"]);
    let job = shown(&directory);
    assert_eq!(
        (&job["state"], &job["process"]),
        (&json!("running"), &json!(running.0.id()))
    );
    assert_eq!((&job["pages"], &job["ended"]), (&Value::Null, &Value::Null));
    assert_eq!(cell(&listed(&directory), "state"), "running");
    directory.crawl(&["jobs", "rm", "job"]).exits(10);
    directory.crawl(&["retry-failed", "job"]).exits(10);
    site.open();
    assert_eq!(running.end(), Some(0));
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_job_that_was_looked_at_is_resumed_as_if_it_was_not() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    for _ in 0..3 {
        shown(&directory);
    }
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    assert_eq!(directory.json("report.json")["resumed"]["times"], 1);
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_job_that_was_removed_leaves_its_outputs_and_starts_over() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let before = directory.read("a.jsonl");
    let ran = directory.crawl(&["jobs", "rm", "job"]).exits(0);
    assert!(ran.stdout.starts_with("removed job ("), "{ran:#?}");
    assert!(!std::path::Path::new(&directory.files.path("job")).exists());
    assert_eq!(directory.read("a.jsonl"), before);
    let ran = crawl.run(&[]).exits(0);
    assert!(!ran.stderr.contains("resuming"), "{ran:#?}");
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn the_last_runs_of_a_job_are_remembered() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.stop(&[]);
    crawl.run(&["-q"]).exits(0);
    crawl.run(&["-q", "--max-pages", "3"]).exits(0);
    let job = shown(&directory);
    let of = |name: &str| -> Vec<Value> {
        let runs = job["history"].as_array().unwrap();
        runs.iter().map(|run| run[name].clone()).collect()
    };
    assert_eq!(of("finish"), ["stopped", "finished", "max_pages"]);
    assert_eq!(of("resumes"), [0, 1, 0]);
    assert_eq!(of("pages")[2], 3);
}
