//! `crawl feed`: what a feed publishes.

use crawlworks::testing::PracticeSite;
use serde_json::{Value, json};

use super::{Directory, crawl, serve};

#[test]
fn every_entry_is_a_line_of_json() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["feed", site.at("/feed.xml").as_str()]).exits(0);
    let entries: Vec<Value> = ran
        .lines()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(entries.len(), 20);
    assert_eq!(entries[0]["title"], json!(site.quotes()[0].author));
    assert_eq!(entries[0]["published"], json!("2025-06-20T00:00:00Z"));
}

#[test]
fn a_file_is_read_relative_to_its_base_and_what_is_missing_is_said() {
    let feed = "<feed><link rel='next' href='?2'/><entry><link href='/a'/></entry><entry/><entry><id>x</id></entry><entry><i";
    let directory = Directory::new();
    let ran = directory.crawl_with_input(
        &["feed", "--file", "-", "--base", "http://x.example/f"],
        feed,
    );
    let ran = ran
        .exits(0)
        .says("skipped: 1")
        .says("there may be more")
        .says("goes on at http://x.example/f?2");
    let first: Value = serde_json::from_str(ran.lines()[0]).unwrap();
    assert_eq!(
        (ran.lines().len(), &first["url"]),
        (2, &json!("http://x.example/a"))
    );
}

#[test]
fn a_page_that_is_no_feed_is_an_error() {
    let site = PracticeSite::start().unwrap();
    crawl(&["feed", site.at("/quotes/").as_str()])
        .exits(1)
        .says("this is an HTML page, not a feed");
}

/// A feed that is divided into two pages.
fn divided(path: &str) -> Option<&'static str> {
    match path {
        "/feed" => Some("<feed><link rel='next' href='?2'/><entry><id>a</id></entry></feed>"),
        "/feed?2" => Some("<feed><entry><id>b</id></entry></feed>"),
        _ => None,
    }
}

#[test]
fn the_next_pages_of_a_feed_are_read_when_that_is_asked_for() {
    let url = serve(divided) + "/feed";
    let ids = |arguments: &[&str]| -> Vec<Value> {
        let line = [&["feed", &url, "-s", "delay=0"], arguments].concat();
        let records = crawl(&line).exits(0).records();
        records.iter().map(|entry| entry["id"].clone()).collect()
    };
    assert_eq!(ids(&["--pages"]), ["a", "b"]);
    assert_eq!(ids(&["--json"]), ["a"]);
}
