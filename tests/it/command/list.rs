//! `crawl list`: the spiders of the program.

use super::crawl;

#[test]
fn the_spiders_are_listed_with_what_they_do() {
    let ran = crawl(&["list"]).exits(0);
    let names: Vec<&str> = ran
        .lines()
        .iter()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names, ["quotes", "books"]);
}

#[test]
fn the_json_has_an_object_per_spider() {
    let records = crawl(&["list", "--json"]).exits(0).records();
    let names: Vec<&str> = records
        .iter()
        .map(|record| record["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["quotes", "books"]);
    assert!(records.iter().all(|record| record["about"].is_string()));
}
