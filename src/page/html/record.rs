//! A [`Record`]: names and texts in order, as a row of a table has them.

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Names and texts in the order of the page: a row of [`Element::records`](super::Element::records), or what
/// [`Element::pairs`](super::Element::pairs) finds. No name is there twice. It serialises to a JSON object.
///
/// ```
/// use crawlworks::html::Html;
/// let page = "<table><tr><th>City<th>People<tr><td>Oslo<td>709,000</table>";
/// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
/// let row = &html.one("table")?.records()?[0];
/// assert_eq!((row.get("City"), row.get("Area")), (Some("Oslo"), None));
/// assert_eq!(serde_json::to_string(row)?, r#"{"City":"Oslo","People":"709,000"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Shared by all rows of a table, which may have fewer texts than names.
    names: Arc<[String]>,
    texts: Vec<Arc<str>>,
}

impl Record {
    pub(super) fn new(names: Arc<[String]>, texts: Vec<Arc<str>>) -> Self {
        Self { names, texts }
    }

    /// The text of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text)
    }

    /// Names and texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.texts.iter().map(AsRef::as_ref);
        self.names.iter().map(String::as_str).zip(texts)
    }

    /// Returns the number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Returns whether the record has no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, text) in self.iter() {
            map.serialize_entry(name, text)?;
        }
        map.end()
    }
}
