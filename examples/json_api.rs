//! A JSON API: answers become types of your own, and the next request is made of what they say.
//!
//! Run it with `cargo run --example json_api`. It crawls the practice site, so it needs no network.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

#[derive(Debug, Serialize, Deserialize)]
struct Quote {
    text: String,
    author: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    page: u32,
    has_next: bool,
    quotes: Vec<Quote>,
}

struct Api(Url);

impl Spider for Api {
    type Item = Quote;

    fn name(&self) -> &str {
        "api"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Quote>) -> Result<(), BoxError> {
        let answer: Answer = response.json()?;
        for quote in answer.quotes {
            out.item(quote);
        }
        if answer.has_next {
            out.follow(response.follow(&format!("?page={}", answer.page + 1))?);
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let api = Api(site.at("/api/quotes?page=1"));
    let report = Crawler::new(api).delay(Duration::ZERO).run().await?;
    assert_eq!((report.pages, report.items.kept), (10, 100));
    Ok(())
}
