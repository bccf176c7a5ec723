//! JSON Schema of items, put together by derived code.

use std::any::TypeId;
use std::cell::RefCell;
use std::marker::PhantomData;

pub use serde_json::Value;
use serde_json::{Map, json};

pub use super::{Extract, FromText};

/// Version of JSON Schema in which the schemas are written.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

thread_local! {
    /// Types whose schema is being made: one that comes up within itself has no end.
    static OPEN: RefCell<Vec<TypeId>> = RefCell::default();
}

/// Schema of a struct, while it is put together.
#[derive(Debug, Default)]
pub struct Object {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

/// Returns the schema of a struct: its name, the text of its doc comment, and its fields, which `fill` adds.
pub fn object<T: 'static>(name: &str, about: &str, fill: impl FnOnce(&mut Object)) -> Value {
    let id = TypeId::of::<T>();
    if OPEN.with_borrow(|open| open.contains(&id)) {
        return any();
    }
    OPEN.with_borrow_mut(|open| open.push(id));
    let mut object = Object::default();
    fill(&mut object);
    OPEN.with_borrow_mut(Vec::pop);
    let schema = json!({
        "$schema": DRAFT,
        "title": name,
        "type": "object",
        "properties": object.properties,
        "required": object.required,
    });
    described(schema, about)
}

impl Object {
    /// Adds a field. `is_required` if serde writes it in any case.
    pub fn field(&mut self, name: &str, about: &str, is_required: bool, schema: Value) {
        let schema = described(within(schema), about);
        self.properties.insert(name.to_owned(), schema);
        if is_required {
            self.required.push(name.into());
        }
    }

    /// Adds a field that is always the same text: serde's `tag`.
    pub fn tag(&mut self, name: &str, text: &str) {
        self.field(name, "", true, json!({ "const": text }));
    }

    /// Adds the fields of another struct: serde's `flatten`. `is_required` if serde writes them in any case.
    pub fn flatten(&mut self, is_required: bool, mut schema: Value) {
        if let Some(Value::Object(properties)) = schema.get_mut("properties").map(Value::take) {
            self.properties.extend(properties);
        }
        if let Some(Value::Array(required)) = schema.get_mut("required").map(Value::take)
            && is_required
        {
            self.required.extend(required);
        }
    }
}

/// Returns the schema that allows everything.
#[must_use]
pub fn any() -> Value {
    Value::Object(Map::new())
}

/// Returns the schema of an absolute URL.
#[must_use]
pub fn uri() -> Value {
    json!({ "type": "string", "format": "uri" })
}

/// Returns a schema that also allows null.
#[must_use]
pub fn nullable(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    // These allow what they list, and `null` beside the type does not add to that.
    let lists = [
        "enum", "const", "$ref", "anyOf", "oneOf", "allOf", "not", "if",
    ];
    if !lists.iter().any(|keyword| object.contains_key(*keyword)) {
        match object.get_mut("type") {
            Some(Value::String(name)) => {
                let name = std::mem::take(name);
                object.insert("type".to_owned(), json!([name, "null"]));
                return schema;
            }
            Some(_) => {}
            None => return schema,
        }
    }
    json!({ "anyOf": [within(schema), { "type": "null" }] })
}

/// Returns the schema of a list whose entries have this schema.
#[must_use]
pub fn list(schema: Value) -> Value {
    json!({ "type": "array", "items": within(schema) })
}

fn described(mut schema: Value, about: &str) -> Value {
    if let Some(schema) = schema.as_object_mut().filter(|_| !about.is_empty()) {
        schema.insert("description".to_owned(), about.into());
    }
    schema
}

/// Prepares a schema to become part of another one, which names the version for both.
fn within(mut schema: Value) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("$schema");
    }
    schema
}

/// Asks a type for its schema whether it has one or not: `(&&&Probe::<T>::new()).schema()` is the method of the first of
/// the three traits below that the type has, by the order in which the compiler looks behind references.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    /// Makes the probe of type `T`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "used by derived code only")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// A type that is read from a text.
pub trait OfText {
    /// Returns the schema of the type.
    fn schema(&self) -> Value;
}

impl<T: FromText> OfText for &&Probe<T> {
    fn schema(&self) -> Value {
        T::schema()
    }
}

/// A type that is taken out of an element.
pub trait OfItem {
    /// Returns the schema of the type.
    fn schema(&self) -> Value;
}

impl<T: Extract> OfItem for &Probe<T> {
    fn schema(&self) -> Value {
        T::schema()
    }
}

/// Any type.
pub trait OfAny {
    /// Returns the schema that allows everything.
    fn schema(&self) -> Value;
}

impl<T> OfAny for Probe<T> {
    fn schema(&self) -> Value {
        any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_allowed_whatever_the_type_allows() {
        for (schema, expected) in [
            (
                json!({ "type": "string" }),
                json!({ "type": ["string", "null"] }),
            ),
            (
                json!({ "type": "string", "enum": ["new", "used"] }),
                json!({ "anyOf": [{ "type": "string", "enum": ["new", "used"] }, { "type": "null" }] }),
            ),
            (
                json!({ "$ref": "#/$defs/kind" }),
                json!({ "anyOf": [{ "$ref": "#/$defs/kind" }, { "type": "null" }] }),
            ),
            (
                json!({ "const": 1 }),
                json!({ "anyOf": [{ "const": 1 }, { "type": "null" }] }),
            ),
            (json!({}), json!({})),
        ] {
            assert_eq!(nullable(schema), expected);
        }
    }
}
