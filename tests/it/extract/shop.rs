//! The shop of the practice site, by hand and by derive.

use crawlworks::clean;
use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

use crate::support::{Probe, quick};

/// What both find.
#[derive(Debug, PartialEq, Serialize, Extract)]
struct Book {
    #[extract("article.product_page h1")]
    title: String,
    #[extract("p.price_color", with = clean::price)]
    price: f64,
    #[extract("p.availability", re = r"\((\d+) available", default = 0)]
    in_stock: u32,
    #[extract("p.star-rating::attr(class)", with = rating)]
    rating: u8,
    #[extract("ul.breadcrumb li:nth-last-child(2)")]
    category: String,
    #[extract("table td")]
    upc: String,
    #[extract(page_url)]
    url: Url,
    #[extract("article.product_page img", url)]
    image: Option<Url>,
}

/// The stars are a class: `star-rating Three`.
fn rating(class: &str) -> Result<u8, String> {
    let stars = ["One", "Two", "Three", "Four", "Five"];
    let found = (1..).zip(stars).find(|(_, star)| class.ends_with(star));
    found
        .map(|(stars, _)| stars)
        .ok_or_else(|| format!("no rating: {class:?}"))
}

fn by_hand(html: &Html) -> Result<Book, BoxError> {
    let page = html.one("article.product_page")?;
    let stock = page.one("p.availability")?.text();
    let stock = stock
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(' '));
    let price = page.one("p.price_color")?.text();
    Ok(Book {
        title: page.one("h1")?.text(),
        price: price.strip_prefix('£').ok_or("no pounds")?.parse()?,
        in_stock: stock.map_or(Ok(0), |(count, _)| count.parse())?,
        rating: rating(page.one("p.star-rating")?.attr("class").unwrap_or_default())?,
        category: html.one("ul.breadcrumb li:nth-last-child(2)")?.text(),
        upc: page.one("table td")?.text(),
        url: html.url().clone(),
        image: page.one("img")?.url("src"),
    })
}

fn by_derive(html: &Html) -> Result<Book, BoxError> {
    Ok(html.extract()?)
}

async fn crawl(site: &PracticeSite, book: fn(&Html) -> Result<Book, BoxError>) -> Vec<Book> {
    let spider = Probe::new([site.at("/shop/")], move |response, out| {
        let html = response.html()?;
        if response.label() == Some("book") {
            out.item(book(&html)?);
        } else {
            let books = html.links("article.product_pod h3 a")?;
            out.follow_all(
                books
                    .into_iter()
                    .map(|url| Request::from(url).with_label("book")),
            );
            out.follow_all(html.links("li.next a")?);
        }
        Ok(())
    });
    let mut items = quick(spider, |_| {}).stream();
    let mut books = Vec::new();
    while let Some(book) = items.next().await {
        books.push(book);
    }
    assert_eq!(items.finish().await.unwrap().errors.len(), 0);
    books.sort_by(|a, b| a.url.cmp(&b.url));
    books
}

#[tokio::test]
async fn derive_finds_what_code_by_hand_finds() {
    let site = PracticeSite::start().unwrap();
    let (hand, derive) = (crawl(&site, by_hand).await, crawl(&site, by_derive).await);
    assert_eq!(derive.len(), 1_000);
    assert_eq!(derive, hand);
}
