//! The cells of a table in their places, those over several rows or columns in each of them.

use std::sync::Arc;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::Element;

/// Limit for the cells of a table; repeated cells count each time.
const CELLS: usize = 1_000_000;
/// Limit for the text of all cells together, in bytes.
const TEXT: usize = 64 << 20;
/// The most columns that one cell takes: section 4.9.11 of the HTML standard.
const COLUMNS: usize = 1000;
/// The most rows that one cell takes.
const ROWS: usize = 65_534;

/// A row of a table.
#[derive(Debug)]
pub(in crate::page::html) struct Row {
    /// Set if the row is in the `thead`.
    pub(super) is_head: bool,
    /// Set if the row has cells of its own, and all of them are `th`.
    pub(super) is_headings: bool,
    /// The text of each column.
    pub(in crate::page::html) texts: Vec<Arc<str>>,
}

/// Places that get the text of a cell over several rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page::html) enum Spans {
    Each,
    /// Only the first of the places of the cell; the others are empty.
    First,
}

/// Budget for the cells and the text that may still be taken.
#[derive(Debug)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            cells: CELLS,
            text: TEXT,
        }
    }
}

impl Budget {
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when that is more than there is.
    pub(super) fn take(&mut self, cells: usize, text: usize) -> Result<()> {
        let left = self
            .cells
            .checked_sub(cells)
            .zip(self.text.checked_sub(text));
        let message = || {
            format!(
                "the table has more than {CELLS} cells or {} MiB of text, cells over several rows or columns counted in \
                 each; take its rows by themselves",
                TEXT >> 20
            )
        };
        (self.cells, self.text) = left.ok_or_else(|| Error::new(ErrorKind::TooLarge, message()))?;
        Ok(())
    }
}

/// The rows of a table that have cells, with the text that a reader sees; those of a `tfoot` at the end, where
/// browsers show them.
pub(super) fn grid(table: Element<'_>, budget: &mut Budget) -> Result<Vec<Row>> {
    rows(
        table,
        Spans::Each,
        &mut |cell| Some(cell.line_text()),
        budget,
    )
}

/// The rows of a table that have cells, with what `text` makes of each cell; none means that it is not there.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`].
pub(in crate::page::html) fn places(
    table: Element<'_>,
    spans: Spans,
    mut text: impl FnMut(Element<'_>) -> Option<String>,
) -> Result<Vec<Row>> {
    rows(table, spans, &mut text, &mut Budget::default())
}

fn rows(table: Element<'_>, spans: Spans, text: Text<'_>, budget: &mut Budget) -> Result<Vec<Row>> {
    let (mut rows, mut foot) = (Vec::new(), Vec::new());
    // Those directly in the table are a group together.
    let mut loose = Group::new(spans);
    for part in table.children() {
        match part.name() {
            "tr" => rows.extend(loose.row(part, false, text, budget)?),
            "thead" | "tbody" | "tfoot" => {
                let mut group = Group::new(spans);
                let is_foot = part.name() == "tfoot";
                let place = if is_foot { &mut foot } else { &mut rows };
                for row in part.children().filter(|child| child.name() == "tr") {
                    place.extend(group.row(row, part.name() == "thead", text, budget)?);
                }
            }
            _ => {}
        }
    }
    rows.append(&mut foot);
    Ok(rows)
}

/// The cells of a row.
pub(in crate::page::html) fn cells(row: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    row.children()
        .filter(|child| matches!(child.name(), "td" | "th"))
}

/// Function that makes the text of a cell.
type Text<'a> = &'a mut dyn FnMut(Element<'_>) -> Option<String>;

/// The cells that reach from the rows before into the next one: a cell ends with its group of rows.
struct Group {
    spans: Spans,
    /// Text that reaches into further rows, by column, and the number of these rows.
    hanging: Vec<Option<(Arc<str>, usize)>>,
}

impl Group {
    fn new(spans: Spans) -> Self {
        Self {
            spans,
            hanging: Vec::new(),
        }
    }

    fn row(
        &mut self,
        row: Element<'_>,
        is_head: bool,
        text: Text<'_>,
        budget: &mut Budget,
    ) -> Result<Option<Row>> {
        let mut texts = Vec::new();
        for cell in cells(row) {
            let Some(text) = text(cell) else {
                continue;
            };
            while let Some(text) = self.hanging_at(texts.len()) {
                budget.take(1, text.len())?;
                texts.push(text);
            }
            let mut text: Arc<str> = text.into();
            let again = match self.spans {
                Spans::Each => Arc::clone(&text),
                Spans::First => Arc::default(),
            };
            let rows = match span(cell, "rowspan", ROWS) {
                0 => usize::MAX,
                rows => rows,
            };
            for _ in 0..span(cell, "colspan", COLUMNS).max(1) {
                // Where it would lie over a cell from above, that one stays.
                let text = self.hanging_at(texts.len()).unwrap_or_else(|| {
                    self.hang(texts.len(), &again, rows - 1);
                    std::mem::replace(&mut text, Arc::clone(&again))
                });
                budget.take(1, text.len())?;
                texts.push(text);
            }
        }
        // All that still hangs counts this row, also behind columns that the row does not have.
        while self.hanging.pop_if(|last| last.is_none()).is_some() {}
        while texts.len() < self.hanging.len() {
            let text = self.hanging_at(texts.len()).unwrap_or_default();
            budget.take(1, text.len())?;
            texts.push(text);
        }
        let mut own = cells(row).peekable();
        let is_headings = own.peek().is_some() && own.all(|cell| cell.name() == "th");
        Ok((!texts.is_empty()).then_some(Row {
            is_head,
            is_headings,
            texts,
        }))
    }

    /// The text that hangs down into a column, which is one row shorter then.
    fn hanging_at(&mut self, column: usize) -> Option<Arc<str>> {
        let place = self.hanging.get_mut(column)?;
        let (text, rows) = place.as_mut()?;
        let text = Arc::clone(text);
        *rows = rows.saturating_sub(1);
        if *rows == 0 {
            *place = None;
        }
        Some(text)
    }

    fn hang(&mut self, column: usize, text: &Arc<str>, rows: usize) {
        if self.hanging.len() <= column {
            self.hanging.resize(column + 1, None);
        }
        if let Some(place) = self.hanging.get_mut(column) {
            *place = (rows > 0).then(|| (Arc::clone(text), rows));
        }
    }
}

/// Returns the number of rows or columns that a cell takes: one, unless its attribute gives another.
fn span(cell: Element<'_>, name: &str, most: usize) -> usize {
    let digits = cell.attr(name).unwrap_or_default().trim_ascii_start();
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    match digits.get(..end) {
        None | Some("") => 1,
        Some(digits) => digits.parse().map_or(most, |span: usize| span.min(most)),
    }
}
