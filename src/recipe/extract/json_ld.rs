//! A value out of the JSON-LD of a page: of the first object that has one.

use serde_json::Value;

use crate::page::error::{ErrorKind, Result};
use crate::page::json;
use crate::page::structured::JsonLd;

/// Returns the value of an expression in the first object where it is not empty.
///
/// An empty value leads on to the next object, and so does a condition (`name == 'Ink'`) that is false; a `false` that is
/// a value of the object is returned. If no object has a value, the result is the first one that is not null.
///
/// # Errors
/// When the expression cannot be applied to an object, and finds nothing in another one.
pub(super) fn find(data: &JsonLd, expression: &str, of: Option<&str>) -> Result<Value> {
    let objects = of.map_or_else(|| data.things(), |of| data.of_type(of));
    let is_condition = json::is_condition(expression);
    let mut otherwise = Value::Null;
    let mut failed = None;
    for object in objects {
        match json::search(object, expression) {
            Ok(Value::Bool(false)) if is_condition => otherwise = Value::Bool(false),
            Ok(value) if !is_empty(&value) => return Ok(value),
            Ok(value) if otherwise.is_null() => otherwise = value,
            Ok(_) => {}
            // An object of another kind may have something else under this name.
            Err(error) if error.kind() == ErrorKind::Json => {
                failed.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    match failed {
        Some(error) if otherwise.is_null() => Err(error),
        _ => Ok(otherwise),
    }
}

/// Returns whether a value is empty, at any depth.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::html::Html;

    fn found(objects: &str, expression: &str, of: Option<&str>) -> Result<Value> {
        let page = format!("<script type='application/ld+json'>{objects}</script>");
        let url = url::Url::parse("https://shop.example/").unwrap();
        find(
            &Html::parse(&page, url).structured().json_ld,
            expression,
            of,
        )
    }

    #[test]
    fn what_is_empty_leads_on_to_the_next_object() {
        let objects = r#"[{"name": " ", "offers": [], "a": {"b": null}, "new": true},
            {"name": "Tea", "offers": [{"price": 3}], "a": {"b": 0}, "is_new": false, "new": false}]"#;
        for (expression, expected) in [
            ("name", "\"Tea\""),
            ("offers[].price", "[3]"),
            ("{x: a.b}", "{\"x\":0}"),
            ("[name, a.b]", "[\"Tea\",0]"),
            ("name == 'Tea'", "true"),
            ("name == 'Cup'", "false"),
            ("contains(name, 'ea')", "true"),
            ("!offers", "true"),
            ("is_new", "false"),
            ("new", "true"),
            ("none", "null"),
            ("a.none || offers[5:]", "[]"),
            ("length(offers[0].price)", "null"),
        ] {
            let value =
                found(objects, expression, None).map_or("null".to_owned(), |v| v.to_string());
            assert_eq!(value, expected, "{expression}");
        }
    }

    #[test]
    fn an_object_that_cannot_be_asked_leads_on() {
        let objects = r#"{"name": 5} {"name": "Tea"}"#;
        assert_eq!(
            found(objects, "starts_with(name, 'T')", None).unwrap(),
            true
        );
        assert!(found(objects, "abs(name[0])", None).is_err());
    }

    #[test]
    fn a_type_chooses_the_objects_at_any_depth() {
        let objects = r#"{"@graph": [{"@type": "Organization", "name": "Shop"},
            {"@type": "WebPage", "name": "Page", "mainEntity": {"@type": ["Product", "Book"], "name": "Ink"}}]}"#;
        for (of, expected) in [
            (None, "\"Shop\""),
            (Some("Product"), "\"Ink\""),
            (Some("https://schema.org/WebPage"), "\"Page\""),
            (Some("Recipe"), "null"),
        ] {
            assert_eq!(found(objects, "name", of).unwrap().to_string(), expected);
        }
    }
}
