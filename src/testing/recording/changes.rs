//! Changes in what a spider makes of a recording.

mod show;

use serde::Serialize;
use serde_json::Value;

use super::fields::{FieldChange, differences, remove};
use super::matching::Matching;
use super::results::{PageError, PageItem};
use super::{Recording, Replayed};

/// Changes from what was recorded. `Display` prints one line per change, at most 20 of them; serialisation has all of
/// them.
///
/// Items are matched by the setting `unique` if the spider has it, else page by page by what they have in common; their
/// order does not count.
///
/// ```text
/// item 4 (http://127.0.0.1:8452/shop/book/4): price: 51.77 → missing
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Changes {
    items: Vec<ItemChange>,
    errors: Vec<ErrorChange>,
    /// Requests that are made and are not on the cassette.
    unrecorded: Vec<String>,
    /// Requests that are on the cassette and are not made.
    unused: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
enum ItemChange {
    Changed {
        item: usize,
        page: String,
        fields: Vec<FieldChange>,
    },
    Missing {
        item: usize,
        page: String,
        expected: Value,
    },
    New {
        page: String,
        found: Value,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
enum ErrorChange {
    New(PageError),
    Gone(PageError),
}

impl Changes {
    /// Returns whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of changes: items, errors and requests.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len() + self.errors.len() + self.unrecorded.len() + self.unused.len()
    }

    pub(crate) fn between(recording: &Recording, replayed: &Replayed) -> Self {
        let (expected, found) = (&recording.results, &replayed.results);
        let compared = |items: &[PageItem]| -> Vec<PageItem> {
            let mut items = items.to_vec();
            for item in &mut items {
                recording
                    .about
                    .ignore
                    .iter()
                    .for_each(|field| remove(&mut item.item, field));
            }
            items
        };
        let (old, new) = (compared(&expected.items), compared(&found.items));
        Self {
            items: item_changes(&old, &new, &replayed.key),
            errors: error_changes(&expected.errors, &found.errors),
            unrecorded: replayed.unrecorded.clone(),
            unused: replayed.unused.clone(),
        }
    }

    /// Returns a summary such as `3 differ, 1 new error`; empty when nothing has changed.
    pub(crate) fn summary(&self) -> String {
        let is_new = |change: &&ErrorChange| matches!(change, ErrorChange::New(_));
        let new = self.errors.iter().filter(is_new).count();
        let counts = [
            (self.items.len(), "differ"),
            (new, "new errors"),
            (self.errors.len() - new, "errors gone"),
            (self.unrecorded.len(), "requests not recorded"),
            (self.unused.len(), "requests not made"),
        ];
        let told = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| match count {
                1 => format!(
                    "1 {}",
                    what.replace("differ", "differs")
                        .replace("errors", "error")
                        .replace("requests", "request")
                ),
                count => format!("{count} {what}"),
            });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Returns the changes of errors. An error of the same page and kind is no change, whatever its message.
fn error_changes(expected: &[PageError], found: &[PageError]) -> Vec<ErrorChange> {
    let is_in = |error: &PageError, list: &[PageError]| {
        list.iter()
            .any(|other| (&other.page, other.error.kind) == (&error.page, error.error.kind))
    };
    let new = found
        .iter()
        .filter(|error| !is_in(error, expected))
        .cloned()
        .map(ErrorChange::New);
    let gone = expected
        .iter()
        .filter(|error| !is_in(error, found))
        .cloned()
        .map(ErrorChange::Gone);
    new.chain(gone).collect()
}

fn item_changes(expected: &[PageItem], found: &[PageItem], key: &[String]) -> Vec<ItemChange> {
    let matching = Matching::of(expected, found, key);
    let changed = expected.iter().enumerate().filter_map(|(at, old)| {
        let (item, page) = (at + 1, old.page.clone());
        let partner = matching.partner(at).and_then(|place| found.get(place));
        let Some(new) = partner else {
            let expected = old.item.clone();
            return Some(ItemChange::Missing {
                item,
                page,
                expected,
            });
        };
        let fields = differences(&old.item, &new.item);
        (!fields.is_empty()).then_some(ItemChange::Changed { item, page, fields })
    });
    let alone = found
        .iter()
        .enumerate()
        .filter(|(at, _)| !matching.is_taken(*at));
    let new = alone.map(|(_, new)| ItemChange::New {
        page: new.page.clone(),
        found: new.item.clone(),
    });
    changed.chain(new).collect()
}

#[cfg(test)]
mod tests;
