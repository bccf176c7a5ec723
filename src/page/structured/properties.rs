//! Names and the values that a page gives for them, in the order of the page.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

/// Values by name. Each name is there once, where the page first has it, with all its values: `{"keywords": ["a",
/// "b"]}`.
///
/// ```
/// use crawlworks::html::Html;
/// let page = "<meta name=Author content=Ada><meta name=robots content=noindex><meta name=author content=Ben>";
/// let meta = Html::parse(page, url::Url::parse("https://example.com/")?).structured().meta;
/// assert_eq!(meta.first("author").unwrap(), "Ada");
/// assert_eq!(meta.all("author"), ["Ada", "Ben"]);
/// assert_eq!(serde_json::to_string(&meta)?, r#"{"author":["Ada","Ben"],"robots":["noindex"]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Properties<V>(Vec<(String, Vec<V>)>);

impl<V> Properties<V> {
    /// Returns the first value for a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&V> {
        self.all(name).first()
    }

    /// Returns all values for a name; an empty slice when the page does not have the name.
    #[must_use]
    pub fn all(&self, name: &str) -> &[V] {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or(&[], |(_, values)| values)
    }

    /// Returns the names with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[V])> {
        self.0
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Returns whether there is no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Default for Properties<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> FromIterator<(String, V)> for Properties<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(pairs: I) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut all: Vec<(String, Vec<V>)> = Vec::new();
        for (name, value) in pairs {
            let place = places.get(&name).and_then(|place| all.get_mut(*place));
            if let Some((_, values)) = place {
                values.push(value);
            } else {
                places.insert(name.clone(), all.len());
                all.push((name, vec![value]));
            }
        }
        Self(all)
    }
}

impl<V: Serialize> Serialize for Properties<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
