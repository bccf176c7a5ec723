//! `crawl select`: trying on a page what a spider would take out of it.

use crawlworks::testing::PracticeSite;
use serde_json::json;

use super::{Directory, Ran, crawl};

const PAGE: &str = "<h1>Grüße</h1><p>one <b>two</b></p><p>three</p><a HREF=/x>link</a>";

fn select(arguments: &[&str]) -> Ran {
    select_in(PAGE, arguments)
}

fn select_in(page: &str, arguments: &[&str]) -> Ran {
    let file = ["select", "--file", "-"];
    Directory::new().crawl_with_input(&[&file, arguments].concat(), page)
}

#[test]
fn the_text_of_every_match_is_printed() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["select", site.at("/quotes/").as_str(), "small.author"]).exits(0);
    let authors: Vec<&str> = site.quotes()[..10]
        .iter()
        .map(|quote| quote.author.as_str())
        .collect();
    assert_eq!(ran.lines(), authors);
}

#[test]
fn several_selectors_answer_one_after_the_other() {
    let ran = select(&["p", "h1"]).exits(0);
    assert_eq!(ran.lines(), ["one two", "three", "Grüße"]);
}

#[test]
fn an_ending_says_what_is_printed() {
    let ran = select(&["p::text, a::attr(href)", "p ::text"]).exits(0);
    assert_eq!(ran.lines(), ["one", "three", "/x", "one", "two", "three"]);
}

#[test]
fn an_attribute_or_the_html_can_be_asked_for() {
    assert_eq!(select(&["a", "--attr", "href"]).exits(0).lines(), ["/x"]);
    let html = select(&["p:first-of-type", "--html"]).exits(0);
    assert_eq!(html.lines(), ["<p>one <b>two</b></p>"]);
    select(&["a::text", "--html"]).exits(2).says("get_all");
}

#[test]
fn urls_are_absolute() {
    let base = ["--base", "http://a.example/d/e", "--urls"];
    let ran = select(&[&["a::attr(href)", "a"], &base[..]].concat()).exits(0);
    assert_eq!(ran.lines(), ["http://a.example/x", "http://a.example/x"]);
    crawl(&[
        "select",
        "http://127.0.0.1/",
        "a",
        "--base",
        "http://a.example/",
    ])
    .exits(2);
}

#[test]
fn a_regular_expression_picks_from_each_value() {
    let ran = select(&["p", "--re", "t(.)"]).exits(0);
    assert_eq!(ran.lines(), ["w", "h"]);
    let record = select(&["h1", "--re", "^.", "--json"]).exits(0).json();
    assert_eq!(record, json!({"css": "h1", "value": "G"}));
    select(&["p", "--re", "t("])
        .exits(2)
        .says(r#"bad pattern "t(": unclosed group at column 2"#);
}

#[test]
fn tables_are_printed_as_records() {
    let page = "<table id=a><tr><th>Fruit<th>Price<tr><td>Apple<td>2<tr><td>Pear<td>3</table>\
        <table id=b><tr><th>UPC<td>a8<tr><th>Tax<td>0</table>";
    let rows = [
        json!({"Fruit": "Apple", "Price": "2"}),
        json!({"Fruit": "Pear", "Price": "3"}),
    ];
    assert_eq!(select_in(page, &["#a", "--table"]).exits(0).records(), rows);
    assert_eq!(select_in(page, &["--table"]).exits(0).records().len(), 3);
    let pairs = select_in(page, &["#b", "--pairs"]).exits(0).json();
    assert_eq!(pairs, json!({"UPC": "a8", "Tax": "0"}));
}

#[test]
fn json_is_searched_in_an_answer_and_in_scripts() {
    let text = r#"{"items": [{"name": "Ä", "price": 5}, {"name": "B", "price": 7.5}]}"#;
    let ran = select_in(
        text,
        &["--jmespath", "items[].name", "--jmespath", "items[1]"],
    )
    .exits(0);
    assert_eq!(ran.lines(), ["Ä", "B", r#"{"name":"B","price":7.5}"#]);
    let page = format!("<meta charset=utf-8><script>window.d = {text};</script>");
    let ran = select_in(&page, &["script", "--jmespath", "items[].price", "--json"]).exits(0);
    assert_eq!(
        ran.json(),
        json!({"jmespath": "items[].price", "value": [5, 7.5]})
    );
    select_in(text, &["--jmespath", "nothing"]).exits(1);
    select_in("oops", &["--jmespath", "a"])
        .exits(1)
        .says("not JSON");
    select_in(text, &["--jmespath", "a["])
        .exits(2)
        .says("bad expression");
}

#[test]
fn the_json_names_selector_and_value() {
    let record = select(&["h1", "--json"]).exits(0).json();
    assert_eq!(record, json!({"css": "h1", "value": "Grüße"}));
}

#[test]
fn no_match_exits_1() {
    let ran = select(&["table"]).exits(1).says("nothing matches");
    assert!(ran.stdout.is_empty(), "{ran:#?}");
}

#[test]
fn a_bad_selector_is_told_with_its_place() {
    select(&["p >> [x"])
        .exits(2)
        .says(r#"bad selector "p >> [x": unexpected ">" at column 4"#);
    select(&["p["]).exits(2).says("it ends too early");
    select(&["p::txt"])
        .exits(2)
        .says(r#"unexpected "::txt" at column 2; did you mean "::text"?"#);
}

#[test]
fn no_selector_is_a_usage_error() {
    select(&[]).exits(2);
    crawl(&["select", "http://127.0.0.1/"]).exits(2);
}
