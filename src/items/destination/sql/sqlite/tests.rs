use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::Row;

use super::*;
use crate::items::destination::{Batch, ItemId};
use crate::items::sink::{Mode, Position, Record};
use crate::model::scratch::Scratch;
use crate::testing::destination_crash_test;

/// A run, and the position that it has come to.
struct Try {
    scratch: Scratch,
    run: Run,
    reached: u64,
}

impl Try {
    fn new() -> Self {
        Self {
            scratch: Scratch::new(),
            run: Run {
                id: Arc::from("0000000000000001"),
                spider: "books".to_owned(),
                ..Run::default()
            },
            reached: 0,
        }
    }

    fn destination(&self, options: &str, mode: Mode) -> Sqlite {
        let name = format!("{}{options}", self.scratch.path("a.db").display());
        Sqlite::new(&DestinationUrl::parse(&name, mode).unwrap().unwrap()).unwrap()
    }

    async fn opened(&self, options: &str) -> Result<Sqlite> {
        let mut destination = self.destination(options, Mode::Append);
        destination.open(&self.run).await.map(|_| destination)
    }

    /// Delivers these items in one batch; returns the reasons of those that were refused.
    async fn deliver(&mut self, to: &mut Sqlite, items: &[Value]) -> Result<Refusals> {
        let start = self.reached;
        let item = |(number, item): (u64, &Value)| Delivery {
            id: ItemId::new(&self.run.id, start + number),
            url: format!("http://a.example/{number}"),
            kept: std::time::UNIX_EPOCH,
            record: Record::new(item).unwrap(),
        };
        let end = start + items.len() as u64;
        let batch = Batch {
            items: (0..).zip(items).map(item).collect(),
            start: Position::new(start),
            end: Position::new(end),
        };
        let mut refusals = Refusals::default();
        to.deliver(&batch, &mut refusals).await?;
        self.reached = end;
        Ok(refusals)
    }

    /// Delivers these items to a new table; returns it.
    async fn delivered(options: &str, items: &[Value]) -> (Self, Sqlite) {
        let mut run = Self::new();
        let mut destination = run.opened(options).await.unwrap();
        let refusals = run.deliver(&mut destination, items).await.unwrap();
        assert!(refusals.is_empty(), "{:?}", refusals.first());
        (run, destination)
    }

    /// The rows of a query by a connection of their own, each as texts with `|` in between.
    async fn rows(&self, sql: &str) -> Vec<String> {
        let mut session = Session::connect(&self.scratch.path("a.db"))
            .await
            .unwrap_or_else(|_| panic!());
        session.rows(sql).await
    }
}

impl Session {
    async fn rows(&mut self, sql: &str) -> Vec<String> {
        let rows = self.all(sql).await;
        let text = |row: &sqlx::sqlite::SqliteRow| {
            let value = |index| match row.try_get_unchecked::<Option<String>, _>(index) {
                Ok(value) => value.unwrap_or_else(|| "NULL".to_owned()),
                Err(error) => panic!("{error}"),
            };
            (0..row.len()).map(value).collect::<Vec<_>>().join("|")
        };
        rows.iter().map(text).collect()
    }
}

#[tokio::test]
async fn a_table_has_the_columns_of_the_first_items() {
    let items = [
        json!({"title": "A", "price": 1, "tags": ["x"], "sold": true}),
        json!({"title": null, "price": 2.5, "isbn": "9"}),
    ];
    let (run, _) = Try::delivered("", &items).await;
    assert_eq!(
        run.rows("SELECT name, type FROM pragma_table_info('books')")
            .await,
        [
            "title|TEXT",
            "price|REAL",
            "tags|JSON TEXT",
            "sold|BOOLEAN",
            "isbn|TEXT"
        ]
    );
    assert_eq!(
        run.rows("SELECT * FROM books").await,
        ["A|1.0|[\"x\"]|1|NULL", "NULL|2.5|NULL|NULL|9"]
    );
}

#[tokio::test]
async fn a_schema_gives_the_columns_before_the_first_item() {
    let mut run = Try::new();
    run.run.schema = Some(json!({
        "required": ["title"],
        "properties": {"title": {"type": "string"}, "id": {"type": "integer", "format": "uint64"}}
    }));
    let mut destination = run.opened("").await.unwrap();
    assert_eq!(
        run.rows("SELECT name, type, \"notnull\" FROM pragma_table_info('books')")
            .await,
        ["title|TEXT|1", "id|DECIMAL TEXT|0"]
    );
    let items = [
        json!({"title": "A", "id": u64::MAX}),
        json!({"title": null, "id": 1}),
    ];
    let refusals = run.deliver(&mut destination, &items).await.unwrap();
    assert_eq!(
        refusals.first(),
        Some("title: there is no value, and the column needs one")
    );
    assert_eq!(
        run.rows("SELECT * FROM books").await,
        ["A|18446744073709551615"]
    );
}

#[tokio::test]
async fn names_are_taken_as_they_are() {
    let item = json!({"select": 1, "a \"b\"": 2, "ä; DROP TABLE x": 3, "": 4});
    let (run, _) = Try::delivered("?table=order by&key=select", &[item.clone(), item]).await;
    assert_eq!(run.rows("SELECT * FROM \"order by\"").await, ["1|2|3|4"]);
}

#[tokio::test]
async fn a_key_updates_the_row_that_has_it() {
    let (mut run, mut destination) = Try::delivered(
        "?key=isbn",
        &[
            json!({"isbn": "1", "price": 1}),
            json!({"isbn": "2", "price": 2}),
        ],
    )
    .await;
    let items = [
        json!({"isbn": "2", "price": 3}),
        json!({"isbn": "2", "price": 4}),
        json!({"isbn": null, "price": 5}),
    ];
    let refusals = run.deliver(&mut destination, &items).await.unwrap();
    assert_eq!(
        refusals.first(),
        Some("isbn: the key of an item needs a value")
    );
    assert_eq!(run.rows("SELECT * FROM books").await, ["1|1", "2|4"]);
}

#[tokio::test]
async fn a_row_that_the_database_refuses_costs_no_other() {
    let mut run = Try::new();
    run.rows("CREATE TABLE books (title TEXT, price INTEGER CHECK (price > 0))")
        .await;
    let mut destination = run.opened("").await.unwrap();
    let items: Vec<Value> = (0..250)
        .map(|n| json!({"title": "A", "price": n % 10}))
        .collect();
    let refusals = run.deliver(&mut destination, &items).await.unwrap();
    assert_eq!(refusals.len(), 25);
    assert!(
        refusals
            .first()
            .unwrap()
            .contains("CHECK constraint failed"),
        "{refusals:?}"
    );
    assert_eq!(
        run.rows("SELECT count(*), min(price) FROM books").await,
        ["225|1"]
    );
}

#[tokio::test]
async fn a_table_that_takes_nothing_ends_the_crawl_and_keeps_nothing() {
    let mut run = Try::new();
    run.rows("CREATE TABLE books (title INTEGER)").await;
    let mut destination = run.opened("").await.unwrap();
    let items = vec![json!({"title": "A"}); 100];
    let error = run.deliver(&mut destination, &items).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(
        error
            .to_string()
            .contains("takes none of 100 items: title: \"A\" is not a whole number"),
        "{error}"
    );
    assert_eq!(
        run.rows("SELECT position FROM crawlworks_positions").await,
        ["0"]
    );
}

#[tokio::test]
async fn a_new_field_is_an_error_or_a_new_column() {
    let (mut run, mut destination) = Try::delivered("", &[json!({"title": "A"})]).await;
    let new = [json!({"title": "B"}), json!({"title": "C", "price": 1})];
    let error = run.deliver(&mut destination, &new).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the table \"books\" has no column for \"price\": add it, let it be added by `alter=add`, or choose columns by \
         `columns=` (http://a.example/1)"
    );
    let mut destination = run.opened("?alter=add").await.unwrap();
    run.deliver(&mut destination, &new).await.unwrap();
    assert_eq!(
        run.rows("SELECT * FROM books").await,
        ["A|NULL", "B|NULL", "C|1"]
    );
}

#[tokio::test]
async fn columns_are_chosen_and_put_in_order() {
    let (run, _) = Try::delivered(
        "?columns=c,a&url=page&run=run&kept=at",
        &[json!({"a": 1, "b": 2, "c": 3})],
    )
    .await;
    assert_eq!(
        run.rows("SELECT * FROM books").await,
        ["3|1|0000000000000001|http://a.example/0|1970-01-01T00:00:00Z"]
    );
}

#[tokio::test]
async fn a_table_of_others_is_filled_as_it_is() {
    let mut run = Try::new();
    run.rows("CREATE TABLE books (id INTEGER PRIMARY KEY, Title TEXT NOT NULL, price NUMERIC, seen TEXT DEFAULT 'now')").await;
    let mut destination = run.opened("").await.unwrap();
    run.deliver(&mut destination, &[json!({"title": "A", "price": 1.5})])
        .await
        .unwrap();
    assert_eq!(run.rows("SELECT * FROM books").await, ["1|A|1.5|now"]);
}

#[tokio::test]
async fn a_replaced_table_is_the_old_one_until_the_run_is_over() {
    let (mut run, _) = Try::delivered("", &[json!({"title": "old"})]).await;
    run.run.id = Arc::from("0000000000000002");
    run.reached = 0;
    for title in ["new", "newer"] {
        // Each item by a process of its own.
        let mut destination = run.destination("", Mode::Overwrite);
        destination.open(&run.run).await.unwrap();
        run.deliver(&mut destination, &[json!({"title": title, "price": 1})])
            .await
            .unwrap();
    }
    assert_eq!(run.rows("SELECT title FROM books").await, ["old"]);
    let mut destination = run.destination("", Mode::Overwrite);
    destination.open(&run.run).await.unwrap();
    for _ in 0..2 {
        // A kill can make it come twice.
        destination.finish().await.unwrap();
        assert_eq!(run.rows("SELECT title FROM books").await, ["new", "newer"]);
    }
}

#[tokio::test]
async fn a_run_that_replaces_and_has_no_items_leaves_none() {
    let (mut run, _) = Try::delivered("", &[json!({"title": "old"})]).await;
    run.run.id = Arc::from("0000000000000002");
    let mut destination = run.destination("", Mode::Overwrite);
    destination.open(&run.run).await.unwrap();
    destination.finish().await.unwrap();
    assert_eq!(run.rows("SELECT count(*) FROM books").await, ["0"]);
}

#[tokio::test]
async fn two_processes_do_not_deliver_one_run() {
    let (mut run, mut one) = Try::delivered("", &[json!({"title": "A"})]).await;
    let mut other = run.opened("").await.unwrap();
    run.deliver(&mut other, &[json!({"title": "B"})])
        .await
        .unwrap();
    run.reached = 1;
    let error = run
        .deliver(&mut one, &[json!({"title": "B"})])
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("another process delivers this run"),
        "{error}"
    );
    assert_eq!(run.rows("SELECT title FROM books").await, ["A", "B"]);
}

#[tokio::test]
async fn what_is_no_database_is_an_error_with_its_name() {
    let run = Try::new();
    let path = run.scratch.file("a.db", &"no database ".repeat(100));
    let error = run.opened("").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert_eq!(
        error.to_string(),
        format!("{} is no SQLite database", path.display())
    );
}

#[tokio::test]
async fn a_kill_at_any_step_loses_nothing_and_doubles_nothing() {
    let scratch = Scratch::new();
    let file = |run: u32| scratch.path(&format!("{run}.db"));
    let make = |run| {
        let name = file(run).display().to_string();
        Sqlite::new(&DestinationUrl::parse(&name, Mode::Append).unwrap().unwrap()).unwrap()
    };
    let read_back = |run| {
        let file = file(run);
        let read = async move {
            let mut session = Session::connect(&file).await.unwrap_or_else(|_| panic!());
            session.rows("SELECT n FROM items").await
        };
        let handle = tokio::runtime::Handle::current();
        let read = std::thread::scope(|scope| scope.spawn(|| handle.block_on(read)).join());
        Ok(read.unwrap().iter().map(|n| n.parse().unwrap()).collect())
    };
    destination_crash_test(make, read_back).await.unwrap();
}
