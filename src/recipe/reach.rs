//! Check that the labels of a recipe connect its parts: a crawl would not report a part that no page reaches.

use std::collections::BTreeMap;
use std::ops::Range;

use super::labels::{On, SITEMAP};
use super::plan::Plan;
use super::reader::Reader;
use super::section::suggestion;

/// Reports each label that no part gives, each label that no part takes, and each part that no page reaches.
pub(super) fn check(plan: &Plan, reader: &mut Reader<'_>) {
    let given = given(plan);
    for on in ons(plan) {
        check_known(on, &given, reader);
    }
    let reached = reached(plan);
    for (label, at) in &given {
        if label != SITEMAP && reached.contains(&label.as_str()) && !leads_on(plan, label) {
            let pages = named(label);
            reader.add(
                at,
                format!(
                    "{pages} lead nowhere: no [items…], [[follow]] or [pagination] is for them"
                ),
            );
        }
    }
    let is_lost = |on: &On| match on {
        On::All => reached.is_empty(),
        On::These(labels) => {
            let mut labels = labels.iter().map(|label| label.value.as_str());
            labels.clone().all(|label| given.contains_key(label))
                && !labels.any(|label| reached.contains(&label))
        }
    };
    for follow in plan.follows.iter().filter(|follow| is_lost(&follow.on)) {
        reader.add(
            &follow.at,
            "no way leads from a start to the pages of this rule",
        );
    }
    for kind in plan.kinds.iter().filter(|kind| is_lost(&kind.on)) {
        let message = format!(
            "no way leads from a start to the pages of [items.{}]",
            kind.name
        );
        reader.add(&kind.at, message);
    }
}

/// The labels that requests get, with a place where each is given; an empty one for none.
fn given(plan: &Plan) -> BTreeMap<String, Range<usize>> {
    let starts = plan.starts.iter().map(|start| (&start.label, &start.at));
    let follows = plan
        .follows
        .iter()
        .map(|follow| (&follow.label, &follow.at));
    let mut given = BTreeMap::new();
    for (label, at) in starts.chain(follows) {
        let (label, at) = match label {
            Some(label) => (label.value.clone(), label.at.clone()),
            None => (String::new(), at.clone()),
        };
        given.entry(label).or_insert(at);
    }
    if let Some(sitemap) = plan.sitemaps.first() {
        given.insert(SITEMAP.to_owned(), sitemap.at.clone());
        if plan.has_bare_sitemaps() {
            let at = sitemap.at.clone();
            given.entry(String::new()).or_insert(at);
        }
    }
    given
}

fn ons(plan: &Plan) -> impl Iterator<Item = &On> {
    let follows = plan.follows.iter().map(|follow| &follow.on);
    let kinds = plan.kinds.iter().map(|kind| &kind.on);
    let pagination = plan.pagination.iter().map(|pagination| &pagination.on);
    follows.chain(kinds).chain(pagination)
}

fn check_known(on: &On, given: &BTreeMap<String, Range<usize>>, reader: &mut Reader<'_>) {
    let On::These(labels) = on else { return };
    for label in labels
        .iter()
        .filter(|label| !given.contains_key(&label.value))
    {
        let known = given
            .keys()
            .map(String::as_str)
            .filter(|label| !label.is_empty());
        let message = if label.value.is_empty() {
            let known: Vec<String> = known.map(|label| format!("{label:?}")).collect();
            format!(
                "all pages have labels: say by `on` which this is for ({})",
                known.join(", ")
            )
        } else {
            let meant = suggestion(&label.value, known);
            format!(
                "no start and no rule gives the label {:?}{meant}",
                label.value
            )
        };
        reader.add(&label.at, message);
    }
}

/// The labels of the pages that a crawl can come to.
fn reached(plan: &Plan) -> Vec<&str> {
    let mut reached: Vec<&str> = Vec::new();
    let mut waiting: Vec<&str> = plan
        .starts
        .iter()
        .map(|start| {
            start
                .label
                .as_ref()
                .map_or("", |label| label.value.as_str())
        })
        .collect();
    waiting.extend((!plan.sitemaps.is_empty()).then_some(SITEMAP));
    waiting.extend(plan.has_bare_sitemaps().then_some(""));
    while let Some(label) = waiting.pop() {
        if reached.contains(&label) {
            continue;
        }
        reached.push(label);
        let onward = plan
            .follows
            .iter()
            .filter(|follow| leads_from(&follow.on, label));
        waiting.extend(onward.map(|follow| {
            follow
                .label
                .as_ref()
                .map_or("", |label| label.value.as_str())
        }));
    }
    reached
}

/// Returns whether a rule is for pages with this label. A rule for all pages is not for sitemaps.
fn leads_from(on: &On, label: &str) -> bool {
    if label == SITEMAP {
        on.is_of_sitemaps()
    } else {
        on.takes(Some(label))
    }
}

fn leads_on(plan: &Plan, label: &str) -> bool {
    ons(plan).any(|on| on.takes(Some(label)))
}

fn named(label: &str) -> String {
    if label.is_empty() {
        "pages without a label".to_owned()
    } else {
        format!("pages labelled {label:?}")
    }
}
