//! The JSON Schema that items have to fit.

use std::fmt;
use std::path::Path;

use serde_json::Value;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, Validator};

use crate::items::sink::Record;
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};

/// Longest reason, in characters: what a schema or an item says of itself can be long.
const MAX_REASON: usize = 160;

/// A schema, ready to be held against items.
///
/// Nothing is fetched for it: a `$ref` leads to another part of the same schema or to a draft of JSON Schema itself.
/// Patterns are matched in linear time, whatever the items hold, and formats are checked.
pub(crate) struct Schema {
    value: Value,
    validator: Validator,
}

impl Schema {
    /// # Errors
    /// [`ErrorKind::Settings`] when it is no JSON Schema, or refers to another file or site.
    pub(crate) fn new(value: Value) -> Result<Self> {
        let built = jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .build(&value);
        match built {
            Ok(validator) => Ok(Self { value, validator }),
            Err(error) => {
                let place = match error.instance_path().as_str() {
                    "" => String::new(),
                    path => format!(" at {path}"),
                };
                let why = shortened(&error.to_string());
                let advice = match error.kind() {
                    ValidationErrorKind::Referencing(_) => {
                        "; a $ref may lead to a part of the same schema only"
                    }
                    _ => "",
                };
                let message = format!("bad JSON Schema of the items{place}: {why}{advice}");
                Err(Error::new(ErrorKind::Settings, message))
            }
        }
    }

    /// Reads the file of the setting `item_schema`.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read, [`ErrorKind::Settings`] when it holds no JSON Schema.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let place = path.display();
        let text = text_file::read(path).map_err(|error| {
            Error::new(ErrorKind::File, format!("cannot read the schema {place}"))
                .with_source(error)
        })?;
        let value = serde_json::from_str(&text).map_err(|error| {
            Error::new(
                ErrorKind::Settings,
                format!("the schema {place} is not JSON"),
            )
            .with_source(error)
        })?;
        Self::new(value)
            .map_err(|error| Error::new(ErrorKind::Settings, format!("{place}: {error}")))
    }

    /// The schema itself.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Checks that an item fits the schema.
    ///
    /// # Errors
    /// The first thing that does not, by field and rule: `schema: /price: is not of type "number"`.
    pub(super) fn check(&self, record: &Record) -> Result<(), String> {
        // From the text and not from the item: this has a limit for things within things.
        let value: Value = serde_json::from_str(record.json())
            .map_err(|error| format!("schema: the item cannot be read: {error}"))?;
        self.validator
            .validate(&value)
            .map_err(|error| reason(&error))
    }
}

/// Returns the reason why an item does not fit, without its values: the same mistake has the same reason on every page.
fn reason(error: &ValidationError<'_>) -> String {
    let said = error.masked().to_string();
    let said = said.strip_prefix("value ").unwrap_or(&said);
    let path = error.instance_path().as_str();
    let place: Vec<&str> = path.split('/').map(any_index).collect();
    let place = place.join("/");
    let mark = if place.is_empty() { "" } else { ": " };
    shortened(&format!("schema: {place}{mark}{said}"))
}

/// `*` for a place in a list.
fn any_index(step: &str) -> &str {
    let is_index = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    if is_index { "*" } else { step }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_REASON) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.value).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn offers() -> Schema {
        let schema = json!({
            "type": "object",
            "required": ["title"],
            "additionalProperties": false,
            "properties": {
                "title": {"type": "string", "pattern": "^[A-Z]"},
                "url": {"type": "string", "format": "uri"},
                "offers": {"type": "array", "items": {"$ref": "#/$defs/offer"}},
            },
            "$defs": {"offer": {"properties": {"price": {"type": "number", "minimum": 0}}}},
        });
        Schema::new(schema).unwrap()
    }

    #[track_caller]
    fn refused(item: &Value) -> String {
        offers().check(&Record::new(item).unwrap()).unwrap_err()
    }

    #[test]
    fn an_item_that_fits_passes() {
        let item = json!({"title": "Tea", "url": "http://a.example/", "offers": [{"price": 1.5}]});
        assert_eq!(offers().check(&Record::new(&item).unwrap()), Ok(()));
    }

    #[test]
    fn the_reason_names_field_and_rule_but_not_the_value() {
        for (item, reason) in [
            (
                json!({"title": 7}),
                r#"schema: /title: is not of type "string""#,
            ),
            (
                json!({"title": "tea"}),
                r#"schema: /title: does not match "^[A-Z]""#,
            ),
            (
                json!({"title": "T", "url": "x y"}),
                r#"schema: /url: is not a "uri""#,
            ),
            (json!({}), r#"schema: "title" is a required property"#),
            (
                json!({"title": "T", "x": 1}),
                "schema: Additional properties are not allowed ('x' was unexpected)",
            ),
            (
                json!({"title": "T", "offers": [{"price": 1}, {"price": -1}]}),
                "schema: /offers/*/price: is less than the minimum of 0",
            ),
            (json!("Tea"), r#"schema: is not of type "object""#),
        ] {
            assert_eq!(refused(&item), reason);
        }
    }

    #[test]
    fn a_reason_is_short_whatever_the_item_holds() {
        let item = json!({"title": "T", "é".repeat(10_000): 1});
        let reason = refused(&item);
        assert_eq!(reason.chars().count(), MAX_REASON + 1);
    }

    #[test]
    fn an_item_that_is_too_deep_is_refused() {
        let mut item = json!(1);
        for _ in 0..200 {
            item = json!([item]);
        }
        let reason = refused(&item);
        assert!(reason.contains("recursion limit"), "{reason}");
    }

    #[test]
    fn a_schema_that_leads_back_to_itself_comes_to_an_end() {
        for schema in [
            json!({"$ref": "#"}),
            json!({"allOf": [{"$ref": "#"}]}),
            json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            json!({"properties": {"a": {"$ref": "#"}}}),
        ] {
            if let Ok(schema) = Schema::new(schema) {
                let _ = schema.check(&Record::new(&json!({"a": {"a": 1}})).unwrap());
            }
        }
    }

    #[test]
    fn a_bad_schema_is_told_with_the_place_of_the_mistake() {
        for (schema, expected) in [
            (
                json!({"type": "nubmer"}),
                "bad JSON Schema of the items at /type: ",
            ),
            (json!({"pattern": "("}), "bad JSON Schema of the items"),
            (json!({"$ref": "#/$defs/x"}), "bad JSON Schema of the items"),
            (json!(7), "bad JSON Schema of the items"),
        ] {
            let error = Schema::new(schema).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Settings);
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_schema_that_refers_to_elsewhere_is_refused() {
        for reference in [
            "https://example.com/schema.json",
            "file:///etc/hostname",
            "other.json",
        ] {
            let error = Schema::new(json!({"$ref": reference})).unwrap_err();
            assert!(
                error.to_string().ends_with("the same schema only"),
                "{error}"
            );
        }
    }
}
