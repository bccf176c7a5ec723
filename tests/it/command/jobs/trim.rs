//! What is left on the disk of a job whose run is over.

use std::path::Path;

use serde_json::json;

use crate::command::Directory;
use crate::command::durable::{Crawl, HeldSite};

/// A store has 64 MiB for its journal while it is open.
const SMALL: u64 = 1 << 20;

/// The length of all files below this place, holes and all.
fn length(place: &Path) -> u64 {
    let entries = std::fs::read_dir(place).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            directory if directory.is_dir() => length(&entry.path()),
            file => file.len(),
        })
        .sum()
}

fn length_of_job(directory: &Directory) -> u64 {
    length(Path::new(&directory.files.path("job")))
}

#[test]
fn a_job_that_left_nothing_to_do_has_no_store_and_tells_the_same() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    site.mend();
    for _ in 0..2 {
        crawl.run(&["-q", "--report", "report.json"]).exits(0);
        assert!(length_of_job(&directory) < SMALL);
        assert_eq!(
            directory.names("job"),
            ["history.jsonl", "lock", "report.json", "run.json"]
        );
        let shown = directory.crawl(&["jobs", "show", "job", "--json"]).exits(0);
        let (job, report) = (shown.json(), directory.json("report.json"));
        assert_eq!(job["state"], "finished");
        assert_eq!(
            (&job["ledger"], &job["pages"], &job["items"]),
            (
                &report["ledger"],
                &report["pages"],
                &report["items"]["kept"]
            )
        );
        assert_eq!(job["fields"], report["items"]["fields"]);
        assert_eq!(
            (&job["waiting"], &job["dead_letters"]),
            (&json!(0), &json!(0))
        );
        let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
        assert!(ran.stdout.contains("no dead letters"), "{ran:#?}");
    }
}

#[test]
fn a_job_with_something_left_keeps_its_store_at_its_length() {
    for flags in [&[][..], &["--max-pages", "5"]] {
        let (site, directory) = (HeldSite::start(), Directory::new());
        let crawl = Crawl {
            site: &site,
            directory: &directory,
        };
        crawl.run(&[&["-q"], flags].concat()).exits(0);
        assert!(length_of_job(&directory) < SMALL, "{flags:?}");
        assert!(directory.has("job/frontier"), "{flags:?}");
    }
}

#[test]
fn a_job_that_was_stopped_is_as_long_as_what_is_in_it() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.stop(&[]);
    assert!(length_of_job(&directory) < SMALL);
    crawl.run(&["-q"]).exits(0);
    assert_eq!(crawl.records(), crawl.expected());
}
