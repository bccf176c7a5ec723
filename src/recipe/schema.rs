//! JSON Schemas: of recipes, for editors, and of the items of one.

use serde_json::{Map, Value, json};

use super::field::{Fact, Field, Fields, Kind as Type, Otherwise, Source};
use super::kind::Kind;
use crate::model::settings::Settings;
use crate::page::clean::Cleaner;

/// Hand-kept; what it says of keys is held against what the reader knows.
const RECIPE: &str = include_str!("schema.json");
/// Dialect of the JSON Schemas of recipes and of items.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema (draft 2020-12) of recipes: an editor that knows it completes and checks them as they are written.
///
/// ```
/// let schema = crawlworks::recipe::schema();
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// assert!(schema["properties"]["follow"].is_object());
/// ```
#[must_use]
pub fn schema() -> Value {
    let mut schema: Value = serde_json::from_str(RECIPE).unwrap_or_default();
    let mut fill = |pointer: &str, value: Value| {
        if let Some(place) = schema.pointer_mut(pointer) {
            *place = value;
        }
    };
    fill("/$defs/cleaner", words(Cleaner::NAMES.iter().copied()));
    fill("/$defs/settings/properties", settings());
    let field = "/$defs/field/properties";
    fill(&format!("{field}/type"), words(Type::NAMES.into_iter()));
    let facts = Fact::NAMES.map(|(name, _)| name);
    fill(
        &format!("{field}/page"),
        json!({"description": "What is known of the page.", "enum": facts}),
    );
    schema
}

/// Returns the schema of a value that is one of these words; editors show what each means.
fn words(words: impl Iterator<Item = (&'static str, &'static str)>) -> Value {
    let words = words.map(|(word, about)| json!({"const": word, "description": about}));
    json!({"type": "string", "oneOf": words.collect::<Vec<_>>()})
}

fn settings() -> Value {
    let setting = |setting: crate::model::settings::Setting| {
        let about = format!("{} Default: {}.", setting.about, quoted(&setting.default));
        let one = ["string", "number", "boolean"];
        let mut types = vec!["string", "number", "boolean", "array"];
        // The only one with names of its own: `[settings.min_fill] price = 0.9`.
        types.extend((setting.name == "min_fill").then_some("object"));
        let schema = if setting.words.is_empty() {
            json!({
                "description": about,
                "type": types,
                "items": {"type": one},
                "additionalProperties": {"$ref": "#/$defs/share"},
            })
        } else {
            json!({"description": about, "enum": setting.words})
        };
        (setting.name.to_owned(), schema)
    };
    Value::Object(Settings::table().into_iter().map(setting).collect())
}

fn quoted(default: &str) -> String {
    if default.is_empty() {
        "none".to_owned()
    } else {
        format!("`{default}`")
    }
}

/// The schema of a recipe's items: of the only kind, or any of several.
pub(super) fn of_items(kinds: &[Kind]) -> Value {
    let mut schemas = kinds.iter().map(|kind| of_fields(&kind.fields));
    let mut schema = match (schemas.next(), schemas.len()) {
        (Some(only), 0) => only,
        (first, _) => json!({"anyOf": first.into_iter().chain(schemas).collect::<Vec<_>>()}),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), DRAFT.into());
    }
    schema
}

fn of_fields(fields: &Fields) -> Value {
    let named = fields.names.iter().zip(&fields.fields);
    let properties: Map<String, Value> = named
        .map(|(name, field)| (name.to_string(), of_field(field)))
        .collect();
    let required: Vec<&str> = fields.names.iter().map(|name| &**name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of_field(field: &Field) -> Value {
    let one = match (&field.fields, &field.map) {
        (Some(fields), _) => of_fields(fields),
        (None, Some(map)) => {
            json!({"enum": map.iter().map(|(_, value)| value).collect::<Vec<_>>()})
        }
        (None, None) => of_type(field),
    };
    let whole = match (field.is_list, &field.join) {
        (true, None) => json!({"type": "array", "items": one}),
        (true, Some(_)) => json!({"type": "string"}),
        (false, _) => one,
    };
    match &field.otherwise {
        Otherwise::Error => whole,
        Otherwise::Null => json!({"anyOf": [whole, {"type": "null"}]}),
        Otherwise::Default(default) => json!({"anyOf": [whole, {"const": default}]}),
    }
}

fn of_type(field: &Field) -> Value {
    match (&field.kind, &field.source) {
        (Type::Integer, _) => json!({"type": "integer"}),
        (Type::Number, _) => json!({"type": "number"}),
        (Type::Boolean | Type::Exists, _) => json!({"type": "boolean"}),
        (Type::Url, _) => json!({"type": "string", "format": "uri"}),
        (Type::Any, Source::Constant(value)) => json!({"const": value}),
        (Type::Any, Source::Page(Fact::Status)) if field.is_as_found() => {
            json!({"type": "integer"})
        }
        (
            Type::Any,
            Source::Json(_) | Source::Document(_) | Source::JsonLd { .. } | Source::Embedded(..),
        ) if field.is_as_found() => json!({}),
        (Type::Any | Type::Text | Type::Date(_), _) => json!({"type": "string"}),
    }
}

#[cfg(test)]
mod tests;
