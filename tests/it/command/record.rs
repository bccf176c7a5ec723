//! `crawl record`: what it writes, and what it leaves alone.

use std::fs;
use std::net::TcpListener;

use crawlworks::testing::PracticeSite;

use super::{Directory, json_lines};

/// `crawl record` of some pages of a bundled spider.
fn record(directory: &Directory, site: &PracticeSite, spider: &str, more: &[&str]) -> super::Ran {
    let path = if spider == "books" {
        "/shop/"
    } else {
        "/quotes/"
    };
    let url = format!("url={}", site.at(path));
    let fixed = ["record", spider, "-a", &url, "-s", "delay=0s"];
    directory.crawl(&[&fixed[..], more].concat())
}

fn files(directory: &Directory, name: &str) -> Vec<String> {
    let entries = fs::read_dir(directory.files.path(name)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_recording_has_the_pages_the_items_and_how_it_was_made() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    record(&directory, &site, "books", &["--max-pages", "8"])
        .exits(0)
        .says("recorded 8 pages and 7 items in tests/recorded/books (");
    assert_eq!(files(&directory, "tests/recorded"), ["books"]);
    assert_eq!(
        files(&directory, "tests/recorded/books"),
        ["cassette.jsonl", "items.jsonl", "recording.toml"]
    );
    assert_eq!(files(&directory, "."), ["tests"]);

    let items = json_lines(&directory.read("tests/recorded/books/items.jsonl"));
    assert_eq!(items.len(), 7);
    for (line, book) in items.iter().zip(site.books()) {
        assert_eq!(line["item"]["title"], *book.title);
        assert_eq!(line["page"], line["item"]["url"]);
    }
    let about = directory.read("tests/recorded/books/recording.toml");
    for line in [
        "spider = \"books\"",
        "pages = 8",
        "[arguments]",
        "delay = \"0s\"",
    ] {
        assert!(about.contains(line), "{about}");
    }
    let cassette = json_lines(&directory.read("tests/recorded/books/cassette.jsonl"));
    let fetched = cassette.iter().filter(|line| line["status"] == 200).count();
    assert_eq!(fetched, 9, "robots.txt and 8 pages");
}

#[test]
fn a_recording_that_is_there_stays_without_force() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    record(&directory, &site, "quotes", &["--max-pages", "1"]).exits(0);
    let before = directory.read("tests/recorded/quotes/items.jsonl");
    record(&directory, &site, "quotes", &["--max-pages", "2"])
        .exits(2)
        .says("--force");
    assert_eq!(directory.read("tests/recorded/quotes/items.jsonl"), before);
    record(
        &directory,
        &site,
        "quotes",
        &["--max-pages", "2", "--force"],
    )
    .exits(0);
    assert_eq!(
        directory
            .read("tests/recorded/quotes/items.jsonl")
            .lines()
            .count(),
        20
    );
    assert_eq!(files(&directory, "tests/recorded"), ["quotes"]);
}

#[test]
fn a_recording_that_fails_leaves_the_old_one() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    record(&directory, &site, "quotes", &["--max-pages", "1"]).exits(0);
    let before = directory.read("tests/recorded/quotes/cassette.jsonl");
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("url=http://{unused}/");
    directory
        .crawl(&["record", "quotes", "-a", &url, "-s", "retries=0", "--force"])
        .exits(9)
        .says("no page could be recorded: ");
    assert_eq!(
        directory.read("tests/recorded/quotes/cassette.jsonl"),
        before
    );
    assert_eq!(files(&directory, "tests/recorded"), ["quotes"]);
}

#[test]
fn passwords_are_in_none_of_the_files() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
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
    directory
        .crawl(
            &[
                &["record", "quotes", "-a", &url, "--max-pages", "2"][..],
                &set,
            ]
            .concat(),
        )
        .exits(0);
    for name in files(&directory, "tests/recorded/quotes") {
        let text = directory.read(&format!("tests/recorded/quotes/{name}"));
        assert!(
            !text.contains("hunter2") && !text.contains("us:"),
            "{name}: {text}"
        );
    }
    drop(site);
    directory.crawl(&["check"]).exits(0);
}

#[test]
fn several_recordings_of_a_spider_have_names_of_their_own() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    for name in ["first", "second"] {
        record(
            &directory,
            &site,
            "quotes",
            &["--max-pages", "1", "--name", name],
        )
        .exits(0);
    }
    let ran = directory.crawl(&["check", "quotes"]).exits(0);
    assert_eq!(
        ran.lines(),
        [
            "first: 1 page, 10 items: as recorded",
            "second: 1 page, 10 items: as recorded"
        ]
    );
    for bad in ["../x", ".x", "", "a/b"] {
        record(&directory, &site, "quotes", &["--name", bad]).exits(2);
    }
}

#[test]
fn a_header_that_would_leak_is_refused_before_anything_is_fetched() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    record(
        &directory,
        &site,
        "quotes",
        &["--keep-header", "Set-Cookie"],
    )
    .exits(4)
    .says("holds secrets");
    assert_eq!(site.served().total, 0);
}

#[test]
fn pages_are_between_one_and_a_limit() {
    for pages in ["0", "100001", "x"] {
        super::crawl(&["record", "quotes", "--max-pages", pages]).exits(2);
    }
    super::crawl(&["record", "qotes"])
        .exits(2)
        .says("did you mean \"quotes\"?");
}

/// A recipe that sends a secret as a field of no telling name, and gives what the server says it got.
const SENDS_A_SECRET: &str = "start = [{ url = '{url}', method = 'POST', form = { log = 'anna', word = '{pw}' } }]\n\
    [args]\nurl = {}\npw = { env = 'RECORD_PW', secret = true }\n[settings]\nrobots = false\n\
    [items.page]\njson = '@'\n[items.page.fields]\nbody = { json = 'body' }\n";

#[test]
fn a_secret_of_a_recipe_is_in_no_file_and_a_check_needs_none() {
    let mut directory = Directory::new().with_variable("RECORD_PW", "Hunter 2&x");
    let site = PracticeSite::start().unwrap();
    directory.files.write("echo.toml", SENDS_A_SECRET);
    let url = format!("url={}", site.at("/hazards/echo"));
    directory
        .crawl(&["record", "echo.toml", "-a", &url])
        .exits(0)
        .says("recorded 1 page and 1 item");
    for name in files(&directory, "tests/recorded/echo") {
        let text = directory.read(&format!("tests/recorded/echo/{name}"));
        assert!(!text.contains("Hunter"), "{name}: {text}");
    }
    let cassette = directory.read("tests/recorded/echo/cassette.jsonl");
    assert!(cassette.contains("log=anna&word=***"), "{cassette}");
    drop(site);
    directory.crawl(&["check", "tests/recorded"]).exits(0);
    directory.variables.clear();
    directory.crawl(&["check", "tests/recorded"]).exits(0);
    let directory = directory.with_variable("RECORD_PW", "another");
    directory.crawl(&["check", "tests/recorded"]).exits(0);
}

#[test]
fn an_argument_that_is_called_like_a_secret_is_recorded_as_it_is_given() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let text = "start = '{url}page-{key}.html'\nargs.url = {}\nargs.key = {}\n\
                [items.page.fields]\ntitle = 'title'\n";
    directory.files.write("pages.toml", text);
    let url = format!("url={}", site.at("/shop/"));
    directory
        .crawl(&["record", "pages.toml", "-a", &url, "-a", "key=2"])
        .exits(0)
        .says("recorded 1 page and 1 item");
    directory.crawl(&["check", "tests/recorded"]).exits(0);
}

#[test]
fn a_recording_that_has_no_page_without_its_secret_fails_and_says_why() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let text = "start = '{url}page-{pin}.html'\nargs.url = {}\nargs.pin = {}\n\
                [items.page.fields]\ntitle = 'title'\n";
    directory.files.write("pages.toml", text);
    let url = format!("url={}", site.at("/shop/"));
    directory
        .crawl(&["record", "pages.toml", "-a", &url, "-a", "pin=2"])
        .exits(9)
        .says("the crawl had 1 page, the recording of it has none; nothing is recorded")
        .says("(a recording has *** for what is secret: pin)");
    assert_eq!(files(&directory, "tests/recorded"), [""; 0]);
}

#[test]
fn a_directory_that_is_no_recording_is_left_alone() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    fs::create_dir_all(directory.files.path("victim/src")).unwrap();
    directory.files.write("victim/src/main.rs", "fn main() {}");
    let place = [
        "--max-pages",
        "1",
        "--dir",
        "victim",
        "--name",
        "src",
        "--force",
    ];
    record(&directory, &site, "quotes", &place)
        .exits(2)
        .says("victim/src is no recording, and stays as it is");
    assert_eq!(files(&directory, "victim/src"), ["main.rs"]);
    assert_eq!(site.served().total, 0);
}

#[test]
fn recording_anew_leaves_other_files_and_what_is_ignored() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    record(&directory, &site, "quotes", &["--max-pages", "1"]).exits(0);
    directory
        .files
        .write("tests/recorded/quotes/README", "notes");
    let toml = "tests/recorded/quotes/recording.toml";
    let about = directory.read(toml);
    directory
        .files
        .write(toml, &about.replace("ignore = []", "ignore = [\"tags\"]"));
    record(
        &directory,
        &site,
        "quotes",
        &["--max-pages", "2", "--force"],
    )
    .exits(0);
    let about = directory.read(toml);
    assert!(
        about.contains("ignore = [\"tags\"]") && about.contains("pages = 2"),
        "{about}"
    );
    assert_eq!(directory.read("tests/recorded/quotes/README"), "notes");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_recording_has_left_is_removed_by_the_next() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let (gone, alive) = (u32::MAX, std::process::id());
    for process in [gone, alive] {
        let draft = format!("tests/recorded/.quotes-new-{process}");
        fs::create_dir_all(directory.files.path(&draft)).unwrap();
        directory
            .files
            .write(&format!("{draft}/cassette.jsonl"), "");
    }
    record(&directory, &site, "quotes", &["--max-pages", "1"]).exits(0);
    let left = format!(".quotes-new-{alive}");
    assert_eq!(
        files(&directory, "tests/recorded"),
        [left.as_str(), "quotes"]
    );
}
