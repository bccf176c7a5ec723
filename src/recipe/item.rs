//! A [`RecipeItem`]: what a recipe takes out of a page. Its names are shared by all items of a kind, its values are in
//! their order.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::field::{Fields, Source};

/// An item of a recipe, written as a JSON object whose fields are in the order of the recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipeItem {
    kind: Arc<str>,
    record: Record,
    unique: Arc<[usize]>,
}

/// Names with values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) names: Arc<[Box<str>]>,
    pub(super) values: Vec<Value>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing was found, and the field is optional.
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Record(Record),
    /// JSON value as the page had it.
    Json(serde_json::Value),
}

impl RecipeItem {
    pub(super) fn new(kind: Arc<str>, record: Record, unique: Arc<[usize]>) -> Self {
        Self {
            kind,
            record,
            unique,
        }
    }

    /// The name of its kind: `book` of `[items.book]`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the key that no other item of the crawl may have: the kind and the `unique` fields as JSON. `None` when
    /// the kind has no such fields, or one of them is not filled: null or empty.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let values: Vec<&Value> = self
            .unique
            .iter()
            .filter_map(|at| self.record.values.get(*at))
            .collect();
        if values.is_empty() || !values.iter().all(|value| value.is_filled()) {
            return None;
        }
        // Values have no maps but records, and records have texts for names.
        serde_json::to_string(&(&*self.kind, values)).ok()
    }
}

impl RecipeItem {
    /// Returns the values found in the page as one text: all values but those of the page itself.
    pub(super) fn content(&self, fields: &Fields) -> Option<String> {
        let own = fields.fields.iter().zip(&self.record.values);
        let found = own.filter(|(field, _)| !matches!(field.source, Source::Page(_)));
        serde_json::to_string(&found.map(|(_, value)| value).collect::<Vec<_>>()).ok()
    }
}

impl Value {
    /// Returns whether the value is filled, as the setting `unique` sees it.
    fn is_filled(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Text(text) => !text.is_empty(),
            Self::List(values) => !values.is_empty(),
            Self::Record(record) => !record.values.is_empty(),
            Self::Json(value) => match value {
                serde_json::Value::Null => false,
                serde_json::Value::String(text) => !text.is_empty(),
                serde_json::Value::Array(values) => !values.is_empty(),
                serde_json::Value::Object(fields) => !fields.is_empty(),
                serde_json::Value::Bool(_) | serde_json::Value::Number(_) => true,
            },
            Self::Boolean(_) | Self::Integer(_) | Self::Number(_) => true,
        }
    }
}

impl Serialize for RecipeItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.record.serialize(serializer)
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (name, value) in self.names.iter().zip(&self.values) {
            map.serialize_entry(&**name, value)?;
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(value)?;
                }
                list.end()
            }
            Self::Record(record) => record.serialize(serializer),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(values: Vec<Value>, unique: &[usize]) -> RecipeItem {
        let names = ["b", "a"].map(Box::from).into();
        RecipeItem::new("book".into(), Record { names, values }, unique.into())
    }

    #[test]
    fn fields_are_written_in_their_order() {
        let item = item(
            vec![Value::Number(51.0), Value::List(vec![Value::Null])],
            &[],
        );
        assert_eq!(
            serde_json::to_string(&item).unwrap(),
            r#"{"b":51.0,"a":[null]}"#
        );
    }

    #[test]
    fn the_key_is_made_of_the_kind_and_the_unique_fields() {
        let upc = || Value::Text("x1".to_owned());
        assert_eq!(
            item(vec![Value::Integer(7), upc()], &[1]).key().as_deref(),
            Some(r#"["book",["x1"]]"#)
        );
        assert_eq!(item(vec![Value::Null, upc()], &[]).key(), None);
    }

    #[test]
    fn an_item_that_lacks_one_of_the_unique_fields_has_no_key() {
        let upc = || Value::Text("x1".to_owned());
        let empty = || Value::Json(serde_json::json!([]));
        for other in [
            Value::Null,
            Value::Text(String::new()),
            Value::List(vec![]),
            empty(),
        ] {
            assert_eq!(item(vec![other, upc()], &[0, 1]).key(), None);
        }
        assert!(
            item(vec![Value::Integer(0), upc()], &[0, 1])
                .key()
                .is_some()
        );
    }
}
