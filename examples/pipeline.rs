//! A step between `parse` and the outputs: it keeps, changes or drops an item, whose type it knows.
//!
//! Run it with `cargo run --example pipeline`. It crawls the practice site, so it needs no network.

use std::collections::HashSet;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

struct Authors(Url);

impl Spider for Authors {
    type Item = String;

    fn name(&self) -> &str {
        "authors"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        let html = response.html()?;
        html.select(".author")?
            .for_each(|author| out.item(author.text()));
        out.follow_all(html.links("li.next a")?);
        Ok(())
    }
}

/// Keeps each author once. One task owns the step, so it needs no lock.
#[derive(Default)]
struct Once(HashSet<String>);

impl Pipeline<String> for Once {
    async fn process(&mut self, author: String) -> Result<Verdict<String>, BoxError> {
        let is_new = self.0.insert(author.clone());
        Ok(if is_new {
            Verdict::Keep(author)
        } else {
            Verdict::Drop("known author")
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let crawler = Crawler::new(Authors(site.at("/quotes/"))).delay(Duration::ZERO);
    let report = crawler.pipeline(Once::default()).run().await?;
    assert_eq!(report.items.kept, 50);
    assert_eq!(report.items.dropped.get("known author"), Some(&50));
    Ok(())
}
