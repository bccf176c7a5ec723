//! Plan of a table: what is wanted, what is there, and the rows that go into it.

use super::shape::{self, Field, Wanted};
use super::{Dialect, Options, Refused, Row, Rows, Table, rows, statements, wrong};
use crate::items::destination::{Batch, Run};
use crate::page::error::Result;

/// Items after which a table that has refused all of them is one of another shape.
const TRIED: usize = 100;

/// Plan of a table, for one connection.
pub(in crate::items::destination) struct Plan<'o> {
    pub(in crate::items::destination) dialect: &'static Dialect,
    pub(in crate::items::destination) options: &'o Options,
    /// Name of the table that rows go to.
    pub(in crate::items::destination) name: &'o str,
}

impl<'a> Plan<'_> {
    /// Returns the columns that the schema of the items wants; `None` if there is no schema, or it leaves a type open: then the
    /// first items tell that.
    pub(in crate::items::destination) fn known(&self, run: &Run) -> Result<Option<Vec<Wanted>>> {
        let are_known = |fields: &Vec<Field>| fields.iter().all(|field| field.kind.is_some());
        let fields = self.of_schema(run).filter(are_known);
        let wanted = |fields: Vec<Field>| shape::wanted(self.dialect, self.options, &fields, true);
        fields.map(wanted).transpose()
    }

    /// Returns the fields of the schema of the items; `None` if there is no schema.
    fn of_schema(&self, run: &Run) -> Option<Vec<Field>> {
        shape::of_schema(run.schema.as_ref()?, self.options.flatten)
    }

    /// Reads the items of a batch.
    pub(in crate::items::destination) fn read(
        &self,
        batch: &'a Batch,
        table: Option<&Table>,
    ) -> Rows<'a> {
        Rows::read(self.dialect, self.options, batch, table)
    }

    /// Returns the columns that the items of the batch want, those of the first batch in the order of the run.
    pub(in crate::items::destination) fn seen(
        &self,
        run: &Run,
        rows: &Rows<'_>,
        table: Option<&Table>,
    ) -> Result<Vec<Wanted>> {
        let mut fields = Vec::new();
        if table.is_none() {
            for name in &run.columns {
                let seen = rows.seen.iter().find(|field| field.name == *name);
                // Objects that are taken apart have other fields.
                if let Some(field) = seen {
                    fields.push(field.clone());
                } else if self.options.flatten == 0 {
                    fields.push(Field {
                        name: name.clone(),
                        kind: None,
                        required: false,
                    });
                }
            }
        }
        for field in &rows.seen {
            if !fields.contains(field) && !self.is_absent(field, &rows.seen, table) {
                fields.push(field.clone());
            }
        }
        if table.is_none() {
            // What the schema says of a field is true of the items to come, too.
            let known = self.of_schema(run).unwrap_or_default();
            for field in &mut fields {
                let mut known = known.iter().filter(|known| known.kind.is_some());
                if let Some(known) = known.find(|known| known.name == field.name) {
                    field.clone_from(known);
                }
            }
        }
        shape::wanted(self.dialect, self.options, &fields, false)
    }

    /// Returns whether a field has no value anywhere, and needs no column for that: a table has none for it, or it stands
    /// for an object whose fields have columns of their own.
    fn is_absent(&self, field: &Field, seen: &[Field], table: Option<&Table>) -> bool {
        let prefix = format!("{}_", field.name);
        let is_apart = || seen.iter().any(|other| other.name.starts_with(&prefix));
        let column = self.options.column(&field.name);
        field.kind.is_none()
            && match table {
                Some(table) => table.index(self.dialect, column).is_none(),
                None => self.options.flatten > 0 && is_apart(),
            }
    }

    /// Returns the statements that give the table the wanted columns.
    pub(in crate::items::destination) fn adapt(
        &self,
        table: Option<&Table>,
        wanted: &[Wanted],
    ) -> Result<Vec<String>> {
        statements::adapt(self.dialect, self.name, table, wanted, self.options.add)
    }

    /// Checks that a table can be filled with the wanted columns.
    pub(in crate::items::destination) fn check(
        &self,
        table: &Table,
        wanted: &[Wanted],
    ) -> Result<()> {
        statements::check_filled(self.dialect, self.name, table, wanted)
    }

    /// Checks that a table has the columns of the key.
    pub(in crate::items::destination) fn check_key(&self, table: &Table) -> Result<()> {
        rows::key(self.dialect, self.options, table).map(drop)
    }

    /// Makes the rows of the items.
    pub(in crate::items::destination) fn fill(
        &self,
        rows: &mut Rows<'a>,
        table: &Table,
    ) -> Result<Vec<Row<'a>>> {
        rows.fill(self.dialect, self.options, table)
    }

    /// Returns whether the columns are those of the key, in any order.
    pub(in crate::items::destination) fn is_key(&self, columns: &[String]) -> bool {
        let key = &self.options.key;
        let has = |name: &String| {
            let is_it = |key: &String| self.dialect.folded(key) == self.dialect.folded(name);
            key.iter().any(is_it)
        };
        columns.len() == key.len() && columns.iter().all(has)
    }
}

/// Count of what a table took, to notice one that takes nothing.
#[derive(Debug, Default)]
pub(in crate::items::destination) struct Trial {
    tried: usize,
    taken: bool,
}

impl Trial {
    /// Counts a batch, before it is committed.
    pub(in crate::items::destination) fn count(
        &mut self,
        table: &str,
        items: usize,
        refused: &[Refused],
    ) -> Result<()> {
        self.tried += items;
        self.taken |= refused.len() < items;
        match refused.first() {
            Some(first) if !self.taken && self.tried >= TRIED => Err(wrong(format!(
                "the table {table:?} is of another shape: it refused each of the first {} items; the first: {}",
                self.tried, first.reason
            ))),
            _ => Ok(()),
        }
    }
}
