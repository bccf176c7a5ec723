//! Changes of items and errors, as they are found and told.

use serde_json::json;

use super::*;
use crate::page::error::ErrorKind;

fn items(items: &[(&str, Value)]) -> Vec<PageItem> {
    let of = |(page, item): &(&str, Value)| {
        PageItem::new(&format!("http://a.example/{page}"), &item.to_string())
    };
    items.iter().map(of).collect()
}

fn told(expected: &[(&str, Value)], found: &[(&str, Value)], key: &[&str]) -> String {
    let key: Vec<String> = key.iter().map(ToString::to_string).collect();
    let changes = Changes {
        items: item_changes(&items(expected), &items(found), &key),
        ..Changes::default()
    };
    changes.to_string()
}

#[test]
fn a_changed_field_is_told_with_item_and_page() {
    let (old, new) = (json!({"title": "A", "price": 51.77}), json!({"title": "A"}));
    let same = ("1", json!({"title": "B"}));
    assert_eq!(
        told(&[same.clone(), ("2", old)], &[same, ("2", new)], &[]),
        "item 2 (http://a.example/2): price: 51.77 → missing"
    );
}

#[test]
fn items_that_are_gone_or_new_are_told() {
    let (a, b) = (("1", json!({"title": "A"})), ("2", json!({"title": "B"})));
    assert_eq!(
        told(&[a], &[b], &[]),
        "item 1 (http://a.example/1): missing: {\"title\":\"A\"}\nnew item (http://a.example/2): {\"title\":\"B\"}"
    );
}

#[test]
fn the_order_of_items_and_the_page_of_an_item_do_not_count() {
    let item = |title: &str| json!({"title": title, "text": title});
    let old = [("1", item("A")), ("1", item("B")), ("2", item("C"))];
    let new = [("1", item("B")), ("1", item("A")), ("3", item("C"))];
    assert_eq!(told(&old, &new, &[]), "");
}

#[test]
fn items_are_matched_by_their_key() {
    let item = |upc: u32, price: u32| json!({"upc": upc, "price": price, "stock": 1, "name": "x"});
    let old = [("1", item(1, 5)), ("1", item(2, 6))];
    let new = [("1", item(2, 5)), ("1", item(1, 5))];
    assert_eq!(
        told(&old, &new, &["upc"]),
        "item 2 (http://a.example/1): price: 6 → 5"
    );
}

#[test]
fn no_more_than_twenty_changes_are_told_one_by_one() {
    let old: Vec<_> = (0..45).map(|n| ("1", json!({"n": n}))).collect();
    let text = told(&old, &[], &[]);
    assert_eq!(text.lines().count(), 21);
    assert!(text.ends_with("\n25 more differences"), "{text}");
}

#[test]
fn long_values_and_many_fields_are_cut() {
    let long: String = "é".repeat(200);
    let text = told(&[("1", json!(long))], &[("1", json!("x"))], &[]);
    assert!(
        text.chars().count() < 160 && text.ends_with("… → \"x\""),
        "{text}"
    );
    let fields =
        |value: u32| Value::Object((0..9).map(|n| (format!("f{n}"), json!(value))).collect());
    let text = told(&[("1", fields(1))], &[("1", fields(2))], &[]);
    assert!(text.ends_with("f4: 1 → 2; 4 more fields"), "{text}");
}

#[test]
fn errors_are_compared_by_page_and_kind() {
    let error = |page: &str, message: &str| PageError::new(page, ErrorKind::Spider, message);
    let changes = Changes {
        errors: error_changes(
            &[error("/1", "a"), error("/2", "a")],
            &[error("/1", "b"), error("/3", "no price")],
        ),
        ..Changes::default()
    };
    assert_eq!(
        changes.to_string(),
        "new error (/3): spider: no price\nerror gone (/2): spider: a"
    );
    assert_eq!(changes.summary(), "1 new error, 1 error gone");
}

#[test]
fn the_json_names_field_and_values() {
    let changes = Changes {
        items: item_changes(
            &items(&[("1", json!({"a": 1}))]),
            &items(&[("1", json!({"a": 2}))]),
            &[],
        ),
        ..Changes::default()
    };
    let item = json!({
        "change": "changed", "item": 1, "page": "http://a.example/1",
        "fields": [{"field": "a", "expected": 1, "found": 2}],
    });
    assert_eq!(
        serde_json::to_value(&changes).unwrap()["items"],
        json!([item])
    );
    assert_eq!(changes.summary(), "1 differs");
}

#[test]
fn an_empty_field_is_no_key() {
    let item = |name: &str, sku: Value| ("1", json!({"name": name, "sku": sku}));
    for empty in [json!(null), json!(""), json!([]), json!({})] {
        let old = [
            item("a", json!(1)),
            item("b", empty.clone()),
            item("c", empty.clone()),
        ];
        assert_eq!(told(&old, &old, &["sku"]), "", "{empty}");
        let new = [
            item("a", json!(1)),
            item("b", empty.clone()),
            item("d", empty.clone()),
        ];
        assert_eq!(
            told(&old, &new, &["sku"]),
            "item 3 (http://a.example/1): name: \"c\" → \"d\""
        );
    }
}

#[test]
fn an_item_that_has_lost_its_key_is_a_changed_item() {
    let item = |name: &str, sku: Value| ("1", json!({"name": name, "sku": sku}));
    let old = [item("a", json!(1)), item("b", json!(2))];
    let new = [item("a", json!(1)), item("b", json!(null))];
    assert_eq!(
        told(&old, &new, &["sku"]),
        "item 2 (http://a.example/1): sku: 2 → null"
    );
}

#[test]
fn one_new_item_of_a_page_with_thousands_is_one_change() {
    let items = |range: std::ops::Range<u32>| -> Vec<(&str, Value)> {
        range
            .map(|n| ("1", json!({"n": n, "even": n % 2})))
            .collect()
    };
    let (old, mut new) = (items(1..3000), items(0..2999));
    new.swap(10, 2000);
    assert_eq!(
        told(&old, &new, &[]),
        "item 2999 (http://a.example/1): n: 2999 → 0; even: 1 → 0"
    );
}
