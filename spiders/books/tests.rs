//! Tests of the books spider: on saved pages, and on the practice site.

use crawlworks::testing;

use super::*;

const LIST: &str = r#"
    <article class="product_pod"><a href="book/a_1.html"><img></a><h3><a href="book/a_1.html" title="A">A ...</a></h3></article>
    <article class="product_pod"><h3><a href="book/b_2.html">B</a></h3></article>
    <ul class="pager"><li class="next"><a href="page-2.html">next</a></li></ul>"#;

const BOOK: &str = r#"
    <ul class="breadcrumb"><li>Home</li><li>Books</li><li><a>Art &amp; Design</a></li><li class="active">The Quiet River</li></ul>
    <article class="product_page"><img src="/shop/media/1.png"><h1>The Quiet River</h1>
    <p class="price_color">£51.07</p><p class="instock availability">In stock (22 available)</p>
    <p class="star-rating Three"></p><table><tr><th>UPC</th><td>0123456789abcdef</td></tr></table></article>"#;

fn spider() -> Books {
    Books::at("https://example.com/shop/".parse().unwrap())
}

#[tokio::test]
async fn a_list_leads_to_its_books_and_the_next_list() {
    let out = testing::parse(&spider(), "https://example.com/shop/", LIST)
        .await
        .unwrap();
    let found: Vec<_> = out
        .requests()
        .iter()
        .map(|request| (request.url().path(), request.label()))
        .collect();
    assert_eq!(
        found,
        [
            ("/shop/book/a_1.html", Some("book")),
            ("/shop/book/b_2.html", Some("book")),
            ("/shop/page-2.html", None)
        ]
    );
}

#[tokio::test]
async fn a_book_is_read_with_its_types() {
    let request = Request::get("https://example.com/shop/book/a_1.html")
        .unwrap()
        .with_label("book");
    let response = Response::new(request, 200).with_body("text/html; charset=utf-8", BOOK);
    let mut out = Output::new();
    spider().parse(response, &mut out).await.unwrap();
    let book = Book {
        title: "The Quiet River".to_owned(),
        price: Price(5107),
        in_stock: 22,
        rating: 3,
        category: "Art & Design".to_owned(),
        upc: "0123456789abcdef".to_owned(),
        url: "https://example.com/shop/book/a_1.html".to_owned(),
        image: Some("https://example.com/shop/media/1.png".to_owned()),
    };
    assert_eq!(out.items(), [book]);
}

#[test]
fn prices_are_exact() {
    assert_eq!("£51.07".parse(), Ok(Price(5107)));
    for (pence, json) in [
        (5107, "51.07"),
        (29, "0.29"),
        (1110, "11.1"),
        (u32::MAX, "42949672.95"),
    ] {
        assert_eq!(serde_json::to_string(&Price(pence)).unwrap(), json);
    }
    for text in ["51.07", "£51", "£51.7", "£x.07", "£99999999.00"] {
        assert!(text.parse::<Price>().is_err(), "{text}");
    }
}

#[test]
fn stock_is_a_number() {
    assert_eq!(in_stock("In stock (22 available)").unwrap(), 22);
    assert_eq!(in_stock("Out of stock").unwrap(), 0);
    assert!(in_stock("soon").is_err());
}

#[tokio::test]
async fn the_practice_site_has_a_thousand_books() {
    let spider = Books::practice(PracticeSite::start().unwrap());
    let mut expected: Vec<_> = spider
        .practice
        .iter()
        .flat_map(PracticeSite::books)
        .map(|book| (book.upc.clone(), book.price_pence))
        .collect();
    let mut stream = Crawler::new(spider).stream();
    let mut found = Vec::new();
    while let Some(book) = stream.next().await {
        found.push((book.upc, book.price.0));
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
