//! Fields of an item as JSON texts, so that each number keeps its digits.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Fields of an object, in their order, each with its JSON text.
pub(super) struct Fields<'a>(pub(super) Vec<(String, &'a str)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with named fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Vec<(String, &'de str)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value.get(),
                None => fields.push((name, value.get())),
            }
        }
        Ok(Fields(fields))
    }
}

impl<'a> Fields<'a> {
    /// Reads the fields of an item. Objects up to this depth are taken apart: `{"a": {"b": 1}}` has the field `a_b`, unless
    /// there is a column for `a` itself.
    pub(super) fn read(
        json: &'a str,
        depth: usize,
        has_column: impl Fn(&str) -> bool,
    ) -> Result<Self, serde_json::Error> {
        let fields: Self = serde_json::from_str(json)?;
        if depth == 0 {
            return Ok(fields);
        }
        let mut flat = Vec::new();
        for (name, value) in fields.0 {
            flatten(name, value, depth, &has_column, &mut flat)?;
        }
        Ok(Self(flat))
    }
}

fn flatten<'a>(
    name: String,
    json: &'a str,
    depth: usize,
    has_column: &impl Fn(&str) -> bool,
    flat: &mut Vec<(String, &'a str)>,
) -> Result<(), serde_json::Error> {
    if depth == 0 || !json.starts_with('{') || has_column(&name) {
        flat.push((name, json));
        return Ok(());
    }
    let inner: Fields<'a> = serde_json::from_str(json)?;
    for (field, value) in inner.0 {
        flatten(
            format!("{name}_{field}"),
            value,
            depth - 1,
            has_column,
            flat,
        )?;
    }
    Ok(())
}
