//! Which item of now is which item of then: a [`Matching`].

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::align::align;
use super::results::PageItem;

/// Pairs of places in two lists of items.
#[derive(Debug)]
pub(super) struct Matching {
    /// Of each expected item, the place of the one found.
    partners: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl Matching {
    /// By the key if every item has it, else page by page by what items have in common.
    pub(super) fn of(expected: &[PageItem], found: &[PageItem], key: &[String]) -> Self {
        let mut matching = Self {
            partners: vec![None; expected.len()],
            is_taken: vec![false; found.len()],
        };
        let pairs = by_key(expected, found, key).unwrap_or_else(|| by_page(expected, found));
        for (at, place) in pairs {
            matching.pair(at, place);
        }
        matching.pair_moved(expected, found);
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

    /// The same item at another place, or on another page, is the same item.
    fn pair_moved(&mut self, expected: &[PageItem], found: &[PageItem]) {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, item) in found.iter().enumerate().rev() {
            if !self.is_taken(place) {
                places.entry(item.item.to_string()).or_default().push(place);
            }
        }
        for (at, item) in expected.iter().enumerate() {
            if self.partner(at).is_none()
                && let Some(place) = places.get_mut(&item.item.to_string()).and_then(Vec::pop)
            {
                self.pair(at, place);
            }
        }
    }
}

/// Pairs of the items with the same key; none when there is no key, or an item has none.
fn by_key(
    expected: &[PageItem],
    found: &[PageItem],
    key: &[String],
) -> Option<Vec<(usize, usize)>> {
    if key.is_empty() {
        return None;
    }
    let key_of = |item: &PageItem| -> Option<String> {
        let values: Option<Vec<&Value>> = key.iter().map(|field| item.item.get(field)).collect();
        serde_json::to_string(&values?).ok()
    };
    let keyed = found
        .iter()
        .enumerate()
        .map(|(place, item)| Some((key_of(item)?, place)));
    let mut keys: HashMap<String, usize> = keyed.collect::<Option<_>>()?;
    let mut pairs = Vec::new();
    for (at, item) in expected.iter().enumerate() {
        if let Some(place) = keys.remove(&key_of(item)?) {
            pairs.push((at, place));
        }
    }
    Some(pairs)
}

/// Pairs of the items of one page that have the most in common.
fn by_page(expected: &[PageItem], found: &[PageItem]) -> Vec<(usize, usize)> {
    let mut pages: BTreeMap<&str, [Vec<usize>; 2]> = BTreeMap::new();
    for (at, item) in expected.iter().enumerate() {
        let [old, _] = pages.entry(&item.page).or_default();
        old.push(at);
    }
    for (place, item) in found.iter().enumerate() {
        let [_, new] = pages.entry(&item.page).or_default();
        new.push(place);
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

fn items<'a>(all: &'a [PageItem], places: &[usize]) -> Vec<&'a Value> {
    let items = places.iter().filter_map(|place| all.get(*place));
    items.map(|item| &item.item).collect()
}
