//! Fill rates, and thresholds for them.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Finish, Report};
use serde_json::{Value, json};

use super::{Fussy, HOME, giving, refused};
use crate::support::{Probe, get, page_of_links, quick, run};

/// The thresholds of a crawl.
fn with_min_fill<S: Spider>(mut crawler: Crawler<S>, thresholds: &[(&str, f64)]) -> Crawler<S> {
    let thresholds = thresholds.iter();
    crawler.settings_mut().items.min_fill = thresholds
        .map(|(field, share)| ((*field).to_owned(), *share))
        .collect();
    crawler
}

fn told(report: &Report) -> Vec<String> {
    report.shortfalls.iter().map(ToString::to_string).collect()
}

fn fields(report: &Report) -> Value {
    serde_json::to_value(&report.items.fields).unwrap()
}

/// Ten pages with offers; those from `changed` on have the price elsewhere.
fn shop(changed: u64) -> Crawler<Probe<Value>> {
    let page = move |page: u64| {
        let class = if page < changed { "price" } else { "cost" };
        let links = page_of_links([format!("/{}", page + 1)]);
        format!("<h1>Tea {page}</h1><b class={class}>{page}.50</b>{links}")
    };
    let pages = (0..10).map(|nth| (format!("{HOME}{nth}"), page(nth)));
    let probe = Probe::new([get(format!("{HOME}0"))], |response, out| {
        let html = response.html()?;
        let price = html.first(".price")?.map(Element::text);
        out.item(json!({"name": html.one("h1")?.text(), "price": price}));
        out.follow_all(response.links());
        Ok(())
    });
    quick(probe, |_| {}).downloader(FakeDownloader::with_pages(pages))
}

#[tokio::test]
async fn fields_are_counted_without_any_output() {
    let report = run(giving([
        json!({"a": 1, "b": []}),
        json!({"a": "", "b": [0]}),
    ]))
    .await;
    let expected = json!({
        "a": {"filled": 1, "types": {"number": 1, "string": 1}},
        "b": {"filled": 1, "types": {"array": 2}},
    });
    assert_eq!(fields(&report), expected);
}

#[tokio::test]
async fn only_what_is_kept_is_counted() {
    let items = [
        json!({"a": "good"}),
        json!({"a": "bad", "b": 1}),
        json!({"a": "x"}),
    ];
    let crawler = giving(items).sink(Fussy);
    let report =
        run(crawler.unique_by(|item| item["a"].as_str().map(|a| a.len().to_string()))).await;
    assert_eq!((report.items.kept, report.items.failed["bad"]), (2, 1));
    assert_eq!(
        fields(&report),
        json!({"a": {"filled": 2, "types": {"string": 2}}})
    );
}

#[tokio::test]
async fn items_that_are_all_lost_fail_the_crawl() {
    let bad = || json!({"a": "bad"});
    let report = run(giving([bad(), bad()]).sink(Fussy)).await;
    assert_eq!((report.items.kept, report.items.failed["bad"]), (0, 2));
    assert!(report.has_failed() && report.shortfalls.is_empty());
    let report = run(giving([bad(), json!({"a": "good"})]).sink(Fussy)).await;
    assert!(!report.has_failed());
    let stopped = giving([bad()]).sink(Fussy).run_until(async {}).await;
    assert!(!stopped.unwrap().has_failed());
}

#[tokio::test]
async fn items_without_fields_have_none() {
    let report = run(giving([json!("text"), json!([1, 2]), json!(null)])).await;
    assert_eq!(report.items.kept, 3);
    assert!(report.items.fields.is_empty());
}

#[tokio::test]
async fn a_site_that_is_as_it_was_reaches_its_thresholds() {
    let report = run(with_min_fill(shop(10), &[("name", 1.0), ("price", 0.9)])).await;
    assert_eq!((report.has_failed(), told(&report)), (false, vec![]));
}

#[tokio::test]
async fn a_changed_page_fails_the_crawl_and_the_field_is_named() {
    let report = run(with_min_fill(shop(3), &[("name", 1.0), ("price", 0.9)])).await;
    assert!(report.has_failed());
    assert_eq!(report.finish, Finish::Finished);
    assert_eq!(told(&report), ["price 30 %, not 90 %"]);
    let json = serde_json::to_value(&report).unwrap();
    let shortfall =
        json!({"field": "price", "items": 10, "filled": 3, "fill": 0.3, "min_fill": 0.9});
    assert_eq!(json["shortfalls"], json!([shortfall]));
    let read: Report = serde_json::from_value(json).unwrap();
    assert_eq!(read.shortfalls, report.shortfalls);
    assert_eq!(read.items, report.items);
}

#[tokio::test]
async fn a_field_that_is_gone_falls_short() {
    let report = run(with_min_fill(giving([json!({"a": 1})]), &[("b", 0.01)])).await;
    assert_eq!(told(&report), ["b 0 %, not 1 %"]);
}

#[tokio::test]
async fn a_crawl_without_items_falls_short_of_every_threshold() {
    let report = run(with_min_fill(giving([]), &[("a", 0.5), ("b", 0.0)])).await;
    assert!(report.has_failed());
    assert_eq!(told(&report), ["a 0 % (no items), not 50 %"]);
}

#[tokio::test]
async fn a_crawl_that_a_limit_ends_is_judged() {
    let report = run(with_min_fill(shop(1), &[("price", 0.9)]).max_pages(4)).await;
    assert_eq!(report.finish, Finish::MaxPages);
    assert_eq!(told(&report), ["price 25 %, not 90 %"]);
    let report = run(with_min_fill(shop(1), &[("price", 0.9)]).max_items(1)).await;
    assert_eq!((report.has_failed(), told(&report)), (false, vec![]));
}

#[tokio::test]
async fn a_crawl_that_is_stopped_is_not_judged() {
    let crawler = with_min_fill(shop(0), &[("price", 1.0)]);
    let report = crawler.run_until(async {}).await.unwrap();
    assert_eq!(report.finish, Finish::Stopped);
    assert!(!report.has_failed() && report.shortfalls.is_empty());
}

#[tokio::test]
async fn a_threshold_that_is_no_share_is_refused() {
    for share in [1.5, -0.1, f64::NAN] {
        let (kind, why) = refused(with_min_fill(shop(10), &[("price", share)])).await;
        assert_eq!(kind, ErrorKind::Settings);
        assert!(
            why.contains("\"price\"") && why.contains("from 0 to 1"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_map_without_end_fills_no_memory() {
    let item = |nth: u32| {
        let fields = (0..100).map(|field| (format!("{nth}-{field}"), json!(1)));
        Value::Object(fields.chain([("price".to_owned(), json!(7))]).collect())
    };
    let crawler = with_min_fill(giving((0..20).map(item)), &[("price", 1.0)]);
    let report = run(crawler).await;
    assert_eq!(report.items.fields.iter().count(), 200);
    assert_eq!(report.items.other_fields, 20 * 101 - 199 - 20);
    assert!(!report.has_failed(), "{:?}", told(&report));
}

#[test]
fn thresholds_are_set_together_or_one_by_one() {
    let mut settings = Settings::default();
    settings.set("min_fill", "price=0.9, title=1").unwrap();
    settings.set("min_fill.price", "0.5").unwrap();
    settings.set("min_fill.Prix net", "0.25").unwrap();
    let expected = [("Prix net", 0.25), ("price", 0.5), ("title", 1.0)];
    let expected: BTreeMap<String, f64> = expected.map(|(a, b)| (a.to_owned(), b)).into();
    assert_eq!(settings.items.min_fill, expected);
    settings.set("min_fill", "").unwrap();
    assert!(settings.items.min_fill.is_empty());
}

#[test]
fn a_bad_threshold_is_told_with_what_is_allowed() {
    for (name, value) in [
        ("min_fill.price", "1.5"),
        ("min_fill.price", "x"),
        ("min_fill", "price=-1"),
        ("min_fill", "title=1,price=NaN"),
    ] {
        let error = Settings::default().set(name, value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        let allowed = "expected a share from 0 to 1, such as 0.9 for 90 %";
        assert!(error.to_string().ends_with(allowed), "{error}");
    }
    let error = Settings::default().set("min_fill", "price").unwrap_err();
    assert!(error.to_string().contains("price=0.9,title=1"), "{error}");
}
