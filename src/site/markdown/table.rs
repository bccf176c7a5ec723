//! Tables: a row a line, when there is more than one column; else the content as it comes.

use super::{flat, node, walk, writer::Writer};
use crate::html::Element;

/// More columns than this are left out: nobody reads them as a table.
const MAX_COLUMNS: usize = 100;

pub(super) fn write(table: Element<'_>, out: &mut Writer) {
    let mut rows = Vec::new();
    let mut other = Vec::new();
    sort(table, &mut rows, &mut other);
    out.paragraph();
    for element in other {
        node(element, out);
        out.paragraph();
    }
    let columns = rows
        .iter()
        .map(|row| cells(*row).count())
        .max()
        .unwrap_or(0);
    if columns < 2 || out.is_flat() {
        rows.into_iter().flat_map(cells).for_each(|cell| {
            out.paragraph();
            walk(cell, out);
        });
        return out.paragraph();
    }
    for (at, row) in rows.into_iter().enumerate() {
        let cells: Vec<String> = cells(row)
            .map(|cell| flat(cell).replace('|', "\\|"))
            .collect();
        let missing = if at == 0 {
            columns.saturating_sub(cells.len())
        } else {
            0
        };
        out.line(&format!(
            "| {} |{}",
            cells.join(" | "),
            "  |".repeat(missing)
        ));
        if at == 0 {
            out.line(&format!("|{}", " --- |".repeat(columns)));
        }
    }
    out.paragraph();
}

/// Rows, and what else a table has: its caption.
fn sort<'a>(part: Element<'a>, rows: &mut Vec<Element<'a>>, other: &mut Vec<Element<'a>>) {
    for child in part.children().filter(|child| !child.is_hidden()) {
        match child.name() {
            "thead" | "tbody" | "tfoot" => sort(child, rows, other),
            "tr" => rows.push(child),
            "caption" => other.push(child),
            _ => {}
        }
    }
}

fn cells(row: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    row.children()
        .filter(|cell| matches!(cell.name(), "td" | "th"))
        .take(MAX_COLUMNS)
}
