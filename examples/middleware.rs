//! Effects around each download: a middleware that authenticates.
//!
//! Run it with `cargo run --example middleware`. It crawls the practice site, so it needs no network.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{Result, middleware};

struct Pages(Url);

impl Spider for Pages {
    type Item = String;

    fn name(&self) -> &str {
        "pages"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        out.follow_all(response.html()?.links("li.next a")?);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let home = site.url().origin();
    let bearer = middleware::from_fn(move |mut request: Request, next: Next| {
        // Redirects and links can lead elsewhere: a secret is for its own origin only.
        let at_home = request.url().origin() == home;
        async move {
            if at_home {
                request = request.with_header("authorization", "Bearer 1234")?;
            }
            next.run(request).await
        }
    });

    let crawler = Crawler::new(Pages(site.at("/quotes/"))).delay(Duration::ZERO);
    let report = crawler.middleware(bearer).run().await?;

    assert_eq!(report.pages, 10);
    for seen in site.served().requests() {
        // robots.txt goes past the middlewares: no credentials with it.
        let has_token = seen.header("authorization").is_some();
        assert_eq!(has_token, seen.path != "/robots.txt", "{}", seen.path);
    }
    Ok(())
}
