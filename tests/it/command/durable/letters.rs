//! Dead letters of real crawls, and what `retry-failed` makes of them.

use serde_json::{Value, json};

use super::{Crawl, HeldSite, json_lines};
use crate::command::Directory;

/// The paths of the dead letters, sorted.
fn letters(directory: &Directory) -> Vec<String> {
    let text = std::fs::read_to_string(directory.files.path("job/dead-letter.jsonl"));
    let letters = json_lines(&text.unwrap_or_default());
    let mut paths: Vec<String> = letters
        .iter()
        .map(|letter| {
            assert_eq!(
                (&letter["kind"], &letter["message"], &letter["attempts"]),
                (&json!("status"), &json!("status 404"), &json!(1))
            );
            assert_eq!(letter["status"], 404);
            let url: url::Url = letter["url"].as_str().unwrap().parse().unwrap();
            url.path().to_owned()
        })
        .collect();
    paths.sort_unstable();
    paths
}

fn ledger(directory: &Directory) -> Value {
    directory.json("report.json")["ledger"].clone()
}

#[test]
fn every_page_that_is_missing_is_a_letter_once_over_all_kills() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    for _ in 0..3 {
        crawl.kill();
    }
    crawl.run(&["-q"]).exits(0);
    assert_eq!(letters(&directory), HeldSite::missing());
}

#[test]
fn what_was_given_up_is_tried_again_and_nothing_else() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    let (before, first) = (directory.read("a.jsonl"), ledger(&directory));
    let failed = HeldSite::missing();
    assert_eq!(first["failed"], failed.len());
    site.asked();
    site.mend();

    let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
    let count = failed.len();
    assert!(
        ran.stdout.starts_with(&format!(
            "{count} requests of job will be tried again by:\n  crawl site http://127.0.0.1:"
        )),
        "{ran:#?}"
    );
    assert!(
        ran.stdout
            .contains(" --job job -o a.jsonl -o b.json -o c.csv"),
        "{ran:#?}"
    );
    crawl.run(&["-q", "--report", "report.json"]).exits(0);

    assert_eq!(site.asked(), failed);
    let after = directory.read("a.jsonl");
    let more = after.strip_prefix(&before).unwrap();
    assert_eq!(more.lines().count(), count);
    crawl.records();
    assert_eq!(letters(&directory), Vec::<String>::new());
    let second = ledger(&directory);
    assert_eq!(second["failed"], 0);
    let failed = directory.json("report.json")["failed"].clone();
    assert_eq!(failed, json!({"kinds": {}, "statuses": {}}));
    assert_eq!(second["pending"], 0);
    assert_eq!(second["seen"], second["done"]);
    assert_eq!(second["seen"], first["seen"]);
    let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
    assert_eq!(
        ran.stdout,
        "job has no dead letters: nothing to try again\n"
    );
}

#[test]
fn what_fails_again_is_a_letter_again() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.run(&["-q"]).exits(0);
    let before = directory.read("a.jsonl");
    for _ in 0..2 {
        directory.crawl(&["retry-failed", "job"]).exits(0);
        site.asked();
        crawl.run(&["-q", "--report", "report.json"]).exits(0);
        assert_eq!(site.asked(), HeldSite::missing());
        assert_eq!(letters(&directory), HeldSite::missing());
        assert_eq!(ledger(&directory)["failed"], HeldSite::missing().len());
    }
    assert_eq!(directory.read("a.jsonl"), before);
}

#[test]
fn an_unfinished_crawl_can_be_told_to_try_again() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let given_up = letters(&directory);
    let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
    assert!(
        given_up.is_empty() != ran.stdout.contains("will be tried again"),
        "{ran:#?}"
    );
    // As it would be shown to somebody who looks.
    assert_eq!(letters(&directory), Vec::<String>::new());
    site.mend();
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    assert_eq!(letters(&directory), Vec::<String>::new());
    assert_eq!(ledger(&directory)["failed"], 0);
    // The same site, mended, in one run.
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn letters_that_cannot_be_read_are_left_alone() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.run(&["-q"]).exits(0);
    let text = directory.read("job/dead-letter.jsonl");
    for damaged in [
        text.replacen("\"url\"", "\"uri\"", 1),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ] {
        directory.files.write("job/dead-letter.jsonl", &damaged);
        let ran = directory.crawl(&["retry-failed", "job"]);
        assert!(matches!(ran.code, Some(3 | 4)), "{ran:#?}");
        ran.says("job/dead-letter.jsonl");
        assert_eq!(directory.read("job/dead-letter.jsonl"), damaged);
    }
    directory.files.write("job/dead-letter.jsonl", &text);
    let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
    assert!(ran.stdout.contains("will be tried again by"), "{ran:#?}");
}

#[test]
fn letters_of_a_process_that_was_killed_while_it_wrote_them_do_not_count() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let text = directory.read("job/dead-letter.jsonl");
    let torn = &text[..text.len() / 3];
    directory
        .files
        .write("job/dead-letter.jsonl", &format!("{text}{torn}"));
    crawl.run(&["-q"]).exits(0);
    assert_eq!(letters(&directory), HeldSite::missing());
}

/// The lines of `--failed`: paths with their facts, sorted.
fn failed(directory: &Directory) -> Vec<String> {
    let lines = json_lines(&directory.read("failed/a.jsonl"));
    let mut told: Vec<String> = lines
        .iter()
        .map(|line| {
            let path = |name: &str| {
                let url = line[name].as_str().unwrap().parse::<url::Url>();
                url.unwrap().path().to_owned()
            };
            assert_eq!(line.as_object().unwrap().len(), 7, "{line}");
            assert!(!path("referrer").is_empty());
            assert_eq!(
                (
                    &line["status"],
                    &line["kind"],
                    &line["tries"],
                    &line["message"]
                ),
                (
                    &json!(404),
                    &json!("status"),
                    &json!(1),
                    &json!("status 404")
                )
            );
            path("url")
        })
        .collect();
    told.sort_unstable();
    told
}

#[test]
fn what_is_given_up_is_in_a_file_of_its_own_once_over_all_kills() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let flags = ["-q", "--failed", "failed/a.jsonl"];
    for _ in 0..2 {
        let running = crawl.start(&flags);
        running.signal("KILL");
        assert_eq!(running.end(), None);
        let told = failed(&directory);
        assert!(
            told.iter().all(|path| HeldSite::missing().contains(path)),
            "{told:?}"
        );
    }
    // It is begun anew, with what was given up before.
    directory.files.write("failed/a.jsonl", "torn");
    crawl.run(&flags).exits(0);
    assert_eq!(failed(&directory), HeldSite::missing());
    site.mend();
    directory.crawl(&["retry-failed", "job"]).exits(0);
    crawl.run(&flags).exits(0);
    assert_eq!(directory.read("failed/a.jsonl"), "");
}

#[test]
fn a_file_of_failed_requests_takes_a_job_and_a_name() {
    let site = ["site", "http://127.0.0.1/"];
    for flags in [
        &["--failed", "a.jsonl", "--no-job"][..],
        &["--failed", "-"],
        &["--failed", "a.jsonl", "-O", "./a.jsonl"],
    ] {
        crate::command::crawl(&[&site[..], flags].concat()).exits(2);
    }
}

#[test]
fn a_file_of_failed_requests_that_cannot_be_written_is_told_at_once() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    directory.files.write("failed", "");
    let ran = crawl.run(&["-q", "--failed", "failed/a.jsonl"]).exits(3);
    ran.says("failed/a.jsonl");
    assert!(site.asked().is_empty());
}
