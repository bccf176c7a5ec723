//! Pages made to be costly. What takes time in proportion to the page must take four times as long for four times the
//! page, give or take; what cannot be had so is refused.

use std::time::{Duration, Instant};

use crawlworks::ErrorKind;
use crawlworks::html::Html;

fn parse(page: &str) -> Html {
    let url = url::Url::parse("http://a.example/").unwrap();
    Html::parse(page, url)
}

fn best_of_3(work: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..3).map(|_| time()).min().unwrap()
}

/// Whether something takes much more than in proportion on a page four times as large: 16 times if it is quadratic.
#[track_caller]
fn is_linear(what: &str, page: impl Fn(usize) -> String, size: usize, ask: impl Fn(&Html)) {
    // What else runs on the machine can spoil one comparison.
    let ratio = || {
        let (small, large) = (parse(&page(size)), parse(&page(4 * size)));
        best_of_3(|| ask(&large)).as_secs_f64() / best_of_3(|| ask(&small)).as_secs_f64()
    };
    let ratios: Vec<_> = (0..3)
        .map(|_| ratio())
        .take_while(|ratio| *ratio > 9.0)
        .collect();
    assert!(
        ratios.len() < 3,
        "{what}: four times the page takes {ratios:?} times as long"
    );
}

fn wide(size: usize) -> String {
    "<p class=c>x</p>\n".repeat(size)
}

#[test]
fn selectors_are_linear_in_the_width_of_a_page() {
    for css in [
        "p.c + p",
        "p:has(a)",
        "body:has(a b) p",
        ":has(+ a)",
        "p:not(:has(i)):empty",
        "p:last-child",
        "p:only-child",
        "[class~=d]",
    ] {
        is_linear(css, wide, 2_000, |html| drop(html.select(css).unwrap()));
    }
}

#[test]
fn queries_are_linear_in_the_width_of_a_page() {
    for query in [
        "p::text",
        "body ::text",
        "p::attr(class), p::text",
        "* ::attr(class)",
        "p, > i",
    ] {
        is_linear(query, wide, 2_000, |html| {
            drop(html.get_all(query).unwrap())
        });
    }
}

#[test]
fn the_first_value_does_not_cost_all() {
    is_linear(
        "first of each",
        |size| "<ul><li>a<li>b</ul>".repeat(size),
        1_000,
        |html| {
            for list in html.select("ul").unwrap() {
                list.get("li::text").unwrap();
            }
        },
    );
}

#[test]
fn tables_are_read_in_proportion() {
    let table = |size| {
        format!(
            "<table>{}",
            "<tr><td rowspan=3>x<td colspan=2>y<td>z".repeat(size)
        )
    };
    is_linear("records", table, 500, |html| {
        drop(html.root().records().unwrap())
    });
    is_linear("pairs", table, 500, |html| {
        drop(html.root().pairs().unwrap())
    });
    let same = |size| {
        format!(
            "<table><tr>{}<tr>{}",
            "<th>a".repeat(size),
            "<td>x".repeat(size)
        )
    };
    is_linear("names", same, 500, |html| {
        drop(html.root().records().unwrap())
    });
}

#[test]
fn deep_pages_are_searched_up_to_their_limit() {
    let page = format!("{}<a href=x>x</a>", "<div>".repeat(100_000));
    let html = parse(&page);
    assert_eq!(
        html.get("div div div > a::text").unwrap().as_deref(),
        Some("x")
    );
    assert_eq!(html.get_all("div ::text").unwrap(), ["x"]);
    assert_eq!(html.root().block_text(), "x");
    assert_eq!(html.select("div:has(> a)").unwrap().len(), 1);
    assert!(html.root().outer_html().len() < 10_000);
}

#[test]
fn a_million_siblings_are_one_page() {
    let html = parse(&"<i>x".repeat(1_000_000));
    assert!(html.was_too_deep());
    assert_eq!(html.get("i::text").unwrap().as_deref(), Some("x"));
    let html = parse(&"<br>".repeat(1_000_000));
    assert_eq!(html.select("br").unwrap().len(), 1_000_000);
    assert_eq!(
        html.select("br ~ br").unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[test]
fn an_attribute_of_10_megabytes_is_a_value_like_others() {
    let value = "x ".repeat(5 << 20);
    let html = parse(&format!("<p title='{value}' class='{value}'>y"));
    assert_eq!(
        html.get("p::attr(title)").unwrap().unwrap().len(),
        value.len()
    );
    assert_eq!(html.select("[title*=y]").unwrap().len(), 0);
    assert_eq!(html.select("p.x").unwrap().len(), 1);
    assert_eq!(html.urls("p::attr(title)").unwrap().len(), 1);
}

#[test]
fn very_many_attributes_are_cut_off() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=x")).collect();
    let html = parse(&format!("<p{attributes}>y"));
    assert_eq!(html.get("p::attr(a1)").unwrap().as_deref(), Some("x"));
    assert_eq!(html.get("p::attr(a99999)").unwrap(), None);
}

#[test]
fn selectors_that_would_take_minutes_are_refused() {
    let names: String = (0..20_000).map(|n| format!("<x{n}></x{n}>")).collect();
    let nested = format!("{}{}", "<div>".repeat(500), "<b>x</b>".repeat(2_000));
    let classes: String = (0..250_000).map(|n| format!("c{n} ")).collect();
    for (page, css) in [
        (wide(10_001), "i ~ p"),
        (wide(10_001), "p:has(~ i)"),
        (names, ":first-of-type"),
        (nested, "div:has(p b)"),
        (format!("<p class='{classes}'>"), "p.x"),
    ] {
        let error = parse(&page).select(css).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{css}");
        assert_eq!(error.url().unwrap().as_str(), "http://a.example/");
    }
    assert_eq!(
        parse(&wide(1_500))
            .select("p:nth-of-type(2)")
            .unwrap()
            .len(),
        1
    );
}
