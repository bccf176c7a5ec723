//! Recipes for JSON APIs.

use crawlworks::testing::PracticeSite;
use serde_json::json;

use super::crawl;

const FIELDS: &str = "[items.book]\njson = 'items[]'\nunique = ['upc']\n[items.book.fields]\nupc = 'upc'\n\
                      price = { json = 'price_pence', type = 'integer' }\nstars = 'rating'\nshop = { value = 'practice' }\n";

#[tokio::test]
async fn an_api_is_read_page_by_page() {
    let site = PracticeSite::start().unwrap();
    for (start, pagination) in [
        ("{url}api/books?limit=100", "json = 'next'"),
        (
            "{url}api/books?limit=100",
            "url = '/api/books?limit=100&offset={page}', first = 100, step = 100",
        ),
        (
            "{url}api/books?limit=100",
            "json = 'items[99].id', url = '/api/books?limit=100&offset={cursor}'",
        ),
    ] {
        let text = format!(
            "start = '{start}'\nargs.url = {{}}\npagination = {{ {pagination} }}\n{FIELDS}"
        );
        let (report, items) = crawl(&text, &site).await;
        assert_eq!(report.items.kept, 1_000, "{pagination}");
        let first = &site.books()[0];
        assert_eq!(
            items[0],
            json!({"upc": first.upc, "price": first.price_pence, "stars": first.rating, "shop": "practice"})
        );
    }
}

#[tokio::test]
async fn a_post_is_answered() {
    let site = PracticeSite::start().unwrap();
    let text = "args.url = {}\nargs.author = 'nobody'\n[[start]]\nurl = '{url}api/search'\njson = { author = '{author}' }\n\
                [items.quote]\njson = 'quotes'\n[items.quote.fields]\nauthor = 'author'\ntags = { json = 'tags', list = true }";
    let author = site.quotes()[0].author.clone();
    let args = [
        ("url", site.at("/").to_string()),
        ("author", author.clone()),
    ];
    let args: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (_, items) = super::crawl_with(text, &args).await;
    assert!(!items.is_empty());
    assert!(
        items
            .iter()
            .all(|item| item["author"] == author && item["tags"].is_array())
    );
}
