//! Search for the properties of items: they may be elsewhere in the page (`itemref`), and lead back to where they came
//! from.

use std::collections::{HashMap, HashSet};

use super::value::Source;
use super::{MicrodataItem, MicrodataValue};
use crate::page::html::{Element, Html, NodeId};
use crate::page::structured::Skipped;
use crate::page::structured::room::Room;

/// Number of values that a page may have, those in items within items included.
const VALUES: usize = 10_000;
/// Budget for the text of the values, in bytes.
const BYTES: usize = 4 << 20;
/// Depth to which items may be nested: by `itemref`, one element can be in many.
const DEPTH: usize = 64;
/// Number of elements that are looked at: twice as many as a page can have. With `itemref` each may be looked at again.
const VISITS: usize = 2 << 20;

pub(super) struct Reader<'a> {
    elements: Vec<Element<'a>>,
    /// Position of each element in the page.
    places: HashMap<NodeId, usize>,
    /// First element with each id.
    ids: HashMap<&'a str, Element<'a>>,
    room: Room,
    visits: usize,
    /// Items that are properties of others.
    owned: HashSet<NodeId>,
    /// Number of items that lead back to themselves, and number of those that are nested too deeply.
    loops: usize,
    too_deep: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(html: &'a Html) -> Self {
        let elements: Vec<_> = html.select("*").into_iter().flatten().collect();
        let places = elements.iter().enumerate();
        let places = places.map(|(at, element)| (element.id(), at)).collect();
        let mut ids = HashMap::new();
        for element in &elements {
            if let Some(id) = element.attr("id") {
                ids.entry(id).or_insert(*element);
            }
        }
        Self {
            elements,
            places,
            ids,
            room: Room::new(VALUES, BYTES),
            visits: VISITS,
            owned: HashSet::new(),
            loops: 0,
            too_deep: 0,
        }
    }

    /// Returns the items that are no property of another one. Items with `itemprop` that belong to no other come last
    /// in the search.
    pub(super) fn items(mut self, skipped: &mut Vec<Skipped>) -> Vec<MicrodataItem> {
        let all = self.elements.iter().enumerate();
        let scopes = all.filter(|(_, element)| element.attr("itemscope").is_some());
        let (properties, roots): (Vec<_>, Vec<_>) = scopes
            .map(|(place, element)| (place, *element))
            .partition(|(_, element)| element.attr("itemprop").is_some());
        let mut items = Vec::new();
        for (place, root) in roots.into_iter().chain(properties) {
            let is_orphan = || !self.owned.contains(&root.id()) && !is_in_item(root);
            // Where items were left out, it cannot be told what is theirs.
            let is_cut = self.too_deep > 0 || self.visits == 0 || self.room.is_full();
            if root.attr("itemprop").is_some() && (is_cut || !is_orphan()) {
                continue;
            }
            // It counts as a value: a page can have a million that are empty.
            if self.has_room(|| head_weight(root)) {
                items.push((place, self.item(root, &mut Vec::new())));
            }
        }
        self.tell(skipped);
        items.sort_by_key(|(place, _)| *place);
        items.into_iter().map(|(_, item)| item).collect()
    }

    fn tell(&self, skipped: &mut Vec<Skipped>) {
        self.room.tell("microdata", skipped);
        let mut tell = |count: usize, what: &str| {
            if count > 0 {
                skipped.push(Skipped::new("microdata", format!("{count} {what}")));
            }
        };
        tell(self.loops, "items that are within themselves by itemref");
        tell(self.too_deep, "items nested too deeply");
        if self.visits == 0 {
            let message = "itemref name too much: what came last was left out";
            skipped.push(Skipped::new("microdata", message));
        }
    }

    fn item(&mut self, root: Element<'a>, around: &mut Vec<NodeId>) -> MicrodataItem {
        around.push(root.id());
        let mut pairs = Vec::new();
        for element in self.properties(root) {
            let Some(value) = self.value(element, around) else {
                continue;
            };
            let (entries, bytes) = value.size();
            let mut names = distinct(names(element, "itemprop"));
            let Some(last) = names.pop() else {
                continue;
            };
            // The value itself has its room already.
            for name in names {
                if self.room.take_all(entries, bytes + name.len()) {
                    pairs.push((name.to_owned(), value.clone()));
                }
            }
            pairs.push((last.to_owned(), value));
        }
        around.pop();
        MicrodataItem {
            types: names(root, "itemtype")
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect(),
            id: root.url("itemid").map(String::from),
            properties: pairs.into_iter().collect(),
        }
    }

    fn value(&mut self, element: Element<'a>, around: &mut Vec<NodeId>) -> Option<MicrodataValue> {
        if element.attr("itemscope").is_none() {
            let source = Source::of(element);
            let has_room = self.has_room(|| source.weight(element));
            return has_room.then(|| MicrodataValue::Text(source.read(element)));
        }
        self.owned.insert(element.id());
        if around.contains(&element.id()) {
            self.loops += 1;
            let has_room = self.has_room(|| 0);
            return has_room.then(|| MicrodataValue::Text("ERROR".to_owned()));
        }
        if around.len() >= DEPTH {
            self.too_deep += 1;
            return None;
        }
        let has_room = self.has_room(|| head_weight(element));
        has_room.then(|| MicrodataValue::Item(self.item(element, around)))
    }

    /// Returns whether there is room for a value. Once there was none, nothing more is read: each text may be the whole
    /// page.
    fn has_room(&mut self, weight: impl FnOnce() -> usize) -> bool {
        if self.room.is_full() {
            self.room.leave_out();
            return false;
        }
        self.room.take(weight())
    }

    /// Returns the elements that are properties of an item, in the order of the page.
    fn properties(&mut self, root: Element<'a>) -> Vec<Element<'a>> {
        if self.visits == 0 {
            return Vec::new();
        }
        let mut seen = HashSet::from([root.id()]);
        let mut pending: Vec<_> = root.children().collect();
        let referred = names(root, "itemref").split_ascii_whitespace();
        pending.extend(referred.filter_map(|id| self.ids.get(id).copied()));
        let mut found = Vec::new();
        while let Some(element) = pending.pop() {
            let Some(visits) = self.visits.checked_sub(1) else {
                break;
            };
            self.visits = visits;
            if !seen.insert(element.id()) {
                continue;
            }
            if element.attr("itemscope").is_none() {
                pending.extend(element.children());
            }
            if element.attr("itemprop").is_some() {
                found.push(element);
            }
        }
        found.sort_unstable_by_key(|element| self.places.get(&element.id()).copied());
        found
    }
}

fn names<'a>(element: Element<'a>, attribute: &str) -> &'a str {
    element.attr(attribute).unwrap_or_default()
}

fn is_in_item(element: Element<'_>) -> bool {
    let mut around = element.parent();
    while let Some(element) = around {
        if element.attr("itemscope").is_some() {
            return true;
        }
        around = element.parent();
    }
    false
}

/// Returns the length of an item's own attributes, which are read each time that the item is met.
fn head_weight(item: Element<'_>) -> usize {
    let attributes = ["itemtype", "itemid", "itemref"];
    attributes.iter().map(|name| names(item, name).len()).sum()
}

/// Returns the names in an attribute, once each.
fn distinct(names: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    names
        .split_ascii_whitespace()
        .filter(|name| seen.insert(*name))
        .collect()
}
