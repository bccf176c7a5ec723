//! Tables: a row a line, when there is more than one column; else the content as it comes.

use scraper::ElementRef;

use super::{Writer, node, walk};
use crate::page::html::Element;
use crate::page::html::table::{Row, Spans, cells, places};

/// Limit for the columns of a table: with more, it is no table for a reader.
const MAX_COLUMNS: usize = 1000;

pub(super) fn write(table: Element<'_>, out: &mut Writer) {
    out.paragraph();
    for caption in table
        .children()
        .filter(|child| child.name() == "caption" && !child.is_hidden())
    {
        node(caption, out);
        out.paragraph();
    }
    match rows(table, out) {
        Some(rows) => out.block(lines(&rows).iter().map(String::as_str)),
        None => layout(table, out),
    }
    out.paragraph();
}

/// The rows of a table that can be one in Markdown: with columns, and without anything in its cells that needs lines.
fn rows(table: Element<'_>, out: &mut Writer) -> Option<Vec<Row>> {
    let is_table = !out.is_flat()
        && !matches!(table.attr("role"), Some("presentation" | "none"))
        && has_columns(table)
        && !has_blocks(table);
    if !is_table {
        return None;
    }
    let text = |cell: Element<'_>| (!is_hidden(cell)).then(|| out.cell(|out| walk(cell, out)));
    let mut rows = places(table, Spans::First, text).ok()?;
    for row in &mut rows {
        while row.texts.pop_if(|last| last.is_empty()).is_some() {}
    }
    rows.retain(|row| !row.texts.is_empty());
    let columns = rows.iter().map(|row| row.texts.len()).max()?;
    (2..=MAX_COLUMNS).contains(&columns).then_some(rows)
}

fn has_columns(table: Element<'_>) -> bool {
    all_rows(table).any(|row| {
        cells(row).nth(1).is_some() || cells(row).any(|cell| cell.attr("colspan").is_some())
    })
}

/// Returns whether the table contains a table, or code whose lines matter.
fn has_blocks(table: Element<'_>) -> bool {
    has(table, |name| {
        matches!(name, "table" | "pre" | "listing" | "xmp")
    })
}

fn has(element: Element<'_>, is_one: impl Fn(&str) -> bool) -> bool {
    let mut elements = element
        .node
        .descendants()
        .skip(1)
        .filter_map(ElementRef::wrap);
    elements.any(|node| is_one(node.value().name()))
}

/// Returns whether a cell, its row or its part of the table is not shown.
fn is_hidden(cell: Element<'_>) -> bool {
    let around = std::iter::successors(Some(cell), |element| element.parent());
    around
        .take_while(|element| element.name() != "table")
        .any(Element::is_hidden)
}

fn lines(rows: &[Row]) -> Vec<String> {
    let columns = rows
        .iter()
        .map(|row| row.texts.len())
        .max()
        .unwrap_or_default();
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for row in rows {
        let missing = if lines.is_empty() {
            columns - row.texts.len()
        } else {
            0
        };
        lines.push(format!(
            "| {} |{}",
            row.texts.join(" | "),
            "  |".repeat(missing)
        ));
        if lines.len() == 1 {
            lines.push(format!("|{}", " --- |".repeat(columns)));
        }
    }
    lines
}

/// Writes a table that only lays out the page.
fn layout(table: Element<'_>, out: &mut Writer) {
    for row in all_rows(table) {
        let has_code = cells(row).any(|cell| has(cell, |name| name == "pre"));
        for cell in cells(row).filter(|cell| !cell.is_hidden()) {
            if !(has_code && is_numbers(cell)) {
                out.paragraph();
                walk(cell, out);
            }
        }
    }
}

fn all_rows(table: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let parts = table.children().filter(|part| !part.is_hidden());
    let rows = parts.flat_map(|part| {
        let is_group = matches!(part.name(), "thead" | "tbody" | "tfoot");
        let own = (part.name() == "tr").then_some(part);
        own.into_iter().chain(
            part.children()
                .filter(move |row| is_group && row.name() == "tr"),
        )
    });
    rows.filter(|row| !row.is_hidden())
}

/// Returns whether a cell contains only the numbers of the lines beside it.
fn is_numbers(cell: Element<'_>) -> bool {
    let mut last = None;
    let mut words = cell.node.text().flat_map(str::split_ascii_whitespace);
    words.all(|word| {
        let number = word.parse::<u32>().ok();
        let follows =
            number.is_some() && last.is_none_or(|last: u32| number == last.checked_add(1));
        last = number;
        follows
    })
}
