//! `crawl record`: what it writes, and what it leaves alone.

use std::fs;
use std::net::TcpListener;

use crawlworks::testing::PracticeSite;

use super::{Folder, json_lines};

/// `crawl record` of some pages of a bundled spider.
fn record(folder: &Folder, site: &PracticeSite, spider: &str, more: &[&str]) -> super::Ran {
    let path = if spider == "books" {
        "/shop/"
    } else {
        "/quotes/"
    };
    let url = format!("url={}", site.at(path));
    let fixed = ["record", spider, "-a", &url, "-s", "delay=0s"];
    folder.crawl(&[&fixed[..], more].concat())
}

fn files(folder: &Folder, name: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.files.path(name)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_recording_has_the_pages_the_items_and_how_it_was_made() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    record(&folder, &site, "books", &["--pages", "8"])
        .exits(0)
        .says("recorded 8 pages and 7 items in tests/recorded/books (");
    assert_eq!(files(&folder, "tests/recorded"), ["books"]);
    assert_eq!(
        files(&folder, "tests/recorded/books"),
        ["cassette.jsonl", "items.jsonl", "recording.toml"]
    );
    assert_eq!(files(&folder, "."), ["tests"]);

    let items = json_lines(&folder.read("tests/recorded/books/items.jsonl"));
    assert_eq!(items.len(), 7);
    for (line, book) in items.iter().zip(site.books()) {
        assert_eq!(line["item"]["title"], *book.title);
        assert_eq!(line["page"], line["item"]["url"]);
    }
    let about = folder.read("tests/recorded/books/recording.toml");
    for line in [
        "spider = \"books\"",
        "pages = 8",
        "[arguments]",
        "delay = \"0s\"",
    ] {
        assert!(about.contains(line), "{about}");
    }
    let cassette = json_lines(&folder.read("tests/recorded/books/cassette.jsonl"));
    let fetched = cassette.iter().filter(|line| line["status"] == 200).count();
    assert_eq!(fetched, 9, "robots.txt and 8 pages");
}

#[test]
fn a_recording_that_is_there_stays_without_force() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    record(&folder, &site, "quotes", &["--pages", "1"]).exits(0);
    let before = folder.read("tests/recorded/quotes/items.jsonl");
    record(&folder, &site, "quotes", &["--pages", "2"])
        .exits(2)
        .says("--force");
    assert_eq!(folder.read("tests/recorded/quotes/items.jsonl"), before);
    record(&folder, &site, "quotes", &["--pages", "2", "--force"]).exits(0);
    assert_eq!(
        folder
            .read("tests/recorded/quotes/items.jsonl")
            .lines()
            .count(),
        20
    );
    assert_eq!(files(&folder, "tests/recorded"), ["quotes"]);
}

#[test]
fn a_recording_that_fails_leaves_the_old_one() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    record(&folder, &site, "quotes", &["--pages", "1"]).exits(0);
    let before = folder.read("tests/recorded/quotes/cassette.jsonl");
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("url=http://{unused}/");
    folder
        .crawl(&["record", "quotes", "-a", &url, "-s", "retries=0", "--force"])
        .exits(9)
        .says("no page could be recorded: ");
    assert_eq!(folder.read("tests/recorded/quotes/cassette.jsonl"), before);
    assert_eq!(files(&folder, "tests/recorded"), ["quotes"]);
}

#[test]
fn passwords_are_in_none_of_the_files() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    let url = site
        .at("/quotes/?api_key=hunter2")
        .to_string()
        .replace("http://", "http://us:hunter2@");
    let url = format!("url={url}");
    let credentials = format!(
        "credentials={} us:hunter2",
        site.url().as_str().trim_end_matches('/')
    );
    let set = [
        "-s",
        "delay=0s",
        "-s",
        "headers=X-Key: hunter2",
        "-s",
        &credentials,
    ];
    folder
        .crawl(&[&["record", "quotes", "-a", &url, "--pages", "2"][..], &set].concat())
        .exits(0);
    for name in files(&folder, "tests/recorded/quotes") {
        let text = folder.read(&format!("tests/recorded/quotes/{name}"));
        assert!(
            !text.contains("hunter2") && !text.contains("us:"),
            "{name}: {text}"
        );
    }
    drop(site);
    folder.crawl(&["check"]).exits(0);
}

#[test]
fn several_recordings_of_a_spider_have_names_of_their_own() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    for name in ["first", "second"] {
        record(&folder, &site, "quotes", &["--pages", "1", "--name", name]).exits(0);
    }
    let ran = folder.crawl(&["check", "quotes"]).exits(0);
    assert_eq!(
        ran.lines(),
        [
            "first: 1 page, 10 items: as recorded",
            "second: 1 page, 10 items: as recorded"
        ]
    );
    for bad in ["../x", ".x", "", "a/b"] {
        record(&folder, &site, "quotes", &["--name", bad]).exits(2);
    }
}

#[test]
fn a_header_that_would_leak_is_refused_before_anything_is_fetched() {
    let (folder, site) = (Folder::new(), PracticeSite::start().unwrap());
    record(&folder, &site, "quotes", &["--keep-header", "Set-Cookie"])
        .exits(4)
        .says("holds secrets");
    assert_eq!(site.served().total, 0);
}

#[test]
fn pages_are_between_one_and_a_limit() {
    for pages in ["0", "100001", "x"] {
        super::crawl(&["record", "quotes", "--pages", pages]).exits(2);
    }
    super::crawl(&["record", "qotes"])
        .exits(2)
        .says("did you mean \"quotes\"?");
}
