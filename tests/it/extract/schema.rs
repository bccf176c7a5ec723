//! The JSON Schema of a type allows what serde writes of it, and says what it is.

use std::collections::BTreeMap;

use crawlworks::clean;
use crawlworks::prelude::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::page;

/// A book
/// of a shop.
///
/// Second hand.
#[derive(Debug, Default, Serialize, Extract)]
#[serde(rename_all = "camelCase", tag = "type")]
struct Book {
    /// As on the cover.
    #[extract("h1")]
    full_title: String,
    #[extract("p", with = clean::price)]
    #[serde(rename(serialize = "price_gbp", deserialize = "p"))]
    price: Option<f64>,
    #[extract("p", default)]
    stock: u32,
    #[extract("p", default)]
    delta: i8,
    #[extract("b", present)]
    is_new: bool,
    #[extract("a", url)]
    link: Option<Url>,
    #[extract("a", url)]
    links: Vec<String>,
    #[extract("time", re = r"\S+", format = "%d.%m.%Y")]
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[extract("time", format = "%d.%m.%Y %H:%M")]
    local: Option<String>,
    #[extract("i", nested)]
    author: Option<Author>,
    #[extract("li", nested)]
    replies: Vec<Author>,
    #[extract("i", nested, default)]
    #[serde(flatten)]
    place: Place,
    #[extract("p", with = newtype, default)]
    opaque: Newtype,
    #[extract("p", with = newtype)]
    opaques: Vec<Newtype>,
    #[extract(skip)]
    later: Option<Vec<u8>>,
    #[extract(skip)]
    unknown: BTreeMap<String, u8>,
    #[extract(skip)]
    #[serde(serialize_with = "as_text")]
    shown: u8,
    #[extract(skip)]
    #[serde(skip)]
    #[expect(dead_code, reason = "neither read nor written")]
    hidden: u8,
}

#[derive(Debug, Default, Serialize, Extract)]
struct Author {
    #[extract("b", default)]
    name: String,
    #[extract(":scope > li", nested)]
    pupils: Vec<Author>,
}

#[derive(Debug, Default, Serialize, Extract)]
struct Place {
    #[extract("b", default)]
    r#where: String,
}

#[derive(Debug, Default, Serialize)]
struct Newtype(u8);

fn newtype(text: &str) -> Result<Newtype, String> {
    clean::integer(text).map(Newtype)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn as_text<S: serde::Serializer>(shown: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown.to_string())
}

#[test]
fn the_schema_says_what_serde_writes() {
    let expected = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Book",
        "type": "object",
        "properties": {
            "type": { "const": "Book" },
            "fullTitle": { "type": "string", "description": "As on the cover." },
            "price_gbp": { "type": ["number", "null"] },
            "stock": { "type": "integer", "minimum": 0 },
            "delta": { "type": "integer" },
            "isNew": { "type": "boolean" },
            "link": { "type": ["string", "null"], "format": "uri" },
            "links": { "type": "array", "items": { "type": "string", "format": "uri" } },
            "day": { "type": ["string", "null"] },
            "local": { "type": ["string", "null"] },
            "author": {
                "title": "Author",
                "type": ["object", "null"],
                "properties": {
                    "name": { "type": "string" },
                    "pupils": { "type": "array", "items": {} },
                },
                "required": ["name", "pupils"],
            },
            "replies": {
                "type": "array",
                "items": {
                    "title": "Author",
                    "type": "object",
                    "properties": {
                        "name": { "type": "string" },
                        "pupils": { "type": "array", "items": {} },
                    },
                    "required": ["name", "pupils"],
                },
            },
            "where": { "type": "string" },
            "opaque": {},
            "opaques": { "type": "array", "items": {} },
            "later": { "type": ["array", "null"], "items": { "type": "integer", "minimum": 0 } },
            "unknown": {},
            "shown": {},
        },
        "required": [
            "type", "fullTitle", "price_gbp", "stock", "delta", "isNew", "link", "links", "local", "author",
            "replies", "where", "opaque", "opaques", "later", "unknown", "shown",
        ],
        "description": "A book of a shop.\n\nSecond hand.",
    });
    assert_eq!(Book::schema(), expected);
}

fn validator() -> jsonschema::Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(&Book::schema())
        .unwrap()
}

#[test]
fn the_schema_refuses_what_serde_would_not_write() {
    let right = serde_json::to_value(Book::default()).unwrap();
    let validator = validator();
    assert!(validator.is_valid(&right));
    for (field, wrong) in [
        ("fullTitle", Value::Null),
        ("stock", json!(-1)),
        ("link", json!("no URL")),
        ("day", json!(31)),
        ("author", json!({})),
        ("type", json!("Car")),
    ] {
        let mut item = right.clone();
        item[field] = wrong;
        assert!(!validator.is_valid(&item), "{field}");
    }
    for field in ["fullTitle", "where", "link"] {
        let mut item = right.clone();
        item.as_object_mut().unwrap().remove(field);
        assert!(!validator.is_valid(&item), "{field}");
    }
}

proptest! {
    #[test]
    fn whatever_is_extracted_is_valid(
        title in "[a-z<>&é ]{0,10}",
        price in "(£[0-9]{1,3})?",
        link in prop::sample::select(vec!["", "<a href=/x y>", "<a href='mailto:a@b.example'>", "<a>"]),
        time in prop::sample::select(vec!["", "<time>31.01.2024 10:00</time>"]),
        author in prop::sample::select(vec!["", "<i></i>", "<i><b>Ada</b><li><b>Bob</b></li></i>", "<li>"]),
    ) {
        let body = format!("<h1>{title}</h1><p>{price}</p>{link}{time}{author}");
        if let Ok(book) = page(&body).extract::<Book>() {
            let item = serde_json::to_value(&book).unwrap();
            let validator = validator();
            prop_assert!(validator.is_valid(&item), "{}: {:?}", item, validator.iter_errors(&item).next());
        }
    }
}
