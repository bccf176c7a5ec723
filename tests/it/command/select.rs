//! `crawl select`: trying selectors on a page.

use crawlworks::testing::PracticeSite;

use super::{Folder, Ran, crawl};

const PAGE: &str = "<h1>Grüße</h1><p>one <b>two</b></p><p>three</p><a HREF=/x>link</a>";

fn select(arguments: &[&str]) -> Ran {
    let file = ["select", "--file", "-"];
    Folder::new().crawl_with_input(&[&file, arguments].concat(), PAGE)
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
fn an_attribute_or_the_html_can_be_asked_for() {
    assert_eq!(select(&["a", "--attr", "href"]).exits(0).lines(), ["/x"]);
    let html = select(&["p:first-of-type", "--html"]).exits(0);
    assert_eq!(html.lines(), ["<p>one <b>two</b></p>"]);
}

#[test]
fn the_json_names_selector_and_value() {
    let record = select(&["h1", "--json"]).exits(0).json();
    assert_eq!(record, serde_json::json!({"css": "h1", "value": "Grüße"}));
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
}

#[test]
fn no_selector_is_a_usage_error() {
    select(&[]).exits(2);
    crawl(&["select", "http://127.0.0.1/"]).exits(2);
}
