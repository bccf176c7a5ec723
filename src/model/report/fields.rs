//! What a report says of the items' fields: how often each is there, and as what.

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many fields are told apart: a map with ever new names must not fill the memory.
const MAX_FIELDS: usize = 200;
/// Longest name of a field that is told apart, in bytes.
const MAX_NAME: usize = 200;

/// The fields that items have, by name, in the order in which the items have them.
///
/// Only the outermost fields of an item are counted, not those of the objects and lists in it. Items that are no objects
/// have none. The first 200 are told apart, and those that `min_fill` names; names longer than 200 bytes are not.
///
/// ```
/// # use crawlworks::prelude::*;
/// # use crawlworks::{Site, testing::PracticeSite};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> crawlworks::Result<()> {
/// # let site = PracticeSite::start()?;
/// let report = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1).run().await?;
/// let names: Vec<&str> = report.items.fields.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["url", "title", "h1", "links"]);
/// assert_eq!(report.items.fields["links"].types.array, 1);
/// assert_eq!(report.items.fill("title"), 1.0);
/// # Ok(())
/// # }
/// ```
// The names are shared, because every commit of a durable job has a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Arc<str>, Field)>);

/// What one field held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// How many items have something in it: not `null`, `""`, `[]` or `{}`.
    pub filled: u64,
    /// How many items have it, by the type of its value.
    pub types: Types,
}

/// How often a value was of each type of JSON. In JSON, those that never came are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Types {
    /// Texts.
    #[serde(skip_serializing_if = "is_zero")]
    pub string: u64,
    /// Numbers, whole or not.
    #[serde(skip_serializing_if = "is_zero")]
    pub number: u64,
    /// `true` and `false`.
    #[serde(skip_serializing_if = "is_zero")]
    pub boolean: u64,
    /// Lists.
    #[serde(skip_serializing_if = "is_zero")]
    pub array: u64,
    /// Objects with fields of their own.
    #[serde(skip_serializing_if = "is_zero")]
    pub object: u64,
    /// Nothing.
    #[serde(skip_serializing_if = "is_zero")]
    pub null: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Fields {
    /// Returns what is known of a field; `None` when no item has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field> {
        let found = self.0.iter().find(|(known, _)| **known == *name);
        found.map(|(_, field)| field)
    }

    /// All fields, in the order in which items have them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.0.iter().map(|(name, field)| (&**name, field))
    }

    /// Returns whether no item has had any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field of this name, to count in; none when there are too many already. `expected` is the place at which it
    /// is looked for first: items have their fields in the same order, mostly.
    pub(crate) fn at(
        &mut self,
        expected: usize,
        name: &str,
        is_watched: impl FnOnce(&str) -> bool,
    ) -> Option<(usize, &mut Field)> {
        let is_it = |known: &(Arc<str>, Field)| *known.0 == *name;
        let place = if self.0.get(expected).is_some_and(is_it) {
            expected
        } else if let Some(place) = self.0.iter().position(is_it) {
            place
        } else {
            let has_room = self.0.len() < MAX_FIELDS && name.len() <= MAX_NAME;
            if !has_room && !is_watched(name) {
                return None;
            }
            self.0.push((Arc::from(name), Field::default()));
            self.0.len() - 1
        };
        let (_, field) = self.0.get_mut(place)?;
        Some((place, field))
    }
}

impl Index<&str> for Fields {
    type Output = Field;

    /// # Panics
    /// When no item has this field.
    fn index(&self, name: &str) -> &Field {
        self.get(name)
            .unwrap_or_else(|| panic!("no item has a field {name:?}"))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, field)) = map.next_entry::<String, Field>()? {
                    fields.push((Arc::from(name), field));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_survives_the_state_of_a_job() {
        let mut fields = Fields::default();
        for name in ["b", "a", "c"] {
            fields.at(0, name, |_| false).unwrap().1.types.string = 3;
        }
        let json = serde_json::to_string(&fields).unwrap();
        assert_eq!(
            json,
            r#"{"b":{"filled":0,"types":{"string":3}},"a":{"filled":0,"types":{"string":3}},"c":{"filled":0,"types":{"string":3}}}"#
        );
        assert_eq!(serde_json::from_str::<Fields>(&json).unwrap(), fields);
    }

    #[test]
    fn endless_names_are_not_all_told_apart() {
        let mut fields = Fields::default();
        for nth in 0..2 * MAX_FIELDS {
            let known = fields
                .at(0, &nth.to_string(), |name| name == "300")
                .is_some();
            assert_eq!(known, nth < MAX_FIELDS || nth == 300, "{nth}");
        }
        assert!(fields.at(0, "7", |_| false).is_some());
        assert!(
            Fields::default()
                .at(0, &"x".repeat(MAX_NAME + 1), |_| false)
                .is_none()
        );
    }
}
