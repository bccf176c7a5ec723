//! The first commands of the README, without the internet.

use crawlworks::testing::PracticeSite;

use super::{Directory, json_lines};

const README: &str = include_str!("../../../README.md");
/// Where `crawl demo --serve` listens.
const SERVED: &str = "http://127.0.0.1:8000/";

/// The first code block in a language that has these words.
#[track_caller]
fn block(language: &str, words: &str) -> &'static str {
    let opening = format!("```{language}\n");
    let blocks = README.split(&opening).skip(1);
    let mut blocks = blocks.filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains(words)).unwrap()
}

#[test]
fn the_recipe_crawls_the_practice_site_as_well() {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    directory
        .files
        .write("quotes.toml", block("toml", "div.quote"));
    let command = block("sh", "crawl run")
        .lines()
        .find(|line| line.contains(SERVED))
        .unwrap()
        .replace(SERVED, site.url().as_str());
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("crawl"));
    let mut arguments: Vec<&str> = words.collect();
    arguments.extend(["-s", "delay=0"]);
    directory.crawl(&arguments).exits(0);
    assert_eq!(json_lines(&directory.read("quotes.jsonl")).len(), 100);
}

#[test]
fn the_site_that_is_served_has_the_port_of_the_readme() {
    let help = super::crawl(&["demo", "--help"]).exits(0);
    assert!(help.stdout.contains("[default: 8000]"), "{}", help.stdout);
}
