//! Flags that mean the same in every verb that has them.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl, json_lines};

#[test]
fn every_verb_that_fetches_takes_settings_and_the_flags_of_a_request() {
    let shared = [
        "-s",
        "user_agent=mine/1",
        "-H",
        "Authorization: Bearer mine",
        "--timeout",
        "30",
    ];
    for (path, verb) in [
        ("/quotes/", &["fetch"][..]),
        ("/quotes/", &["links"]),
        ("/quotes/", &["data"]),
        ("/quotes/", &["doctor"]),
        ("/quotes/", &["robots"]),
        ("/quotes/", &["site", "--max-pages", "1"]),
        ("/quotes/", &["shell", "-c", "status"]),
        ("/quotes/", &["parse", "--spider", "quotes"]),
        ("/quotes/", &["select", "--attr", "href", "a"]),
        ("/feed.xml", &["feed"]),
        ("/sitemap.xml", &["sitemap"]),
    ] {
        let site = PracticeSite::start().unwrap();
        let url = site.at(path);
        let mut line: Vec<&str> = verb.to_vec();
        line.insert(1, url.as_str());
        line.extend(shared);
        crawl(&line).exits(0);
        let has_both = site.served().requests().iter().any(|request| {
            request.header("user-agent") == Some("mine/1")
                && request.header("authorization") == Some("Bearer mine")
        });
        assert!(has_both, "{line:?}");
    }
}

#[test]
fn a_setting_that_is_given_as_a_flag_is_told_as_it_is_written() {
    crawl(&["site", "http://127.0.0.1:9/", "--depth", "1"])
        .exits(2)
        .says("unexpected argument '--depth'")
        .says("'-s depth=1'");
    crawl(&["run", "quotes", "--delay=0"])
        .exits(2)
        .says("'-s delay=0'");
}

#[test]
fn help_is_a_verb() {
    let overview = crawl(&["help"]).exits(0);
    assert_eq!(overview.stdout, crawl(&["--help"]).exits(0).stdout);
    let run = crawl(&["help", "run"]).exits(0);
    assert_eq!(run.stdout, crawl(&["run", "--help"]).exits(0).stdout);
    crawl(&["help", "nonsense"]).exits(2);
}

#[test]
fn outputs_have_long_names() {
    let directory = Directory::new();
    let quotes = ["run", "quotes", "--max-pages", "1"];
    for _ in 0..2 {
        let outputs = ["--output", "a.jsonl", "--overwrite-output", "b.jsonl"];
        directory.crawl(&[&quotes[..], &outputs].concat()).exits(0);
    }
    assert_eq!(json_lines(&directory.read("a.jsonl")).len(), 20);
    assert_eq!(json_lines(&directory.read("b.jsonl")).len(), 10);
}
