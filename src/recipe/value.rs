//! TOML values as values of items and as JSON.

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::DeValue;

use super::item::Value;
use super::reader::Reader;
use super::section::{Placed, integer_of, wrong};
use super::template::Template;

/// A text, number, truth value, or a list of them.
pub(super) fn value_of(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Value> {
    let read = match value.get_ref() {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Boolean(truth) => Some(Value::Boolean(*truth)),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Number),
        number @ DeValue::Integer(_) => integer_of(number).map(Value::Integer),
        DeValue::Array(values) => {
            let values: Option<Vec<Value>> =
                values.iter().map(|value| value_of(value, reader)).collect();
            return values.map(Value::List);
        }
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    };
    if read.is_none() {
        wrong(
            value,
            "a text, a number, true or false, or a list of these",
            &mut reader.problems,
        );
    }
    read
}

/// A value as JSON whose texts are templates.
pub(super) fn json_of(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Json> {
    match value.get_ref() {
        DeValue::String(text) => {
            let placed = Placed {
                value: text.as_ref(),
                at: value.span(),
            };
            reader.template_with_secrets(&placed)?;
            Some(Json::from(text.as_ref()))
        }
        DeValue::Boolean(truth) => Some(Json::from(*truth)),
        DeValue::Array(values) => values.iter().map(|value| json_of(value, reader)).collect(),
        DeValue::Table(table) => table
            .iter()
            .map(|(name, value)| Some((name.get_ref().to_string(), json_of(value, reader)?)))
            .collect::<Option<serde_json::Map<_, _>>>()
            .map(Json::Object),
        _ => match value_of(value, reader)? {
            Value::Integer(number) => Some(Json::from(number)),
            Value::Number(number) => Some(Json::from(number)),
            _ => None,
        },
    }
}

/// Returns the same JSON with its templates filled in.
pub(super) fn filled<'v>(json: &Json, value: &impl Fn(&str) -> Option<&'v str>) -> Json {
    match json {
        Json::String(text) => match Template::parse(text) {
            Ok(template) => Json::from(template.fill(value)),
            // It was parsed when the recipe was read.
            Err(_) => json.clone(),
        },
        Json::Array(values) => values.iter().map(|json| filled(json, value)).collect(),
        Json::Object(object) => object
            .iter()
            .map(|(name, json)| (name.clone(), filled(json, value)))
            .collect(),
        other => other.clone(),
    }
}
