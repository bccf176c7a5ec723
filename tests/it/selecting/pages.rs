//! The practice site's pages, taken apart in the ways there are.

use crawlworks::html;
use crawlworks::prelude::*;
use crawlworks::testing::{PracticeSite, parse};
use crawlworks::{ErrorKind, HttpDownloader, json};
use serde_json::json;

async fn fetch(site: &PracticeSite, path: &str) -> Response {
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    downloader
        .fetch(Request::from(site.at(path)))
        .await
        .unwrap()
}

#[tokio::test]
async fn queries_find_what_elements_find() {
    let site = PracticeSite::start().unwrap();
    let page = fetch(&site, "/quotes/").await.html().unwrap();
    let texts: Vec<_> = page
        .select(".quote .text")
        .unwrap()
        .map(Element::text)
        .collect();
    assert_eq!(page.get_all(".quote .text::text").unwrap(), texts);
    assert_eq!(page.get_all(".quote .text").unwrap(), texts);
    let hrefs = page.get_all("li.next a::attr(href)").unwrap();
    assert_eq!(
        page.urls("li.next a").unwrap(),
        page.links("li.next a").unwrap()
    );
    assert_eq!(hrefs, ["/quotes/page/2/"]);
}

#[tokio::test]
async fn chained_selection_stays_in_its_element() {
    let site = PracticeSite::start().unwrap();
    let page = fetch(&site, "/quotes/").await.html().unwrap();
    for (quote, expected) in page.select(".quote").unwrap().zip(site.quotes()) {
        assert_eq!(
            quote.get("small.author::text").unwrap().as_ref(),
            Some(&expected.author)
        );
        assert_eq!(quote.get_all(".tags > a.tag").unwrap(), expected.tags);
        assert_eq!(
            quote.one(".tags").unwrap().get_all("> a::text").unwrap(),
            expected.tags
        );
    }
}

#[test]
fn json_of_an_answer_and_of_a_script_is_searched() {
    let request = || Request::get("http://a.example/").unwrap();
    let answer =
        Response::new(request(), 200).with_body("text/plain", "\u{feff}{\"a\": [{\"b\": 1}]}");
    assert_eq!(answer.jmespath("a[].b").unwrap(), json!([1]));
    let page = Response::new(request(), 200).with_body(
        "text/html",
        "<script>window.shop = {\"price\": \"5 €\"};</script>",
    );
    let html = page.html().unwrap();
    let price = html.jmespath("script", "price").unwrap().unwrap();
    assert_eq!(
        html::re_first(price.as_str().unwrap(), r"\d+")
            .unwrap()
            .as_deref(),
        Some("5")
    );
    assert_eq!(
        json::search(&html.one("script").unwrap().json().unwrap(), "price").unwrap(),
        price
    );
}

/// A spider with a mistake in a selector.
struct Mistaken;

impl Spider for Mistaken {
    type Item = String;

    fn name(&self) -> &str {
        "mistaken"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(Vec::new())
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        out.item(response.html()?.one("h1::txt")?.text());
        Ok(())
    }
}

#[tokio::test]
async fn an_error_in_a_spider_names_selector_and_page() {
    let error = parse(&Mistaken, "http://a.example/p", "<h1>x")
        .await
        .unwrap_err();
    let error = error.downcast_ref::<crawlworks::Error>().unwrap();
    assert_eq!(error.kind(), ErrorKind::Selector);
    assert_eq!(
        error.to_string(),
        r#"bad selector "h1::txt": unexpected "::txt" at column 3 (http://a.example/p)"#
    );
}
