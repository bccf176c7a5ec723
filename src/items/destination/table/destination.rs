//! Destination that is a table of a database.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use super::{Database, Options, Plan, Table, Target, Trial, positions, wrong};
use crate::items::destination::{Batch, Batching, Destination, Reached, Refusals, Run};
use crate::items::sink::Position;
use crate::page::error::{Error, ErrorKind, Result};

/// Days after which finished runs are forgotten.
const KEPT: i64 = 30;

/// Time for which the first items are gathered that give a table its columns.
const FIRST: Duration = Duration::from_secs(5);

/// Destination that is a table of a database.
pub(in crate::items::destination) struct TableDestination<D: Database> {
    place: D::Place,
    options: Options,
    /// `None` before it is opened, and after an error: a transaction that was not committed is rolled back by that.
    opened: Option<Opened<D>>,
}

/// Table with its connection.
struct Opened<D> {
    database: D,
    run: Run,
    /// Name of the table that rows go to.
    name: String,
    table: Option<Table>,
    /// The table fits what items are known to have.
    checked: bool,
    /// The run was finished by an earlier process.
    finished: bool,
    trial: Trial,
}

impl<D: Database> TableDestination<D> {
    /// Makes a destination that is not connected yet.
    pub(in crate::items::destination) fn new(place: D::Place, options: Options) -> Self {
        Self {
            place,
            options,
            opened: None,
        }
    }

    /// Returns the table that rows go to: one that takes the name at the end, or the table itself.
    fn name(&self, run: &Run) -> String {
        let name = self.options.table(&run.spider);
        if self.options.replace {
            format!("{name}__new")
        } else {
            name.to_owned()
        }
    }

    fn take(&mut self) -> Result<Opened<D>> {
        let closed = || {
            let message = format!("the connection to {} is not open", D::DIALECT.name);
            Error::new(ErrorKind::Unreachable, message)
        };
        self.opened.take().ok_or_else(closed)
    }
}

impl<D: Database> Destination for TableDestination<D> {
    async fn open(&mut self, run: &Run) -> Result<Reached> {
        self.opened = None;
        let name = self.name(run);
        D::DIALECT.quote(&name)?;
        let mut database = D::connect(&self.place).await?;
        database.begin().await?;
        database.make_positions().await?;
        let known = database.position(&run.id, &name).await?;
        if known.is_none() {
            begin_run(&mut database, run, &name, self.options.replace).await?;
        }
        let (position, finished) = known.unwrap_or((Position::new(0), false));
        let table = table(&mut database, &name).await?;
        if self.options.replace && position.get() > 0 && !finished && table.is_none() {
            let message = format!("the table {name:?} of this run is gone; begin a new run");
            return Err(Error::new(ErrorKind::Storage, message));
        }
        let mut opened = Opened {
            database,
            run: run.clone(),
            name,
            table,
            checked: false,
            finished,
            trial: Trial::default(),
        };
        if !finished {
            opened.prepare(&self.options).await?;
        }
        opened.database.commit().await?;
        self.opened = Some(opened);
        Ok(Reached::Remembered(position))
    }

    async fn deliver(&mut self, batch: &Batch, refusals: &mut Refusals) -> Result<()> {
        // If this future is dropped half-way, so is the connection.
        let mut opened = self.take()?;
        opened.deliver(&self.options, batch, refusals).await?;
        self.opened = Some(opened);
        Ok(())
    }

    async fn finish(&mut self) -> Result<()> {
        let mut opened = self.take()?;
        let table = self.options.table(&opened.run.spider).to_owned();
        opened.finish(&table, self.options.replace).await?;
        opened.database.close().await
    }

    fn batching(&self) -> Batching {
        let mut batching = self.options.batching();
        let opened = self.opened.as_ref();
        if opened.is_some_and(|opened| opened.table.is_none()) {
            batching.wait_at_start = FIRST;
        }
        batching
    }
}

impl<D: Database> Opened<D> {
    fn plan<'o>(&'o self, options: &'o Options) -> Plan<'o> {
        Plan {
            dialect: D::DIALECT,
            options,
            name: &self.name,
        }
    }

    /// Makes or checks the table by the schema of the items, if there is one.
    async fn prepare(&mut self, options: &Options) -> Result<()> {
        let plan = self.plan(options);
        let Some(wanted) = plan.known(&self.run)? else {
            return Ok(());
        };
        let statements = plan.adapt(self.table.as_ref(), &wanted)?;
        self.change(options, &statements).await?;
        if let Some(table) = &self.table {
            self.plan(options).check(table, &wanted)?;
        }
        self.checked = true;
        Ok(())
    }

    /// Runs what changes the table, and reads it again.
    async fn change(&mut self, options: &Options, statements: &[String]) -> Result<()> {
        for statement in statements {
            self.database.run(statement).await?;
        }
        self.table = table(&mut self.database, &self.name).await?;
        if !options.key.is_empty() {
            self.make_key(options).await?;
        }
        Ok(())
    }

    /// Makes the unique index of the key, unless there is one.
    async fn make_key(&mut self, options: &Options) -> Result<()> {
        if let Some(table) = &self.table {
            self.plan(options).check_key(table)?;
        }
        let unique = self.database.unique(&self.name).await?;
        let plan = self.plan(options);
        if unique.iter().any(|columns| plan.is_key(columns)) {
            return Ok(());
        }
        // Names of indexes are those of a schema, and the table that is replaced has one as well.
        let index = D::DIALECT.quote(&format!("crawlworks_{}_key", self.run.id))?;
        let table = D::DIALECT.quote(&self.name)?;
        let columns = D::DIALECT.quote_all(options.key.iter().map(String::as_str))?;
        let statement = format!("CREATE UNIQUE INDEX {index} ON {table} ({columns})");
        self.database.run(&statement).await
    }

    async fn deliver(
        &mut self,
        options: &Options,
        batch: &Batch,
        refusals: &mut Refusals,
    ) -> Result<()> {
        self.database.begin().await?;
        if !self.database.step(&self.run.id, &self.name, batch).await? {
            let message = format!(
                "another process delivers this run to the table {:?}, or has begun to replace it",
                self.name
            );
            return Err(Error::new(ErrorKind::Locked, message));
        }
        let first = !self.checked;
        if self.table.is_none() {
            self.table = table(&mut self.database, &self.name).await?;
        }
        let plan = self.plan(options);
        let mut rows = plan.read(batch, self.table.as_ref());
        let wanted = plan.seen(&self.run, &rows, self.table.as_ref())?;
        let statements = plan.adapt(self.table.as_ref(), &wanted)?;
        if first || !statements.is_empty() {
            self.change(options, &statements).await?;
        }
        let table = self
            .table
            .as_ref()
            .ok_or_else(|| wrong("the table is gone"))?;
        if first {
            self.plan(options).check(table, &wanted)?;
        }
        let filled = self.plan(options).fill(&mut rows, table)?;
        let mut refused = rows.refused;
        let target = Target {
            moved: (&self.run.id, batch.end),
            name: &self.name,
            table,
            key: &options.key,
        };
        self.database.write(&target, &filled, &mut refused).await?;
        refused.sort_by_key(|refused| refused.item);
        self.trial.count(&self.name, batch.items.len(), &refused)?;
        for refused in refused {
            if let Some(delivery) = batch.items.get(refused.item) {
                refusals.add(delivery, refused.reason);
            }
        }
        refusals.write()?;
        self.database.commit().await?;
        self.checked = true;
        Ok(())
    }

    /// Notes that all is there, and gives a new table its name.
    async fn finish(&mut self, old: &str, replace: bool) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        let database = &mut self.database;
        database.begin().await?;
        let values = [&*self.run.id, &self.name, &now().to_string()];
        database.run_with(positions::FINISH, &values).await?;
        if replace {
            let (quoted, new) = (D::DIALECT.quote(old)?, D::DIALECT.quote(&self.name)?);
            if table(database, &self.name).await?.is_some() {
                database
                    .run(&format!("DROP TABLE IF EXISTS {quoted}"))
                    .await?;
                database
                    .run(&format!("ALTER TABLE {new} RENAME TO {quoted}"))
                    .await?;
            } else if table(database, old).await?.is_some() {
                // Not one item told what the columns are.
                database.run(&format!("DELETE FROM {quoted}")).await?;
            }
        }
        database.commit().await?;
        self.finished = true;
        Ok(())
    }
}

/// Returns the table of this name, if there is one.
async fn table<D: Database>(database: &mut D, name: &str) -> Result<Option<Table>> {
    let columns = database.columns(name).await?;
    Ok((!columns.is_empty()).then(|| Table::new(D::DIALECT, columns)))
}

/// Notes a run that is not known yet. One that replaces a table begins with none.
async fn begin_run<D: Database>(
    database: &mut D,
    run: &Run,
    output: &str,
    replace: bool,
) -> Result<()> {
    let old = now() - SignedDuration::from_hours(24 * KEPT);
    database
        .run_with(positions::FORGET, &[&old.to_string()])
        .await?;
    if replace {
        let table = D::DIALECT.quote(output)?;
        database
            .run(&format!("DROP TABLE IF EXISTS {table}"))
            .await?;
        database
            .run_with(positions::TAKE_OVER, &[output, &run.id])
            .await?;
    }
    let values = [&*run.id, output, &run.spider, &now().to_string()];
    database.run_with(positions::BEGIN, &values).await
}

/// Returns the time, as it is noted with a position.
pub(in crate::items::destination) fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or_default()
}
