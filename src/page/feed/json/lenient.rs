//! JSON values that count as missing when they have another type than they should, and lists with a maximum length.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// String; a number counts as one, and an empty string as missing.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Option<String>);

/// Object; any other value counts as missing.
#[derive(Debug, Default)]
pub(super) struct Object<T>(pub(super) T);

/// List of which no more than `MAX` items are kept.
#[derive(Debug)]
pub(super) struct List<T, const MAX: usize> {
    pub(super) items: Vec<T>,
    /// Set when the list has more items than were kept.
    pub(super) is_cut: bool,
    /// Set when there is no list at all.
    pub(super) is_missing: bool,
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            is_cut: false,
            is_missing: true,
        }
    }
}

/// Implements the visitor methods for values of other types, which return the default of the visitor's value.
macro_rules! else_missing {
    ($( $visit:ident: $value:ty ),*) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }

        $( fn $visit<E: Error>(self, _: $value) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        } )*
    };
}

/// Reads a list to its end without keeping it, and returns the default value.
fn skipped_list<'de, A: SeqAccess<'de>, V: Default>(mut list: A) -> Result<V, A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(V::default())
}

fn skipped_object<'de, A: MapAccess<'de>, V: Default>(mut object: A) -> Result<V, A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(V::default())
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Text;

            else_missing!(visit_bool: bool);

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                let text = text.trim();
                Ok(Text((!text.is_empty()).then(|| text.to_owned())))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Text, A::Error> {
                skipped_list(list)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Text, A::Error> {
                skipped_object(object)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Any<T> {
            type Value = Object<T>;

            else_missing!(visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Object<T>, A::Error> {
                skipped_list(list)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(Object)
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Any<T, MAX> {
            type Value = List<T, MAX>;

            else_missing!(visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX {
                    match list.next_element()? {
                        Some(item) => items.push(item),
                        None => break,
                    }
                }
                let mut is_cut = false;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    is_cut = true;
                }
                Ok(List {
                    items,
                    is_cut,
                    is_missing: false,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                skipped_object(object)
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}
