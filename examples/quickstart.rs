//! A whole spider: a hundred quotes on ten pages, written to a file.
//!
//! Run it with `cargo run --example quickstart`. It crawls the practice site, so it needs no network.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

#[derive(Debug, Serialize)]
struct Quote {
    text: String,
    author: String,
}

struct Quotes(Url);

impl Spider for Quotes {
    type Item = Quote;

    fn name(&self) -> &str {
        "quotes"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Quote>) -> Result<(), BoxError> {
        let html = response.html()?;
        for quote in html.select("div.quote")? {
            out.item(Quote {
                text: quote.one(".text")?.text(),
                author: quote.one(".author")?.text(),
            });
        }
        out.follow_all(html.links("li.next a")?);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let file = format!("crawlworks-quickstart-{}.jsonl", std::process::id());
    let file = std::env::temp_dir().join(file);
    let report = Crawler::new(Quotes(site.at("/quotes/")))
        .delay(Duration::ZERO)
        .output(&file.to_string_lossy())
        .run()
        .await?
        .into_result()?; // an error if no page could be fetched, among other things

    assert_eq!((report.pages, report.items.kept), (10, 100));
    assert_eq!(std::fs::read_to_string(&file)?.lines().count(), 100);
    std::fs::remove_file(&file)?;
    Ok(())
}
