//! `crawl sitemap`: what a sitemap lists.

use crawlworks::testing::PracticeSite;

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
