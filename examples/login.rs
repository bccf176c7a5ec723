//! Logging in: fill in the form, whose hidden token goes along, and go where only users go. Cookies keep themselves.
//!
//! Run it with `cargo run --example login`. It crawls the practice site, so it needs no network.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

struct Account(Url);

impl Spider for Account {
    type Item = String;

    fn name(&self) -> &str {
        "account"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        let html = response.html()?;
        // The answer to the form redirects to the account; the label comes along.
        if response.label() == Some("account") {
            for secret in html.select(".secret")? {
                out.item(secret.text());
            }
            return Ok(());
        }
        let form = html
            .form("form")?
            .with("username", "ada")
            .with("password", "secret");
        out.follow(form.submit()?.with_label("account"));
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let mut crawler = Crawler::new(Account(site.at("/login"))).delay(Duration::ZERO);
    // robots.txt asks robots to stay out of /account; whoever has an account there may look at it.
    crawler.settings_mut().politeness.robots = false;
    let report = crawler.run().await?;
    assert_eq!(report.items.kept, 5);
    assert_eq!(report.requests.redirected, 1);
    Ok(())
}
