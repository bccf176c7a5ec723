//! Comparison of two items, field by field.

use serde::Serialize;
use serde_json::Value;

/// A field with two values; one that is not there has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct FieldChange {
    /// Path of the field, such as `price`, `offer.price` or `tags[2]`; empty when the item has no fields.
    pub(super) field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<Value>,
}

/// Returns the fields in which two items differ, in the order of the first.
pub(super) fn differences(expected: &Value, found: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare(String::new(), Some(expected), Some(found), &mut changes);
    changes
}

fn compare(
    field: String,
    expected: Option<&Value>,
    found: Option<&Value>,
    changes: &mut Vec<FieldChange>,
) {
    match (expected, found) {
        (a, b) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let added = b.iter().filter(|(name, _)| !a.contains_key(*name));
            for name in a.keys().chain(added.map(|(name, _)| name)) {
                let path = if field.is_empty() {
                    name.clone()
                } else {
                    format!("{field}.{name}")
                };
                compare(path, a.get(name), b.get(name), changes);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                compare(format!("{field}[{at}]"), Some(a), Some(b), changes);
            }
        }
        (a, b) => changes.push(FieldChange {
            field,
            expected: a.cloned(),
            found: b.cloned(),
        }),
    }
}

/// Takes out a field by its name or its path, such as `offer.price`.
pub(super) fn remove(item: &mut Value, path: &str) {
    let Value::Object(fields) = item else {
        return;
    };
    if fields.shift_remove(path).is_some() {
        return;
    }
    if let Some((name, rest)) = path.split_once('.')
        && let Some(deeper) = fields.get_mut(name)
    {
        remove(deeper, rest);
    }
}

/// Returns the number of fields that are equal in both items.
pub(super) fn likeness(a: &Value, b: &Value) -> u32 {
    let alike = match (a, b) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .filter(|(name, value)| b.get(*name) == Some(*value))
            .count(),
        (a, b) => usize::from(a == b),
    };
    u32::try_from(alike).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_named_by_their_path() {
        let expected = json!({"title": "A", "price": 51.77, "offer": {"stock": 3}, "tags": ["x", "y"], "gone": 1});
        let found = json!({"title": "A", "price": null, "offer": {"stock": 4}, "tags": ["x", "z"], "new": 2});
        let changes = differences(&expected, &found);
        let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(fields, ["price", "offer.stock", "tags[1]", "gone", "new"]);
        assert_eq!(
            (&changes[3].expected, &changes[3].found),
            (&Some(json!(1)), &None)
        );
    }

    #[test]
    fn the_order_of_fields_is_no_difference() {
        assert_eq!(
            differences(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})),
            []
        );
    }

    #[test]
    fn a_field_is_taken_out_by_its_path() {
        let mut item = json!({"a": 1, "b": {"c": 2, "d": 3}});
        remove(&mut item, "a");
        remove(&mut item, "b.c");
        remove(&mut item, "x.y");
        assert_eq!(item, json!({"b": {"d": 3}}));
    }
}
