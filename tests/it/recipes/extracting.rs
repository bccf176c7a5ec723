//! Fields: what they take out of a page, and what becomes of it.

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use serde_json::{Value, json};

use super::{crawl, error, items, page, parse, spider, values};
use crate::support::{quick, run};

/// The only item of a recipe with this field, `f`.
async fn field(field: &str, html: &str) -> Value {
    let items = items(&recipe(field), html).await;
    assert_eq!(items.len(), 1);
    items[0]["f"].clone()
}

fn recipe(field: &str) -> String {
    format!("start = 'http://a.example/'\n[items.page.fields]\nf = {field}")
}

#[tokio::test]
async fn a_query_takes_texts_and_attributes() {
    let html = "<h1> One\n<b>two</b></h1><a>x</a><a href='y#z'>y</a>";
    assert_eq!(field("'h1'", html).await, "One two");
    assert_eq!(field("'h1::text'", html).await, "One");
    assert_eq!(field("'a::attr(href)'", html).await, "y#z");
    let url = field("{ css = 'a::attr(href)', type = 'url' }", html).await;
    assert_eq!(url, "http://a.example/dir/y#z");
}

#[tokio::test]
async fn a_text_is_shaped_step_by_step() {
    let html = "<p>Price: £1,234.50!</p><i>Three</i><time>1.5.2024</time>";
    let table = [
        ("{ css = 'p', re = '£(\\S+)!' }", json!("1,234.50")),
        ("{ css = 'i', clean = ['lower'] }", json!("three")),
        ("{ css = 'i', map = { One = 1, Three = 3 } }", json!(3)),
        (
            "{ css = 'i', clean = 'lower', map = { three = [1, 2] } }",
            json!([1, 2]),
        ),
        (
            "{ css = 'time', type = 'date', format = '%d.%m.%Y' }",
            json!("2024-05-01"),
        ),
        (
            "{ css = 'p', re = '\\.(\\d+)', type = 'integer' }",
            json!(50),
        ),
        (
            "{ css = 'p', re = '\\d+\\.\\d+', type = 'number' }",
            json!(234.5),
        ),
        ("{ css = 'p', type = 'exists' }", json!(true)),
        ("{ css = 'q', type = 'exists' }", json!(false)),
    ];
    for (text, expected) in table {
        assert_eq!(
            field(&text.replace('\\', "\\\\").replace('\'', "\""), html).await,
            expected,
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_list_has_all_and_may_be_empty_or_joined() {
    let html = "<a>x</a><a>12</a>";
    assert_eq!(
        field("{ css = 'a', list = true }", html).await,
        json!(["x", "12"])
    );
    assert_eq!(field("{ css = 'b', list = true }", html).await, json!([]));
    assert_eq!(
        field("{ css = 'b', list = true, optional = true }", html).await,
        json!(null)
    );
    assert_eq!(
        field("{ css = 'a', list = true, join = ', ' }", html).await,
        "x, 12"
    );
    let numbers = "{ css = 'a', list = true, re = '\\\\d+', type = 'integer' }".replace('\'', "\"");
    assert_eq!(field(&numbers, html).await, json!([12]));
}

#[tokio::test]
async fn what_is_missing_is_null_or_a_default_or_an_error() {
    let html = "<p>ten</p><i> </i><u>javascript:void(0)</u>";
    assert_eq!(
        field("{ css = 'b', optional = true }", html).await,
        json!(null)
    );
    assert_eq!(field("{ css = 'b', default = 'no' }", html).await, "no");
    assert_eq!(
        field("{ css = 'i', type = 'integer', default = 0 }", html).await,
        0
    );
    assert_eq!(
        field("{ css = 'i', optional = true }", html).await,
        json!(null)
    );
    assert_eq!(field("{ css = 'i', default = 'no' }", html).await, "no");
    for (text, expected) in [
        (
            "'i'",
            r#"items.page: field "f": nothing usable at "i" (http://a.example/dir/page)"#,
        ),
        (
            "{ css = 'u::text', type = 'url' }",
            r#"items.page: field "f": nothing usable at "u::text" (http://a.example/dir/page)"#,
        ),
        (
            "'b'",
            r#"items.page: field "f": nothing at "b" (http://a.example/dir/page)"#,
        ),
        (
            "{ css = 'p', re = '[0-9]+' }",
            r#"items.page: field "f": `re` does not match "ten" (http://a.example/dir/page)"#,
        ),
        (
            "{ css = 'p', type = 'integer', default = 0 }",
            r#"items.page: field "f": not a whole number: "ten" (http://a.example/dir/page)"#,
        ),
        (
            "{ css = 'p', map = { one = 1 } }",
            r#"items.page: field "f": the map has no "ten" (http://a.example/dir/page)"#,
        ),
    ] {
        assert_eq!(error(&recipe(text), html).await, expected);
    }
}

#[tokio::test]
async fn one_bad_item_costs_itself_only() {
    let text = "start = 'http://a.example/'\n[items.row]\neach = 'li'\n[items.row.fields]\nf = 'b'";
    let (out, result) = parse(text, page("<li><b>1</b><li><li><b>2</b><li>")).await;
    assert_eq!(values(&out), [json!({"f": "1"}), json!({"f": "2"})]);
    result.unwrap();
    assert_eq!(out.lost(), [r#"items.row: field "f": nothing at "b""#; 2]);
}

#[tokio::test]
async fn a_page_whose_items_are_all_bad_fails() {
    let text = "start = 'http://a.example/'\n[items.row]\neach = 'li'\n[items.row.fields]\nf = 'b'";
    assert_eq!(
        error(text, "<li>1<li>2").await,
        r#"items.row: field "f": nothing at "b", and 1 more like this on the page (http://a.example/dir/page)"#
    );
}

#[tokio::test]
async fn a_bad_item_is_counted_and_its_page_is_not_tried_again() {
    let text = "start = 'http://a.example/'\n[items.row]\neach = 'li'\n[items.row.fields]\nf = 'b'";
    let site = FakeDownloader::with_pages([("http://a.example/", "<li><b>1</b><li>2<li>3")]);
    let report = run(quick(spider(text), |_| {}).downloader(site)).await;
    assert_eq!((report.items.kept, report.ledger.failed), (1, 0));
    let reason = r#"items.row: field "f": nothing at "b""#;
    assert_eq!(report.items.failed[reason], 2, "{report:#?}");
}

#[tokio::test]
async fn an_empty_text_of_json_and_of_an_argument_is_a_text() {
    let text = "start = 'http://a.example/'\nargs.tag = ''\n[items.x]\njson = '@'\n\
                [items.x.fields]\na = 'a'\ntag = { value = '{tag}' }";
    let response = Response::new(Request::get("http://a.example/").unwrap(), 200);
    let (out, result) = parse(text, response.with_body("application/json", r#"{"a":""}"#)).await;
    result.unwrap();
    assert_eq!(values(&out), [json!({"a": "", "tag": ""})]);
}

#[tokio::test]
async fn fields_within_fields_are_records() {
    let html = "<div><b>Ada</b><i>1815</i></div><div><b>Ben</b></div>";
    let fields = "fields = { name = 'b', born = { css = 'i', type = 'integer', optional = true } }";
    assert_eq!(
        field(&format!("{{ css = 'div', {fields} }}"), html).await,
        json!({"name": "Ada", "born": 1815})
    );
    assert_eq!(
        field(&format!("{{ css = 'div', list = true, {fields} }}"), html).await,
        json!([{"name": "Ada", "born": 1815}, {"name": "Ben", "born": null}])
    );
    assert_eq!(
        error(
            &recipe(&format!("{{ css = 'div', {fields} }}")),
            "<div></div>"
        )
        .await,
        r#"items.page: field "f.name": nothing at "b" (http://a.example/dir/page)"#
    );
}

#[tokio::test]
async fn facts_of_the_page_and_constants_are_fields() {
    let html = "<title> A  title </title>";
    assert_eq!(
        field("{ page = 'url' }", html).await,
        "http://a.example/dir/page"
    );
    assert_eq!(field("{ page = 'title' }", html).await, "A title");
    assert_eq!(field("{ page = 'status' }", html).await, 200);
    assert_eq!(field("{ value = 7 }", html).await, 7);
    let text = "start = 'http://a.example/'\nargs.q = 'love'\n[items.page.fields]\nf = { value = 'about {q}' }";
    assert_eq!(items(text, html).await, [json!({"f": "about love"})]);
}

#[tokio::test]
async fn a_page_of_any_status_is_read_where_the_settings_say_so() {
    let site = PracticeSite::start().unwrap();
    let text = "start = '{url}hazards/status/410'\nargs.url = {}\nsettings.any_status = true\n\
                [items.page.fields]\nstatus = { page = 'status' }";
    let (report, items) = crawl(text, &site).await;
    assert_eq!((report.pages, items), (1, vec![json!({"status": 410})]));
}

#[tokio::test]
async fn json_in_a_script_or_an_attribute_is_searched() {
    let html =
        r#"<script id="data">{"a": [{"n": 1}, {"n": 2}]}</script><p data-x='{"y": "z"}'></p>"#;
    assert_eq!(
        field("{ css = '#data', json = 'a[].n' }", html).await,
        json!([1, 2])
    );
    assert_eq!(
        field("{ css = 'p::attr(data-x)', json = 'y' }", html).await,
        "z"
    );
    let text =
        "start = 'http://a.example/'\n[items.n]\nscript = '#data'\njson = 'a[]'\nfields.n = 'n'";
    assert_eq!(items(text, html).await, [json!({"n": 1}), json!({"n": 2})]);
}

#[tokio::test]
async fn json_ld_gives_what_the_first_object_has() {
    let html = r#"<script type="application/ld+json">[{"@type": "Thing"}, {"offers": {"price": "9.50"}}]</script>"#;
    let price = field("{ json_ld = 'offers.price', type = 'number' }", html).await;
    assert_eq!(price, 9.5);
}

#[tokio::test]
async fn a_match_chooses_pages_by_their_url() {
    let text = "start = 'http://a.example/'\n[items.other]\nmatch = '/other/'\nfields.f = 'p'\n\
                [items.this]\nmatch = '/dir/'\nfields.f = 'p'";
    assert_eq!(items(text, "<p>x</p>").await, [json!({"f": "x"})]);
}

#[tokio::test]
async fn the_url_of_elements_is_what_they_link_to() {
    let html = "<a>no link</a><a href=x>Click here</a><img src=y>";
    assert_eq!(
        field("{ css = 'a', type = 'url' }", html).await,
        "http://a.example/dir/x"
    );
    assert_eq!(
        field("{ css = 'a, img', type = 'url', list = true }", html).await,
        json!(["http://a.example/dir/x", "http://a.example/dir/y"])
    );
    assert_eq!(
        field("{ css = 'a::text', type = 'url' }", html).await,
        "http://a.example/dir/no%20link"
    );
}

#[tokio::test]
async fn scope_is_the_text_of_the_items_own_element() {
    let text = "start = 'http://a.example/'\n[items.page]\neach = 'li'\nfields.f = ':scope'";
    let items = items(text, "<li>One <b>two</b></li><li>three</li>").await;
    let texts: Vec<_> = items.iter().map(|item| &item["f"]).collect();
    assert_eq!(texts, ["One two", "three"]);
}
