//! Tables and lists of terms as records.

mod grid;
mod names;
mod pairs;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Element, Record};
use crate::page::error::{Error, ErrorKind, Result};
use grid::{Budget, grid};
pub(super) use grid::{Row, Spans, cells, places};
use names::Names;

impl Element<'_> {
    /// The rows of a table as records: the text of each cell under the name of its column. On another element, the first
    /// table in it.
    ///
    /// - **Names** are in `thead`, if it has cells, else in the rows of nothing but `th` that come first, else in the first
    ///   row. Those of several rows are joined: `Price` over `net` is `Price net`.
    /// - A name that is empty, or that is missing since a row is longer, is `column_3`, counted from 1. One that is there
    ///   already gets a number: `Price`, `Price_2`.
    /// - A cell over several rows or columns is in each of them. A row that is shorter has fewer entries; where a cell from
    ///   above reaches into it further right, those between are empty. The rows of a `tfoot` come last.
    /// - A table in a cell is only text of that cell. Rows without cells are left out.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<table><tr><th>Day<th>Train<th>Train<tr><td rowspan=2>Mo<td>8:00<td>9:00<tr><td>8:30</table>";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// let rows = html.one("table")?.records()?;
    /// assert_eq!(
    ///     serde_json::to_string(&rows)?,
    ///     r#"[{"Day":"Mo","Train":"8:00","Train_2":"9:00"},{"Day":"Mo","Train":"8:30"}]"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] if there is no table. [`ErrorKind::TooLarge`] if the records would have more than a million
    /// entries, or more than 64 MiB of names and texts: a few cells can claim to be thousands.
    pub fn records(self) -> Result<Vec<Record>> {
        let table = self.or_first("table")?;
        self.told(table.rows_as_records())
    }

    fn rows_as_records(self) -> Result<Vec<Record>> {
        let mut budget = Budget::default();
        let (head, body): (Vec<Row>, Vec<Row>) = grid(self, &mut budget)?
            .into_iter()
            .partition(|row| row.is_head);
        let (head, body) = if head.is_empty() {
            headed(body)
        } else {
            (head, body)
        };
        let columns = body.iter().chain(&head).map(|row| row.texts.len()).max();
        let names = columns_named(&head, columns.unwrap_or_default(), &mut budget)?;
        let sizes: Vec<_> = sums(names.iter().map(String::len));
        let record = |row: Row| {
            budget.take(0, sizes.get(row.texts.len()).copied().unwrap_or_default())?;
            Ok(Record::new(Arc::clone(&names), row.texts))
        };
        body.into_iter().map(record).collect()
    }

    /// The element, if it is one of those, or the first one in it.
    fn or_first(self, css: &str) -> Result<Self> {
        self.first_or_self(css)?.ok_or_else(|| {
            let message = format!("<{}> is no {css:?} and has none in it", self.name());
            Error::new(ErrorKind::Missing, message).with_url(self.html.url())
        })
    }

    fn told<T>(self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.with_url(self.html.url()))
    }
}

/// The head of a table that marks none, and its other rows.
fn headed(mut rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    let headings = rows.iter().take_while(|row| row.is_headings).count();
    let body = rows.split_off(headings.max(1).min(rows.len()));
    (rows, body)
}

/// The names of the columns: what is in the rows of the head above each other, once each.
fn columns_named(head: &[Row], columns: usize, budget: &mut Budget) -> Result<Arc<[String]>> {
    let mut names = Names::default();
    let mut all = Vec::new();
    for column in 0..columns {
        let mut name = String::new();
        let mut last = None;
        for text in head.iter().filter_map(|row| row.texts.get(column)) {
            // A space that does not break fills a cell; it is no name.
            if !text.trim().is_empty() && last != Some(text) {
                budget.take(0, text.len())?;
                name.push_str(if name.is_empty() { "" } else { " " });
                name.push_str(text);
            }
            last = Some(text);
        }
        if name.is_empty() {
            name = format!("column_{}", column + 1);
        }
        all.push(names.unique(name));
    }
    Ok(all.into())
}

/// The sum of the first none, one, two … of them.
fn sums(sizes: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut sums = vec![0];
    let mut sum = 0;
    sums.extend(sizes.map(|size| {
        sum += size;
        sum
    }));
    sums
}
