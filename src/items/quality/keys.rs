//! The keys of the items that were kept, by which a further item with the same key is a duplicate.

use super::scan::{Fields, is_filled};
use crate::items::sink::Record;
use crate::page::identity::FingerprintKey;
use crate::queue::frontier::SeenSet;

/// A function that tells the key of an item, if it has one.
pub(crate) type KeyFn<I> = Box<dyn Fn(&I) -> Option<String> + Send>;

/// Definition of the key of an item.
pub(crate) enum KeyOf<I> {
    /// The values of these fields together. An item that lacks one of them has no key.
    Fields(Vec<String>),
    /// The key that a function returns.
    Function(KeyFn<I>),
}

/// Set of the keys seen so far, each as a keyed hash of 64 bits, like the URLs.
pub(crate) struct Keys<I> {
    key_of: KeyOf<I>,
    secret: FingerprintKey,
    seen: SeenSet,
    /// Keys that are in no commit yet. `None` where there are no commits.
    new: Option<Vec<u64>>,
}

impl<I> Keys<I> {
    /// Makes the set with the keys that earlier processes had kept. `is_durable` is whether new keys are
    /// [taken](Self::take_new) for commits.
    pub(crate) fn new(
        key_of: KeyOf<I>,
        secret: FingerprintKey,
        seen: SeenSet,
        is_durable: bool,
    ) -> Self {
        Self {
            key_of,
            secret,
            seen,
            new: is_durable.then(Vec::new),
        }
    }

    /// The fields that are the key, if it consists of fields.
    pub(super) fn names(&self) -> &[String] {
        match &self.key_of {
            KeyOf::Fields(names) => names,
            KeyOf::Function(_) => &[],
        }
    }

    /// The fingerprint of an item's key, if it has one.
    pub(super) fn of(&self, item: &I, record: &Record) -> Option<u64> {
        let fingerprint = match &self.key_of {
            KeyOf::Function(key) => self.secret.of_parts(&[key(item)?.as_bytes()]),
            KeyOf::Fields(names) => {
                let values: Option<Vec<&[u8]>> = names
                    .iter()
                    .map(|name| value_of(record, name).map(str::as_bytes))
                    .collect();
                self.secret.of_parts(&values?)
            }
        };
        Some(fingerprint.get())
    }

    pub(super) fn has(&self, key: u64) -> bool {
        self.seen.contains(key)
    }

    pub(super) fn insert(&mut self, key: u64) {
        if self.seen.insert(key)
            && let Some(new) = &mut self.new
        {
            new.push(key);
        }
    }

    pub(super) fn take_new(&mut self) -> Vec<u64> {
        self.new.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

/// Returns the value of a field as JSON: the same value is always written in the same way. `None` when the field is not
/// filled.
fn value_of<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    let (_, value) = Fields::of(record.json()).find(|(known, _)| known == name)?;
    is_filled(value).then_some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn keys(key_of: KeyOf<Value>) -> Keys<Value> {
        let secret = FingerprintKey::from_bytes([7; 16]);
        Keys::new(key_of, secret, SeenSet::default(), true)
    }

    fn by(names: &[&str]) -> Keys<Value> {
        keys(KeyOf::Fields(
            names.iter().map(ToString::to_string).collect(),
        ))
    }

    fn key(keys: &Keys<Value>, item: &Value) -> Option<u64> {
        keys.of(item, &Record::new(item).unwrap())
    }

    #[test]
    fn all_fields_together_are_the_key() {
        let keys = by(&["shop", "sku"]);
        let of = |shop: &str, sku| key(&keys, &json!({"sku": sku, "x": 1, "shop": shop}));
        assert_eq!(of("a", 1), of("a", 1));
        assert_ne!(of("a", 1), of("b", 1));
        assert_ne!(of("a", 1), of("a", 2));
        assert_ne!(of("a", 11), of("a1", 1));
    }

    #[test]
    fn an_item_that_lacks_a_field_has_no_key() {
        let keys = by(&["shop", "sku"]);
        for item in [
            json!({"shop": "a"}),
            json!({"shop": "a", "sku": null}),
            json!({"shop": "a", "sku": ""}),
            json!("a"),
        ] {
            assert_eq!(key(&keys, &item), None, "{item}");
        }
    }

    #[test]
    fn a_function_may_say_that_an_item_has_none() {
        let keys = keys(KeyOf::Function(Box::new(|item: &Value| {
            item["sku"].as_str().map(str::to_lowercase)
        })));
        assert_eq!(
            key(&keys, &json!({"sku": "A7"})),
            key(&keys, &json!({"sku": "a7", "price": 3}))
        );
        assert_eq!(key(&keys, &json!({"sku": 7})), None);
    }

    #[test]
    fn what_is_new_is_told_once() {
        let mut keys = by(&["sku"]);
        keys.insert(1);
        keys.insert(2);
        keys.insert(1);
        assert_eq!(keys.take_new(), [1, 2]);
        keys.insert(3);
        assert_eq!(keys.take_new(), [3]);
        assert!(keys.has(1) && !keys.has(4));
    }
}
