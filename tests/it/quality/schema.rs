//! Items that are held against a JSON Schema.

use crawlworks::ErrorKind;
use crawlworks::job::AnyCrawler;
use crawlworks::prelude::*;
use serde_json::{Value, json};

use super::{giving, refused};
use crate::support::{Probe, Scratch, run};

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["sku"],
        "properties": {"price": {"type": "number", "minimum": 0}},
    })
}

/// Three offers of which the middle one has a text for its price.
fn offers() -> Crawler<Probe<Value>> {
    giving([
        json!({"sku": 1, "price": 1.5}),
        json!({"sku": 2, "price": "2,50 €"}),
        json!({"sku": 3}),
    ])
}

#[tokio::test]
async fn what_does_not_fit_is_left_out_and_counted_by_field_and_rule() {
    let scratch = Scratch::new();
    let crawler = offers().output(&scratch.path("a.jsonl"));
    let report = run(crawler.item_schema(schema())).await;
    assert_eq!(report.items.kept, 2);
    let reason = r#"schema: /price: is not of type "number""#;
    assert_eq!(report.items.failed[reason], 1);
    let lines = scratch.read("a.jsonl");
    assert_eq!(lines, "{\"sku\":1,\"price\":1.5}\n{\"sku\":3}\n");
    assert_eq!(report.items.fields["sku"].filled, 2);
}

#[tokio::test]
async fn an_item_that_does_not_fit_takes_no_key() {
    let items = [
        json!({"sku": 1, "price": "x"}),
        json!({"sku": 1, "price": 2}),
    ];
    let mut crawler = giving(items).item_schema(schema());
    crawler.settings_mut().items.unique = vec!["sku".to_owned()];
    let report = run(crawler).await;
    assert_eq!(report.items.kept, 1);
    assert!(report.items.dropped.is_empty());
}

#[tokio::test]
async fn the_setting_takes_the_place_of_the_spiders_own() {
    let scratch = Scratch::new();
    let file = scratch.write("schema.json", r#"{"required": ["price"]}"#);
    let mut crawler = offers().item_schema(schema());
    crawler.settings_mut().items.item_schema = Some(file.into());
    let report = run(crawler).await;
    let reasons: Vec<&String> = report.items.failed.keys().collect();
    assert_eq!(reasons, [r#"schema: "price" is a required property"#]);
}

#[tokio::test]
async fn reasons_without_end_are_counted_together() {
    let items = (0..100).map(|nth| json!({"sku": 1, format!("x{nth}"): 1}));
    let closed = json!({"properties": {"sku": {}}, "additionalProperties": false});
    let report = run(giving(items).item_schema(closed)).await;
    let failed = report.items.failed;
    assert_eq!(failed.values().sum::<u64>(), 100);
    assert_eq!((failed.len(), failed["other"]), (51, 50));
}

#[tokio::test]
async fn a_bad_schema_is_refused_before_anything_is_fetched_or_written() {
    let scratch = Scratch::new();
    for bad in [
        json!({"type": "nubmer"}),
        json!({"$ref": "https://example.com/offer.json"}),
        json!({"properties": {"a": {"$ref": "offer.json"}}}),
    ] {
        let file = scratch.write("a.jsonl", "precious\n");
        let (kind, why) = refused(offers().output(&file).item_schema(bad)).await;
        assert_eq!(kind, ErrorKind::Settings, "{why}");
        assert!(why.starts_with("bad JSON Schema of the items"), "{why}");
        assert_eq!(scratch.read("a.jsonl"), "precious\n");
    }
}

#[tokio::test]
async fn a_bad_file_is_told_by_its_name() {
    let scratch = Scratch::new();
    for (text, kind, why) in [
        ("{", ErrorKind::Settings, "schema.json is not JSON: EOF"),
        (
            r#"{"type": 7}"#,
            ErrorKind::Settings,
            "schema.json: bad JSON Schema of the items at /type: ",
        ),
    ] {
        let mut crawler = offers();
        let file = scratch.write("schema.json", text);
        crawler.settings_mut().items.item_schema = Some(file.into());
        let told = refused(crawler).await;
        assert!(told.0 == kind && told.1.contains(why), "{told:?}");
    }
    let mut crawler = offers();
    crawler.settings_mut().items.item_schema = Some(scratch.path("none.json").into());
    let (kind, why) = refused(crawler).await;
    assert_eq!(kind, ErrorKind::File);
    assert!(why.starts_with("cannot read the schema "), "{why}");
}

#[test]
fn a_crawler_tells_its_schema() {
    assert_eq!(AnyCrawler::from(offers()).schema(), None);
    let crawler = AnyCrawler::from(offers().item_schema(schema()));
    assert_eq!(crawler.schema(), Some(&schema()));
}
