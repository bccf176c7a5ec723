//! Duplicates by key.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use serde_json::{Value, json};

use super::{Fussy, HOME, giving};
use crate::support::{Probe, Scratch, checked, get, quick, run};

/// The items that come out of a crawl, and how many were duplicates.
async fn kept(mut crawler: Crawler<Probe<Value>>, unique: &[&str]) -> (Vec<Value>, u64) {
    crawler.settings_mut().items.unique = unique.iter().map(ToString::to_string).collect();
    let mut stream = crawler.stream();
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item);
    }
    let report = checked(stream.finish().await.unwrap());
    let dropped = report.items.dropped.get("duplicate");
    (items, dropped.copied().unwrap_or_default())
}

fn offer(sku: &Value, price: u32) -> Value {
    json!({"sku": sku, "price": price})
}

#[tokio::test]
async fn the_first_of_several_items_is_kept() {
    let items = [(1, 10), (2, 20), (1, 30), (2, 40), (3, 50)];
    let items = items.map(|(sku, price)| offer(&json!(sku), price));
    let (first, duplicates) = kept(giving(items.clone()), &["sku"]).await;
    let expected = [&items[0], &items[1], &items[4]];
    assert_eq!(first.iter().collect::<Vec<_>>(), expected);
    assert_eq!(duplicates, 2);
}

#[tokio::test]
async fn without_a_key_nothing_is_a_duplicate() {
    let items = [json!(null), json!(null), json!(""), json!("")];
    let items = items.map(|sku| offer(&sku, 1));
    let (all, duplicates) = kept(giving(items), &["sku"]).await;
    assert_eq!((all.len(), duplicates), (4, 0));
    let (all, _) = kept(giving([json!("a"), json!("a")]), &["sku"]).await;
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn several_fields_are_one_key() {
    let item = |shop: &str, sku: u32| json!({"sku": sku, "shop": shop});
    let items = [item("a", 1), item("b", 1), item("a", 2), item("b", 1)];
    let (all, duplicates) = kept(giving(items), &["shop", "sku"]).await;
    assert_eq!((all.len(), duplicates), (3, 1));
}

#[tokio::test]
async fn the_key_is_that_of_the_item_after_all_steps() {
    struct Squeeze;
    impl Pipeline<Value> for Squeeze {
        async fn process(&mut self, mut item: Value) -> Result<Verdict<Value>, BoxError> {
            item["sku"] = json!(item["sku"].as_str().unwrap_or_default().trim());
            Ok(Verdict::Keep(item))
        }
    }
    let items = ["a ", " a"].map(|sku| offer(&json!(sku), 1));
    let (_, duplicates) = kept(giving(items).pipeline(Squeeze), &["sku"]).await;
    assert_eq!(duplicates, 1);
}

#[tokio::test]
async fn the_setting_takes_the_place_of_the_function() {
    let items = || [("a", 1), ("A", 2), ("b", 1)].map(|(sku, price)| offer(&json!(sku), price));
    let crawler = || giving(items()).unique_by(|item| item["sku"].as_str().map(str::to_lowercase));
    assert_eq!(kept(crawler(), &[]).await.1, 1);
    let (left, _) = kept(crawler(), &["price"]).await;
    assert_eq!(left, items()[..2]);
}

#[tokio::test]
async fn an_item_that_an_output_refuses_does_not_stand_in_the_way_of_a_later_one() {
    let items = ["bad", "good", "good"].map(|state| json!({"sku": 1, "state": state}));
    let (left, duplicates) = kept(giving(items.clone()).sink(Fussy), &["sku"]).await;
    assert_eq!((left, duplicates), (vec![items[1].clone()], 1));
}

#[tokio::test]
async fn outputs_have_no_duplicates_and_limits_count_none() {
    let scratch = Scratch::new();
    let items = (0..20).map(|nth| offer(&json!(nth / 4), nth));
    let mut crawler = giving(items).output(&scratch.path("a.csv")).max_items(3);
    crawler.settings_mut().items.unique = vec!["sku".to_owned()];
    let report = run(crawler).await;
    assert_eq!(report.items.kept, 3);
    assert_eq!(scratch.read("a.csv"), "sku,price\n0,0\n1,4\n2,8\n");
}

#[tokio::test]
async fn an_item_that_cannot_be_written_has_no_key_and_is_lost() {
    let probe = Probe::new([get(HOME)], |_, out| {
        // JSON has no maps by lists.
        out.item(BTreeMap::from([(vec![1], 2)]));
        Ok(())
    });
    let fake = FakeDownloader::with_pages([(HOME, "")]);
    let mut crawler = quick(probe, |_| {}).downloader(fake);
    crawler.settings_mut().items.unique = vec!["sku".to_owned()];
    let report = run(crawler).await;
    assert_eq!((report.items.kept, report.items.failed.len()), (0, 1));
}

#[tokio::test]
async fn an_item_is_in_all_outputs_or_in_none() {
    let scratch = Scratch::new();
    let outputs = ["a.jsonl", "b.csv", "c.json"].map(|name| scratch.path(name));
    let good = |sku: u32| json!({"sku": sku, "price": 1});
    // The second has a column that the first, and so the CSV file, has not.
    let items = [good(1), json!({"sku": 2, "age": 7}), good(2), good(2)];
    let crawler = giving(items).unique_by(|item| Some(item["sku"].to_string()));
    let crawler = outputs.iter().fold(crawler, |c, output| c.output(output));
    let report = run(crawler).await;
    assert_eq!(
        (report.items.kept, report.items.dropped["duplicate"]),
        (2, 1)
    );
    assert_eq!(report.items.failed.values().sum::<u64>(), 1);
    let expected = "{\"price\":1,\"sku\":1}\n{\"price\":1,\"sku\":2}\n";
    let lines = scratch.read("a.jsonl");
    let read = |text: &str| -> Vec<Value> {
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    assert_eq!(read(&lines), read(expected));
    assert_eq!(scratch.read("b.csv").lines().count(), 3);
    let array: Vec<Value> = serde_json::from_str(&scratch.read("c.json")).unwrap();
    assert_eq!(array, read(expected));
}
