//! What is said of a page that has not what an item needs.

use crawlworks::prelude::*;
use crawlworks::{ErrorKind, clean};

use super::page;

#[derive(Debug, Extract)]
#[extract("article")]
struct Book {
    #[extract("h1")]
    #[expect(dead_code, reason = "not reached")]
    title: String,
    #[extract("p.price", with = clean::price)]
    #[expect(dead_code, reason = "not reached")]
    price: f64,
    #[extract("p.stock", re = r"\((\d+) available")]
    #[expect(dead_code, reason = "not reached")]
    stock: u8,
    #[extract("img::attr(src)")]
    #[expect(dead_code, reason = "not reached")]
    image: Url,
    #[extract(".author", nested)]
    #[expect(dead_code, reason = "not reached")]
    authors: Vec<Author>,
}

#[derive(Debug, Extract)]
struct Author {
    #[extract("b")]
    #[expect(dead_code, reason = "not reached")]
    name: String,
}

/// A page that lacks nothing, with one part written differently.
fn error(part: &str, other: &str) -> crawlworks::Error {
    let right = "<h1>A</h1><p class=price>£1</p><p class=stock>(3 available)</p><img src=x>\
                 <i class=author><b>Ada</b></i><i class=author><b>Bob</b></i>";
    assert!(right.contains(part), "{part}");
    let article = |body: &str| page(&format!("<article>{body}</article>"));
    assert!(article(right).extract::<Book>().is_ok());
    article(&right.replace(part, other))
        .extract::<Book>()
        .unwrap_err()
}

#[test]
fn an_error_names_field_selector_place_and_url() {
    for (part, other, kind, field, message) in [
        (
            "<h1>A</h1><p class=price>£1</p><p class=stock>(3 available)</p>",
            "<p class=price>£1</p>",
            ErrorKind::Missing,
            "title",
            r#"no element matches "h1", in <article><p class="price">£1</p><img src="x"><i class="author"><b>Ada</b></i><i class="author"><b>Bob</b></i></article>"#,
        ),
        (
            "£1",
            "soon",
            ErrorKind::Value,
            "price",
            r#"no number in "soon", by "p.price", in <p class="price">soon</p>"#,
        ),
        (
            "(3 available)",
            "(300 available)",
            ErrorKind::Value,
            "stock",
            r#""300" is not a whole number from 0 to 255, by "p.stock", in <p class="stock">(300 available)</p>"#,
        ),
        (
            "<b>Bob</b>",
            "",
            ErrorKind::Missing,
            "authors[1].name",
            r#"no element matches "b", in <i class="author"></i>"#,
        ),
    ] {
        let error = error(part, other);
        assert_eq!((error.kind(), error.field()), (kind, Some(field)));
        assert_eq!(
            error.to_string(),
            format!("Book.{field}: {message} (https://shop.example/books/1)")
        );
    }
}

#[test]
fn an_attribute_or_match_that_is_missing_is_named() {
    let no_src = error("<img src=x>", "<img>").to_string();
    assert!(
        no_src.starts_with(
            r#"Book.image: no element that matches "img" has an attribute "src", in <article>"#
        ),
        "{no_src}"
    );
    let no_match = error("(3 available)", "sold out").to_string();
    let expected = r#"Book.stock: nothing of "p.stock" matches the pattern "\\((\\d+) available", in <article>"#;
    assert!(no_match.starts_with(expected), "{no_match}");
    assert_eq!(
        error("<img src=x>", "<img src='http://['>").kind(),
        ErrorKind::Value
    );
}

#[test]
fn a_page_without_the_item_is_an_error_that_names_its_selector() {
    let error = page("<p>").extract::<Book>().unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"no element matches "article" (https://shop.example/books/1)"#
    );
    assert!(page("<p>").items::<Book>().unwrap().is_empty());
    assert_eq!(
        page("<p>").extract_all::<Book>("p >").unwrap_err().kind(),
        ErrorKind::Selector
    );
}

#[test]
fn an_error_shows_little_of_a_large_page() {
    let body = format!(
        "<article {}>{}</article>",
        "data-x=y ".repeat(10),
        "<p title='é'>long text</p>".repeat(10_000)
    );
    let error = page(&body).extract::<Book>().unwrap_err().to_string();
    assert!(error.chars().count() < 250, "{error}");
    let error = page(&format!(
        "<article><h1>A</h1><p class=price>{}",
        "x".repeat(100_000)
    ))
    .extract::<Book>()
    .unwrap_err();
    assert!(error.to_string().chars().count() < 350, "{error}");
}

#[test]
fn the_head_of_a_page_is_not_shown() {
    let error = page("<title>T</title><p>Body")
        .extract::<Author>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("in <body><p>Body</p></body> ("), "{error}");
}
