//! `unique` of a recipe: an item with the same key is kept once, whatever ends the process.

use crawlworks::testing::FakeDownloader;
use crawlworks::{Args, Recipe, Report};

use crate::support::{Scratch, checked};

const RECIPE: &str = "start = 'http://a.example/1'\nsettings = { delay = '0s', robots = false }\npagination.next = 'a'\n\
                      [items.row]\neach = 'li'\nunique = ['sku', 'shop']\n[items.row.fields]\n\
                      sku = 'b'\nshop = { css = 'i', optional = true }";

/// Two pages, of which the second has the row of the first one with a shop, and two without.
fn site() -> FakeDownloader {
    FakeDownloader::with_pages([
        (
            "http://a.example/1",
            "<li><b>1</b><i>x</i><a href=2>next</a>",
        ),
        (
            "http://a.example/2",
            "<li><b>1</b><i>x</i><li><b>2</b><li><b>2</b>",
        ),
    ])
}

async fn crawl(scratch: &Scratch, pages: Option<u64>) -> Report {
    let recipe = Recipe::parse("test.toml", RECIPE).unwrap();
    let crawler = recipe.job().crawler(Args::default()).unwrap();
    let mut crawler = crawler.downloader(site()).job(scratch.path("job"));
    crawler.settings_mut().end.max_pages = pages;
    checked(crawler.run_until(std::future::pending()).await.unwrap())
}

#[tokio::test]
async fn an_item_with_the_key_of_another_one_is_dropped_also_after_a_resume() {
    let scratch = Scratch::new();
    let report = crawl(&scratch, Some(1)).await;
    assert_eq!((report.items.kept, report.ledger.pending), (1, 1));
    let report = crawl(&scratch, None).await;
    assert_eq!(report.items.dropped["duplicate"], 1, "{report:#?}");
    // What lacks a field of the key is no duplicate.
    assert_eq!(report.items.kept, 3);
}
