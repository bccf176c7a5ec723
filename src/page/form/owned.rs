//! Ownership of fields: the fields of a page that belong to a form.

use std::collections::HashSet;

use crate::page::html::{Element, Html, NodeId};

const FIELDS: &str = "input, select, textarea, button";

#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) element: Element<'a>,
    /// Set if the field is disabled, by itself or by a `fieldset` around it.
    pub(super) is_disabled: bool,
}

/// Returns the fields of a form in the order of the page: those within it and those that name it.
pub(super) fn fields<'a>(html: &'a Html, form: Element<'a>) -> Vec<Field<'a>> {
    let inside: HashSet<NodeId> = within(form).map(Element::id).collect();
    let inside = if inside.is_empty() {
        fields_of_table(form)
    } else {
        inside
    };
    let id = form
        .attr("id")
        .filter(|id| first_of_id(html, id) == Some(form));
    let disabled = disabled(html);
    // What a list suggests is shown where there are no lists, and never sent.
    let suggested = html.select("datalist :is(input, select, textarea, button)");
    let suggested: HashSet<NodeId> = suggested.into_iter().flatten().map(Element::id).collect();
    let owned = html.select(FIELDS).into_iter().flatten().filter(|field| {
        let named = field.attr("form");
        !suggested.contains(&field.id())
            && named.map_or_else(|| inside.contains(&field.id()), |named| id == Some(named))
    });
    owned
        .map(|element| Field {
            element,
            is_disabled: element.attr("disabled").is_some() || disabled.contains(&element.id()),
        })
        .collect()
}

fn within(element: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    element.select(FIELDS).into_iter().flatten()
}

/// Returns the first element with an id.
pub(super) fn first_of_id<'a>(html: &'a Html, id: &str) -> Option<Element<'a>> {
    let mut all = html.select("[id]").into_iter().flatten();
    all.find(|element| element.attr("id") == Some(id))
}

/// Returns the fields in the table that a form begins in, between rows or cells: there the parser ends the form at once,
/// and browsers remember that what follows belongs to it.
fn fields_of_table(form: Element<'_>) -> HashSet<NodeId> {
    let is_part = |element: &Element<'_>| {
        matches!(element.name(), "table" | "thead" | "tbody" | "tfoot" | "tr")
    };
    let mut around = form.parent().filter(is_part);
    while let Some(part) = around.filter(|part| part.name() != "table") {
        around = part.parent().filter(is_part);
    }
    let Some(table) = around else {
        return HashSet::new();
    };
    let after = table.select("form, input, select, textarea, button");
    let after = after
        .into_iter()
        .flatten()
        .skip_while(|element| *element != form);
    after
        .skip(1)
        .take_while(|element| element.name() != "form")
        .map(Element::id)
        .collect()
}

/// Returns the fields that a disabled `fieldset` disables: all within it, but for those in its first `legend`.
fn disabled(html: &Html) -> HashSet<NodeId> {
    let mut disabled = HashSet::new();
    let sets = html.select("fieldset[disabled]:not(fieldset[disabled] *)");
    for set in sets.into_iter().flatten() {
        disable(set, false, &mut disabled);
    }
    disabled
}

// As deep as the tree.
fn disable(element: Element<'_>, is_off: bool, disabled: &mut HashSet<NodeId>) {
    let is_set = element.name() == "fieldset" && element.attr("disabled").is_some();
    let mut legend = element
        .children()
        .find(|child| child.name() == "legend")
        .filter(|_| is_set);
    for child in element.children() {
        let is_legend = legend.take_if(|legend| *legend == child).is_some();
        let is_off = is_off || is_set && !is_legend;
        if is_off && matches!(child.name(), "input" | "select" | "textarea" | "button") {
            disabled.insert(child.id());
        }
        disable(child, is_off, disabled);
    }
}
