//! `crawl shell`: commands on a page, from the command line, from standard input, and at a prompt.

use std::fs;
#[cfg(target_os = "linux")]
use std::os::unix::fs::PermissionsExt;

use crawlworks::testing::PracticeSite;

#[cfg(target_os = "linux")]
use super::terminal::Terminal;
use super::{Directory, Ran, crawl};

const PAGE: &str =
    "<title>Shop</title><h1>Books</h1><p class=price>£1.50</p><p>two</p><a href=2.html>2</a>";

/// A directory with a page in it.
fn directory() -> Directory {
    let directory = Directory::new();
    directory.files.write("page.html", PAGE);
    directory
}

/// Runs commands on the page.
fn on_page(commands: &str) -> Ran {
    let page = [
        "shell",
        "--file",
        "page.html",
        "--base",
        "http://a.example/shop/",
    ];
    directory().crawl(&[&page[..], &["-c", commands]].concat())
}

#[test]
fn commands_are_run_one_after_the_other() {
    let ran = on_page("css h1; re £(\\d); links; css a::attr(href)").exits(0);
    assert_eq!(
        ran.lines(),
        ["Books", "1", "http://a.example/shop/2.html", "2.html"]
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn commands_are_read_from_standard_input() {
    let page = [
        "shell",
        "--file",
        "page.html",
        "--base",
        "http://a.example/",
    ];
    let input = "# a comment\n\n  css p \nquit\ncss h1\n";
    let ran = directory().crawl_with_input(&page, input).exits(0);
    assert_eq!(ran.lines(), ["£1.50", "two"]);
}

#[test]
fn an_error_ends_nothing_and_the_last_command_counts() {
    let ran = on_page("css p[; nonsense; css h1").exits(0);
    assert_eq!(ran.lines(), ["Books"]);
    ran.says("bad selector").says("no command \"nonsense\"");
    on_page("css h1; css table").exits(1).says("nothing found");
    on_page("css h1; json")
        .exits(1)
        .says("at: http://a.example/shop/");
}

#[test]
fn a_spider_can_be_tried() {
    let site = PracticeSite::start().unwrap();
    let start = format!("url={}", site.at("/shop/"));
    let shell = |commands| crawl(&["shell", "--spider", "books", "-a", &start, "-c", commands]);
    let ran = shell("requests; fetch 1; items").exits(0);
    let lines = ran.lines();
    assert_eq!(lines.len(), 22, "{ran:#?}");
    let book: serde_json::Value = serde_json::from_str(lines[21]).unwrap();
    assert!(lines[0].contains(book["url"].as_str().unwrap()), "{ran:#?}");
    // Without its label it is a page of another kind.
    shell("requests; fetch 1; label other; items")
        .exits(1)
        .says("label");
}

#[test]
fn spiders_are_named_in_the_shell_too() {
    let site = PracticeSite::start().unwrap();
    let (url, start) = (site.at("/quotes/"), format!("url={}", site.at("/quotes/")));
    let shell = |commands| crawl(&["shell", url.as_str(), "-a", &start, "-c", commands]);
    assert_eq!(shell("items quotes").exits(0).lines().len(), 10);
    shell("items").exits(1).says("one of: quotes, books");
    shell("items quote")
        .exits(1)
        .says("did you mean \"quotes\"?");
}

#[test]
fn another_page_is_fetched_relative_to_this_one() {
    let site = PracticeSite::start().unwrap();
    let commands = "fetch page/2/; status; fetch; links page/1; fetch /missing; status";
    let ran = crawl(&["shell", site.at("/quotes/").as_str(), "-c", commands]).exits(0);
    let lines = ran.lines();
    assert_eq!(lines[0], site.at("/quotes/page/2/").as_str());
    assert!(ran.stdout.contains("404 Not Found"), "{ran:#?}");
}

#[test]
fn the_page_can_be_saved() {
    let directory = directory();
    let page = [
        "shell",
        "--file",
        "page.html",
        "--base",
        "http://a.example/",
        "-c",
    ];
    directory
        .crawl(&[&page[..], &["save copy.html"]].concat())
        .exits(0);
    assert_eq!(directory.read("copy.html"), PAGE);
    let again = directory.crawl(&[&page[..], &["save copy.html"]].concat());
    again.exits(1).says("`save!` replaces it");
    directory
        .crawl(&[&page[..], &["save! copy.html"]].concat())
        .exits(0);
}

#[test]
fn without_a_browser_the_copy_is_named() {
    let directory = directory();
    let temporary = directory.files.path("");
    let directory = directory
        .with_variable("PATH", "")
        .with_variable("TMPDIR", temporary);
    let page = [
        "shell",
        "--file",
        "page.html",
        "--base",
        "http://a.example/",
        "-c",
        "open",
    ];
    let ran = directory
        .crawl(&page)
        .exits(0)
        .says("no browser could be started");
    let copy = fs::read_to_string(ran.lines()[0]).unwrap();
    assert!(copy.contains("<base href=\"http://a.example/\">"), "{copy}");
}

#[test]
fn without_a_page_the_shell_says_how_to_get_one() {
    crawl(&["shell", "-c", "css h1"])
        .exits(1)
        .says("`fetch URL` gets one");
    crawl(&["shell", "-c", "help"]).exits(0);
    crawl(&[
        "shell",
        "--file",
        "none.html",
        "--base",
        "http://a.example/",
        "-c",
        "help",
    ])
    .exits(4);
    crawl(&["shell", "--file", "-", "--base", "http://a.example/"]).exits(2);
}

#[test]
fn a_password_stays_at_the_first_site() {
    let (site, other) = (
        PracticeSite::start().unwrap(),
        PracticeSite::start().unwrap(),
    );
    let commands = format!("status; fetch {}; status", other.at("/basic/"));
    let first = site.at("/quotes/");
    let user = ["--user", "user:password"];
    crawl(&[&["shell", first.as_str(), "-c", &commands][..], &user].concat()).exits(0);
    let served = other.served();
    let asked = served.requests();
    assert!(!asked.is_empty());
    assert!(
        asked
            .iter()
            .all(|request| request.header("authorization").is_none()),
        "{asked:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_there_is_a_prompt_with_completion_and_history() {
    let directory = directory();
    let arguments = "shell --file page.html --base http://a.example/";
    let Some(mut terminal) = Terminal::open(&directory, arguments) else {
        return;
    };
    // What is typed before the prompt is there would be lost.
    terminal.shows("crawl> ");
    terminal.types("cs\tp.pri\t\r");
    terminal.shows("1  £1.50");
    terminal.shows("crawl> ");
    // A line with a space before it is a secret.
    terminal.types(" css h1\r");
    terminal.shows("1  Books");
    terminal.shows("crawl> ");
    terminal.types("\u{4}");
    assert_eq!(terminal.ends().0, Some(0));
    let history = directory.files.path("state/crawlworks/shell_history");
    let kept = fs::read_to_string(&history).unwrap();
    assert!(
        kept.contains("css p.price\n") && !kept.contains("h1"),
        "{kept}"
    );
    let mode = fs::metadata(&history).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
