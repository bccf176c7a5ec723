//! Dead letters of real crawls, and what `retry-failed` makes of them.

use serde_json::{Value, json};

use super::{Crawl, HeldSite, json_lines};
use crate::command::Folder;

/// The paths of the dead letters, sorted.
fn letters(folder: &Folder) -> Vec<String> {
    let text = std::fs::read_to_string(folder.files.path("job/dead-letter.jsonl"));
    let letters = json_lines(&text.unwrap_or_default());
    let mut paths: Vec<String> = letters
        .iter()
        .map(|letter| {
            assert_eq!(
                (&letter["kind"], &letter["message"], &letter["attempts"]),
                (&json!("status"), &json!("status 404"), &json!(1))
            );
            let url: url::Url = letter["url"].as_str().unwrap().parse().unwrap();
            url.path().to_owned()
        })
        .collect();
    paths.sort_unstable();
    paths
}

fn ledger(folder: &Folder) -> Value {
    folder.json("report.json")["ledger"].clone()
}

#[test]
fn every_page_that_is_missing_is_a_letter_once_over_all_kills() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    for _ in 0..3 {
        crawl.kill();
    }
    crawl.run(&["-q"]).exits(0);
    assert_eq!(letters(&folder), HeldSite::missing());
}

#[test]
fn what_was_given_up_is_tried_again_and_nothing_else() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    let (before, first) = (folder.read("a.jsonl"), ledger(&folder));
    let failed = HeldSite::missing();
    assert_eq!(first["failed"], failed.len());
    site.asked();
    site.mend();

    let ran = folder.crawl(&["retry-failed", "job"]).exits(0);
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
    let after = folder.read("a.jsonl");
    let more = after.strip_prefix(&before).unwrap();
    assert_eq!(more.lines().count(), count);
    crawl.records();
    assert_eq!(letters(&folder), Vec::<String>::new());
    let second = ledger(&folder);
    assert_eq!(second["failed"], 0);
    assert_eq!(second["pending"], 0);
    assert_eq!(second["seen"], second["done"]);
    assert_eq!(second["seen"], first["seen"]);
    let ran = folder.crawl(&["retry-failed", "job"]).exits(0);
    assert_eq!(
        ran.stdout,
        "job has no dead letters: nothing to try again\n"
    );
}

#[test]
fn what_fails_again_is_a_letter_again() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    crawl.run(&["-q"]).exits(0);
    let before = folder.read("a.jsonl");
    for _ in 0..2 {
        folder.crawl(&["retry-failed", "job"]).exits(0);
        site.asked();
        crawl.run(&["-q", "--report", "report.json"]).exits(0);
        assert_eq!(site.asked(), HeldSite::missing());
        assert_eq!(letters(&folder), HeldSite::missing());
        assert_eq!(ledger(&folder)["failed"], HeldSite::missing().len());
    }
    assert_eq!(folder.read("a.jsonl"), before);
}

#[test]
fn an_unfinished_crawl_can_be_told_to_try_again() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    crawl.kill();
    let given_up = letters(&folder);
    let ran = folder.crawl(&["retry-failed", "job"]).exits(0);
    assert!(
        given_up.is_empty() != ran.stdout.contains("will be tried again"),
        "{ran:#?}"
    );
    // As it would be shown to somebody who looks.
    assert_eq!(letters(&folder), Vec::<String>::new());
    site.mend();
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    assert_eq!(letters(&folder), Vec::<String>::new());
    assert_eq!(ledger(&folder)["failed"], 0);
    // The same site, mended, in one run.
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn letters_that_cannot_be_read_are_left_alone() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    crawl.run(&["-q"]).exits(0);
    let text = folder.read("job/dead-letter.jsonl");
    for damaged in [
        text.replacen("\"url\"", "\"uri\"", 1),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ] {
        folder.files.write("job/dead-letter.jsonl", &damaged);
        let ran = folder.crawl(&["retry-failed", "job"]);
        assert!(matches!(ran.code, Some(3 | 4)), "{ran:#?}");
        ran.says("job/dead-letter.jsonl");
        assert_eq!(folder.read("job/dead-letter.jsonl"), damaged);
    }
    folder.files.write("job/dead-letter.jsonl", &text);
    let ran = folder.crawl(&["retry-failed", "job"]).exits(0);
    assert!(ran.stdout.contains("will be tried again by"), "{ran:#?}");
}

#[test]
fn letters_of_a_process_that_was_killed_while_it_wrote_them_do_not_count() {
    let (site, folder) = (HeldSite::start(), Folder::new());
    let crawl = Crawl {
        site: &site,
        folder: &folder,
    };
    crawl.kill();
    let text = folder.read("job/dead-letter.jsonl");
    let torn = &text[..text.len() / 3];
    folder
        .files
        .write("job/dead-letter.jsonl", &format!("{text}{torn}"));
    crawl.run(&["-q"]).exits(0);
    assert_eq!(letters(&folder), HeldSite::missing());
}
