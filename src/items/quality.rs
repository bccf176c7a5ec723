//! Checks of every item before the outputs: it must fit a schema and be no duplicate. Also counts how often each field
//! is filled.
//!
//! All of it reads the JSON text that the outputs get, once: a site's pages can give a hundred thousand links a second.

mod fill;
mod keys;
mod scan;
#[cfg(feature = "schema")]
mod schema;
#[cfg(not(feature = "schema"))]
#[path = "quality/no_schema.rs"]
mod schema;

use std::collections::BTreeMap;
use std::fmt;

use crate::items::sink::Record;
use crate::model::report::Items;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
pub(crate) use keys::{KeyFn, KeyOf, Keys};
pub(crate) use schema::Schema;

/// Reason for dropping an item whose key another item has.
const DUPLICATE: &str = "duplicate";

/// Checks of the items of one crawl.
pub(crate) struct Quality<I> {
    pub(crate) schema: Option<Schema>,
    pub(crate) keys: Option<Keys<I>>,
    /// The thresholds, whose fields are always counted.
    pub(crate) min_fill: BTreeMap<String, f64>,
}

/// Result of checking an item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The item may go on; with its key, if it has one.
    Good(Option<u64>),
    /// The item is dropped for this reason.
    Dropped(&'static str),
    /// The item does not fit the schema, for this reason.
    Bad(String),
}

impl<I> Quality<I> {
    /// Returns whether any check reads the JSON of the items.
    pub(crate) fn reads_json(&self) -> bool {
        self.schema.is_some() || self.keys.is_some() || !self.min_fill.is_empty()
    }

    /// Looks at an item before it is written.
    pub(crate) fn look(&self, item: &I, record: &Record) -> Look {
        if let Some(Err(why)) = self.schema.as_ref().map(|schema| schema.check(record)) {
            return Look::Bad(why);
        }
        let Some(keys) = &self.keys else {
            return Look::Good(None);
        };
        match keys.of(item, record) {
            Some(key) if keys.has(key) => Look::Dropped(DUPLICATE),
            key => Look::Good(key),
        }
    }

    /// Notes an item that was written, and its key.
    pub(crate) fn kept(&mut self, record: &Record, key: Option<u64>, items: &mut Items) {
        if let (Some(keys), Some(key)) = (&mut self.keys, key) {
            keys.insert(key);
        }
        let named = self.keys.as_ref().map_or(&[][..], Keys::names);
        let is_watched = |name: &str| {
            self.min_fill.contains_key(name) || named.iter().any(|known| known == name)
        };
        fill::count(items, record.json(), is_watched);
    }

    /// Warns of fields that were to be the key and that no item has: most likely, the name is misspelt.
    pub(crate) fn warn_of_unknown_names(&self, items: &Items) {
        let named = self.keys.as_ref().map_or(&[][..], Keys::names);
        let unknown = named.iter().filter(|name| items.fields.get(name).is_none());
        for field in unknown.filter(|_| items.counted > 0) {
            tracing::warn!(%field, "no item has this field of the setting `unique`, so none has a key");
        }
    }

    /// The keys since the last time.
    pub(crate) fn take_new_keys(&mut self) -> Vec<u64> {
        self.keys.as_mut().map_or_else(Vec::new, Keys::take_new)
    }
}

/// No checks.
impl<I> Default for Quality<I> {
    fn default() -> Self {
        Self {
            schema: None,
            keys: None,
            min_fill: BTreeMap::new(),
        }
    }
}

impl<I> fmt::Debug for Quality<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quality")
            .field("schema", &self.schema.is_some())
            .field("keys", &self.keys.is_some())
            .field("min_fill", &self.min_fill)
            .finish()
    }
}

/// The fields of the setting `unique`, sorted: in whatever order they are named, the keys are the same.
pub(crate) fn key_names(settings: &Settings) -> Vec<String> {
    let mut names = settings.items.unique.clone();
    names.sort_unstable();
    names.dedup();
    names
}

/// The settings about items that are not as they are by default, by name and as text.
pub(crate) fn given(settings: &Settings) -> BTreeMap<String, String> {
    let default = Settings::default();
    let names = ["unique", "min_fill", "item_schema"].into_iter();
    let shown = names.filter_map(|name| {
        let value = settings.show(name)?;
        (default.show(name)? != value).then(|| (name.to_owned(), value))
    });
    shown.collect()
}

/// Checks what a program can set and text cannot.
///
/// # Errors
/// [`ErrorKind::Settings`] for a threshold that is no share.
pub(crate) fn check(settings: &Settings) -> Result<()> {
    let wrong = |share: &f64| !(0.0..=1.0).contains(share);
    let Some((field, share)) = settings
        .items
        .min_fill
        .iter()
        .find(|(_, share)| wrong(share))
    else {
        return Ok(());
    };
    let message = format!(
        "bad value {share} for the field {field:?} of setting \"min_fill\": expected a share from 0 to 1, such as 0.9"
    );
    Err(Error::new(ErrorKind::Settings, message))
}
