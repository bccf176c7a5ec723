//! Items that do not fit, and tables that none fits.

use super::*;

#[tokio::test]
async fn what_the_database_refuses_is_left_out_and_the_rest_goes_on() {
    let scratch = Scratch::new();
    execute(
        &scratch,
        "CREATE TABLE books(n INTEGER CHECK (n % 10 <> 3), t TEXT NOT NULL)",
    )
    .await;
    let mut items: Vec<_> = (0..1000).map(|n| json!({"n": n, "t": "x"})).collect();
    items[500] = json!({"n": "500", "t": "x"});
    items[501] = json!({"n": 501, "t": null});
    let refused = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let refused = refused.unwrap();
    assert_eq!(refused.len(), 102);
    assert_eq!(
        refused[0],
        (3, "CHECK constraint failed: n % 10 <> 3".to_owned())
    );
    let reason = "field \"n\": the column \"n\" takes whole numbers: \"500\"";
    assert!(refused.contains(&(500, reason.to_owned())));
    let reason = "the column \"t\" is NOT NULL and the item has no value for it";
    assert!(refused.contains(&(501, reason.to_owned())));
    let want = (0..1000).filter(|n| n % 10 != 3 && ![500, 501].contains(n));
    let want: Vec<_> = want.map(|n| n.to_string()).collect();
    assert_eq!(
        texts(&scratch, "SELECT CAST(n AS TEXT) FROM books ORDER BY rowid").await,
        want
    );
}

#[tokio::test]
async fn a_table_that_refuses_all_ends_the_run_and_gets_nothing() {
    let scratch = Scratch::new();
    execute(&scratch, "CREATE TABLE books(title INTEGER)").await;
    let items = vec![json!({"title": "Ada"}); 100];
    let error = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("of another shape"), "{error}");
    let sql = "SELECT CAST(position AS TEXT) FROM crawlworks_positions";
    assert_eq!(texts(&scratch, sql).await, ["0"]);
}

#[tokio::test]
async fn a_trigger_that_rolls_back_the_batch_ends_the_run() {
    let scratch = Scratch::new();
    let sql = "CREATE TABLE books(n INTEGER); CREATE TRIGGER t BEFORE INSERT ON books WHEN new.n = 2 \
               BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    execute(&scratch, sql).await;
    let items = [json!({"n": 1}), json!({"n": 2}), json!({"n": 3})];
    let error = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let error = error.unwrap_err();
    assert!(
        error.to_string().contains("rolls back the transaction"),
        "{error}"
    );
    assert!(texts(&scratch, "SELECT n FROM books").await.is_empty());
}

#[tokio::test]
async fn an_item_without_fields_is_refused() {
    let scratch = Scratch::new();
    let items = [json!({"n": 1}), json!([1])];
    let refused = delivered(&scratch, "", Mode::Append, &run("a"), &items).await;
    let refused = refused.unwrap();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].1.contains("no named fields"), "{refused:?}");
}
