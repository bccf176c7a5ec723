//! Settings: where they come from, which one wins, and how mistakes are told.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};

/// Every layer sets `max_pages` to its place in the order; the arguments decide which are there.
fn pages(directory: &Directory, arguments: &[&str]) -> u64 {
    let command = ["run", "quotes", "-O", "q.jsonl", "--report", "report.json"];
    directory.crawl(&[&command, arguments].concat()).exits(0);
    directory.json("report.json")["pages"].as_u64().unwrap()
}

const FILE: &str = "max_pages = 1\n";
const OWN: &str = "max_pages = 1\n[spider.quotes]\nmax_pages = 2\n[spider.books]\nmax_pages = 9\n";

#[test]
fn a_spider_without_settings_from_outside_sees_all_its_pages() {
    assert_eq!(pages(&Directory::new(), &[]), 10);
}

#[test]
fn the_file_wins_over_the_spider() {
    // The spider itself wants no delay at the practice site.
    let directory = Directory::with_toml("delay = '1h'\n");
    assert!(pages(&directory, &["--max-time", "200ms"]) < 10);
    assert_eq!(directory.json("report.json")["finish"], "max_time");
}

#[test]
fn the_spiders_own_table_wins_over_the_rest_of_the_file() {
    assert_eq!(pages(&Directory::with_toml(FILE), &[]), 1);
    assert_eq!(pages(&Directory::with_toml(OWN), &[]), 2);
}

#[test]
fn the_environment_wins_over_the_file() {
    let directory = Directory::with_toml(OWN).with_variable("CRAWL_MAX_PAGES", "3");
    assert_eq!(pages(&directory, &[]), 3);
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let directory = Directory::with_toml(OWN).with_variable("CRAWL_MAX_PAGES", "3");
    assert_eq!(pages(&directory, &["-s", "max_pages=4"]), 4);
}

#[test]
fn a_flag_wins_over_everything() {
    let directory = Directory::with_toml(OWN).with_variable("CRAWL_MAX_PAGES", "3");
    assert_eq!(
        pages(&directory, &["-s", "max_pages=4", "--max-pages", "5"]),
        5
    );
}

#[test]
fn of_two_values_on_the_command_line_the_last_counts() {
    let twice = ["-s", "max_pages=4", "-s", "max_pages=2"];
    assert_eq!(pages(&Directory::new(), &twice), 2);
}

#[test]
fn a_mistake_in_the_file_is_told_with_file_and_line() {
    for (text, message) in [
        (
            "delay = 0\n\ndealy = '1s'\n",
            r#"crawl.toml, line 3: unknown setting "dealy"; did you mean "delay"?"#,
        ),
        (
            "[spider.quotes]\nretries = 'x'\n",
            r#"crawl.toml, line 2: bad value "x" for setting "retries""#,
        ),
        ("delay = 0\n]\n", "crawl.toml, line 2: "),
    ] {
        let directory = Directory::with_toml(text);
        directory.crawl(&["run", "quotes"]).exits(4).says(message);
    }
}

#[test]
fn a_mistake_in_another_spiders_table_is_told_too() {
    Directory::with_toml("[spider.books]\ndealy = 1\n")
        .crawl(&["run", "quotes"])
        .exits(4)
        .says("crawl.toml, line 2");
}

#[test]
fn a_file_of_settings_that_cannot_be_read_is_told() {
    let directory = Directory::new();
    std::fs::create_dir(directory.files.path("crawl.toml")).unwrap();
    directory
        .crawl(&["run", "quotes"])
        .exits(4)
        .says("cannot read crawl.toml");
}

#[test]
fn an_unknown_setting_suggests_the_nearest() {
    crawl(&["run", "quotes", "-s", "dealy=1"])
        .exits(4)
        .says(r#"unknown setting "dealy"; did you mean "delay"?"#);
}

#[test]
fn an_unknown_variable_suggests_the_nearest() {
    Directory::new()
        .with_variable("CRAWL_DEALY", "1")
        .crawl(&["run", "quotes"])
        .exits(4)
        .says(r#"unknown environment variable "CRAWL_DEALY"; did you mean "CRAWL_DELAY"?"#);
}

#[test]
fn nothing_is_written_when_a_setting_is_wrong() {
    let directory = Directory::new();
    directory.files.write("a.jsonl", "{}\n");
    directory
        .crawl(&["run", "quotes", "-O", "a.jsonl", "-s", "delay=x"])
        .exits(4);
    assert_eq!(directory.read("a.jsonl"), "{}\n");
}

#[test]
fn a_verb_that_is_no_crawl_keeps_nothing_for_another_one() {
    let site = PracticeSite::start().unwrap();
    let (page, sitemap) = (site.at("/shop/"), site.at("/sitemap-shop.xml"));
    let directory = Directory::with_toml(
        "save_cookies = 'jar.txt'\nrecrawl = true\nrecrawl_feed = 'feed.jsonl'\ncookies = true\n",
    );
    directory.files.write("jar.txt", "precious");
    for arguments in [
        &["robots", page.as_str()][..],
        &["doctor", page.as_str()],
        &["fetch", page.as_str()],
        &["links", page.as_str()],
        &["select", page.as_str(), "a"],
        &["sitemap", sitemap.as_str()],
    ] {
        directory.crawl(arguments).exits(0);
        assert_eq!(directory.read("jar.txt"), "precious", "{arguments:?}");
    }
}
