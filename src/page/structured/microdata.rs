//! [Microdata](https://html.spec.whatwg.org/multipage/microdata.html): items and their properties, by the standard's
//! algorithm.

mod reader;
mod value;

use serde::Serialize;

use super::schema::is_same_type;
use super::{Properties, Skipped};
use crate::page::html::Html;
use reader::Reader;

/// Items of a page that are not part of another one, in the order of the page.
///
/// Three things differ from the standard, as in other microdata readers: text is as a reader sees it, white space
/// collapsed; an element of any kind may give its value in a `content` attribute, which schema.org's own examples do;
/// and an item that is a property (`itemprop`) where there is no item around is here by itself.
///
/// ```
/// use crawlworks::html::Html;
/// let page = "<div itemscope itemtype=https://schema.org/Book itemref=more><b itemprop=name>Ink</b></div>
///     <p id=more>by <span itemprop=author itemscope><i itemprop=name>Ada</i></span></p>";
/// let data = Html::parse(page, url::Url::parse("https://example.com/")?).structured().microdata;
/// let book = data.of_type("Book")[0];
/// assert_eq!(book.text("name"), Some("Ink"));
/// assert_eq!(book.item("author").and_then(|author| author.text("name")), Some("Ada"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Microdata(Vec<MicrodataItem>);

/// An item with its types and properties. Serialises as the standard says: `{"type": […], "id": "…", "properties":
/// {"name": […]}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MicrodataItem {
    /// The types, such as `https://schema.org/Product`.
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Global identifier of the item (`itemid`), absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Properties of the item.
    pub properties: Properties<MicrodataValue>,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MicrodataValue {
    /// Text, or a URL made absolute.
    Text(String),
    /// An item of its own. An item that is around itself is the text `ERROR`, as the standard has it.
    Item(MicrodataItem),
}

impl Microdata {
    /// Returns the items.
    #[must_use]
    pub fn items(&self) -> &[MicrodataItem] {
        &self.0
    }

    /// Returns the items of a type at any depth, outer ones before those within. `Product` also finds
    /// `https://schema.org/Product`.
    #[must_use]
    pub fn of_type(&self, name: &str) -> Vec<&MicrodataItem> {
        let mut found = Vec::new();
        self.0
            .iter()
            .for_each(|item| item.add_of_type(name, &mut found));
        found
    }

    pub(super) fn read(html: &Html, skipped: &mut Vec<Skipped>) -> Self {
        let has_items = html.first("[itemscope]").is_ok_and(|found| found.is_some());
        Self(if has_items {
            Reader::new(html).items(skipped)
        } else {
            Vec::new()
        })
    }
}

impl MicrodataItem {
    /// Returns the first text of a property.
    #[must_use]
    pub fn text(&self, property: &str) -> Option<&str> {
        let mut values = self.properties.all(property).iter();
        values.find_map(|value| match value {
            MicrodataValue::Text(text) => Some(text.as_str()),
            MicrodataValue::Item(_) => None,
        })
    }

    /// Returns the first item of a property.
    #[must_use]
    pub fn item(&self, property: &str) -> Option<&Self> {
        let mut values = self.properties.all(property).iter();
        values.find_map(MicrodataValue::item)
    }

    // As deep as items are nested.
    fn add_of_type<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        if self.types.iter().any(|own| is_same_type(own, name)) {
            found.push(self);
        }
        for (_, values) in self.properties.iter() {
            for item in values.iter().filter_map(MicrodataValue::item) {
                item.add_of_type(name, found);
            }
        }
    }
}

impl MicrodataValue {
    fn item(&self) -> Option<&MicrodataItem> {
        match self {
            Self::Item(item) => Some(item),
            Self::Text(_) => None,
        }
    }

    /// Returns the number of values, with those within, and the size of their text in bytes.
    fn size(&self) -> (usize, usize) {
        match self {
            Self::Text(text) => (1, text.len()),
            Self::Item(item) => {
                let all = item.properties.iter().flat_map(|(_, values)| values);
                all.map(Self::size)
                    .fold((1, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1))
            }
        }
    }
}
