//! `crawl cache`, and crawls that use it.

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::Directory;

const SETTINGS: [&str; 6] = ["-q", "--no-job", "-s", "delay=0", "-s", "cache=always"];

fn totals(directory: &Directory) -> Value {
    directory.crawl(&["cache", "--json"]).exits(0).json()
}

/// A directory with a cache of a small web, which is not there any more; and where it was.
fn filled() -> (Directory, String) {
    let directory = Directory::new();
    let site = PracticeSite::start().unwrap();
    let start = site.at("/web/20/0").to_string();
    directory
        .crawl(&[&["site", &start, "-O", "online.jsonl"][..], &SETTINGS].concat())
        .exits(0);
    (directory, start)
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_crawl_can_be_repeated_when_the_site_is_gone() {
    let (directory, start) = filled();
    let arguments = [
        "site",
        &start,
        "-O",
        "offline.jsonl",
        "--no-job",
        "-s",
        "cache=always",
    ];
    // Without the usual delay, but with the usual settings.
    directory.crawl(&arguments).exits(0).says("cache: 21 hits");
    let (online, offline) = (
        directory.read("online.jsonl"),
        directory.read("offline.jsonl"),
    );
    assert_eq!(sorted(&online), sorted(&offline));
}

#[test]
fn what_is_stored_is_counted_listed_and_shown() {
    let (directory, start) = filled();
    let all = totals(&directory);
    // With robots.txt.
    assert_eq!(all["entries"], 21);
    assert!(all["bytes"].as_u64().unwrap() > 1_000 && all["oldest"].is_string());
    let ran = directory.crawl(&["cache"]).exits(0);
    assert!(ran.stdout.contains("entries    21"), "{ran:#?}");
    assert_eq!(
        directory.crawl(&["cache", "list"]).exits(0).lines().len(),
        21
    );
    let one = directory
        .crawl(&["cache", "list", &start, "--json"])
        .exits(0)
        .records();
    assert_eq!(
        (one.len(), &one[0]["url"], &one[0]["status"]),
        (1, &Value::from(&*start), &200.into())
    );
    let body = directory.crawl(&["cache", "show", &start]).exits(0).stdout;
    assert_eq!(body.len() as u64, one[0]["length"]);
    let shown = directory
        .crawl(&["cache", "show", &start, "--json"])
        .exits(0)
        .json();
    assert!(shown["headers"].as_array().unwrap().len() > 1);
    directory
        .crawl(&["cache", "show", "http://127.0.0.1:1/none"])
        .exits(1)
        .says("not stored");
}

#[test]
fn what_is_stored_can_be_cleared() {
    let (directory, start) = filled();
    directory
        .crawl(&["cache", "clear", "--older-than", "7d"])
        .exits(0);
    assert_eq!(totals(&directory)["entries"], 21);
    let ran = directory.crawl(&["cache", "clear", &start]).exits(0);
    assert!(ran.stdout.starts_with("removed 1 response "), "{ran:#?}");
    assert_eq!(
        directory
            .crawl(&["cache", "clear", "--json"])
            .exits(0)
            .json()["removed"],
        20
    );
    assert_eq!(totals(&directory)["entries"], 0);
    directory
        .crawl(&["cache", "clear", "--older-than", "soon"])
        .exits(2);
}

#[test]
fn another_place_can_be_named() {
    let directory = Directory::with_toml("cache_dir = \"kept\"\n");
    assert_eq!(totals(&directory)["folder"], "kept");
    let other = directory
        .crawl(&["cache", "--dir", "other", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&other["folder"], &other["entries"]),
        (&"other".into(), &0.into())
    );
}

#[test]
fn a_recrawl_without_a_job_exits_4() {
    super::crawl(&[
        "site",
        "http://127.0.0.1:1/",
        "--no-job",
        "-s",
        "recrawl=true",
    ])
    .exits(4)
    .says("the setting \"recrawl\" needs a durable job");
}

#[cfg(unix)]
#[test]
fn a_recrawl_that_is_killed_gives_what_a_full_crawl_gives() {
    let directory = Directory::new();
    let site = PracticeSite::start().unwrap();
    let start = site.at("/web/200/0").to_string();
    let crawl = [
        "site",
        &start,
        "--job",
        "job",
        "-O",
        "pages.jsonl",
        "-s",
        "delay=0",
        "-s",
        "recrawl=true",
    ];
    directory
        .crawl(&crawl)
        .exits(0)
        .says("recrawl: 200 new, 0 changed, 0 unchanged, 0 gone");
    let full = directory.read("pages.jsonl");
    for _ in 0..3 {
        let before = site.served().total;
        let mut running = directory.start(&crawl);
        while site.served().total < before + 30 {
            assert!(
                running.0.try_wait().unwrap().is_none(),
                "it was over before it was killed"
            );
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // Dropping kills it.
    }
    directory
        .crawl(&crawl)
        .exits(0)
        .says("recrawl: 0 new, 0 changed, 200 unchanged, 0 gone");
    assert_eq!(sorted(&full), sorted(&directory.read("pages.jsonl")));
}
