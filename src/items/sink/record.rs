//! Record of an item on its way to the sinks, serialised once for all of them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::ItemKey;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::json;

/// An item as JSON text, on one line.
///
/// ```
/// use crawlworks::sink::Record;
///
/// #[derive(serde::Serialize)]
/// struct Quote { text: &'static str, likes: u32 }
///
/// let record = Record::new(&Quote { text: "Less is more", likes: 7 })?;
/// assert_eq!(record.json(), r#"{"text":"Less is more","likes":7}"#);
/// assert_eq!(record.fields()?["likes"], 7);
/// assert_eq!(record.key(), None); // it is no item of a crawl
/// # Ok::<(), crawlworks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    json: String,
    key: Option<ItemKey>,
}

impl Record {
    /// Serialises an item, which has no key yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pipeline`] when JSON cannot hold it, such as a map whose keys are not strings.
    pub fn new<T: Serialize + ?Sized>(item: &T) -> Result<Self> {
        match serde_json::to_string(item) {
            Ok(json) => Ok(Self { json, key: None }),
            Err(error) => Err(
                Error::new(ErrorKind::Pipeline, "cannot write the item as JSON").with_source(error),
            ),
        }
    }

    /// Makes a record of an item's JSON, which is one line.
    pub(crate) fn of_json(json: String) -> Self {
        Self { json, key: None }
    }

    /// Gives the record this key, as a crawl does before its sinks get it.
    #[must_use]
    pub fn with_key(self, key: ItemKey) -> Self {
        let key = Some(key);
        Self { key, ..self }
    }

    /// Returns where the item was found: its request, and its index within the answer. `None` for a record that no crawl
    /// made.
    #[must_use]
    pub fn key(&self) -> Option<ItemKey> {
        self.key
    }

    /// The item as JSON text without a line break.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The item's fields in the order of its type. A whole number that 64 bits cannot hold is the text of its digits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pipeline`] when the item is not an object with fields, but a list or a string, say.
    pub fn fields(&self) -> Result<Map<String, Value>> {
        json::typed(&self.json).map_err(|error| {
            Error::new(ErrorKind::Pipeline, "the item has no named fields").with_source(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn text_that_ends_lines_elsewhere_stays_on_one_line() {
        let record = Record::new("a\nb\r\u{2028}c").unwrap();
        assert_eq!(record.json(), "\"a\\nb\\r\u{2028}c\"");
    }

    #[test]
    fn an_item_that_json_cannot_hold_is_an_item_error() {
        let error = Record::new(&HashMap::from([(vec![1], 2)])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pipeline);
    }

    #[test]
    fn a_number_of_128_bits_keeps_its_digits() {
        let record = Record::new(&HashMap::from([("id", u128::MAX)])).unwrap();
        assert_eq!(record.json(), format!("{{\"id\":{}}}", u128::MAX));
        assert_eq!(record.fields().unwrap()["id"], u128::MAX.to_string());
    }

    #[test]
    fn a_list_has_no_fields() {
        assert_eq!(
            Record::new(&[1, 2]).unwrap().fields().unwrap_err().kind(),
            ErrorKind::Pipeline
        );
    }
}
