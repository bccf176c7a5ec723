//! What becomes of tables, also of those that claim to be huge.

use std::collections::HashSet;
use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::page::error::ErrorKind;
use crate::page::html::Html;

fn parse(page: &str) -> Html {
    Html::parse(page, url::Url::parse("http://a.example/").unwrap())
}

fn records(table: &str) -> Value {
    let html = parse(&format!("<table>{table}</table>"));
    serde_json::to_value(html.one("table").unwrap().records().unwrap()).unwrap()
}

fn pairs(page: &str) -> Value {
    serde_json::to_value(parse(page).root().pairs().unwrap()).unwrap()
}

#[test]
fn the_first_row_names_the_columns() {
    let rows = json!([{"a": "1", "b": "2"}]);
    for table in [
        "<tr><th>a<th>b<tr><td>1<td>2",
        "<tr><td>a<td>b<tr><td>1<td>2",
        "<thead><tr><td>a<td>b<tbody><tr><td>1<td>2",
        "<thead><tr></thead><tbody><tr><th>a<th>b<tr><td>1<td>2",
        "<caption>c</caption><tr><tr><th>a<th>b<tbody><tr><th> 1<td><b>2</b>\n",
    ] {
        assert_eq!(records(table), rows, "{table}");
    }
    assert_eq!(records("<tr><th>a"), json!([]));
    assert_eq!(records(""), json!([]));
}

#[test]
fn names_in_several_rows_are_joined() {
    let table = "<thead><tr><th rowspan=2>Item<th colspan=2>Price<tr><th>net<th>gross<tbody><tr><td>x<td>1<td>2";
    assert_eq!(
        records(table),
        json!([{"Item": "x", "Price net": "1", "Price gross": "2"}])
    );
}

#[test]
fn the_rows_of_headings_that_come_first_are_the_head() {
    for (table, expected) in [
        (
            "<tr><th rowspan=2>Port<th colspan=2>Tide<tr><th>high<th>low<tr><th>Hull<td>7<td>1<tr><th>Goole<td>5<td>2",
            json!([{"Port": "Hull", "Tide high": "7", "Tide low": "1"}, {"Port": "Goole", "Tide high": "5", "Tide low": "2"}]),
        ),
        (
            "<tbody><tr><th colspan=2>Tides<tr><th>Port<th><tbody><tr><td>Hull<td>7",
            json!([{"Tides Port": "Hull", "Tides": "7"}]),
        ),
        (
            "<tr><td>Port<td>Tide<tr><th>Hull<th>7",
            json!([{"Port": "Hull", "Tide": "7"}]),
        ),
        (
            "<thead><tr><th>Port<th>Tide</thead><tr><th>Hull<th>7",
            json!([{"Port": "Hull", "Tide": "7"}]),
        ),
        ("<tr><th>Port<tr><th>(none)", json!([])),
    ] {
        assert_eq!(records(table), expected, "{table}");
    }
}

#[test]
fn a_foot_comes_last_wherever_it_stands() {
    let rows = json!([{"Ink": "red", "ml": "2"}, {"Ink": "all", "ml": "2"}]);
    for table in [
        "<tfoot><tr><td>all<td>2</tfoot><thead><tr><th>Ink<th>ml</thead><tr><td>red<td>2",
        "<thead><tr><th>Ink<th>ml</thead><tfoot><tr><td>all<td>2</tfoot><tbody><tr><td>red<td>2",
        "<tfoot><tr><td>all<td>2</tfoot><tr><th>Ink<th>ml<tr><td>red<td>2",
    ] {
        assert_eq!(records(table), rows, "{table}");
    }
}

#[test]
fn a_name_that_is_missing_or_there_twice_hides_nothing() {
    assert_eq!(
        records("<tr><th>&nbsp;<tr><td>1"),
        json!([{"column_1": "1"}])
    );
    let table = "<tr><th>a<th><th>a<tr><td>1<td>2<td>3<td>4<tr><td>5";
    assert_eq!(
        records(table),
        json!([{"a": "1", "column_2": "2", "a_2": "3", "column_4": "4"}, {"a": "5"}])
    );
}

#[test]
fn a_cell_is_in_every_row_and_column_that_it_takes() {
    let table = "<tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td rowspan=0>4<tr><td>5<td>6";
    assert_eq!(
        records(table),
        json!([{"a": "1", "b": "2", "c": "2"}, {"a": "1", "b": "3", "c": "4"}, {"a": "5", "b": "6", "c": "4"}])
    );
    let groups = "<thead><tr><th>a<th>b<tbody><tr><td rowspan=9>1<td>2<tbody><tr><td>3";
    assert_eq!(records(groups), json!([{"a": "1", "b": "2"}, {"a": "3"}]));
}

#[test]
fn a_cell_from_above_stays_in_its_column_below_a_short_row() {
    let table = "<tr><th>A<th>B<th>C<tr><td>1<td>2<td rowspan=2>X<tr><td>3<tr><td>4<td>5<td>6";
    assert_eq!(
        records(table),
        json!([
            {"A": "1", "B": "2", "C": "X"},
            {"A": "3", "B": "", "C": "X"},
            {"A": "4", "B": "5", "C": "6"},
        ])
    );
}

/// Where the HTML standard puts cells, written down without regard to time: by row and column, the first one stays.
fn places(rows: &[Vec<(usize, usize)>]) -> Vec<Vec<String>> {
    let mut taken = std::collections::BTreeMap::new();
    let mut number = 0;
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for &(height, width) in row {
            while taken.contains_key(&(y, x)) {
                x += 1;
            }
            for x in x..x + width {
                if !taken.contains_key(&(y, x)) {
                    taken.extend((y..y + height).map(|y| ((y, x), format!("cell{number}."))));
                }
            }
            number += 1;
        }
    }
    let row = |y: usize| {
        let width = taken.keys().filter(|key| key.0 == y).map(|key| key.1 + 1);
        let columns = 0..width.max().unwrap_or_default();
        columns
            .map(|x| taken.get(&(y, x)).cloned().unwrap_or_default())
            .collect()
    };
    (0..rows.len()).map(row).collect()
}

#[test]
fn a_table_within_is_text_of_its_cell() {
    let table = "<tr><th>a<tr><td>x<table><tr><th>n<tr><td>1</table>";
    assert_eq!(records(table), json!([{"a": "x n 1"}]));
}

#[test]
fn another_element_is_searched_for_a_table() {
    let html = parse("<div><table><tr><th>a<tr><td>1</table></div><p>x");
    assert_eq!(html.one("div").unwrap().records().unwrap().len(), 1);
    let error = html.one("p").unwrap().records().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
    assert_eq!(
        error.to_string(),
        r#"<p> is no "table" and has none in it (http://a.example/)"#
    );
}

#[test]
fn few_cells_cannot_become_very_many() {
    let spans = "<td rowspan=65534 colspan=1000>x".repeat(50);
    let long = "y".repeat(1 << 20);
    for table in [
        format!("<tr><th>a{}", format!("<tr>{spans}").repeat(50)),
        format!("<tr><th>a<tr>{}", spans.repeat(21)),
        format!("<tr><th>a<tr><td colspan=1000>{long}"),
        format!("<tr><th>{long}{}", "<tr><td>x".repeat(100)),
        format!(
            "<tr><th>a<tr><td rowspan=0>{long}{}",
            "<tr><td>x".repeat(100)
        ),
    ] {
        let html = parse(&format!("<table>{table}</table>"));
        let records = html.one("table").unwrap().records();
        let error = records.map(|records| records.len()).unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::TooLarge,
            "{}",
            table.get(..40).unwrap()
        );
        assert!(error.url().is_some());
    }
}

#[test]
fn names_and_values_of_a_table_are_pairs() {
    for (table, expected) in [
        (
            "<tr><th>UPC<td>a8<tr><th>Tax<td>0",
            json!({"UPC": "a8", "Tax": "0"}),
        ),
        (
            "<tr><td>UPC<td>a8<tr><td>Tax<td>0",
            json!({"UPC": "a8", "Tax": "0"}),
        ),
        (
            "<tr><th>a<td>1<th>b<td>2<td>3",
            json!({"a": "1", "b": "2", "b_2": "3"}),
        ),
        (
            "<tr><th>a<th>b<td>1<tr><td>c",
            json!({"a": "", "b": "1", "c": ""}),
        ),
        (
            "<tr><td>1<th>a<td>2<tr><th><td>3",
            json!({"row_1": "1", "a": "2", "row_3": "3"}),
        ),
        (
            "<tr><th>a<td><table><tr><th>n<td>1</table>",
            json!({"a": "n 1"}),
        ),
    ] {
        assert_eq!(
            pairs(&format!("<table>{table}</table>")),
            expected,
            "{table}"
        );
    }
}

#[test]
fn names_and_values_of_a_list_are_pairs() {
    for (list, expected) in [
        ("<dt>a<dd>1<dt>b<dd>2", json!({"a": "1", "b": "2"})),
        (
            "<dt>a<dt>b<dd>1<dd>2<dt>c",
            json!({"a": "1", "b": "1", "a_2": "2", "b_2": "2", "c": ""}),
        ),
        (
            "<div><dt>a<dd>1</div><div><dt>b<dd>2</div>",
            json!({"a": "1", "b": "2"}),
        ),
        (
            "<dd>1<dt>a<dd><dl><dt>n<dd>2</dl>",
            json!({"row_1": "1", "a": "n 2"}),
        ),
        ("", json!({})),
    ] {
        assert_eq!(pairs(&format!("<dl>{list}</dl>")), expected, "{list}");
    }
    let many = format!("<dl>{}{}", "<dt>n".repeat(2_000), "<dd>v".repeat(2_000));
    assert_eq!(
        parse(&many).root().pairs().unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

/// The tag of a cell, and how many rows and columns it claims to take.
fn cell() -> impl Strategy<Value = (&'static str, usize, usize)> {
    (
        prop::sample::select(vec!["td", "th"]),
        0..4_usize,
        0..4_usize,
    )
}

proptest! {
    #[test]
    fn cells_are_where_the_standard_puts_them(
        rows in prop::collection::vec(prop::collection::vec((1_usize..5, 1_usize..4), 0..5), 0..8),
    ) {
        let mut table = "<table>".to_owned();
        let mut number = 0;
        for row in &rows {
            table.push_str("<tr>");
            for (height, width) in row {
                write!(table, "<td rowspan={height} colspan={width}>cell{number}.").unwrap();
                number += 1;
            }
        }
        let html = parse(&table);
        let found = super::grid::grid(html.one("table").unwrap(), &mut super::Budget::default()).unwrap();
        let found: Vec<Vec<&str>> = found.iter().map(|row| row.texts.iter().map(|text| &**text).collect()).collect();
        let mut expected = places(&rows);
        expected.retain(|row| !row.is_empty());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_cell_is_lost(
        rows in prop::collection::vec((prop::sample::select(vec!["", "<thead>", "<tbody>", "<tfoot>"]),
            prop::collection::vec(cell(), 0..5)), 0..7),
    ) {
        let mut table = String::new();
        let mut cells = Vec::new();
        for (group, row) in rows {
            write!(table, "{group}<tr>").unwrap();
            for (tag, rowspan, colspan) in row {
                let text = format!("cell{}.", cells.len());
                write!(table, "<{tag} rowspan={rowspan} colspan={colspan}>{text}").unwrap();
                cells.push(text);
            }
        }
        // One row more, so that every name is that of some cell.
        write!(table, "<tbody><tr>{}", "<td>x".repeat(100)).unwrap();
        let html = parse(&format!("<table>{table}</table>"));
        let listed = html.root().pairs().unwrap();
        let listed = serde_json::to_string(&listed).unwrap();
        let records = html.one("table").unwrap().records().unwrap();
        let recorded = serde_json::to_string(&records).unwrap();
        for cell in &cells {
            prop_assert!(listed.contains(cell), "{} is not in {}", cell, listed);
            prop_assert!(recorded.contains(cell) || records.is_empty(), "{} is not in {}", cell, recorded);
        }
        for record in &records {
            let names: HashSet<_> = record.iter().map(|(name, _)| name).collect();
            prop_assert_eq!(names.len(), record.len());
        }
    }
}
