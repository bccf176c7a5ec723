//! `crawl sitemap`: what a sitemap lists.

use crawlworks::testing::PracticeSite;
use serde_json::json;

use super::{Directory, crawl};

#[test]
fn every_location_is_a_line() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["sitemap", site.at("/sitemap-shop.xml").as_str()]).exits(0);
    let books: Vec<String> = site
        .books()
        .iter()
        .map(|book| site.at(&book.path).to_string())
        .collect();
    assert_eq!(ran.lines(), books);
}

#[test]
fn an_index_lists_its_sitemaps() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["sitemap", site.at("/sitemap.xml").as_str()]).exits(0);
    let parts = ["/sitemap-shop.xml", "/sitemap-quotes.xml"].map(|path| site.at(path).to_string());
    assert_eq!(ran.lines(), parts);
}

#[test]
fn a_file_is_read_relative_to_its_base() {
    let feed = "<urlset><url><loc>/a</loc></url><url><loc>mailto:x@y.example</loc></url></urlset>";
    let ran = Directory::new()
        .crawl_with_input(
            &["sitemap", "--file", "-", "--base", "http://x.example/s.xml"],
            feed,
        )
        .exits(0)
        .says("without a usable URL, skipped: 1");
    assert_eq!(ran.lines(), ["http://x.example/a"]);
}

#[test]
fn a_sitemap_that_breaks_off_gives_what_it_has() {
    let feed = "<urlset><url><loc>http://x.example/a</loc></url><url><lo";
    let ran = Directory::new()
        .crawl_with_input(
            &["sitemap", "--file", "-", "--base", "http://x.example/"],
            feed,
        )
        .exits(0)
        .says("there may be more");
    assert_eq!(ran.lines(), ["http://x.example/a"]);
}

#[test]
fn the_pages_of_all_sitemaps_are_listed_when_that_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let index = site.at("/sitemap.xml");
    let listed = |arguments: &[&str]| {
        let line = [&["sitemap", index.as_str(), "-s", "delay=0"], arguments].concat();
        crawl(&line).exits(0)
    };
    let pages = listed(&["--pages"]);
    let mut pages = pages.lines();
    pages.sort_unstable();
    let parts = ["/sitemap-shop.xml", "/sitemap-quotes.xml"].map(|path| site.at(path));
    let mut expected = Vec::new();
    for part in &parts {
        let ran = crawl(&["sitemap", part.as_str()]).exits(0);
        expected.extend(ran.lines().into_iter().map(str::to_owned));
    }
    expected.sort_unstable();
    assert_eq!(pages, expected);
    let records = listed(&["--pages", "--json"]).records();
    assert_eq!(records.len(), expected.len());
    assert!(records.iter().all(|record| record["is_sitemap"] == false));
    assert!(
        records
            .iter()
            .any(|record| record["sitemap"] == parts[0].as_str())
    );
}

#[test]
fn an_entry_as_json_has_all_that_is_said_of_it() {
    let sitemap = "<urlset xmlns:x='http://www.w3.org/1999/xhtml'><url><loc>/a</loc><lastmod>2025-06-20</lastmod>\
                   <x:link rel='alternate' hreflang='de' href='/de/a'/></url><url><loc>/b</loc></url></urlset>";
    let base = "http://x.example/s.xml";
    let ran = Directory::new()
        .crawl_with_input(
            &["sitemap", "--file", "-", "--base", base, "--json"],
            sitemap,
        )
        .exits(0);
    assert_eq!(
        ran.records(),
        [
            json!({"loc": "http://x.example/a", "is_sitemap": false, "lastmod": "2025-06-20",
                   "alternates": [{"hreflang": "de", "href": "http://x.example/de/a"}]}),
            json!({"loc": "http://x.example/b", "is_sitemap": false, "lastmod": null, "alternates": []}),
        ]
    );
}

#[test]
fn what_is_no_sitemap_is_told_of_all_pages_too() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["sitemap", site.at("/quotes/").as_str(), "--pages"]);
    ran.exits(9).says("cannot read").says("not a sitemap");
}
