//! `crawl check`: what has changed since a recording, and what that is called.

mod spiders;

use std::fs;
use std::path::Path;
use std::process::Command;

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::{Directory, Ran};

const CASSETTE: &str = "tests/recorded/books/cassette.jsonl";
const ITEMS: &str = "tests/recorded/books/items.jsonl";

/// A directory with the recordings of this repository.
fn recorded() -> Directory {
    let directory = Directory::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    for name in ["books", "quotes"] {
        let target = directory.files.path(&format!("tests/recorded/{name}"));
        fs::create_dir_all(&target).unwrap();
        for file in fs::read_dir(source.join(name)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), Path::new(&target).join(file.file_name())).unwrap();
        }
    }
    directory
}

/// Changes a file, which must change.
fn edit(directory: &Directory, file: &str, from: &str, to: &str) {
    let text = directory.read(file);
    let edited = text.replace(from, to);
    assert_ne!(text, edited, "no {from:?} in {file}");
    directory.files.write(file, &edited);
}

fn check(directory: &Directory) -> Ran {
    directory.crawl(&["check", "books"])
}

#[test]
fn the_recordings_of_this_repository_hold() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crawl"));
    command.arg("check").current_dir(env!("CARGO_MANIFEST_DIR"));
    let ran = Ran::new(command.output().unwrap()).exits(0);
    assert!(
        ran.stdout.contains("books: 8 pages, 7 items: as recorded"),
        "{ran:#?}"
    );
    assert!(
        ran.stdout
            .contains("quotes: 5 pages, 50 items: as recorded"),
        "{ran:#?}"
    );
}

#[test]
fn a_page_that_changed_is_told_with_item_and_field() {
    let directory = recorded();
    edit(&directory, CASSETTE, "£35.93", "£35.94");
    let ran = check(&directory).exits(1);
    assert_eq!(
        ran.lines(),
        [
            "books: 8 pages, 7 items: 1 differs",
            "  item 1 (http://127.0.0.1:8452/shop/book/a-short-history-of-laughter_1.html): price: 35.93 → 35.94",
        ]
    );
}

#[test]
fn an_element_that_has_another_class_is_told_as_an_error_of_each_page() {
    let directory = recorded();
    edit(&directory, CASSETTE, "price_color", "price");
    let ran = check(&directory).exits(1);
    assert_eq!(
        ran.lines()[0],
        "books: 8 pages, 7 items: 7 differ, 7 new errors"
    );
    assert!(
        ran.lines()[1].starts_with("  item 1 (http://127.0.0.1:8452/"),
        "{ran:#?}"
    );
    assert!(ran.lines()[1].contains("missing: {\"title\":\"A Short History of Laughter\""));
    assert!(ran.stdout.contains("p.price_color"), "{ran:#?}");
    assert!(
        ran.lines()
            .iter()
            .all(|line| !line.contains("not recorded")),
        "{ran:#?}"
    );
}

#[test]
fn a_link_that_is_no_longer_followed_is_told() {
    let directory = recorded();
    edit(
        &directory,
        CASSETTE,
        "class=\\\"next\\\"",
        "class=\\\"more\\\"",
    );
    let ran = check(&directory).exits(1);
    assert_eq!(
        ran.lines(),
        [
            "books: 8 pages, 7 items: 1 request not made",
            "  no longer asked for: GET http://127.0.0.1:8452/shop/page-2.html",
        ]
    );
}

#[test]
fn a_request_that_is_not_recorded_is_told() {
    let directory = recorded();
    edit(&directory, CASSETTE, "page-2.html\\\"", "page-3.html\\\"");
    let ran = check(&directory).exits(1);
    assert!(
        ran.stdout
            .contains("  not recorded: GET http://127.0.0.1:8452/shop/page-3.html"),
        "{ran:#?}"
    );
}

#[test]
fn an_update_takes_what_is_there_for_what_is_expected() {
    let directory = recorded();
    edit(
        &directory,
        CASSETTE,
        "price_color\\\">£35.93",
        "price\\\">£35.93",
    );
    edit(
        &directory,
        CASSETTE,
        "class=\\\"next\\\"",
        "class=\\\"more\\\"",
    );
    let ran = directory.crawl(&["check", "books", "--update"]).exits(0);
    assert!(
        ran.lines()[0].ends_with("1 differs, 1 new error, 1 request not made; updated"),
        "{ran:#?}"
    );
    let ran = check(&directory).exits(0);
    assert_eq!(ran.lines(), ["books: 7 pages, 6 items: as recorded"]);
    assert!(
        directory
            .read(ITEMS)
            .contains("\"error\":{\"kind\":\"spider\"")
    );
    // An expected error that is gone is a change again.
    edit(
        &directory,
        CASSETTE,
        "price\\\">£35.93",
        "price_color\\\">£35.93",
    );
    let ran = check(&directory).exits(1);
    assert!(
        ran.stdout.contains("error gone") && ran.stdout.contains("new item"),
        "{ran:#?}"
    );
}

#[test]
fn fields_can_be_left_out() {
    let directory = recorded();
    edit(&directory, CASSETTE, "£35.93", "£35.94");
    edit(
        &directory,
        "tests/recorded/books/recording.toml",
        "ignore = []",
        "ignore = [\"price\"]",
    );
    check(&directory).exits(0);
}

#[test]
fn the_json_has_an_object_per_recording() {
    let directory = recorded();
    edit(&directory, CASSETTE, "£35.93", "£35.94");
    let records = directory.crawl(&["check", "--json"]).exits(1).records();
    assert_eq!(
        (&records[0]["spider"], &records[0]["same"]),
        (&"books".into(), &false.into())
    );
    let change = &records[0]["changes"]["items"][0];
    assert_eq!(
        (&change["change"], &change["item"]),
        (&"changed".into(), &1.into())
    );
    assert_eq!(
        change["fields"],
        serde_json::json!([{"field": "price", "expected": 35.93, "found": 35.94}])
    );
    assert_eq!(
        (&records[1]["spider"], &records[1]["same"]),
        (&"quotes".into(), &true.into())
    );
}

#[test]
fn a_broken_recording_does_not_keep_the_others_from_being_checked() {
    let directory = recorded();
    edit(&directory, CASSETTE, "\"status\":200", "\"status\":0");
    let ran = directory.crawl(&["check"]).exits(4);
    assert!(
        ran.lines()[0].contains("books/cassette.jsonl:2: not an exchange"),
        "{ran:#?}"
    );
    assert_eq!(ran.lines()[1], "quotes: 5 pages, 50 items: as recorded");
    let records = directory.crawl(&["check", "--json"]).exits(4).records();
    assert!(matches!(&records[0]["error"], Value::String(why) if why.contains("cassette.jsonl:2")));
}

#[test]
fn a_recording_of_a_spider_that_is_gone_is_a_broken_one() {
    let directory = recorded();
    edit(
        &directory,
        "tests/recorded/books/recording.toml",
        "spider = \"books\"",
        "spider = \"boks\"",
    );
    let ran = directory.crawl(&["check"]).exits(4);
    assert!(
        ran.stdout
            .contains("books: no spider \"boks\"; did you mean \"books\"?"),
        "{ran:#?}"
    );
}

#[test]
fn spiders_without_a_recording_are_listed() {
    let ran = super::crawl(&["check"])
        .exits(2)
        .says("nothing to check: no recording in tests/recorded");
    assert_eq!(ran.lines(), ["quotes: no recording", "books: no recording"]);
    super::crawl(&["check", "--json", "--dir", "elsewhere"])
        .exits(2)
        .says("no recording in elsewhere");
    super::crawl(&["check", "books"])
        .exits(2)
        .says("`crawl record books` makes one");
    super::crawl(&["check", "boks"])
        .exits(2)
        .says("did you mean \"books\"?");
}

#[test]
fn a_directory_names_a_recording_or_all_in_it() {
    let directory = recorded();
    let one = directory
        .crawl(&["check", "tests/recorded/quotes"])
        .exits(0);
    assert_eq!(one.lines().len(), 1);
    let all = directory
        .crawl(&["check", "tests/recorded", "tests/recorded/quotes"])
        .exits(0);
    assert_eq!(all.lines().len(), 2);
    directory
        .crawl(&["check", "tests"])
        .exits(2)
        .says("no recording in tests");
}

#[test]
fn a_check_asks_no_server_and_writes_nothing() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let url = format!("url={}", site.at("/quotes/"));
    directory
        .crawl(&[
            "record",
            "quotes",
            "-a",
            &url,
            "--max-pages",
            "2",
            "-s",
            "delay=0s",
        ])
        .exits(0);
    let (hits, connections) = (site.served().total, site.served().connections);
    // Whatever would be written or waited for by a crawl.
    let toml = "delay = '1h'\nmax_rate = 0.001\nsave_cookies = 'cookies.txt'\ncache = 'always'\nmax_pages = 1\nproxy = 'http://127.0.0.1:9'\n";
    directory.files.write("crawl.toml", toml);
    let ran = directory.crawl(&["check"]).exits(0);
    assert!(
        ran.stdout
            .contains("quotes: 2 pages, 20 items: as recorded"),
        "{ran:#?}"
    );
    assert_eq!(
        (site.served().total, site.served().connections),
        (hits, connections)
    );
    let names = fs::read_dir(directory.files.path("")).unwrap().count();
    assert_eq!(names, 2, "crawl.toml and tests");
}

#[test]
fn recipes_are_read_too_and_mistakes_have_their_place() {
    let directory = Directory::new();
    fs::create_dir(directory.files.path("spiders")).unwrap();
    let good = "start = ['http://a.example/']\nitems.page.fields.title = 'h1'\n";
    directory.files.write("spiders/good.toml", good);
    directory
        .files
        .write("spiders/bad.toml", &good.replace("start", "strat"));
    let ran = directory.crawl(&["check"]).exits(4);
    assert!(
        ran.stdout.contains("spiders/good.toml: a good recipe"),
        "{ran:#?}"
    );
    assert!(
        ran.stdout.contains(
            r#"spiders/bad.toml:1:1: unknown key "strat" in a recipe; did you mean "start"?"#
        ),
        "{ran:#?}"
    );
    directory.crawl(&["check", "good"]).exits(0);
}

#[test]
fn an_update_keeps_the_pages_that_nothing_asks_for() {
    let directory = recorded();
    directory
        .files
        .write("tests/recorded/books/README", "notes");
    edit(&directory, CASSETTE, "product_pod", "product_box");
    directory.crawl(&["check", "books", "--update"]).exits(0);
    let ran = check(&directory).exits(0);
    assert_eq!(ran.lines(), ["books: 1 page, 0 items: as recorded"]);
    edit(&directory, CASSETTE, "product_box", "product_pod");
    directory.crawl(&["check", "books", "--update"]).exits(0);
    let ran = check(&directory).exits(0);
    assert_eq!(ran.lines(), ["books: 8 pages, 7 items: as recorded"]);
    assert!(!directory.read(CASSETTE).contains("spare"));
    assert_eq!(directory.read("tests/recorded/books/README"), "notes");
}

#[test]
fn an_update_of_which_no_page_is_left_is_refused() {
    let directory = recorded();
    let toml = "tests/recorded/books/recording.toml";
    edit(&directory, toml, "/shop/", "/shops/");
    let before = (directory.read(CASSETTE), directory.read(ITEMS));
    let ran = directory.crawl(&["check", "books", "--update"]).exits(4);
    assert!(ran.stdout.contains("it is not updated"), "{ran:#?}");
    assert_eq!((directory.read(CASSETTE), directory.read(ITEMS)), before);
}

#[test]
fn a_recording_without_a_page_is_a_broken_one() {
    let directory = recorded();
    let toml = "tests/recorded/books/recording.toml";
    edit(&directory, toml, "pages = 8", "pages = 0");
    let ran = check(&directory).exits(4);
    assert!(
        ran.stdout.contains("a recording without a page"),
        "{ran:#?}"
    );
}

#[test]
fn a_recording_with_a_torn_cassette_is_a_broken_one() {
    let directory = recorded();
    let text = directory.read(CASSETTE);
    directory.files.write(CASSETTE, &text[..text.len() - 20]);
    let ran = check(&directory).exits(4);
    assert!(ran.stdout.contains("not an exchange"), "{ran:#?}");
}

#[test]
fn a_recipe_that_was_recorded_by_its_path_is_checked_by_its_name() {
    let site = PracticeSite::start().unwrap();
    let directory = Directory::new();
    let url = site.at("/shop/");
    directory.files.write(
        "acc.toml",
        &format!("start = '{url}'\n[items.page.fields]\ntitle = 'h1'"),
    );
    let record = ["record", "acc.toml", "--max-pages", "1", "-s", "delay=0s"];
    directory.crawl(&record).exits(0);
    for word in ["acc", "acc.toml", "./acc.toml"] {
        let ran = directory.crawl(&["check", word]).exits(0);
        assert!(!ran.stderr.contains("no recording"), "{ran:#?}");
        assert!(ran.stdout.contains("as recorded"), "{word}: {ran:#?}");
    }
}
