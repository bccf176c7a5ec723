//! JSON as sites write it, and how fields reach what is around an item.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use serde_json::{Value, json};

use super::{items, parse, spider, values};
use crate::support::{quick, run};

const ITEMS: &str = "start = 'http://a.example/'\n[items.x]\njson = 'rows[]'\nfields.v = 'v'\n";

async fn answered(content_type: &str, body: impl Into<Vec<u8>>) -> Vec<Value> {
    let url = Url::parse("http://a.example/").unwrap();
    let response = Response::new(Request::from(url), 200).with_body(content_type, body.into());
    let (out, result) = parse(ITEMS, response).await;
    result.unwrap();
    values(&out)
}

#[tokio::test]
async fn an_answer_is_read_in_its_encoding_and_without_what_guards_it() {
    let cyrillic = b"{\"rows\":[{\"v\":\"\xec\xe8\xf0\"}]}".to_vec();
    assert_eq!(
        answered("application/json;charset=windows-1251", cyrillic).await,
        [json!({"v": "мир"})]
    );
    for body in [
        "while(1);{\"rows\":[{\"v\":7},],}",
        "/**/cb({\"rows\":[{\"v\":7}]});",
        "\u{feff}{\"rows\":[{\"v\":7}]} <!-- page cached -->",
    ] {
        assert_eq!(
            answered("text/javascript", body).await,
            [json!({"v": 7})],
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_id_keeps_its_digits() {
    let body = "{\"rows\":[{\"v\":9007199254740993},{\"v\":123456789012345678901}]}";
    assert_eq!(
        answered("application/json", body).await,
        [
            json!({"v": 9_007_199_254_740_993_u64}),
            json!({"v": "123456789012345678901"})
        ]
    );
}

#[tokio::test]
async fn json_lines_are_a_list() {
    let recipe = "start = 'http://a.example/'\n[items.x]\njson = '[]'\nfields.v = 'v'\n";
    let url = Url::parse("http://a.example/").unwrap();
    let response = Response::new(Request::from(url), 200)
        .with_body("application/x-ndjson", "{\"v\":1}\n{\"v\":2}\n");
    let (out, result) = parse(recipe, response).await;
    result.unwrap();
    assert_eq!(values(&out), [json!({"v": 1}), json!({"v": 2})]);
}

#[tokio::test]
async fn items_of_a_script_have_fields_of_the_page_and_of_what_is_around_them() {
    let html = "<h1>Cup</h1><i>red</i><script id=s>var p = {maker: 1};</script>
        <script id=d>window.shop = {\"maker\": {\"name\": \"Mo\"}, \"list\": [{\"id\": 1, \"parts\": [{\"n\": 2}]}, {\"id\": 3, \"parts\": []}]};</script>";
    let recipe = "start = 'http://a.example/'\n[items.x]\nscript = '#d'\njson = 'list[]'\n[items.x.fields]\nid = 'id'\n\
        name = { css = 'h1' }\ncolour = { css = 'i::text', clean = 'lower' }\nmaker = { document = 'maker.name' }\n\
        parts = { json = 'parts', list = true, fields = { n = 'n', of = { document = 'maker.name' }, in = { css = 'h1' } } }\n";
    let found = items(recipe, html).await;
    assert_eq!(
        found,
        [
            json!({"id": 1, "name": "Cup", "colour": "red", "maker": "Mo", "parts": [{"n": 2, "of": "Mo", "in": "Cup"}]}),
            json!({"id": 3, "name": "Cup", "colour": "red", "maker": "Mo", "parts": []}),
        ]
    );
}

#[tokio::test]
async fn items_of_an_answer_have_fields_of_what_is_around_them() {
    let recipe = "start = 'http://a.example/'\n[items.x]\njson = 'rows[]'\n[items.x.fields]\nv = 'v'\n\
        unit = { document = 'meta.unit' }\n";
    let url = Url::parse("http://a.example/").unwrap();
    let body = "{\"meta\": {\"unit\": \"kg\"}, \"rows\": [{\"v\": 1}]}";
    let response = Response::new(Request::from(url), 200).with_body("application/json", body);
    let (out, result) = parse(recipe, response).await;
    result.unwrap();
    assert_eq!(values(&out), [json!({"v": 1, "unit": "kg"})]);
}

#[tokio::test]
async fn a_type_chooses_among_the_objects_of_json_ld() {
    let html = "<script type='application/ld+json'>{\"@type\": \"Store\", \"name\": \"Shop\", \"tags\": []}</script>
        <script type='application/ld+json'>{\"@type\": \"Book\", \"name\": \"Ink\", \"tags\": [\"a\"]}</script>";
    let recipe = "start = 'http://a.example/'\n[items.x.fields]\nfirst = { json_ld = 'name' }\n\
        book = { json_ld = 'name', of = 'Book' }\ntags = { json_ld = 'tags', list = true }\n\
        none = { json_ld = 'name', of = 'Event', optional = true }\n";
    assert_eq!(
        items(recipe, html).await,
        [json!({"first": "Shop", "book": "Ink", "tags": ["a"], "none": null})]
    );
}

#[tokio::test]
async fn a_cursor_of_zero_ends_the_list_behind_its_first_page() {
    for zero in ["0", "\"0\"", "\"000\"", "0.0"] {
        let site = FakeDownloader::new(move |request: Request| {
            let next = match request.url().query() {
                None => "\"0\"",
                Some("at=0") => "8",
                _ => zero,
            };
            let body = format!("{{\"rows\":[{{\"v\":1}}],\"next\":{next}}}");
            Ok(Response::new(request, 200).with_body("application/json", body))
        });
        let recipe =
            format!("{ITEMS}[pagination]\njson = 'next'\nurl = '?at={{cursor}}'\nlimit = 9\n");
        let report = run(quick(spider(&recipe), |_| {}).downloader(site)).await;
        // Without a cursor, at 0, which is what the first page says, and at 8.
        assert_eq!(report.pages, 3, "{zero}");
    }
}
