//! What it costs to take typed items out of parsed pages: by hand and by derive, in turns.
//!
//! ```text
//! cargo bench --bench extract
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

use std::error::Error;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crawlworks::clean;
use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use regex::Regex;

type Failure = Box<dyn Error + Send + Sync>;

/// How often each way is measured.
const ROUNDS: usize = 101;
/// How often it goes through the pages in a round.
const PASSES: usize = 5;

#[derive(Debug, PartialEq, Extract)]
#[extract("article.product_page")]
struct Book {
    #[extract("h1")]
    title: String,
    #[extract("p.price_color", with = clean::price)]
    price: f64,
    #[extract("p.availability", re = r"\((\d+) available", default = 0)]
    in_stock: u32,
    #[extract("p.star-rating::attr(class)")]
    rating: String,
    #[extract("table td")]
    upc: String,
    #[extract(page_url)]
    url: Url,
    #[extract("img::attr(src)")]
    image: Option<Url>,
}

#[derive(Debug, PartialEq, Extract)]
#[extract("div.quote")]
struct Quote {
    #[extract("span.text")]
    text: String,
    #[extract("small.author")]
    author: String,
    #[extract("a.tag")]
    tags: Vec<String>,
}

/// A way to take all items out of a page, which gives how many there were. The first of several is what the others are
/// compared with; one that a recipe describes is another row.
type Way = (&'static str, fn(&Html) -> Result<usize, Failure>);

const BOOKS: &[Way] = &[
    ("by hand", |html| count(&[book(html)?])),
    ("derive", |html| count(&[html.extract::<Book>()?])),
];

const QUOTES: &[Way] = &[
    ("by hand", |html| count(&quotes(html)?)),
    ("derive", |html| count(&html.items::<Quote>()?)),
];

fn book(html: &Html) -> Result<Book, Failure> {
    static STOCK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\((\d+) available").ok());
    let page = html.one("article.product_page")?;
    let stock = page.one("p.availability")?.text();
    let stock = STOCK.as_ref().and_then(|regex| regex.captures(&stock));
    Ok(Book {
        title: page.one("h1")?.text(),
        price: clean::price(&page.one("p.price_color")?.text())?,
        in_stock: match stock.and_then(|found| found.get(1)) {
            Some(count) => count.as_str().parse()?,
            None => 0,
        },
        rating: page
            .one("p.star-rating")?
            .attr("class")
            .ok_or("no rating")?
            .to_owned(),
        upc: page.one("table td")?.text(),
        url: html.url().clone(),
        image: page.first("img")?.and_then(|image| image.url("src")),
    })
}

fn quotes(html: &Html) -> Result<Vec<Quote>, Failure> {
    let mut quotes = Vec::new();
    for quote in html.select("div.quote")? {
        quotes.push(Quote {
            text: quote.one("span.text")?.text(),
            author: quote.one("small.author")?.text(),
            tags: quote.select("a.tag")?.map(Element::text).collect(),
        });
    }
    Ok(quotes)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what is counted comes with an error"
)]
fn count<T>(items: &[T]) -> Result<usize, Failure> {
    Ok(black_box(items).len())
}

fn main() -> Result<(), Failure> {
    let site = PracticeSite::start()?;
    let books: Vec<_> = site
        .books()
        .iter()
        .take(50)
        .map(|book| site.at(&book.path))
        .collect();
    let lists: Vec<_> = (1..=10)
        .map(|n| site.at(&format!("/quotes/page/{n}/")))
        .collect();
    let (books, lists) = (pages(&site, books)?, pages(&site, lists)?);
    for html in &books {
        assert_eq!(book(html)?, html.extract()?);
    }
    for html in &lists {
        assert_eq!(quotes(html)?, html.items()?);
    }
    println!(
        "{:<8} {:<8} {:>12} {:>8}",
        "pages", "way", "µs per page", "ratio"
    );
    measure("books", &books, BOOKS)?;
    measure("quotes", &lists, QUOTES)
}

/// Fetches pages and parses them.
fn pages(site: &PracticeSite, urls: Vec<Url>) -> Result<Vec<Html>, Failure> {
    struct Pages(Vec<Url>);
    impl Spider for Pages {
        type Item = (Url, String);

        fn name(&self) -> &str {
            "pages"
        }

        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(self.0.iter().cloned().map(Request::from).collect())
        }

        async fn parse(
            &self,
            page: Response,
            out: &mut Output<Self::Item>,
        ) -> Result<(), BoxError> {
            out.item((page.url().clone(), page.text().into_owned()));
            Ok(())
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (wanted, crawler) = (urls.len(), Crawler::new(Pages(urls)).delay(Duration::ZERO));
    let pages = runtime.block_on(async {
        let mut stream = crawler.stream();
        let mut pages = Vec::new();
        while let Some((url, text)) = stream.next().await {
            pages.push(Html::parse(&text, url));
        }
        stream.finish().await.map(|_| pages)
    })?;
    if pages.len() != wanted {
        return Err(format!("{} of {wanted} pages of {}", pages.len(), site.at("/")).into());
    }
    Ok(pages)
}

/// Measures all ways in turns, and prints the median of each, and of its ratio to the first.
fn measure(kind: &str, pages: &[Html], ways: &[Way]) -> Result<(), Failure> {
    let mut times = vec![Vec::with_capacity(ROUNDS); ways.len()];
    for _ in 0..ROUNDS {
        for ((_, way), times) in ways.iter().zip(&mut times) {
            let begin = Instant::now();
            for html in (0..PASSES).flat_map(|_| pages) {
                way(html)?;
            }
            times.push(begin.elapsed().as_secs_f64());
        }
    }
    let first = times.first().cloned().unwrap_or_default();
    let count = u32::try_from(PASSES * pages.len())?;
    for ((name, _), times) in ways.iter().zip(&times) {
        let ratios = times
            .iter()
            .zip(&first)
            .map(|(time, first)| time / first)
            .collect();
        let micros = median(times.clone()) * 1e6 / f64::from(count);
        println!("{kind:<8} {name:<8} {micros:>12.2} {:>8.3}", median(ratios));
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
