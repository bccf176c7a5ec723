//! `crawl links`: where a page links to.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};

#[test]
fn links_are_absolute_and_in_document_order() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["links", site.at("/quotes/page/2/").as_str()]).exits(0);
    let links = ran.lines();
    assert_eq!(links[0], site.at("/quotes/").as_str());
    assert_eq!(links[1], site.at("/login").as_str());
    assert_eq!(*links.last().unwrap(), site.at("/quotes/page/3/").as_str());
}

#[test]
fn links_are_listed_once_each_without_fragments() {
    let page = "<a href=b>1</a><a href='b#x'>2</a><a href=mailto:a@b.example>3</a><a href=//c.example>4</a>";
    let ran = Directory::new()
        .crawl_with_input(
            &["links", "--file", "-", "--base", "http://a.example/x/y"],
            page,
        )
        .exits(0);
    assert_eq!(ran.lines(), ["http://a.example/x/b", "http://c.example/"]);
}

#[test]
fn a_file_needs_a_base() {
    crawl(&["links", "--file", "page.html"])
        .exits(2)
        .says("--base");
}

#[test]
fn a_page_that_is_not_there_has_no_links() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/nowhere");
    let ran = crawl(&["links", url.as_str()])
        .exits(9)
        .says("status 404")
        .says(url.as_str());
    assert!(ran.stdout.is_empty(), "{ran:#?}");
}
