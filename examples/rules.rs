//! A shop walked by link rules: which links are followed, as what, and how many.
//!
//! Run it with `cargo run --example rules`. It crawls the practice site, so it needs no network.

use crawlworks::Filter;
use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

struct Shop {
    start: Url,
    rules: Rules,
}

impl Spider for Shop {
    type Item = (u32, String);

    fn name(&self) -> &str {
        "shop"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.start.clone().into()])
    }

    async fn parse(&self, page: Response, out: &mut Output<Self::Item>) -> Result<(), BoxError> {
        let html = page.html()?;
        if page.label() == Some("book") {
            let id: String = page.request().meta("id")?.unwrap_or_default();
            out.item((id.parse()?, html.one("h1")?.text()));
        }
        self.rules.follow(&html, out)?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let rules = Rules::new([
        // The next list page, but no more than four of them.
        Rule::new().within("li.next").limit(4),
        // Books, with the number at the end of their URL.
        Rule::new()
            .allow(r"/book/.*_(?<id>\d+)\.html$")
            .within("article h3")
            .label("book"),
    ])?;
    let site = PracticeSite::start()?;
    let start = site.at("/shop/");
    let crawler = Crawler::new(Shop { start, rules }).delay(Duration::ZERO);
    let report = crawler.run().await?;

    assert_eq!(report.items.kept, 100); // five pages of twenty
    assert_eq!(report.filtered.get(&Filter::RuleLimit), Some(&1)); // the link to the sixth
    Ok(())
}
