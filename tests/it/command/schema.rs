//! `crawl schema`, and items that are held against a schema.

use super::{Directory, crawl};

const SCHEMA: &str = r#"{"type": "object", "properties": {"author": {"const": "Nobody"}}}"#;

#[test]
fn a_spider_without_a_schema_says_so_and_exits_1() {
    let ran = crawl(&["schema", "books"])
        .exits(1)
        .says("spider \"books\" has no schema of its items");
    assert!(ran.stdout.is_empty(), "{ran:#?}");
}

#[test]
fn the_schema_of_a_typed_spider_is_that_of_its_items() {
    let schema = crawl(&["schema", "quotes"]).exits(0).json();
    assert_eq!(schema["properties"]["tags"]["items"]["type"], "string");
}

#[test]
fn the_schema_of_a_recipe_is_that_of_its_items() {
    let directory = Directory::new();
    let recipe = "start = ['http://a.example/']\nitems.page.fields = { price = { css = 'b', type = 'number' } }";
    directory.files.write("shop.toml", recipe);
    let schema = directory.crawl(&["schema", "shop.toml"]).exits(0).json();
    assert_eq!(schema["properties"]["price"]["type"], "number");
}

#[test]
fn the_schema_of_the_setting_is_printed() {
    let directory = Directory::with_toml("item_schema = 'quote.json'\n");
    directory.files.write("quote.json", SCHEMA);
    let printed = directory.crawl(&["schema", "quotes"]).exits(0).json();
    assert_eq!(
        printed,
        serde_json::from_str::<serde_json::Value>(SCHEMA).unwrap()
    );
}

#[test]
fn a_spider_that_is_none_suggests_the_nearest() {
    crawl(&["schema", "qoutes"])
        .exits(2)
        .says(r#"no spider "qoutes"; did you mean "quotes"?"#);
}

#[test]
fn items_that_do_not_fit_are_told_by_field_and_rule() {
    let directory = Directory::new();
    directory.files.write("quote.json", SCHEMA);
    let flags = ["-s", "item_schema=quote.json", "-O", "q.jsonl"];
    let ran = directory
        .crawl(&[&["run", "quotes"], &flags[..]].concat())
        .exits(9);
    let told = "\n  items failed: 100 schema: /author: \"Nobody\" was expected";
    assert!(ran.stderr.contains(told), "{ran:#?}");
    assert!(ran.stderr.contains("failed: "), "{ran:#?}");
    assert_eq!(directory.read("q.jsonl"), "");
    let quiet = directory
        .crawl(&[&["run", "quotes", "-q"], &flags[..]].concat())
        .exits(9);
    let last = "error: no item could be kept: 100 schema: /author: \"Nobody\" was expected\n";
    assert!(quiet.stderr.ends_with(last), "{quiet:#?}");
}

#[test]
fn a_schema_that_is_none_exits_4_before_anything_is_done() {
    let directory = Directory::new();
    directory.files.write("q.jsonl", "precious\n");
    for (text, message) in [
        ("{", "the schema quote.json is not JSON"),
        (
            r#"{"type": "txet"}"#,
            "quote.json: bad JSON Schema of the items at /type",
        ),
        (
            r#"{"$ref": "https://example.com/x"}"#,
            "a $ref may lead to a part of the same schema only",
        ),
        (
            r#"{"$ref": "/etc/passwd"}"#,
            "a $ref may lead to a part of the same schema only",
        ),
    ] {
        directory.files.write("quote.json", text);
        for verb in ["run", "schema"] {
            let outputs: &[&str] = if verb == "run" {
                &["-O", "q.jsonl"]
            } else {
                &[]
            };
            let arguments = [&[verb, "quotes", "-s", "item_schema=quote.json"], outputs].concat();
            directory.crawl(&arguments).exits(4).says(message);
        }
    }
    directory
        .crawl(&["run", "quotes", "-s", "item_schema=none.json"])
        .exits(4)
        .says("cannot read the schema none.json");
    assert_eq!(directory.read("q.jsonl"), "precious\n");
}
