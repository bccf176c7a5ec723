//! The tables that a database has in the end, read by a second connection.

mod columns;
mod crashes;
mod refusals;

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::super::{
    Batch, Delivery, DestinationUrl, ErasedDestination, ItemId, Reached, Refusals, Run,
};
use crate::items::sink::{Mode, Position, Record};
use crate::model::scratch::Scratch;
use crate::page::error::{ErrorKind, Result};

type Opened = Box<dyn ErasedDestination>;

fn run(id: &str) -> Run {
    Run {
        id: Arc::from(id),
        spider: "books".to_owned(),
        ..Run::default()
    }
}

fn destination(scratch: &Scratch, options: &str, mode: Mode) -> Opened {
    let path = scratch.path("shop.db");
    let url = format!("{}?{options}", path.to_str().unwrap());
    let url = DestinationUrl::parse(&url, mode).unwrap().unwrap();
    url.open().unwrap()
}

async fn opened(scratch: &Scratch, options: &str, run: &Run) -> Result<Opened> {
    let mut destination = destination(scratch, options, Mode::Append);
    destination.open_boxed(run).await?;
    Ok(destination)
}

/// A batch from this position on; each item is one position.
fn batch(run: &Run, start: u64, items: &[Value]) -> Batch {
    let items = (start..).zip(items).map(|(position, item)| Delivery {
        id: ItemId::new(&run.id, position),
        url: format!("http://books.example/{position}"),
        kept: SystemTime::UNIX_EPOCH,
        record: Record::new(item).unwrap(),
    });
    let items: Vec<_> = items.collect();
    Batch {
        start: Position::new(start),
        end: Position::new(start + items.len() as u64),
        items,
    }
}

/// Delivers items as one run: opens, delivers, finishes. Returns what was refused.
async fn delivered(
    scratch: &Scratch,
    options: &str,
    mode: Mode,
    run: &Run,
    items: &[Value],
) -> Result<Vec<(usize, String)>> {
    let mut destination = destination(scratch, options, mode);
    assert_eq!(
        destination.open_boxed(run).await?,
        Reached::Remembered(Position::new(0))
    );
    let mut refusals = Refusals::default();
    let batch = batch(run, 0, items);
    destination.deliver_boxed(&batch, &mut refusals).await?;
    destination.finish_boxed().await?;
    Ok(refusals.told())
}

async fn connected(scratch: &Scratch) -> SqliteConnection {
    let path = scratch.path("shop.db");
    let url = format!("sqlite:{}?mode=rwc", path.to_str().unwrap());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn execute(scratch: &Scratch, sql: &str) {
    let mut connection = connected(scratch).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// The texts of a query of one column.
async fn texts(scratch: &Scratch, sql: &str) -> Vec<String> {
    let mut connection = connected(scratch).await;
    let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql.to_owned()))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}

async fn definition(scratch: &Scratch, table: &str) -> String {
    let sql = format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'");
    texts(scratch, &sql).await.concat()
}

#[tokio::test]
async fn a_second_run_appends_and_the_metadata_tells_them_apart() {
    let scratch = Scratch::new();
    let options = "run=run&url=page&kept=kept";
    for id in ["00000000000000aa", "00000000000000bb"] {
        let items = [json!({"title": "Ada"})];
        let refused = delivered(&scratch, options, Mode::Append, &run(id), &items).await;
        assert_eq!(refused.unwrap(), []);
    }
    let sql = "SELECT title || ' ' || run || ' ' || page || ' ' || kept FROM books ORDER BY run";
    assert_eq!(
        texts(&scratch, sql).await,
        [
            "Ada 00000000000000aa http://books.example/0 1970-01-01T00:00:00Z",
            "Ada 00000000000000bb http://books.example/0 1970-01-01T00:00:00Z",
        ]
    );
}

#[tokio::test]
async fn the_last_item_of_a_key_is_the_row() {
    let scratch = Scratch::new();
    let options = "key=isbn";
    let first = [
        json!({"isbn": "1", "price": 5}),
        json!({"isbn": "2", "price": 6}),
        json!({"isbn": "1", "price": 7}),
        json!({"isbn": null, "price": 8}),
    ];
    let refused = delivered(&scratch, options, Mode::Append, &run("a"), &first).await;
    assert_eq!(
        refused.unwrap(),
        [(3, "the item has no value for its key".to_owned())]
    );
    let second = [json!({"isbn": "2", "price": 9})];
    let refused = delivered(&scratch, options, Mode::Append, &run("b"), &second).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(
        texts(
            &scratch,
            "SELECT isbn || ':' || price FROM books ORDER BY isbn"
        )
        .await,
        ["1:7", "2:9"]
    );
}

#[tokio::test]
async fn a_replaced_table_is_the_old_one_until_the_run_is_finished() {
    let scratch = Scratch::new();
    execute(
        &scratch,
        "CREATE TABLE books(old TEXT); INSERT INTO books VALUES ('x')",
    )
    .await;
    let run = run("a");
    let mut destination = destination(&scratch, "", Mode::Overwrite);
    destination.open_boxed(&run).await.unwrap();
    let items = [json!({"title": "Ada"})];
    destination
        .deliver_boxed(&batch(&run, 0, &items), &mut Refusals::default())
        .await
        .unwrap();
    assert_eq!(texts(&scratch, "SELECT old FROM books").await, ["x"]);
    destination.finish_boxed().await.unwrap();
    assert_eq!(texts(&scratch, "SELECT title FROM books").await, ["Ada"]);
    // A kill before the end was noted: the same once more.
    let reached = destination.open_boxed(&run).await.unwrap();
    assert_eq!(reached, Reached::Remembered(Position::new(1)));
    destination.finish_boxed().await.unwrap();
    assert_eq!(texts(&scratch, "SELECT title FROM books").await, ["Ada"]);
}

#[tokio::test]
async fn a_second_process_that_delivers_the_run_is_noticed() {
    let scratch = Scratch::new();
    let run = run("a");
    let mut one = opened(&scratch, "", &run).await.unwrap();
    let mut other = opened(&scratch, "", &run).await.unwrap();
    let items = batch(&run, 0, &[json!({"title": "Ada"})]);
    let mut refusals = Refusals::default();
    one.deliver_boxed(&items, &mut refusals).await.unwrap();
    let error = other
        .deliver_boxed(&items, &mut refusals)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(
        error
            .to_string()
            .contains("another process delivers this run"),
        "{error}"
    );
    assert_eq!(texts(&scratch, "SELECT title FROM books").await, ["Ada"]);
}

#[tokio::test]
async fn what_is_no_database_is_a_storage_error_with_its_name() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path("shop.db"), "title,price\n".repeat(100)).unwrap();
    let error = opened(&scratch, "", &run("a")).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error.to_string().contains("shop.db is no SQLite database"),
        "{error}"
    );
}
