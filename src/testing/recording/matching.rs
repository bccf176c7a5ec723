//! Pairing of the items of now with those that were recorded: a [`Matching`].

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use serde_json::Value;

use super::align::align;
use super::results::PageItem;

/// Pairs of places in two lists of items.
#[derive(Debug)]
pub(super) struct Matching {
    /// For each expected item, the place of the found item.
    partners: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl Matching {
    /// Pairs equal items of a page first, then items with the same key, then those that have the most in common, page
    /// by page.
    pub(super) fn of(expected: &[PageItem], found: &[PageItem], key: &[String]) -> Self {
        let mut matching = Self {
            partners: vec![None; expected.len()],
            is_taken: vec![false; found.len()],
        };
        matching.pair_equal(expected, found, |item| {
            Some((item.page.clone(), item.item.to_string()))
        });
        matching.pair_equal(expected, found, |item| key_of(item, key));
        let has_key = |items: &[PageItem], at: usize| {
            items
                .get(at)
                .is_some_and(|item| key_of(item, key).is_some())
        };
        for (at, place) in matching.alike(expected, found) {
            // Two keys are two items.
            if !(has_key(expected, at) && has_key(found, place)) {
                matching.pair(at, place);
            }
        }
        // The same item on another page is the same item.
        matching.pair_equal(expected, found, |item| Some(item.item.to_string()));
        matching
    }

    pub(super) fn partner(&self, at: usize) -> Option<usize> {
        self.partners.get(at).copied().flatten()
    }

    pub(super) fn is_taken(&self, place: usize) -> bool {
        self.is_taken.get(place).copied().unwrap_or_default()
    }

    fn pair(&mut self, at: usize, place: usize) {
        if let (Some(partner), Some(is_taken)) =
            (self.partners.get_mut(at), self.is_taken.get_mut(place))
        {
            (*partner, *is_taken) = (Some(place), true);
        }
    }

    /// Pairs the items that are still alone and have the same value of `what`, in order.
    fn pair_equal<T: Eq + Hash>(
        &mut self,
        expected: &[PageItem],
        found: &[PageItem],
        what: impl Fn(&PageItem) -> Option<T>,
    ) {
        let mut places: HashMap<T, Vec<usize>> = HashMap::new();
        for (place, item) in found.iter().enumerate().rev() {
            if !self.is_taken(place)
                && let Some(what) = what(item)
            {
                places.entry(what).or_default().push(place);
            }
        }
        for (at, item) in expected.iter().enumerate() {
            if self.partner(at).is_none()
                && let Some(what) = what(item)
                && let Some(place) = places.get_mut(&what).and_then(Vec::pop)
            {
                self.pair(at, place);
            }
        }
    }

    /// Returns pairs of the items of one page that have the most in common, of those that are still alone.
    fn alike(&self, expected: &[PageItem], found: &[PageItem]) -> Vec<(usize, usize)> {
        let mut pages: BTreeMap<&str, [Vec<usize>; 2]> = BTreeMap::new();
        for (at, item) in expected.iter().enumerate() {
            if self.partner(at).is_none() {
                let [old, _] = pages.entry(&item.page).or_default();
                old.push(at);
            }
        }
        for (place, item) in found.iter().enumerate() {
            if !self.is_taken(place) {
                let [_, new] = pages.entry(&item.page).or_default();
                new.push(place);
            }
        }
        let mut pairs = Vec::new();
        for [old, new] in pages.values() {
            let pairs_of_page = align(&items(expected, old), &items(found, new));
            let places = pairs_of_page
                .into_iter()
                .filter_map(|(x, y)| Some((*old.get(x)?, *new.get(y)?)));
            pairs.extend(places);
        }
        pairs
    }
}

/// Returns the key of an item; `None` when a field of the key is not filled.
fn key_of(item: &PageItem, key: &[String]) -> Option<String> {
    let is_filled = |value: &&Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    };
    let values = key
        .iter()
        .map(|field| item.item.get(field).filter(is_filled));
    let values: Vec<&Value> = values.collect::<Option<_>>()?;
    if values.is_empty() {
        return None;
    }
    serde_json::to_string(&values).ok()
}

fn items<'a>(all: &'a [PageItem], places: &[usize]) -> Vec<&'a Value> {
    let items = places.iter().filter_map(|place| all.get(*place));
    items.map(|item| &item.item).collect()
}
