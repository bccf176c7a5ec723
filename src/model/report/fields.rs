//! Statistics of the items' fields in the report of a crawl: how often each is filled, and by which types.

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Maximum number of fields that are counted by name: a map with ever new names must not fill the memory.
const MAX_FIELDS: usize = 200;
/// Longest name of a field that is counted by name, in bytes.
const MAX_NAME: usize = 200;

/// Statistics of the fields of items, by name, in the order in which the items have them.
///
/// Only the outermost fields of an item are counted, not those of the objects and lists in it. Items that are no objects
/// have none. Counted by name are the first 200 fields whose names have at most 200 bytes, and those that `min_fill`
/// names.
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

/// Statistics of one field over all items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// Number of items in which the field is filled: not `null`, `""`, `[]` or `{}`.
    pub filled: u64,
    /// Number of items that have the field, by the type of its value.
    pub types: Types,
}

/// Number of values by JSON type. When serialized to JSON, types that never occurred are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Types {
    /// Strings.
    #[serde(skip_serializing_if = "is_zero")]
    pub string: u64,
    /// Numbers, whole or not.
    #[serde(skip_serializing_if = "is_zero")]
    pub number: u64,
    /// `true` and `false`.
    #[serde(skip_serializing_if = "is_zero")]
    pub boolean: u64,
    /// Arrays.
    #[serde(skip_serializing_if = "is_zero")]
    pub array: u64,
    /// Objects with fields of their own.
    #[serde(skip_serializing_if = "is_zero")]
    pub object: u64,
    /// `null` values.
    #[serde(skip_serializing_if = "is_zero")]
    pub null: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Fields {
    /// Returns the statistics of a field; `None` when no item has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field> {
        let found = self.0.iter().find(|(known, _)| **known == *name);
        found.map(|(_, field)| field)
    }

    /// Iterates over all fields, in the order in which items have them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.0.iter().map(|(name, field)| (&**name, field))
    }

    /// Returns whether no item has had any field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the field of this name, to count in, with its index; `None` for a new name that is too long or one too
    /// many, unless `is_watched` returns `true` for it. `expected` is the index at which the field is looked for first:
    /// items mostly have their fields in the same order.
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
    /// Panics when no item has this field.
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
