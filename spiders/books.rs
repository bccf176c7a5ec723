//! The thousand books of a shop: list pages lead to books, and to the next list page.

use std::str::FromStr;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{Args, Job};
use serde::Serializer;

use crate::practice;

/// Where its practice site listens, in every process: see [`practice::start`].
const PORT: u16 = 8452;

/// What the spider finds; flat, so that it fits a row of CSV.
#[derive(Debug, PartialEq, Serialize)]
struct Book {
    title: String,
    price: Price,
    in_stock: u32,
    rating: u8,
    category: String,
    upc: String,
    url: String,
    image: Option<String>,
}

/// An amount of money in pence, read from `£51.77` and counted exactly; in the output it is the number 51.77, in pounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Price(u32);

struct Books {
    start: Url,
    /// Is up as long as the spider that crawls it.
    practice: Option<PracticeSite>,
}

/// Crawls the practice site, which `-a port=…` starts on another port, or another site with `-a url=https://…`.
pub(crate) fn job() -> Job {
    Job::new("books", |args: &mut Args| {
        let spider = match args.get("url")? {
            Some(url) => Books::at(url),
            None => Books::practice(practice::start(args, PORT)?),
        };
        Ok(Crawler::new(spider))
    })
    .about("1,000 books with price and stock; -a url=… crawls another shop")
}

impl Books {
    fn at(start: Url) -> Self {
        Self {
            start,
            practice: None,
        }
    }

    fn practice(site: PracticeSite) -> Self {
        Self {
            start: site.at("/shop/"),
            practice: Some(site),
        }
    }
}

impl Spider for Books {
    type Item = Book;

    fn name(&self) -> &str {
        "books"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.start.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Book>) -> Result<(), BoxError> {
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
    }

    /// The practice site minds no hurry. Any other site gets the polite defaults.
    fn settings(&self, mut settings: Settings) -> Settings {
        if self.practice.is_some() {
            settings.politeness.delay = Duration::ZERO;
            settings.politeness.concurrency_per_host = 16;
        }
        settings
    }
}

fn book(html: &Html) -> Result<Book, BoxError> {
    let page = html.one("article.product_page")?;
    Ok(Book {
        title: page.one("h1")?.text(),
        price: page.one("p.price_color")?.text().parse()?,
        in_stock: in_stock(&page.one("p.availability")?.text())?,
        rating: rating(page.one("p.star-rating")?.attr("class").unwrap_or_default())?,
        category: html.one("ul.breadcrumb li:nth-last-child(2)")?.text(),
        upc: page.one("table td")?.text(),
        url: html.url().to_string(),
        image: page.one("img")?.url("src").map(String::from),
    })
}

/// `In stock (22 available)`, or `Out of stock`.
fn in_stock(text: &str) -> Result<u32, BoxError> {
    match text
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(' '))
    {
        Some((number, _)) => Ok(number
            .parse()
            .map_err(|_| format!("no number in stock: {text:?}"))?),
        None if text == "Out of stock" => Ok(0),
        None => Err(format!("neither in stock nor out of stock: {text:?}").into()),
    }
}

/// The stars are a class: `star-rating Three`.
fn rating(class: &str) -> Result<u8, BoxError> {
    let stars = class.split_ascii_whitespace().find_map(|word| match word {
        "One" => Some(1),
        "Two" => Some(2),
        "Three" => Some(3),
        "Four" => Some(4),
        "Five" => Some(5),
        _ => None,
    });
    stars.ok_or_else(|| format!("no rating: {class:?}").into())
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pence = |text: &str| {
            let (pounds, pence) = text.strip_prefix('£')?.split_once('.')?;
            let two_digits = pence.len() == 2;
            pounds
                .parse::<u32>()
                .ok()?
                .checked_mul(100)?
                .checked_add(pence.parse().ok().filter(|_| two_digits)?)
        };
        pence(text)
            .map(Self)
            .ok_or_else(|| format!("not a price: {text:?}"))
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The float that is nearest to a number of two decimals is written with these decimals.
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

#[cfg(test)]
mod tests;
