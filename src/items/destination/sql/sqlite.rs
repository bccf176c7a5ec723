//! Tables of SQLite files.

mod session;
mod table;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::columns::{Column, of_items, of_schema};
use super::options::{Extra, Options};
use super::value::{SqlValue, converted};
use crate::items::destination::{
    Batch, Batching, Delivery, Destination, DestinationUrl, Reached, Refusals, Run,
};
use crate::page::error::{Error, ErrorKind, Result};
use session::{Failed, Session};
use table::Rows;

/// Number of items that are all refused at once, after which the table is taken for another one.
const ALL_REFUSED: usize = 100;

/// Time for which the first items are gathered that give a table its columns.
const FIRST: Duration = Duration::from_secs(5);

/// Writes items as rows of a table in a SQLite file.
///
/// The file is in WAL mode and `synchronous=FULL`, so others can read it meanwhile. It should not be on a network file system.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    options: Options,
    session: Option<Session>,
    /// Columns of the table; empty if there is no table yet.
    columns: Vec<Column>,
    /// Fields that the schema names.
    fields: Vec<Column>,
    run: Arc<str>,
    /// Name of the table as it is when the run is over.
    table: String,
    /// `true` if this run's table has taken its place already.
    is_over: bool,
}

impl Sqlite {
    /// # Errors
    /// [`ErrorKind::Settings`] for an option with a bad value.
    pub(crate) fn new(url: &DestinationUrl) -> Result<Self> {
        let path = url.address();
        Ok(Self {
            path: path.strip_prefix("//").unwrap_or(path).into(),
            options: Options::new(url)?,
            session: None,
            columns: Vec::new(),
            fields: Vec::new(),
            run: Arc::default(),
            table: String::new(),
            is_over: false,
        })
    }

    /// Returns the name of the table that rows are written to.
    fn target(&self) -> String {
        if self.options.replaces && !self.is_over {
            format!("{}__new", self.table)
        } else {
            self.table.clone()
        }
    }

    /// Puts columns into the order of the option `columns`, without those that it does not name.
    fn chosen(&self, columns: Vec<Column>) -> Vec<Column> {
        if self.options.columns.is_empty() {
            return columns;
        }
        let named = self.options.columns.iter();
        named
            .filter_map(|name| columns.iter().find(|column| column.name == *name))
            .cloned()
            .collect()
    }

    /// Makes sure that there are a table with columns for these fields, and a unique index of its key.
    async fn prepare(&mut self, session: &mut Session, fields: &[Column]) -> Result<(), Failed> {
        if self.columns.is_empty() && fields.is_empty() {
            // The first items tell.
            return Ok(());
        }
        let target = self.target();
        let extra = self
            .options
            .extra
            .iter()
            .map(|(_, name)| Column::text(name));
        let wanted: Vec<Column> = fields.iter().cloned().chain(extra).collect();
        if self.columns.is_empty() {
            session.run(&table::create(&target, &wanted)).await?;
            self.columns = session.columns(&target).await?;
        }
        let is_missing = |column: &&Column| table::find(&self.columns, &column.name).is_none();
        let missing: Vec<&Column> = wanted.iter().filter(is_missing).collect();
        if let (Some(first), false) = (missing.first(), self.options.adds_columns) {
            return Err(Failed::NoColumn(first.name.clone()));
        }
        for column in missing {
            session.run(&table::add_column(&target, column)).await?;
        }
        if !self.options.key.is_empty() {
            session
                .run(&table::unique_index(&target, &self.options.key))
                .await?;
        }
        self.columns = session.columns(&target).await?;
        Ok(())
    }

    /// Begins to deliver a run that is new here.
    async fn begin(&mut self, session: &mut Session) -> Result<(), Failed> {
        session.forget_finished(&self.table, &self.run).await?;
        session.insert_position(&self.table, &self.run).await?;
        if self.options.replaces {
            // What an earlier run left that never came to its end.
            session.run(&table::drop(&self.target())).await?;
        }
        Ok(())
    }

    async fn open_in(&mut self, session: &mut Session) -> Result<Reached, Failed> {
        session.begin().await?;
        session.make_positions().await?;
        let found = session.position(&self.table, &self.run).await?;
        self.is_over = found.is_some_and(|(_, is_over)| is_over);
        if found.is_none() {
            self.begin(session).await?;
        }
        self.columns = session.columns(&self.target()).await?;
        self.prepare(session, &self.fields.clone()).await?;
        session.commit().await?;
        let reached = found.map_or(0, |(position, _)| position);
        Ok(Reached::Remembered(crate::items::sink::Position::new(
            reached,
        )))
    }

    async fn deliver_in(
        &mut self,
        session: &mut Session,
        batch: &Batch,
        refusals: &mut Refusals,
    ) -> Result<(), Failed> {
        let items = batch.items.iter().map(|item| (item, item.record.fields()));
        let (mut good, mut seen) = (Vec::with_capacity(batch.items.len()), Vec::new());
        for (delivery, fields) in items {
            match fields {
                Ok(fields) => good.push((delivery, fields)),
                Err(error) => refusals.add(delivery, error.to_string()),
            }
        }
        if !good.is_empty() {
            seen = self.chosen(of_items(good.iter().map(|(_, fields)| fields)));
        }
        session.begin().await?;
        session.advance(&self.table, &self.run, batch).await?;
        if let Err(failed) = self.prepare(session, &seen).await {
            return Err(failed.on_page_of(&self.table, &good));
        }
        let written: Vec<Column> = self.written(&seen);
        let mut rows = Rows::new(&self.target(), &written, &self.options.key);
        for (delivery, fields) in good {
            match self.row(&written, delivery, &fields) {
                Ok(row) => rows.push(delivery, row),
                Err(reason) => refusals.add(delivery, reason),
            }
            if rows.is_full() {
                rows.insert(session, refusals).await?;
            }
        }
        rows.insert(session, refusals).await?;
        if batch.items.len() >= ALL_REFUSED && refusals.len() == batch.items.len() {
            let why = refusals.first().unwrap_or_default();
            let message = format!(
                "the table {:?} takes none of {ALL_REFUSED} items: {why}",
                self.table
            );
            return Err(Error::new(ErrorKind::Settings, message).into());
        }
        refusals.write()?;
        session.commit().await
    }

    /// Returns the columns that are written: those of these fields, of the schema's, and the extra ones.
    fn written(&self, seen: &[Column]) -> Vec<Column> {
        let is_written = |column: &&Column| {
            let mut fields = seen.iter().chain(&self.fields);
            fields.any(|field| field.name.eq_ignore_ascii_case(&column.name))
                || self.extra(&column.name).is_some()
        };
        self.columns.iter().filter(is_written).cloned().collect()
    }

    /// Returns the fact that a column is for; `None` for that of a field.
    fn extra(&self, column: &str) -> Option<Extra> {
        let mut extra = self.options.extra.iter();
        let found = extra.find(|(_, name)| name.eq_ignore_ascii_case(column))?;
        Some(found.0)
    }

    /// Returns the values of an item, one for each column.
    fn row(
        &self,
        columns: &[Column],
        delivery: &Delivery,
        fields: &Map<String, Value>,
    ) -> Result<Vec<SqlValue>, String> {
        let is_empty = |key: &&String| fields.get(*key).is_none_or(Value::is_null);
        if let Some(key) = self.options.key.iter().find(is_empty) {
            return Err(format!("{key}: the key of an item needs a value"));
        }
        let value = |column: &Column| match self.extra(&column.name) {
            Some(Extra::Run) => Ok(SqlValue::Text(delivery.id.run().to_owned())),
            Some(Extra::Url) => Ok(SqlValue::Text(delivery.url.clone())),
            Some(Extra::Kept) => jiff::Timestamp::try_from(delivery.kept)
                .map(|kept| SqlValue::Text(kept.to_string()))
                .map_err(|error| error.to_string()),
            None => converted(column, field(fields, &column.name)?),
        };
        columns.iter().map(value).collect()
    }

    async fn finish_in(&mut self, session: &mut Session) -> Result<(), Failed> {
        session.begin().await?;
        if self.options.replaces && !self.is_over {
            let new = self.target();
            if session.columns(&new).await?.is_empty() {
                // The run had no items, and no schema says what columns they would have.
                if !session.columns(&self.table).await?.is_empty() {
                    session.run(&table::delete_all(&self.table)).await?;
                }
            } else {
                session.run(&table::drop(&self.table)).await?;
                session.run(&table::rename(&new, &self.table)).await?;
            }
        }
        session.note_finish(&self.table, &self.run).await?;
        session.commit().await?;
        self.is_over = true;
        Ok(())
    }

    /// Returns the connection. It comes back if all goes well: what is cut short is rolled back by closing it.
    async fn session(&mut self) -> Result<Session, Failed> {
        match self.session.take() {
            Some(session) => Ok(session),
            None => Session::connect(&self.path).await,
        }
    }

    fn failed(&self, failed: Failed) -> Error {
        failed.into_error(&self.path, &self.table)
    }
}

impl Destination for Sqlite {
    async fn open(&mut self, run: &Run) -> Result<Reached> {
        self.run = Arc::clone(&run.id);
        self.table = self
            .options
            .table
            .clone()
            .unwrap_or_else(|| run.spider.clone());
        self.fields = self.chosen(run.schema.as_ref().map(of_schema).unwrap_or_default());
        self.session = None;
        let done = async {
            let mut session = self.session().await?;
            let reached = self.open_in(&mut session).await?;
            self.session = Some(session);
            Ok(reached)
        };
        let reached: Result<Reached, Failed> = done.await;
        reached.map_err(|failed| self.failed(failed))
    }

    async fn deliver(&mut self, batch: &Batch, refusals: &mut Refusals) -> Result<()> {
        let columns = self.columns.clone();
        let done = async {
            let mut session = self.session().await?;
            self.deliver_in(&mut session, batch, refusals).await?;
            self.session = Some(session);
            Ok(())
        };
        let delivered: Result<(), Failed> = done.await;
        delivered.map_err(|failed| {
            // A table that was made in this transaction is gone.
            self.columns = columns;
            self.failed(failed)
        })
    }

    fn batching(&self) -> Batching {
        let mut batching = Batching::default();
        if self.columns.is_empty() {
            batching.wait_at_start = FIRST;
        }
        batching
    }

    async fn finish(&mut self) -> Result<()> {
        let done = async {
            let mut session = self.session().await?;
            self.finish_in(&mut session).await?;
            self.session = Some(session);
            Ok(())
        };
        let finished: Result<(), Failed> = done.await;
        finished.map_err(|failed| self.failed(failed))
    }
}

/// Returns the value of the field for a column, whose name can differ in case.
fn field<'a>(fields: &'a Map<String, Value>, column: &str) -> Result<Option<&'a Value>, String> {
    if let Some(value) = fields.get(column) {
        return Ok(Some(value));
    }
    let mut same = fields
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(column));
    let found = same.next();
    match same.next() {
        Some(_) => Err(format!(
            "{column}: several fields of the item have this name"
        )),
        None => Ok(found.map(|(_, value)| value)),
    }
}

/// Connection to a SQLite file.
type Connection = SqliteConnection;
