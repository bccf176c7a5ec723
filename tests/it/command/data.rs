//! `crawl data`: what a page says of itself for machines.

use crawlworks::testing::PracticeSite;

use super::{Directory, Ran, crawl};

const PAGE: &str = "<html lang=de><title>Tinte</title><link rel=canonical href=/tinte>
    <meta name=description content='Blaue Tinte'><meta property=og:title content=Tinte>
    <script type=application/ld+json>{\"@type\": \"Product\", \"name\": \"Tinte\"}</script>
    <script type=application/ld+json>{oops}</script>
    <p itemscope itemtype=https://schema.org/Product><b itemprop=name>Tinte</b>";

fn data(flags: &[&str]) -> Ran {
    let file = ["data", "--file", "-", "--base", "https://example.com/x/"];
    Directory::new().crawl_with_input(&[&file, flags].concat(), PAGE)
}

#[test]
fn everything_that_the_page_says_is_printed() {
    let found = data(&[]).exits(0).json();
    assert_eq!(found["title"], "Tinte");
    assert_eq!(found["language"], "de");
    assert_eq!(found["canonical"], "https://example.com/tinte");
    assert_eq!(found["meta"]["description"][0], "Blaue Tinte");
    assert_eq!(found["open_graph"][0]["content"], "Tinte");
    assert_eq!(found["json_ld"][0]["name"], "Tinte");
    assert_eq!(found["microdata"][0]["properties"]["name"][0], "Tinte");
    assert_eq!(found["skipped"][0]["part"], "json_ld");
    assert_eq!(
        found["skipped"][0]["message"],
        "script 2: not JSON: key must be a string at line 1 column 2, before \"oops}\""
    );
}

#[test]
fn it_is_on_one_line_if_wanted() {
    let (long, short) = (data(&[]).exits(0), data(&["--json"]).exits(0));
    assert!(long.lines().len() > 20, "{long:#?}");
    assert_eq!(short.lines().len(), 1);
    assert_eq!(short.json(), long.json());
}

#[test]
fn a_page_is_fetched() {
    let site = PracticeSite::start().unwrap();
    let found = crawl(&["data", site.at("/quotes/").as_str()])
        .exits(0)
        .json();
    assert_eq!(found["title"], "Quotes to practise on");
}

#[test]
fn what_is_no_page_is_an_error() {
    let site = PracticeSite::start().unwrap();
    let missing = crawl(&["data", site.at("/nowhere").as_str()]);
    assert!(missing.exits(9).says("status 404").stdout.is_empty());
    crawl(&["data"]).exits(2);
    crawl(&["data", "--file", "page.html"])
        .exits(2)
        .says("--base");
}
