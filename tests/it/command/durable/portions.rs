//! Crawls in portions: a limit ends a run, and `--continue` goes on behind it.

use super::{Crawl, HeldSite, resumed};
use crate::command::Directory;

#[test]
fn a_crawl_in_portions_comes_to_what_one_in_a_piece_comes_to() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let ran = crawl.run(&["--max-pages", "20"]).exits(0);
    assert!(!ran.stderr.contains("resuming"), "{ran:#?}");
    ran.says("the next run starts over and discards this one; before that:")
        .says("the same command with --continue goes on with ");
    let ran = crawl.run(&["--max-pages", "20", "--continue"]).exits(0);
    let (pages, _, waits, how) = resumed(&ran);
    assert_eq!((pages, &*how), (20, "finished"));
    assert!(waits > 0);
    ran.says("max_pages reached: 40 pages");
    let ran = crawl.run(&["--continue"]).exits(0);
    assert!(!ran.stderr.contains("--continue"), "{ran:#?}");
    ran.says("`crawl retry-failed job` lets ");
    assert_eq!(crawl.records(), crawl.expected());
    crawl
        .run(&["--continue"])
        .exits(4)
        .says("nothing waits in job: its last run has finished; without --continue");
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn outputs_that_were_added_to_behind_a_limit_are_left_alone() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.run(&["-q", "--max-pages", "5"]).exits(0);
    let mine = directory.read("a.jsonl") + "{\"mine\":true}\n";
    directory.files.write("a.jsonl", &mine);
    crawl.run(&["-q", "--continue"]).exits(3).says("a.jsonl");
    assert_eq!(directory.read("a.jsonl"), mine);
}

#[test]
fn to_go_on_and_to_start_over_are_two_things() {
    for other in ["--fresh", "--no-job"] {
        crate::command::crawl(&["run", "quotes", "--continue", other]).exits(2);
    }
}
