//! `crawl parse`: what a spider makes of one page.

use crawlworks::testing::PracticeSite;
use serde_json::{Value, json};

use super::{Directory, crawl};

/// The argument that sends a bundled spider to this site.
fn at(site: &PracticeSite, path: &str) -> String {
    format!("url={}", site.at(path))
}

#[test]
fn the_items_and_requests_of_a_page_are_shown() {
    let site = PracticeSite::start().unwrap();
    let (url, start) = (site.at("/quotes/"), at(&site, "/quotes/"));
    let ran = crawl(&["parse", url.as_str(), "--spider", "quotes", "-a", &start]).exits(0);
    let lines = ran.lines();
    assert_eq!((lines[0], lines[12]), ("10 items", "1 request"));
    let first: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(first["author"], json!(site.quotes()[0].author));
    assert_eq!(lines[13], format!("GET {}", site.at("/quotes/page/2/")));
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_json_is_one_object() {
    let site = PracticeSite::start().unwrap();
    let (url, start) = (site.at("/shop/"), at(&site, "/shop/"));
    let page = [
        "parse",
        url.as_str(),
        "--spider",
        "books",
        "-a",
        &start,
        "--json",
    ];
    let all = crawl(&page).exits(0).json();
    assert_eq!((&all["items"], &all["error"]), (&json!([]), &Value::Null));
    let first = &all["requests"][0];
    assert_eq!(first["label"], "book");
    assert_eq!(
        (&first["method"], &first["verdict"]),
        (&json!("GET"), &json!("follow"))
    );
    let requests = crawl(&[&page[..], &["--noitems"]].concat()).exits(0).json();
    assert!(requests.get("items").is_none() && requests["requests"].is_array());
    let items = crawl(&[&page[..], &["--nolinks"]].concat()).exits(0).json();
    assert!(items.get("requests").is_none());
}

#[test]
fn a_label_tells_which_kind_of_page_it_is() {
    let site = PracticeSite::start().unwrap();
    let start = at(&site, "/shop/");
    let listed = crawl(&[
        "parse",
        site.at("/shop/").as_str(),
        "--spider",
        "books",
        "-a",
        &start,
        "--json",
    ]);
    let book = listed.exits(0).json()["requests"][0]["url"].clone();
    let page = [
        "parse",
        book.as_str().unwrap(),
        "--spider",
        "books",
        "-a",
        &start,
        "--json",
    ];
    crawl(&page).exits(0).says("has to be given that label");
    let parsed = crawl(&[&page[..], &["--label", "book"]].concat())
        .exits(0)
        .json();
    assert_eq!(parsed["items"][0]["url"], book);
}

#[test]
fn a_file_is_parsed_without_the_network() {
    let directory = Directory::new();
    let quote = "<div class=quote><span class=text>Hm.</span><small class=author>Me</small></div>";
    let next = "<li class=next><a href=2>2</a> <a href=2>again</a> <a href=//b.example/>b</a> <a href=/login>l</a></li>";
    directory
        .files
        .write("page.html", &format!("{quote}{next}"));
    let file = [
        "parse",
        "--file",
        "page.html",
        "--base",
        "http://a.example/quotes/",
    ];
    let spider = [
        "--spider",
        "quotes",
        "-a",
        "url=http://a.example/",
        "-s",
        "deny=/login",
        "--json",
    ];
    let parsed = directory
        .crawl(&[&file[..], &spider].concat())
        .exits(0)
        .json();
    let item = json!({"text": "Hm.", "author": "Me", "tags": []});
    assert_eq!(parsed["items"], json!([item]));
    let requests = parsed["requests"].as_array().unwrap();
    let verdicts: Vec<_> = requests
        .iter()
        .map(|request| {
            (
                request["url"].as_str().unwrap(),
                request["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("http://a.example/quotes/2", "follow"),
        ("http://b.example/", "scope"),
        ("http://a.example/login", "deny"),
    ];
    assert_eq!(verdicts, expected);
}

#[test]
fn what_was_emitted_before_an_error_is_shown() {
    let page = "<div class=quote><span class=text>Hm.</span><small class=author>Me</small></div><div class=quote></div>";
    let spider = ["parse", "--spider", "quotes", "-a", "url=http://a.example/"];
    let file = ["--file", "-", "--base", "http://a.example/"];
    let run = |more: &[&str]| {
        let arguments = [&spider[..], &file, more].concat();
        Directory::new().crawl_with_input(&arguments, page).exits(1)
    };
    let ran = run(&[]).says("span.text").says("http://a.example/");
    assert_eq!(ran.lines()[0], "1 item");
    let parsed = run(&["--json"]).json();
    assert_eq!(parsed["items"][0]["author"], "Me");
    assert_eq!(parsed["error"]["kind"], "spider");
}

#[test]
fn without_a_name_the_spider_of_the_site_is_meant() {
    let site = PracticeSite::start().unwrap();
    let (url, start) = (site.at("/quotes/page/2/"), at(&site, "/quotes/"));
    // Both bundled spiders take a URL.
    crawl(&["parse", url.as_str(), "-a", &start])
        .exits(2)
        .says("more than one spider starts at this host")
        .says("quotes, books");
    crawl(&["parse", "http://nobody.example/"])
        .exits(2)
        .says("no spider starts at this host")
        .says("quotes, books");
}

#[test]
fn a_page_that_cannot_be_had_is_told_in_json_too() {
    let site = PracticeSite::start().unwrap();
    let (url, start) = (site.at("/missing"), at(&site, "/shop/"));
    let ran = crawl(&[
        "parse",
        url.as_str(),
        "--spider",
        "books",
        "-a",
        &start,
        "--json",
    ])
    .exits(9);
    let error = &ran.says("status 404").json()["error"];
    assert_eq!(error["kind"], "status");
}

#[test]
fn what_is_asked_for_wrongly_is_a_usage_error() {
    let page = ["parse", "http://a.example/", "--spider"];
    crawl(&[&page[..], &["quote"]].concat())
        .exits(2)
        .says(r#"did you mean "quotes"?"#);
    crawl(&[&page[..], &["quotes", "--meta", "name=Anna"]].concat())
        .exits(2)
        .says("text needs quotes");
    crawl(&["parse", "--file", "x.html"])
        .exits(2)
        .says("--base");
    crawl(&[&page[..], &["quotes", "-a", "pgs=1"]].concat())
        .exits(4)
        .says("takes no argument");
}
