//! Columns of a table: from the JSON Schema of the items, or from the first of them.

use serde_json::{Map, Value};

/// Type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    /// Whole numbers of 64 bits.
    Integer,
    /// Whole numbers of any size, kept as their digits.
    Digits,
    Number,
    Text,
    /// Lists, objects, and values of several types.
    Json,
    /// Whatever comes: of a table that others made, or a field of which nothing is known.
    Any,
}

/// Column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// `true` if each row has a value.
    pub(super) is_required: bool,
}

/// Returns the columns of items with this schema; empty if it does not name their fields.
pub(super) fn of_schema(schema: &Value) -> Vec<Column> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| {
        required.is_some_and(|names| names.iter().any(|known| known.as_str() == Some(name)))
    };
    let column = |(name, schema): (&String, &Value)| {
        let (kind, is_nullable) = kind_of(schema);
        Column {
            name: name.clone(),
            kind,
            is_required: is_required(name) && !is_nullable,
        }
    };
    properties.into_iter().flatten().map(column).collect()
}

/// Returns the type of values with this schema, and whether they can be null.
fn kind_of(schema: &Value) -> (Kind, bool) {
    let types = match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        // References, alternatives and values without a type.
        _ => return (Kind::Json, true),
    };
    let is_nullable = types.contains(&"null");
    let mut others = types.into_iter().filter(|name| *name != "null");
    let kind = match (others.next(), others.next()) {
        (Some("boolean"), None) => Kind::Boolean,
        (Some("integer"), None) => match schema.get("format").and_then(Value::as_str) {
            Some("uint64" | "int128" | "uint128") => Kind::Digits,
            _ => Kind::Integer,
        },
        (Some("number"), None) | (Some("number" | "integer"), Some("number" | "integer")) => {
            Kind::Number
        }
        (Some("string"), None) => Kind::Text,
        _ => Kind::Json,
    };
    (kind, is_nullable)
}

/// Returns the columns of these items: all their fields, in the order in which they come, and none of them required.
pub(super) fn of_items<'a>(items: impl IntoIterator<Item = &'a Map<String, Value>>) -> Vec<Column> {
    let mut found: Map<String, Value> = Map::new();
    let mut kinds: Vec<Option<Kind>> = Vec::new();
    for item in items {
        for (name, value) in item {
            let known = found.get(name).and_then(Value::as_u64);
            let place = known.and_then(|place| usize::try_from(place).ok());
            let place = place.unwrap_or_else(|| {
                found.insert(name.clone(), kinds.len().into());
                kinds.push(None);
                kinds.len() - 1
            });
            if let Some(kind) = kinds.get_mut(place) {
                *kind = merged(*kind, kind_of_value(value));
            }
        }
    }
    let columns = found.into_iter().zip(kinds);
    columns
        .map(|((name, _), kind)| Column {
            name,
            // Nothing is known of a field that was null in all of them.
            kind: kind.unwrap_or(Kind::Any),
            is_required: false,
        })
        .collect()
}

/// Returns the type of a value; `None` for null.
pub(super) fn kind_of_value(value: &Value) -> Option<Kind> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(Kind::Boolean),
        Value::Number(number) if number.is_i64() => Some(Kind::Integer),
        Value::Number(number) if number.is_u64() => Some(Kind::Digits),
        Value::Number(_) => Some(Kind::Number),
        Value::String(_) => Some(Kind::Text),
        Value::Array(_) | Value::Object(_) => Some(Kind::Json),
    }
}

/// Returns the type that holds values of both types, as they are.
fn merged(one: Option<Kind>, other: Option<Kind>) -> Option<Kind> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    Some(match (one, other) {
        (one, other) if one == other => one,
        (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) => Kind::Number,
        (Kind::Integer, Kind::Digits) | (Kind::Digits, Kind::Integer) => Kind::Digits,
        _ => Kind::Json,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(items: &[Value]) -> Vec<(String, Kind)> {
        let columns = of_items(items.iter().filter_map(Value::as_object));
        columns.into_iter().map(|c| (c.name, c.kind)).collect()
    }

    #[test]
    fn a_column_holds_all_values_of_the_first_items_as_they_are() {
        let items = [
            json!({"a": 1, "b": null, "c": "x", "d": 1, "e": true}),
            json!({"f": null, "d": 1.5, "c": null, "b": u64::MAX, "a": 2, "e": "yes"}),
        ];
        let want = [
            ("a", Kind::Integer),
            ("b", Kind::Digits),
            ("c", Kind::Text),
            ("d", Kind::Number),
            ("e", Kind::Json),
            ("f", Kind::Any),
        ];
        assert_eq!(
            kinds(&items),
            want.map(|(name, kind)| (name.to_owned(), kind))
        );
    }

    #[test]
    fn a_schema_gives_types_and_what_is_required() {
        let schema = json!({
            "required": ["title", "note"],
            "properties": {
                "title": {"type": "string"},
                "note": {"type": ["string", "null"]},
                "price": {"type": "number"},
                "stock": {"type": "integer"},
                "id": {"type": "integer", "format": "uint64"},
                "tags": {"type": "array"},
                "other": {"anyOf": []},
            }
        });
        let columns = of_schema(&schema);
        let kinds = columns.iter().map(|column| column.kind);
        let want = [
            Kind::Text,
            Kind::Text,
            Kind::Number,
            Kind::Integer,
            Kind::Digits,
            Kind::Json,
            Kind::Json,
        ];
        assert!(kinds.eq(want));
        let required = columns.iter().filter(|column| column.is_required);
        assert!(required.map(|column| column.name.as_str()).eq(["title"]));
    }
}
