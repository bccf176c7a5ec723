//! What servers get wrong: told with URL and cause, counted, and never a panic.

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::exit_codes::dead_url;
use super::{Directory, Ran, crawl};
use crate::tls::TlsSite;

/// Fetches a URL in vain, without asking robots.txt, and checks how that is told.
#[track_caller]
fn fails(url: &str, kind: &str, cause: &str) -> Ran {
    let ran = crawl(&["fetch", url, "--no-robots", "--json"])
        .exits(9)
        .says(&format!("at: {url}"))
        .says(cause);
    let json = ran.json();
    assert_eq!(
        (&json["url"], &json["error"]["kind"]),
        (&url.into(), &kind.into()),
        "{json}"
    );
    ran
}

#[test]
fn a_host_that_does_not_resolve_is_a_dns_error() {
    fails("http://no-such-host.invalid/", "dns", "does not resolve")
        .says("hint: is the name spelt right");
}

#[test]
fn a_refused_connection_is_a_connect_error() {
    fails(&dead_url(), "connect", "refused");
}

#[test]
fn a_port_that_speaks_no_tls_is_a_tls_error() {
    let site = PracticeSite::start().unwrap();
    let url = format!("https://127.0.0.1:{}/", site.url().port().unwrap());
    fails(&url, "tls", "does not speak TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_a_tls_error() {
    let url = format!("https://127.0.0.1:{}/", TlsSite::start().await.port);
    tokio::task::block_in_place(|| {
        fails(&url, "tls", "certificate").says("--insecure");
        let ran = crawl(&["fetch", &url, "--no-robots", "--insecure"]).exits(0);
        assert_eq!(ran.stdout, "secure");
    });
}

#[test]
fn an_answer_that_breaks_http_is_told() {
    let site = PracticeSite::start().unwrap();
    for (path, kind, cause) in [
        ("not-http", "http", "the answer is not HTTP"),
        ("empty-reply", "connect", "closed before the answer"),
        ("reset", "connect", "reset"),
        ("truncated", "incomplete", "the body ended early"),
        ("truncated-chunked", "incomplete", "the body ended early"),
        ("redirect-loop/a", "redirect", "redirect"),
        ("redirect-to?url=ftp://x.example/", "redirect", "redirect"),
        ("bomb/gzip?mb=40", "too_large", "body larger than"),
    ] {
        let url = site.at(&format!("/hazards/{path}"));
        let ran = crawl(&["fetch", url.as_str(), "--no-robots", "--json"])
            .exits(9)
            .says(cause)
            .says("at: http://127.0.0.1:");
        assert_eq!(ran.json()["error"]["kind"], kind, "{path}: {ran:#?}");
    }
}

#[test]
fn the_cause_is_told_when_robots_txt_cannot_be_had() {
    for arguments in [&["fetch", "-q"][..], &["links"], &["sitemap"]] {
        crawl(&[arguments, &["http://no-such-host.invalid/"]].concat())
            .exits(9)
            .says("at: http://no-such-host.invalid/")
            .says("the host name no-such-host.invalid does not resolve");
    }
}

#[test]
fn a_selector_finds_nothing_in_what_is_not_html() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/api/quotes");
    crawl(&["select", url.as_str(), "p"])
        .exits(1)
        .says("not HTML but application/json")
        .says(url.as_str());
}

#[test]
fn a_sitemap_that_is_none_is_told() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["sitemap", site.at("/api/quotes").as_str()]);
    assert_ne!(ran.code, Some(101), "{ran:#?}");
    assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran:#?}");
}

#[test]
fn invalid_utf8_is_read_with_replacements() {
    let site = PracticeSite::start().unwrap();
    let ran = Directory::new()
        .with_variable("CRAWL_ROBOTS", "false")
        .crawl(&["select", site.at("/hazards/invalid-utf8").as_str(), "h1"])
        .exits(0);
    assert_eq!(ran.lines(), ["Before \u{fffd}\u{fffd}( after"]);
}

#[test]
fn a_crawl_goes_on_after_broken_answers_and_counts_them() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let broken = [
        "not-http",
        "empty-reply",
        "truncated",
        "invalid-utf8",
        "binary",
        "status/404",
    ];
    let urls: Vec<String> = broken
        .iter()
        .map(|path| site.at(&format!("/hazards/{path}")).to_string())
        .collect();
    let mut arguments = vec![
        "site",
        "--no-robots",
        "-O",
        "a.jsonl",
        "--report",
        "report.json",
    ];
    arguments.extend(["-s", "retries=0", "-s", "delay=0", "-s", "depth=0"]);
    arguments.extend(urls.iter().map(String::as_str));
    directory.crawl(&arguments).exits(0);
    let report: Value = directory.json("report.json");
    let expected = serde_json::json!({"connect": 1, "http": 1, "incomplete": 1, "status": 1});
    assert_eq!(report["errors"], expected, "{report:#}");
    assert_eq!(report["ledger"]["seen"], urls.len());
    assert_eq!(report["finish"], "finished");
}
