//! Items of a batch as rows of a table.

use std::collections::{HashMap, HashSet};

use super::fields::Fields;
use super::shape::Field;
use super::{Cell, Dialect, Kind, Options, Refused, Table, wrong};
use crate::items::destination::{Batch, Delivery};
use crate::page::error::Result;

/// Row of a table.
#[derive(Debug)]
pub(in crate::items::destination) struct Row<'a> {
    /// Index of the item in its batch.
    pub(in crate::items::destination) item: usize,
    /// A value for each column of the table.
    pub(in crate::items::destination) cells: Vec<Cell<'a>>,
}

impl Row<'_> {
    /// Returns the indexes of the columns that the row has a value for.
    pub(in crate::items::destination) fn columns(&self) -> impl Iterator<Item = usize> {
        let cells = self.cells.iter().enumerate();
        cells.filter_map(|(index, cell)| (*cell != Cell::Default).then_some(index))
    }

    /// Returns whether both rows have values for the same columns.
    pub(in crate::items::destination) fn is_like(&self, other: &Self) -> bool {
        self.columns().eq(other.columns())
    }
}

/// Items of a batch with their fields.
pub(in crate::items::destination) struct Rows<'a> {
    batch: &'a Batch,
    items: Vec<(usize, Fields<'a>)>,
    /// Fields that were seen, in their order.
    pub(super) seen: Vec<Field>,
    /// Items that are none of a table.
    pub(in crate::items::destination) refused: Vec<Refused>,
}

impl<'a> Rows<'a> {
    /// Reads the fields of the items.
    pub(super) fn read(
        dialect: &Dialect,
        options: &Options,
        batch: &'a Batch,
        table: Option<&Table>,
    ) -> Self {
        let mut rows = Self {
            batch,
            items: Vec::with_capacity(batch.items.len()),
            seen: Vec::new(),
            refused: Vec::new(),
        };
        let has_column = |field: &str| {
            let name = options.column(field);
            table.is_some_and(|table| table.index(dialect, name).is_some())
        };
        let mut seen = HashMap::new();
        for (item, delivery) in batch.items.iter().enumerate() {
            match Fields::read(delivery.record.json(), options.flatten, has_column) {
                Ok(fields) => {
                    rows.note(options, &fields, &mut seen);
                    rows.items.push((item, fields));
                }
                Err(error) => {
                    let reason = format!("the item has no named fields: {error}");
                    rows.refused.push(Refused::new(item, reason));
                }
            }
        }
        rows
    }

    fn note(&mut self, options: &Options, fields: &Fields<'a>, seen: &mut HashMap<String, usize>) {
        for (name, json) in &fields.0 {
            let kind = Kind::of(json);
            if let Some(field) = seen.get(name).and_then(|index| self.seen.get_mut(*index)) {
                field.kind = match (field.kind, kind) {
                    (Some(one), Some(other)) => Some(one.joined(other)),
                    (one, other) => one.or(other),
                };
            } else if options.columns.is_empty() || options.columns.contains(name) {
                seen.insert(name.clone(), self.seen.len());
                self.seen.push(Field {
                    name: name.clone(),
                    kind,
                    required: false,
                });
            }
        }
    }

    /// Makes the rows. What does not fit its column is refused; of several items with one key the last is kept.
    pub(super) fn fill(
        &mut self,
        dialect: &Dialect,
        options: &Options,
        table: &Table,
    ) -> Result<Vec<Row<'a>>> {
        let columns: HashMap<String, usize> = self
            .seen
            .iter()
            .filter_map(|field| {
                let index = table.index(dialect, options.column(&field.name))?;
                Some((field.name.clone(), index))
            })
            .collect();
        let mut rows = Vec::with_capacity(self.items.len());
        for (item, fields) in &self.items {
            let Some(delivery) = self.batch.items.get(*item) else {
                continue;
            };
            match cells(table, fields, &columns) {
                Ok(mut cells) => {
                    about(dialect, options, table, delivery, &mut cells);
                    rows.push(Row { item: *item, cells });
                }
                Err(reason) => self.refused.push(Refused::new(*item, reason)),
            }
        }
        if options.key.is_empty() {
            return Ok(rows);
        }
        let key = key(dialect, options, table)?;
        Ok(self.last_of_each_key(rows, &key))
    }

    fn last_of_each_key(&mut self, rows: Vec<Row<'a>>, key: &[usize]) -> Vec<Row<'a>> {
        let mut seen = HashSet::new();
        let mut last = Vec::with_capacity(rows.len());
        for row in rows.into_iter().rev() {
            let values: Vec<_> = key
                .iter()
                .filter_map(|index| row.cells.get(*index))
                .collect();
            if values
                .iter()
                .any(|cell| matches!(cell, Cell::Null | Cell::Default))
            {
                let reason = "the item has no value for its key".to_owned();
                self.refused.push(Refused::new(row.item, reason));
            } else if seen.insert(format!("{values:?}")) {
                last.push(row);
            }
        }
        last.reverse();
        last
    }
}

/// Returns the indexes of the columns of the key.
pub(super) fn key(dialect: &Dialect, options: &Options, table: &Table) -> Result<Vec<usize>> {
    let index = |name: &String| {
        let missing = || wrong(format!("`key=`: the table has no column {name:?}"));
        table.index(dialect, name).ok_or_else(missing)
    };
    options.key.iter().map(index).collect()
}

fn cells<'a>(
    table: &Table,
    fields: &Fields<'a>,
    columns: &HashMap<String, usize>,
) -> Result<Vec<Cell<'a>>, String> {
    let empty = |default: bool| if default { Cell::Default } else { Cell::Null };
    let empty = table.columns.iter().map(|column| empty(column.default));
    let mut cells: Vec<_> = empty.collect();
    for (name, json) in &fields.0 {
        let Some(index) = columns.get(name) else {
            continue; // `columns=` leaves it out.
        };
        let (Some(column), Some(cell)) = (table.columns.get(*index), cells.get_mut(*index)) else {
            continue;
        };
        *cell = column.kind.cell(json).map_err(|reason| {
            let value: String = json.chars().take(60).collect();
            format!(
                "field {name:?}: the column {:?} {reason}: {value}",
                column.name
            )
        })?;
    }
    for (column, cell) in table.columns.iter().zip(&cells) {
        if *cell == Cell::Null && !column.nullable {
            return Err(format!(
                "the column {:?} is NOT NULL and the item has no value for it",
                column.name
            ));
        }
    }
    Ok(cells)
}

/// Fills the columns about the item: its run, its page, its time.
fn about<'a>(
    dialect: &Dialect,
    options: &Options,
    table: &Table,
    delivery: &'a Delivery,
    cells: &mut [Cell<'a>],
) {
    let mut fill = |name: &Option<String>, value: &dyn Fn() -> Cell<'a>| {
        let index = name.as_ref().and_then(|name| table.index(dialect, name));
        if let Some(cell) = index.and_then(|index| cells.get_mut(index)) {
            *cell = value();
        }
    };
    fill(&options.run, &|| Cell::Text(delivery.id.run().into()));
    fill(&options.url, &|| Cell::Text(delivery.url.as_str().into()));
    fill(&options.kept, &|| {
        jiff::Timestamp::try_from(delivery.kept)
            .map_or(Cell::Null, |time| Cell::Text(time.to_string().into()))
    });
}
