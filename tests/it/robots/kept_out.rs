//! The report says which rules kept what out.

use crawlworks::prelude::*;

use super::{rules, site};
use crate::support::{Probe, get, polite, run};

/// A file with so many rules.
fn many(count: usize, rule: impl Fn(usize) -> String) -> String {
    let group = ["User-agent: *".to_owned()];
    let lines: Vec<String> = group.into_iter().chain((0..count).map(rule)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn the_report_names_the_rules_that_kept_requests_out() {
    let fake = site(rules("User-agent: *\n\nDisallow: /a\nDisallow: /*.php$"));
    let start = ["/a/1", "/b", "/c.php", "/a/2"].map(|path| get(format!("http://a.example{path}")));
    let crawler = polite(Probe::only(start), |s| s.politeness.delay = Duration::ZERO);
    let report = run(crawler.downloader(fake)).await;
    let json = serde_json::to_value(&report.robots.kept_out).unwrap();
    let origin = "http://a.example";
    let expected = serde_json::json!([
        {"origin": origin, "line": 3, "rule": "Disallow: /a", "count": 2, "example": "http://a.example/a/1"},
        {"origin": origin, "line": 4, "rule": "Disallow: /*.php$", "count": 1, "example": "http://a.example/c.php"},
    ]);
    assert_eq!(json, expected);
    assert_eq!(report.robots.kept_out_by_others, 0);
}

#[tokio::test]
async fn rules_beyond_the_first_fifty_are_counted_together() {
    let fake = site(|request| {
        let rules = many(60, |nth| format!("Disallow: /{nth}$"));
        Ok(Response::new(request, 200).with_body("text/plain", rules))
    });
    let start = (0..60).map(|nth| get(format!("http://a.example/{nth}")));
    let crawler = polite(Probe::only(start), |s| s.politeness.delay = Duration::ZERO);
    let report = run(crawler.downloader(fake)).await;
    let robots = report.robots;
    assert_eq!((robots.kept_out.len(), robots.kept_out_by_others), (50, 10));
}

#[tokio::test]
async fn wildcards_without_end_keep_out_and_are_counted() {
    let fake = site(|request| {
        let rules = many(20_000, |nth| format!("allow:*{nth:x}"));
        Ok(Response::new(request, 200).with_body("text/plain", rules))
    });
    let long = format!("http://a.example/{}", "x".repeat(500));
    let start = [get("http://a.example/1"), get(&long)];
    let crawler = polite(Probe::only(start), |s| s.politeness.delay = Duration::ZERO);
    let report = run(crawler.downloader(fake)).await;
    assert_eq!((report.pages, report.robots.too_costly), (1, 1));
    assert_eq!(report.robots.kept_out[0].line, None);
    assert_eq!(report.robots.kept_out[0].example, long);
}

#[tokio::test(start_paused = true)]
async fn a_request_rate_is_obeyed_like_a_crawl_delay() {
    let fake = site(rules("User-agent: *\nRequest-rate: 1/10m\n"));
    let start = ["http://a.example/1", "http://a.example/2"];
    run(polite(Probe::only(start.map(get)), |_| {}).downloader(fake.clone())).await;
    let seconds: Vec<u64> = fake.times().iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [0, 60, 120], "a minute is the most");
}
