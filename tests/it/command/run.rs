//! `crawl run`: the bundled spiders, their arguments and their limits.

use std::collections::HashSet;

use crawlworks::testing::PracticeSite;

#[cfg(target_os = "linux")]
use super::terminal::Terminal;
use super::{Directory, crawl, json_lines};

#[test]
fn quotes_are_all_found_as_json_lines() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    directory
        .crawl(&["run", "quotes", "-O", "quotes.jsonl"])
        .exits(0);
    let records = json_lines(&directory.read("quotes.jsonl"));
    let found: HashSet<&str> = records
        .iter()
        .map(|r| r["text"].as_str().unwrap())
        .collect();
    assert_eq!(records.len(), 100);
    let expected = site.quotes().iter().map(|quote| quote.text.clone());
    let missing: Vec<String> = expected
        .filter(|text| !found.contains(text.as_str()))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn quotes_are_all_found_as_a_json_array() {
    let directory = Directory::new();
    directory
        .crawl(&["run", "quotes", "-O", "quotes.json"])
        .exits(0);
    assert_eq!(directory.json("quotes.json").as_array().unwrap().len(), 100);
}

#[test]
fn books_are_all_found_as_csv() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    directory
        .crawl(&["run", "books", "-O", "books.csv"])
        .exits(0);
    let text = directory.read("books.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = "title,price,in_stock,rating,category,upc,url,image";
    assert_eq!(
        reader
            .headers()
            .unwrap()
            .iter()
            .collect::<Vec<_>>()
            .join(","),
        header
    );
    let mut rows: Vec<(String, String)> = reader
        .records()
        .map(Result::unwrap)
        .map(|row| (row[5].to_owned(), row[0].to_owned()))
        .collect();
    let books = site.books().iter();
    let mut expected: Vec<_> = books.map(|b| (b.upc.clone(), b.title.clone())).collect();
    rows.sort_unstable();
    expected.sort_unstable();
    assert_eq!(rows, expected);
}

#[test]
fn an_argument_chooses_another_site() {
    let site = PracticeSite::start().unwrap();
    let url = format!("url={}", site.at("/quotes/page/9/"));
    let ran = crawl(&["run", "quotes", "-a", &url, "-s", "delay=0"]).exits(0);
    assert_eq!(ran.records().len(), 20);
    assert_eq!(site.served().hits("/quotes/page/10/"), 1);
}

#[test]
fn an_unknown_argument_suggests_the_nearest() {
    crawl(&["run", "quotes", "-a", "ulr=http://127.0.0.1/"])
        .exits(4)
        .says(r#"takes no argument "ulr"; did you mean "url"?"#);
}

#[test]
fn an_argument_without_a_value_is_a_usage_error() {
    crawl(&["run", "quotes", "-a", "url"])
        .exits(2)
        .says("expected NAME=VALUE");
}

#[test]
fn an_unknown_spider_suggests_the_nearest() {
    crawl(&["run", "qoutes"])
        .exits(2)
        .says(r#"no spider "qoutes"; did you mean "quotes"?"#);
}

#[test]
fn max_pages_is_exact() {
    for pages in [1, 3] {
        let ran = crawl(&["run", "quotes", "--max-pages", &pages.to_string()]).exits(0);
        assert_eq!(ran.records().len(), 10 * pages);
    }
}

#[test]
fn max_pages_is_exact_when_many_are_in_flight() {
    let directory = Directory::new();
    let arguments = [
        "run",
        "books",
        "--max-pages",
        "37",
        "--report",
        "report.json",
    ];
    directory
        .crawl(&[&arguments[..], &["-O", "b.csv"]].concat())
        .exits(0);
    assert_eq!(directory.json("report.json")["pages"], 37);
}

#[test]
fn max_items_is_exact() {
    for items in [1, 25] {
        let ran = crawl(&["run", "quotes", "--max-items", &items.to_string()]).exits(0);
        assert_eq!(ran.records().len(), items);
    }
}

#[test]
fn max_time_ends_a_crawl_that_is_not_done() {
    let site = PracticeSite::start().unwrap();
    let url = format!("url={}", site.at("/quotes/"));
    crawl(&[
        "run",
        "quotes",
        "-a",
        &url,
        "-s",
        "delay=1h",
        "--max-time",
        "200ms",
    ])
    .exits(0)
    .says("max_time reached");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_items_without_a_url_are_rows_of_the_first_fields_of_their_schema() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let arguments = format!(
        "run quotes -a url={} --no-job --max-pages 1",
        site.at("/quotes/")
    );
    let Some(mut terminal) = Terminal::open(&directory, &arguments) else {
        return;
    };
    terminal.shows(&format!("{:<38}  {:<18}  tags\r\n", "text", "author"));
    let author = &site.quotes()[0].author;
    terminal.shows(&format!("  {author:<18}  "));
    terminal.shows("These are text, author and tags; `-O FILE` keeps all of each item");
    assert_eq!(terminal.ends().0, Some(0));
}
