//! Values of a list that go along to the pages that it leads to.

use crawlworks::prelude::*;
use crawlworks::recipe;
use crawlworks::testing::FakeDownloader;
use serde_json::json;

use super::{page, parse, spider, values};
use crate::support::{html, quick};

const RECIPE: &str = "start = 'http://a.example/'\n\
    [[follow]]\neach = 'li'\nlabel = 'book'\n[follow.carry]\nprice = { css = 'i', clean = ['price'], type = 'number' }\nrank = 'u'\n\
    [items.book]\non = 'book'\n[items.book.fields]\ntitle = 'h1'\nprice = { carried = 'price' }\n\
    rank = { carried = 'rank', optional = true, type = 'integer' }\n";

/// The items, and what is wrong with others, of a crawl of a list.
async fn crawled(list: &'static str) -> (Vec<serde_json::Value>, Vec<String>) {
    let site = FakeDownloader::new(move |request: Request| {
        let body = match request.url().path() {
            "/" => list.to_owned(),
            path => format!("<h1>{path}</h1>"),
        };
        Ok(html(request, body))
    });
    let mut items = quick(spider(RECIPE), |settings| settings.failures.retries = 0)
        .downloader(site)
        .stream();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(serde_json::to_value(item).unwrap());
    }
    let report = items.finish().await.unwrap();
    (
        found,
        report
            .errors
            .keys()
            .map(|kind| format!("{kind:?}"))
            .collect(),
    )
}

#[tokio::test]
async fn each_link_carries_the_values_of_its_own_element() {
    let list = "<li><a href=/1>x</a><i>£5.50</i><u>1</u><li><i>£7</i><a href=/2>y</a><li>no link";
    let (mut items, errors) = crawled(list).await;
    items.sort_by_key(|item| item["title"].to_string());
    let expected = [
        json!({"title": "/1", "price": 5.5, "rank": 1}),
        json!({"title": "/2", "price": 7.0, "rank": null}),
    ];
    assert_eq!((items, errors), (expected.to_vec(), Vec::new()));
}

#[tokio::test]
async fn what_was_wrong_in_the_list_is_an_error_of_the_item() {
    let (items, errors) = crawled("<li><a href=/1>x</a><i>on request</i>").await;
    assert_eq!((items.len(), errors.len()), (0, 1));
}

#[tokio::test]
async fn objects_of_json_carry_their_values_too() {
    let text = "start = 'http://a.example/'\n[[follow]]\neach = 'rows[]'\njson = 'url'\nlabel = 'x'\ncarry.id = 'id'\n\
                [items.x]\non = 'x'\nfields.id = { carried = 'id' }";
    let list = Response::new(Request::get("http://a.example/").unwrap(), 200).with_body(
        "application/json",
        r#"{"rows":[{"id":7,"url":"/7"},{"id":8}]}"#,
    );
    let (out, result) = parse(text, list).await;
    result.unwrap();
    let [request] = out.requests() else {
        panic!("{:?}", out.requests())
    };
    let response = Response::new(request.clone(), 200).with_body("text/html", "");
    let (out, _) = parse(text, response).await;
    assert_eq!(values(&out), [json!({"id": 7})]);
}

#[test]
fn a_value_that_nothing_carries_is_a_mistake() {
    let text = RECIPE.replace("carried = 'price'", "carried = 'prize'");
    let problems: Vec<String> = recipe::check("x.toml", &text)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        problems,
        [r#"12:21: no [[follow]] carries "prize"; did you mean "price"?"#]
    );
}

#[tokio::test]
async fn a_page_without_the_elements_leads_nowhere() {
    let (out, result) = parse(RECIPE, page("<p>")).await;
    result.unwrap();
    assert!(out.requests().is_empty());
}
