//! Typed items by derive: the struct says where each field stands, and the compiler checks the selectors.
//!
//! Run it with `cargo run --example derive`. It crawls the practice site, so it needs no network.

use crawlworks::clean;
use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

#[derive(Debug, Serialize, Extract)]
#[extract("article.product_page")]
struct Book {
    #[extract("h1")]
    title: String,
    #[extract("p.price_color", with = clean::price)]
    price: f64,
    #[extract("p.availability", re = r"\((\d+) available", default = 0)]
    in_stock: u32,
    #[extract("img::attr(src)")]
    image: Option<Url>,
    #[extract(page_url)]
    url: Url,
}

struct Shop(Url);

impl Spider for Shop {
    type Item = Book;

    fn name(&self) -> &str {
        "shop"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Book>) -> Result<(), BoxError> {
        let html = response.html()?;
        for book in html.items::<Book>()? {
            out.item(book);
        }
        out.follow_all(html.links("article.product_pod h3 a, li.next a")?);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let mut books = Crawler::new(Shop(site.at("/shop/")))
        .delay(Duration::ZERO)
        .stream();
    let (mut count, mut worth) = (0, 0.0);
    while let Some(book) = books.next().await {
        count += 1;
        worth += book.price * f64::from(book.in_stock);
    }
    assert_eq!(count, 1_000);
    assert!(worth > 0.0);
    Ok(())
}
