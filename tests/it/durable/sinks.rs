//! Sinks of a program's own in a durable job.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crawlworks::sink::{ItemKey, Position, Record};
use crawlworks::{AsyncSink, Error, ErrorKind, Result, Sink};

use super::{Halt, Job, refused, sorted, stop};
use crate::support::run;

/// A table in another process's memory: it outlives the crawl, and says where it ends if it is asked to.
#[derive(Clone, Default)]
struct Table {
    rows: Arc<Mutex<Vec<String>>>,
    has_no_positions: bool,
    calls: Arc<Mutex<Vec<&'static str>>>,
}

impl Table {
    fn rows(&self) -> Vec<String> {
        sorted(self.rows.lock().unwrap().clone())
    }

    fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    fn called(&self, name: &'static str) {
        self.calls.lock().unwrap().push(name);
    }
}

impl Sink for Table {
    fn write(&mut self, record: &Record) -> Result<()> {
        self.called("write");
        self.rows.lock().unwrap().push(record.json().to_owned());
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.called("close");
        Ok(())
    }

    fn commit(&mut self, _sync: bool) -> Result<Option<Position>> {
        self.called("commit");
        let rows = self.rows.lock().unwrap().len() as u64;
        Ok((!self.has_no_positions).then(|| Position::new(rows)))
    }

    fn resume(&mut self, position: Position) -> Result<()> {
        self.called("resume");
        let mut rows = self.rows.lock().unwrap();
        let position = usize::try_from(position.get()).unwrap();
        if rows.len() < position {
            return Err(Error::new(ErrorKind::Storage, "rows were lost"));
        }
        rows.truncate(position);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_with_positions_has_every_item_once() {
    let (job, table) = (Job::new(), Table::default());
    for _ in 0..5 {
        let halt = Halt::after(9);
        // Many visits at a time wait for a commit together, so some of their items are in the sink and in no commit.
        let crawler = job.crawl(&halt).concurrency(16).concurrency_per_host(16);
        job.break_off(crawler.sink(table.clone()), &halt).await;
    }
    run(job.crawl(&Halt::never()).sink(table.clone())).await;
    let [lines, ..] = job.items();
    assert_eq!(table.rows(), lines);
}

/// A table that other tasks come before, at each call.
struct Distant(Table);

impl AsyncSink for Distant {
    async fn write(&mut self, record: &Record) -> Result<()> {
        tokio::task::yield_now().await;
        self.0.write(record)
    }

    async fn flush(&mut self) -> Result<()> {
        tokio::task::yield_now().await;
        self.0.flush()
    }

    async fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        tokio::task::yield_now().await;
        self.0.commit(sync)
    }

    async fn resume(&mut self, position: Position) -> Result<()> {
        tokio::task::yield_now().await;
        self.0.resume(position)
    }
}

#[tokio::test(start_paused = true)]
async fn an_async_sink_with_positions_has_every_item_once() {
    let (job, table) = (Job::new(), Table::default());
    for _ in 0..5 {
        let halt = Halt::after(9);
        let crawler = job.crawl(&halt).concurrency(16).concurrency_per_host(16);
        job.break_off(crawler.async_sink(Distant(table.clone())), &halt)
            .await;
    }
    let crawler = job.crawl(&Halt::never());
    run(crawler.async_sink(Distant(table.clone()))).await;
    assert!(table.calls().contains(&"resume"));
    let [lines, ..] = job.items();
    assert_eq!(table.rows(), lines);
}

#[tokio::test(start_paused = true)]
async fn a_sink_without_positions_has_every_item_at_least_once() {
    let (job, mut table) = (Job::new(), Table::default());
    table.has_no_positions = true;
    let halt = Halt::after(40);
    job.break_off(job.crawl(&halt).sink(table.clone()), &halt)
        .await;
    run(job.crawl(&Halt::never()).sink(table.clone())).await;
    let [lines, ..] = job.items();
    let mut rows = table.rows();
    let more = rows.len() - lines.len();
    assert!(more <= 2, "{more} items came twice");
    rows.dedup();
    assert_eq!(rows, lines);
    assert!(!table.calls().contains(&"resume"));
}

#[tokio::test(start_paused = true)]
async fn a_sink_is_resumed_before_it_is_written_to_and_committed_after_it_is_closed() {
    let (job, table) = (Job::new(), Table::default());
    let halt = Halt::after(5);
    stop(job.crawl(&halt).sink(table.clone()), &halt).await;
    let calls = table.calls();
    assert_eq!(calls[..2], ["commit", "write"]);
    assert_eq!(calls[calls.len() - 2..], ["close", "commit"]);
    table.calls.lock().unwrap().clear();
    run(job.crawl(&Halt::never()).sink(table.clone())).await;
    assert_eq!(table.calls()[..2], ["resume", "commit"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_job_nothing_is_committed() {
    let table = Table::default();
    let crawler = crate::support::quick(super::spider(&Halt::never()), |_| {});
    run(crawler.downloader(super::site()).sink(table.clone())).await;
    let calls = table.calls();
    assert!(!calls.contains(&"commit") && !calls.contains(&"resume"));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_cannot_go_back_keeps_the_crawl_from_going_on() {
    let (job, table) = (Job::new(), Table::default());
    let halt = Halt::after(5);
    stop(job.crawl(&halt).sink(table.clone()), &halt).await;
    table.rows.lock().unwrap().clear();
    for _ in 0..2 {
        let crawler = job.crawl(&Halt::never()).sink(table.clone());
        assert_eq!(refused(crawler, ErrorKind::Storage).await, "rows were lost");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_fails_leaves_a_job_that_can_go_on() {
    /// Fails at this write.
    struct Full(u32);
    impl Sink for Full {
        fn write(&mut self, _: &Record) -> Result<()> {
            self.0 -= 1;
            match self.0 {
                0 => Err(Error::new(ErrorKind::Storage, "no room")),
                _ => Ok(()),
            }
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }
    let job = Job::new();
    for writes in [50, 1, 30] {
        let crawler = job.crawl(&Halt::never()).sink(Full(writes));
        assert_eq!(refused(crawler, ErrorKind::Storage).await, "no room");
        assert_eq!(job.run_json()["state"], "failed");
    }
    run(job.crawl(&Halt::never()).sink(Full(u32::MAX))).await;
    let whole = Job::new();
    run(whole.crawl(&Halt::never())).await;
    assert_eq!(job.items(), whole.items());
}

/// A table whose rows are inserted or replaced by the key of the item; it cannot go back.
#[derive(Clone, Default)]
struct Upserted {
    rows: Arc<Mutex<BTreeMap<ItemKey, String>>>,
    replaced: Arc<Mutex<u64>>,
    /// Number of the commit that fails.
    fails_at: Option<u64>,
    commits: u64,
}

impl Sink for Upserted {
    fn write(&mut self, record: &Record) -> Result<()> {
        let key = record.key().expect("a crawl gives every record a key");
        let json = record.json().to_owned();
        if let Some(before) = self.rows.lock().unwrap().insert(key, json) {
            assert_eq!(before, record.json(), "the key {key} has two items");
            *self.replaced.lock().unwrap() += 1;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn commit(&mut self, _sync: bool) -> Result<Option<Position>> {
        self.commits += 1;
        match self.fails_at {
            Some(commit) if self.commits == commit => {
                Err(Error::new(ErrorKind::Storage, "no room"))
            }
            _ => Ok(None),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_comes_again_has_the_key_that_it_had() {
    let (job, table) = (Job::new(), Upserted::default());
    for commit in [3, 2, 5] {
        let crawler = job.crawl(&Halt::never()).sink(Upserted {
            fails_at: Some(commit),
            ..table.clone()
        });
        assert_eq!(refused(crawler, ErrorKind::Storage).await, "no room");
    }
    run(job.crawl(&Halt::never()).sink(table.clone())).await;
    assert!(*table.replaced.lock().unwrap() > 0, "no item came again");
    let [lines, ..] = job.items();
    assert_eq!(sorted(table.rows.lock().unwrap().values()), lines);
}
