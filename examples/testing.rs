//! A spider's tests without a network: a saved page, and a whole crawl in paused time.
//!
//! Run it with `cargo run --example testing`. In a project of your own these two are `#[tokio::test]`s.

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, parse};

struct Titles;

impl Spider for Titles {
    type Item = String;

    fn name(&self) -> &str {
        "titles"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![Request::get("https://example.com/")?])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        let html = response.html()?;
        out.item(html.one("h1")?.text());
        out.follow_all(html.links("a")?);
        Ok(())
    }
}

async fn a_saved_page_gives_its_title_and_links() -> Result<(), BoxError> {
    let page = "<h1>One</h1><a href=two>next</a>";
    let out = parse(&Titles, "https://example.com/", page).await?;
    assert_eq!((out.items().len(), out.requests().len()), (1, 1));
    Ok(())
}

async fn requests_are_two_seconds_apart() -> Result<(), BoxError> {
    let fake = FakeDownloader::with_pages([
        (
            "https://example.com/",
            "<h1>1</h1><a href=/2>2</a><a href=/3>3</a>",
        ),
        ("https://example.com/2", "<h1>2</h1>"),
        ("https://example.com/3", "<h1>3</h1>"),
    ]);
    let crawler = Crawler::new(Titles).delay(Duration::from_secs(2));
    let report = crawler.downloader(fake.clone()).run().await?;
    assert_eq!(report.items.kept, 3);
    // robots.txt and three pages.
    assert_eq!(fake.times(), [0, 2, 4, 6].map(Duration::from_secs));
    Ok(())
}

/// Time is paused: it jumps ahead whenever nothing is left to do, so this takes no six seconds.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), BoxError> {
    a_saved_page_gives_its_title_and_links().await?;
    requests_are_two_seconds_apart().await
}
