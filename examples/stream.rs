//! Items as an async stream, typed: take as many as you need, then end the crawl.
//!
//! Run it with `cargo run --example stream`. It crawls the practice site, so it needs no network.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

struct Titles(Url);

impl Spider for Titles {
    type Item = String;

    fn name(&self) -> &str {
        "titles"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        let html = response.html()?;
        for book in html.select("h3 a")? {
            out.item(book.attr("title").unwrap_or_default().to_owned());
        }
        out.follow_all(html.links("li.next a")?);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let mut titles = Crawler::new(Titles(site.at("/shop/")))
        .delay(Duration::from_millis(10))
        .stream();

    let mut found = Vec::new();
    while let Some(title) = titles.next().await {
        found.push(title);
        if found.len() == 30 {
            break;
        }
    }
    let report = titles.finish().await?;

    let books: Vec<&str> = site
        .books()
        .iter()
        .take(30)
        .map(|book| book.title.as_str())
        .collect();
    assert_eq!(found, books);
    // There are 50 pages. A reader that stops, or is slow, holds the crawl back.
    assert!(report.pages < 50, "{} pages", report.pages);
    Ok(())
}
