//! `crawl doctor`: what a host is like.

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::exit_codes::dead_url;
use super::{Directory, crawl};
use crate::tls::TlsSite;

fn examined(url: &str, code: i32) -> Value {
    let ran = crawl(&["doctor", "--json", url]).exits(code);
    serde_json::from_str(ran.lines()[0]).unwrap()
}

fn advice(facts: &Value, weight: &str) -> Vec<String> {
    let all = facts["advice"].as_array().unwrap();
    all.iter()
        .filter(|advice| advice["weight"] == weight)
        .map(|advice| advice["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_host_that_can_be_crawled_is_told_in_one_page() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["doctor", site.at("/shop/").as_str()]).exits(0);
    let page = ran.lines().join("\n");
    for part in [
        "name         127.0.0.1",
        "robots.txt   allows it",
        "page         200, text/html",
        "title        ",
        "encoding     utf-8, by Content-Type",
        "validators   ",
        "links        ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn it_asks_for_robots_txt_the_page_and_the_page_once_more() {
    let site = PracticeSite::start().unwrap();
    examined(site.at("/shop/").as_str(), 0);
    let served = site.served();
    let mut paths: Vec<(&str, u64)> = served.paths().collect();
    paths.sort_unstable();
    assert_eq!(paths, [("/robots.txt", 1), ("/shop/", 2)]);
}

#[test]
fn settings_for_a_crawl_keep_it_from_nothing() {
    let site = PracticeSite::start().unwrap();
    let directory = Directory::with_toml(
        "cache = 'always'\nsitemaps = true\nmax_pages_per_host = 1\nmax_per_pattern = 1\n",
    );
    for _ in 0..2 {
        let before = site.served().total;
        directory
            .crawl(&["doctor", site.at("/shop/").as_str()])
            .exits(0);
        assert_eq!(site.served().total - before, 3);
    }
}

#[test]
fn what_robots_txt_forbids_is_not_fetched_and_the_line_is_named() {
    let site = PracticeSite::start().unwrap();
    let facts = examined(site.at("/hazards/").as_str(), 1);
    assert!(facts["page"].is_null());
    assert_eq!(facts["robots"][0]["allowed"], false);
    assert!(facts["robots"][0]["line"].is_number());
    assert_eq!(site.served().total, 1);
    let stops = advice(&facts, "stops");
    assert!(stops[0].contains("robots.txt forbids"), "{stops:?}");
}

#[test]
fn redirects_are_shown_hop_by_hop() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/hazards/redirect/2");
    let ran = crawl(&["doctor", "--json", "--no-robots", url.as_str()]).exits(0);
    let facts: Value = serde_json::from_str(ran.lines()[0]).unwrap();
    assert_eq!(facts["redirects"].as_array().unwrap().len(), 2);
    assert_eq!(facts["page"]["status"], 200);
}

#[test]
fn a_host_that_is_not_there_is_told_and_exits_1() {
    let facts = examined(&dead_url(), 1);
    assert!(facts["robots"][0]["status"].is_null());
    let stops = advice(&facts, "stops");
    assert!(stops[0].contains("cannot connect"), "{stops:?}");
}

#[test]
fn a_page_that_refuses_stops_a_crawl() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/hazards/status/403");
    let ran = crawl(&["doctor", "--json", "--no-robots", url.as_str()]).exits(1);
    let facts: Value = serde_json::from_str(ran.lines()[0]).unwrap();
    let stops = advice(&facts, "stops");
    assert!(stops[0].contains("answers 403"), "{stops:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_and_the_version_of_http_are_told() {
    let site = TlsSite::start().await;
    let url = format!("https://127.0.0.1:{}/", site.port);
    let ran = crawl(&["doctor", "--json", "--insecure", &url]);
    let facts: Value = serde_json::from_str(ran.lines()[0]).unwrap();
    let connection = &facts["connection"];
    assert_eq!(
        (&connection["tls"], &connection["http"]),
        (&"TLS 1.3".into(), &"HTTP/2".into())
    );
    assert!(connection["valid_until"].is_string(), "{facts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_stops_a_crawl() {
    let site = TlsSite::start().await;
    let facts = examined(&format!("https://127.0.0.1:{}/", site.port), 1);
    let stops = advice(&facts, "stops");
    assert!(stops[0].contains("ca_file"), "{stops:?}");
}

#[test]
fn a_url_that_a_crawl_would_take_for_a_trap_is_examined_all_the_same() {
    let site = PracticeSite::start().unwrap();
    let facts = examined(site.at("/shop/?date=2060-01-01&utm_source=x").as_str(), 0);
    assert_eq!(facts["page"]["status"], 200);
    let url = facts["page"]["url"].as_str().unwrap();
    assert!(url.ends_with("?date=2060-01-01&utm_source=x"), "{url}");
}
