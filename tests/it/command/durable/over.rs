//! Runs that did not finish and that nobody misses: the same command starts over by itself.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::{Crawl, HeldSite};
use crate::command::{Directory, Ran, Running};

/// The only line about the run before.
fn told(ran: &Ran) -> &str {
    let lines: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.contains("starting") || line.contains("resuming"))
        .collect();
    assert_eq!(lines.len(), 1, "{ran:#?}");
    lines[0]
}

/// Reads a line of what a crawl writes and goes away; the crawl finds that out.
fn read_a_line(site: &HeldSite, mut running: Running) {
    site.is_asked();
    let mut stdout = BufReader::new(running.0.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    drop(stdout);
    site.open();
    let stderr: Vec<String> = running.stderr().lines().map(Result::unwrap).collect();
    assert_eq!(running.end(), Some(3), "{stderr:#?}");
    assert!(!stderr.join("\n").contains("to go on"), "{stderr:#?}");
}

#[test]
fn a_crawl_whose_reader_had_seen_enough_starts_over() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let url = site.url();
    let arguments = ["site", &url, "--job", "job", "-s", "delay=0"];
    read_a_line(&site, directory.start(&arguments));
    let ran = directory.crawl(&arguments).exits(0);
    let why =
        "over, the last run is discarded: nobody read its only output, a pipe, any more (failed ";
    assert!(told(&ran).contains(why), "{ran:#?}");
    let mut urls: Vec<String> = ran
        .records()
        .iter()
        .map(|record| record["url"].to_string())
        .collect();
    urls.sort_unstable();
    urls.dedup();
    let crawl = Crawl {
        site: &site,
        directory: &Directory::new(),
    };
    assert_eq!(urls.len(), crawl.expected()[0].len());
}

#[test]
fn a_crawl_that_writes_a_file_too_goes_on_when_its_reader_has_gone() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let url = site.url();
    let outputs = ["-O", "-", "-O", "a.jsonl"];
    let site_verb = ["site", &url, "--job", "job", "-s", "delay=0"];
    let arguments = [&site_verb[..], &outputs].concat();
    let mut running = directory.start(&arguments);
    site.is_asked();
    drop(running.0.stdout.take());
    site.open();
    assert_eq!(running.end(), Some(3));
    let ran = directory.crawl(&arguments).exits(0);
    assert!(told(&ran).starts_with("resuming "), "{ran:#?}");
}

#[test]
fn a_crawl_that_got_no_page_is_in_the_way_of_no_other_outputs() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let first = site.url();
    // The page that is held.
    let url = format!("{}/30", first.strip_suffix("/1").unwrap());
    let arguments = |output| {
        let settings = ["-s", "delay=0", "-s", "grace=0", "-O", output];
        [&["site", &url, "--job", "job"][..], &settings].concat()
    };
    let running = directory.start(&arguments("a.jsonl"));
    site.is_asked();
    running.signal("TERM");
    assert_eq!(running.end(), Some(11));
    site.open();
    let report = ["--report", "report.json"];
    let other = [&arguments("b.jsonl")[..], &report].concat();
    let ran = directory.crawl(&other).exits(0);
    let why = "it fetched no page, and its outputs or `unique` were others (stopped ";
    assert!(told(&ran).contains(why), "{ran:#?}");
    let report = directory.json("report.json");
    assert_eq!(report["resumed"], Value::Null);
    let written = directory.read("b.jsonl").lines().count();
    assert_eq!(report["items"]["kept"], written);
}
