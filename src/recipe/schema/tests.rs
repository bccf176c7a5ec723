//! The schema of recipes, held against the reader.

use std::collections::BTreeSet;

use super::*;
use crate::recipe::keys;

fn keys_of(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let properties = schema.pointer(pointer).unwrap()["properties"].as_object();
    properties.unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_has_the_keys_that_the_reader_knows() {
    let schema = schema();
    for (pointer, keys) in [
        ("", keys::RECIPE),
        ("/$defs/start", keys::START),
        ("/$defs/argument", keys::ARGUMENT),
        ("/$defs/follow", keys::FOLLOW),
        ("/$defs/items", keys::ITEMS),
        ("/$defs/field", keys::FIELD),
        ("/$defs/pagination", keys::PAGINATION),
        ("/$defs/login", keys::LOGIN),
    ] {
        let known: BTreeSet<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(keys_of(&schema, pointer), known, "{pointer}");
    }
}

#[test]
fn the_schema_names_every_setting() {
    let names = Settings::table()
        .iter()
        .map(|setting| setting.name.to_owned())
        .collect();
    assert_eq!(keys_of(&schema(), "/$defs/settings"), names);
}

#[test]
fn everything_in_the_schema_is_described() {
    let schema = schema();
    for table in [
        "start",
        "argument",
        "follow",
        "items",
        "field",
        "pagination",
        "login",
    ] {
        let properties = schema["$defs"][table]["properties"].as_object().unwrap();
        for (name, property) in properties {
            let target = property["$ref"]
                .as_str()
                .map(|to| schema.pointer(&to[1..]).unwrap());
            let described = property
                .get("description")
                .or(target.and_then(|to| to.get("description")));
            // Words are described one by one.
            assert!(
                described.is_some() || property["oneOf"].is_array(),
                "{table}.{name}"
            );
        }
    }
}
