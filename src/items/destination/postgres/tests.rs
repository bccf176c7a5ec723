//! The tables that a server has in the end, read by a second connection. The server is PostgreSQL, started by the test.

mod crashes;
mod server;

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::super::{
    Batch, Delivery, DestinationUrl, ErasedDestination, ItemId, Reached, Refusals, Run,
};
use crate::items::sink::{Mode, Position, Record};
use crate::model::scratch::{Scratch, read};
use crate::page::error::{ErrorKind, Result};
use server::Server;

type Opened = Box<dyn ErasedDestination>;

fn run(id: &str) -> Run {
    Run {
        id: Arc::from(id),
        spider: "books".to_owned(),
        ..Run::default()
    }
}

fn destination(url: &str, mode: Mode) -> Opened {
    let url = DestinationUrl::parse(url, mode).unwrap().unwrap();
    url.open().unwrap()
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
    server: &Server,
    options: &str,
    mode: Mode,
    run: &Run,
    items: &[Value],
) -> Result<Vec<(usize, String)>> {
    let mut destination = destination(&server.url(options), mode);
    let reached = destination.open_boxed(run).await?;
    assert_eq!(reached, Reached::Remembered(Position::new(0)));
    let scratch = Scratch::new();
    let file = scratch.file("refused.jsonl", "");
    let mut refusals = Refusals::open(file.clone(), 0)?;
    let batch = batch(run, 0, items);
    destination.deliver_boxed(&batch, &mut refusals).await?;
    destination.finish_boxed().await?;
    let told = read(&file);
    let told = told.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let number = line["number"].as_u64().unwrap();
        (
            usize::try_from(number).unwrap(),
            line["reason"].as_str().unwrap().to_owned(),
        )
    });
    Ok(told.collect())
}

#[tokio::test]
async fn items_arrive_as_they_are_and_are_refused_one_by_one() {
    let server = Server::start();
    let mut run = run("a");
    run.schema = Some(json!({"properties": {
        "title": {"type": "string"}, "price": {"type": "number"}, "stock": {"type": "integer"},
        "used": {"type": "boolean"}, "tags": {"type": "array"},
        "seen": {"type": "string", "format": "date-time"},
    }, "required": ["title"]}));
    let items = [
        json!({"title": "a\\b\t\n😀'\"\r", "price": 12.10, "stock": 7, "used": true, "tags": ["x", "\\"],
               "seen": "2024-01-01T00:00:00+01:00"}),
        json!({"title": "\\N", "seen": null}),
        json!({"title": "a\u{0}b"}),
        json!({"title": "ok", "seen": "1.1.2024 noon"}),
        json!({"title": "ok", "tags": ["\u{0}"]}),
        json!({"title": null}),
        json!({"title": "last"}),
    ];
    let options = "run=run&url=page&kept=kept";
    let refused = delivered(&server, options, Mode::Append, &run, &items)
        .await
        .unwrap();
    let which: Vec<_> = refused.iter().map(|(item, _)| *item).collect();
    assert_eq!(which, [2, 3, 4, 5], "{refused:?}");
    assert!(
        refused[0].1.contains("invalid byte sequence"),
        "{refused:?}"
    );
    let sql = "SELECT concat_ws('|', title, price, stock, used, tags, seen AT TIME ZONE 'UTC', run, page, kept AT TIME ZONE 'UTC') FROM books";
    assert_eq!(
        server.texts(sql).await,
        [
            "a\\b\t\n😀'\"\r|12.1|7|t|[\"x\", \"\\\\\"]|2023-12-31 23:00:00|a|http://books.example/0|1970-01-01 00:00:00",
            "\\N|a|http://books.example/1|1970-01-01 00:00:00",
            "last|a|http://books.example/6|1970-01-01 00:00:00",
        ]
    );
}

#[tokio::test]
async fn foreign_keys_checks_and_defaults_of_a_table_hold() {
    let server = Server::start();
    let sql = "CREATE TABLE shelf(id int PRIMARY KEY); INSERT INTO shelf VALUES (1);
               CREATE TABLE books(id serial PRIMARY KEY, n smallint CHECK (n % 10 <> 3),
                                  shelf int REFERENCES shelf DEFERRABLE INITIALLY DEFERRED)";
    server.execute(sql).await;
    let mut items: Vec<_> = (0..1000).map(|n| json!({"n": n, "shelf": 1})).collect();
    items[500] = json!({"n": 500, "shelf": 2});
    items[501] = json!({"n": 70_000, "shelf": 1});
    let refused = delivered(&server, "", Mode::Append, &run("a"), &items)
        .await
        .unwrap();
    assert_eq!(refused.len(), 102, "{refused:?}");
    let reason = |item: usize| &refused.iter().find(|one| one.0 == item).unwrap().1;
    assert!(reason(3).contains("check constraint"), "{}", reason(3));
    assert!(
        reason(500).contains("is not present in table"),
        "{}",
        reason(500)
    );
    assert!(reason(501).contains("out of range"), "{}", reason(501));
    let want = (0..1000).filter(|n| n % 10 != 3 && ![500, 501].contains(n));
    let want: Vec<_> = want.map(|n| n.to_string()).collect();
    assert_eq!(
        server.texts("SELECT n::text FROM books ORDER BY id").await,
        want
    );
}

#[tokio::test]
async fn the_last_item_of_a_key_is_the_row_and_a_replaced_table_has_only_its_run() {
    let server = Server::start();
    let first = [
        json!({"isbn": "1", "price": 5}),
        json!({"isbn": "2", "price": 6}),
        json!({"isbn": "1", "price": 7}),
    ];
    let options = "key=isbn";
    delivered(&server, options, Mode::Append, &run("a"), &first)
        .await
        .unwrap();
    let second = [
        json!({"isbn": "2", "price": 9}),
        json!({"isbn": "3", "price": 1}),
    ];
    delivered(&server, options, Mode::Append, &run("b"), &second)
        .await
        .unwrap();
    let sql = "SELECT isbn || ':' || price FROM books ORDER BY isbn";
    assert_eq!(server.texts(sql).await, ["1:7", "2:9", "3:1"]);
    let refused = delivered(&server, options, Mode::Overwrite, &run("c"), &second).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(server.texts(sql).await, ["2:9", "3:1"]);
}

#[tokio::test]
async fn what_is_wrong_is_said_without_the_password() {
    let server = Server::start();
    let long = format!("table={}", "x".repeat(64));
    let away = "postgres://me:secret@127.0.0.1:1/x?table=a".to_owned();
    for (url, kind, want) in [
        (
            server.url_of("postgres", "none", ""),
            ErrorKind::Settings,
            "no such database",
        ),
        (
            server.url_of("nobody", "postgres", ""),
            ErrorKind::Settings,
            "does not let this user in",
        ),
        (server.url("sslmode=require"), ErrorKind::Settings, "no TLS"),
        (
            server.url(&long),
            ErrorKind::Settings,
            "longer than the 63 bytes",
        ),
        (away, ErrorKind::Unreachable, "does not answer"),
    ] {
        let mut destination = destination(&url, Mode::Append);
        let error = destination.open_boxed(&run("a")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{url}: {}", error.chain());
        assert!(error.chain().contains(want), "{url}: {}", error.chain());
        assert!(!error.chain().contains("secret"), "{}", error.chain());
    }
}

#[tokio::test]
async fn each_item_is_there_once_although_the_server_crashes() {
    let server = Server::start();
    let run = run("a");
    let items: Vec<_> = (0..900).map(|n| json!({"n": n})).collect();
    let mut destination = destination(&server.url(""), Mode::Append);
    destination.open_boxed(&run).await.unwrap();
    let mut at = 0;
    let mut crashes = 0;
    let mut refusals = Refusals::default();
    while at < 900 {
        let start = u64::try_from(at).unwrap();
        let batch = batch(&run, start, &items[at..at + 100]);
        if at % 300 == 200 && crashes <= at / 300 {
            crashes += 1;
            let (ended, ()) =
                tokio::join!(destination.deliver_boxed(&batch, &mut refusals), async {
                    for _ in 0..crashes * 3 {
                        tokio::task::yield_now().await;
                    }
                    server.crash();
                });
            server.restart();
            if let Err(error) = ended {
                assert_eq!(error.kind(), ErrorKind::Unreachable, "{}", error.chain());
            }
            let Reached::Remembered(position) = destination.open_boxed(&run).await.unwrap() else {
                panic!("a database remembers");
            };
            at = usize::try_from(position.get()).unwrap();
        } else {
            destination
                .deliver_boxed(&batch, &mut refusals)
                .await
                .unwrap();
            at += 100;
        }
    }
    destination.finish_boxed().await.unwrap();
    assert_eq!(crashes, 3);
    let want: Vec<_> = (0..900).map(|n| n.to_string()).collect();
    assert_eq!(
        server
            .texts("SELECT n::text FROM books ORDER BY books.n")
            .await,
        want
    );
}

#[test]
fn a_url_is_shown_without_its_password_and_read_again() {
    let parse = |text: &str| DestinationUrl::parse(text, Mode::Append);
    let text =
        "postgresql://me:secret@db/shop?table=books&type.price=numeric(12,2)&sslmode=require";
    let url = parse(text).unwrap().unwrap();
    let shown = "postgres://me@db/shop?table=books&type.price=numeric(12,2)&sslmode=require";
    assert_eq!(url.to_string(), shown);
    assert!(!format!("{url:?}").contains("secret"), "{url:?}");
    assert_eq!(parse(shown).unwrap().unwrap().to_string(), shown);
    for (options, want) in [
        ("tabel=a", "did you mean \"table\""),
        ("type.a=int;drop", "bad value"),
        ("flatten=0", "is not a number from 1"),
        ("alter=drop", "known: alter=add"),
    ] {
        let url = parse(&format!("postgres://db/shop?{options}"));
        let error = url.map(|url| url.unwrap().open().err().unwrap());
        let error = error.unwrap_or_else(|error| error);
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(error.to_string().contains(want), "{error}");
    }
}
