//! What a recipe costs beside the same spider in Rust: from the bytes of a page to the JSON of its items and its requests, in
//! turns.
//!
//! ```text
//! cargo bench --bench recipe
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{Args, Recipe};

/// How often each way is measured.
const ROUNDS: usize = 101;
/// How many pages are read.
const PAGES: usize = 40;

/// The spider `quotes` as one writes it.
struct Quotes;

#[derive(Debug, Serialize)]
struct Quote {
    text: String,
    author: String,
    tags: Vec<String>,
}

impl Spider for Quotes {
    type Item = Quote;

    fn name(&self) -> &str {
        "quotes"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(Vec::new())
    }

    async fn parse(&self, response: Response, out: &mut Output<Quote>) -> Result<(), BoxError> {
        let html = response.html()?;
        for quote in html.select("div.quote")? {
            out.item(Quote {
                text: quote.one("span.text")?.text(),
                author: quote.one("small.author")?.text(),
                tags: quote.select("a.tag")?.map(Element::text).collect(),
            });
        }
        out.follow_all(html.links("li.next a")?);
        Ok(())
    }
}

/// The spider `books` as one writes it; for its list pages, too.
struct Books;

#[derive(Debug, Serialize)]
struct Book {
    title: String,
    price: f64,
    in_stock: u32,
    rating: u8,
    category: String,
    upc: String,
    url: String,
    image: Option<String>,
}

impl Spider for Books {
    type Item = Book;

    fn name(&self) -> &str {
        "books"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(Vec::new())
    }

    async fn parse(&self, response: Response, out: &mut Output<Book>) -> Result<(), BoxError> {
        let html = response.html()?;
        if response.label() != Some("book") {
            let books = html.links("article.product_pod h3 a")?;
            let books = books.into_iter().map(Request::from);
            out.follow_all(books.map(|book| book.with_label("book")));
            out.follow_all(html.links("li.next a")?);
            return Ok(());
        }
        let page = html.one("article.product_page")?;
        let stock = page.one("p.availability")?.text();
        let stock = stock
            .split_once('(')
            .and_then(|(_, rest)| rest.split_once(' '));
        let class = page.one("p.star-rating")?.attr("class").unwrap_or_default();
        let words = ["One", "Two", "Three", "Four", "Five"];
        let is_in = |word: &&str| class.split(' ').any(|name| name == *word);
        out.item(Book {
            title: page.one("h1")?.text(),
            price: crawlworks::clean::price(&page.one("p.price_color")?.text())?,
            in_stock: stock.map_or(Ok(0), |(number, _)| number.parse())?,
            rating: words
                .iter()
                .position(is_in)
                .map_or(Ok(0), |at| u8::try_from(at + 1))?,
            category: html.one("ul.breadcrumb li:nth-last-child(2)")?.text(),
            upc: page.one("table td")?.text(),
            url: html.url().to_string(),
            image: page.one("img")?.url("src").map(String::from),
        });
        Ok(())
    }
}

fn main() -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let books = site
        .books()
        .iter()
        .take(PAGES)
        .map(|book| Request::from(site.at(&book.path)).with_label("book"));
    let lists = (2..2 + PAGES).map(|n| Request::from(site.at(&format!("/shop/page-{n}.html"))));
    let quotes = (1..=10).map(|n| Request::from(site.at(&format!("/quotes/page/{n}/"))));
    println!(
        "{:<8} {:>12} {:>12} {:>8}",
        "pages", "Rust µs", "recipe µs", "ratio"
    );
    let shop = include_str!("../spiders/shop.toml");
    let sayings = include_str!("../spiders/sayings.toml");
    compare("books", &Books, shop, books)?;
    compare("lists", &Books, shop, lists)?;
    compare("quotes", &Quotes, sayings, quotes)
}

/// Measures a spider and a recipe in turns, and prints the medians of both and of their ratio.
fn compare<S: Spider>(
    kind: &str,
    spider: &S,
    recipe: &str,
    requests: impl Iterator<Item = Request>,
) -> Result<(), BoxError> {
    let recipe = Recipe::parse(kind, recipe)?.spider(&mut Args::default())?;
    let pages = pages(requests.collect())?;
    for page in &pages {
        assert_eq!(read(spider, page)?, read(&recipe, page)?);
    }
    let (mut by_hand, mut by_recipe, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let one = time(spider, &pages)?;
        let other = time(&recipe, &pages)?;
        by_hand.push(one);
        by_recipe.push(other);
        ratios.push(other / one);
    }
    let (one, other) = (median(by_hand), median(by_recipe));
    println!(
        "{kind:<8} {one:>12.1} {other:>12.1} {:>8.3}",
        median(ratios)
    );
    Ok(())
}

/// What a spider makes of a page: its items as JSON, and where it goes.
fn read<S: Spider>(spider: &S, page: &Response) -> Result<(Vec<String>, Vec<String>), BoxError> {
    let mut out = Output::new();
    let context = &mut Context::from_waker(Waker::noop());
    let parsed = pin!(spider.parse(page.clone(), &mut out)).poll(context);
    match parsed {
        Poll::Ready(result) => result?,
        Poll::Pending => return Err("parse waits for something".into()),
    }
    let items: Result<Vec<String>, _> = out.items().iter().map(serde_json::to_string).collect();
    let url = |request: &Request| request.url().to_string();
    Ok((items?, out.requests().iter().map(url).collect()))
}

/// Microseconds per page.
fn time<S: Spider>(spider: &S, pages: &[Response]) -> Result<f64, BoxError> {
    let begin = Instant::now();
    for page in pages {
        black_box(read(spider, page)?);
    }
    Ok(begin.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(pages.len())?))
}

/// Fetches pages.
fn pages(requests: Vec<Request>) -> Result<Vec<Response>, BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let downloader = crawlworks::HttpDownloader::new(&Settings::default())?;
    runtime.block_on(async {
        let mut pages = Vec::new();
        for request in requests {
            pages.push(downloader.fetch(request).await?);
        }
        Ok(pages)
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
