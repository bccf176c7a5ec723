//! Columns of new tables and of tables that are there.

use std::collections::BTreeMap;

use super::*;

#[tokio::test]
async fn a_schema_makes_typed_columns() {
    let scratch = Scratch::new();
    let mut run = run("a");
    run.schema = Some(json!({"properties": {
        "title": {"type": "string"},
        "price": {"type": "number"},
        "stock": {"type": ["integer", "null"]},
        "used": {"type": "boolean"},
        "tags": {"type": "array"},
    }, "required": ["title", "stock"]}));
    opened(&scratch, "", &run).await.unwrap();
    assert_eq!(
        definition(&scratch, "books").await,
        "CREATE TABLE \"books\" (\"title\" TEXT NOT NULL, \"price\" REAL, \"stock\" INTEGER, \"used\" BOOLEAN, \
         \"tags\" JSON TEXT)"
    );
}

#[tokio::test]
async fn without_a_schema_the_first_batch_makes_the_columns() {
    let scratch = Scratch::new();
    let items = [
        json!({"select": 1, "price": 1, "mixed": 1, "none": null, "a\"b": "2024-01-01"}),
        json!({"select": 2, "price": 2.5, "mixed": "x", "list": [1], "a\"b": null}),
    ];
    let refused = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(
        definition(&scratch, "books").await,
        "CREATE TABLE \"books\" (\"select\" INTEGER, \"price\" REAL, \"mixed\" JSON TEXT, \"none\" TEXT, \
         \"a\"\"b\" TEXT, \"list\" JSON TEXT)"
    );
    assert_eq!(
        texts(&scratch, "SELECT mixed FROM books").await,
        ["1", "\"x\""]
    );
}

#[tokio::test]
async fn objects_are_taken_apart_if_asked() {
    let scratch = Scratch::new();
    let items = [
        json!({"author": {"name": "Ada", "born": {"year": 1815}}, "tags": [{"a": 1}]}),
        json!({"author": null, "tags": []}),
    ];
    let refused = delivered(&scratch, "flatten=1", Mode::Append, &run("a"), &items).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(
        definition(&scratch, "books").await,
        "CREATE TABLE \"books\" (\"author_name\" TEXT, \"author_born\" JSON TEXT, \"tags\" JSON TEXT)"
    );
    let sql = "SELECT author_name || author_born || tags FROM books WHERE author_name NOT NULL";
    assert_eq!(
        texts(&scratch, sql).await,
        ["Ada{\"year\":1815}[{\"a\":1}]"]
    );
}

#[tokio::test]
async fn options_choose_name_and_type_columns() {
    let scratch = Scratch::new();
    let options = "table=my%20table&columns=price,title&column.title=name&type.price=TEXT";
    let items = [json!({"title": "Ada", "price": 12.5, "more": 1})];
    let refused = delivered(&scratch, options, Mode::Append, &run("a"), &items).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(
        definition(&scratch, "my table").await,
        "CREATE TABLE \"my table\" (\"price\" TEXT, \"name\" TEXT)"
    );
    assert_eq!(
        texts(&scratch, "SELECT price || name FROM \"my table\"").await,
        ["12.5Ada"]
    );
}

#[tokio::test]
async fn a_new_field_is_an_error_that_names_it_unless_it_may_be_added() {
    let scratch = Scratch::new();
    execute(
        &scratch,
        "CREATE TABLE books(Title TEXT, shelf TEXT DEFAULT 'A')",
    )
    .await;
    let items = [json!({"title": "Ada", "pages": 7})];
    let error = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("no column \"pages\""), "{error}");
    let refused = delivered(&scratch, "alter=add", Mode::Append, &run("b"), &items).await;
    assert_eq!(refused.unwrap(), []);
    let sql = "SELECT title || shelf || pages FROM books";
    assert_eq!(texts(&scratch, sql).await, ["AdaA7"]);
}

#[tokio::test]
async fn a_column_that_nothing_fills_is_an_error_that_names_it() {
    let scratch = Scratch::new();
    execute(
        &scratch,
        "CREATE TABLE books(title TEXT, shelf TEXT NOT NULL)",
    )
    .await;
    let items = [json!({"title": "Ada"})];
    let error = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("column \"shelf\""), "{error}");
}

#[tokio::test]
async fn two_fields_of_one_column_are_an_error() {
    let scratch = Scratch::new();
    let items = [json!({"title": "Ada", "Title": "Bob"})];
    let error = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let error = error.unwrap_err();
    assert!(
        error.to_string().contains("have the same column"),
        "{error}"
    );
}

#[tokio::test]
async fn digits_and_texts_arrive_as_they_are() {
    let scratch = Scratch::new();
    let run = run("a");
    let mut destination = opened(&scratch, "", &run).await.unwrap();
    let mut items = batch(&run, 0, &[json!({"id": 7, "text": "a\u{0}😀'\"\n"})]);
    let wide = BTreeMap::from([("id", u128::MAX)]);
    let wide = Record::new(&wide).unwrap();
    items.items.push(Delivery {
        record: wide,
        ..items.items[0].clone()
    });
    let mut refusals = Refusals::default();
    destination
        .deliver_boxed(&items, &mut refusals)
        .await
        .unwrap();
    assert!(refusals.is_empty());
    assert_eq!(
        texts(&scratch, "SELECT id FROM books").await,
        ["7", "340282366920938463463374607431768211455"]
    );
    let sql = "SELECT text FROM books WHERE text NOT NULL";
    assert_eq!(texts(&scratch, sql).await, ["a\u{0}😀'\"\n"]);
}

#[tokio::test]
async fn what_a_schema_leaves_open_the_first_items_tell() {
    let scratch = Scratch::new();
    let mut run = run("a");
    run.schema = Some(json!({
        "required": ["title"],
        "properties": {"title": {"type": "string"}, "more": {}, "price": {"type": "number"}}
    }));
    run.columns = ["title", "more", "price"].map(str::to_owned).into();
    let items = [json!({"title": "Ada", "more": "x", "price": 1})];
    let refused = delivered(&scratch, "", Mode::Append, &run, &items).await;
    assert_eq!(refused.unwrap(), []);
    assert_eq!(
        definition(&scratch, "books").await,
        "CREATE TABLE \"books\" (\"title\" TEXT NOT NULL, \"more\" TEXT, \"price\" REAL)"
    );
}
