//! `crawl fetch`: one request as the downloader makes it.

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::{Ran, crawl};

/// Fetches a hazard, which robots.txt forbids.
fn hazard(site: &PracticeSite, path: &str, flags: &[&str]) -> Ran {
    let url = site.at(&format!("/hazards/{path}"));
    crawl(&[&["fetch", url.as_str(), "--no-robots"], flags].concat())
}

/// The request as it came to the site.
fn echo(flags: &[&str]) -> Value {
    let site = PracticeSite::start().unwrap();
    hazard(&site, "echo", flags).exits(0).json()
}

fn has_header(echo: &Value, name: &str, value: &str) -> bool {
    let headers = echo["headers"].as_array().unwrap();
    headers.contains(&serde_json::json!([name, value]))
}

#[test]
fn the_body_goes_to_standard_output() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["fetch", site.at("/quotes/").as_str()]).exits(0);
    assert!(ran.stdout.starts_with("<!DOCTYPE html>"), "{ran:#?}");
    assert!(ran.stderr.is_empty(), "{ran:#?}");
}

#[test]
fn the_json_of_an_answer_has_the_whole_exchange() {
    let site = PracticeSite::start().unwrap();
    let json = hazard(&site, "redirect/2", &["--json"]).exits(0).json();
    let fields: Vec<&String> = json.as_object().unwrap().keys().collect();
    let expected = [
        "url",
        "status",
        "headers",
        "encoding",
        "text",
        "body_sha256",
        "body_len",
        "truncated",
        "redirects",
        "error",
    ];
    assert_eq!(fields, expected);
    assert_eq!(json["url"], site.at("/hazards/redirect/0").as_str());
    assert_eq!(
        (&json["status"], &json["encoding"]),
        (&200.into(), &"utf-8".into())
    );
    let text = json["text"].as_str().unwrap();
    assert!(text.contains("<h1>Arrived</h1>"), "{text}");
    assert_eq!(json["body_len"], text.len());
    let hops =
        ["redirect/2", "redirect/1"].map(|hop| site.at(&format!("/hazards/{hop}")).to_string());
    assert_eq!(json["redirects"], serde_json::json!(hops));
    assert_eq!(
        (&json["truncated"], &json["error"]),
        (&false.into(), &Value::Null)
    );
}

#[test]
fn the_json_of_a_failure_has_its_kind_and_message() {
    let site = PracticeSite::start().unwrap();
    let ran = hazard(&site, "not-http", &["--json"]).exits(9);
    let json = ran.json();
    assert_eq!(json["url"], site.at("/hazards/not-http").as_str());
    assert_eq!(json["error"]["kind"], "http");
    let message = json["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("the answer is not HTTP"), "{message}");
    assert_eq!(json.as_object().unwrap().len(), 2);
}

#[test]
fn the_json_of_a_bad_url_is_a_failure_too() {
    let json = crawl(&["fetch", "--json", "http://"]).exits(2).json();
    assert_eq!(json["url"], "http://");
    assert_eq!(json["error"]["kind"], "url");
}

#[test]
fn any_status_is_an_answer() {
    let site = PracticeSite::start().unwrap();
    let json = hazard(&site, "status/503", &["--json"]).exits(0).json();
    assert_eq!(
        (&json["status"], &json["error"]),
        (&503.into(), &Value::Null)
    );
    assert_eq!(site.served().total, 1, "it is not tried again");
}

#[test]
fn headers_are_shown_instead_of_the_body() {
    let site = PracticeSite::start().unwrap();
    let ran = crawl(&["fetch", site.at("/quotes/").as_str(), "--headers"]).exits(0);
    assert_eq!(ran.lines()[0], "200 OK");
    assert!(
        ran.lines()
            .contains(&"content-type: text/html; charset=utf-8"),
        "{ran:#?}"
    );
    assert!(!ran.stdout.contains('<'), "{ran:#?}");
}

#[test]
fn data_is_posted_as_a_form() {
    let echo = echo(&["--data", "q=a b"]);
    assert_eq!(
        (&echo["method"], &echo["body"]),
        (&"POST".into(), &"q=a b".into())
    );
    assert!(
        has_header(&echo, "content-type", "application/x-www-form-urlencoded"),
        "{echo:#}"
    );
}

#[test]
fn the_method_is_what_is_asked_for() {
    let echo = echo(&[
        "--method",
        "PUT",
        "--data",
        "{}",
        "-H",
        "Content-Type: application/json",
    ]);
    assert_eq!(
        (&echo["method"], &echo["body"]),
        (&"PUT".into(), &"{}".into())
    );
    assert!(
        has_header(&echo, "content-type", "application/json"),
        "{echo:#}"
    );
}

#[test]
fn headers_are_sent() {
    let echo = echo(&["-H", "X-Test: one two", "-H", "User-Agent: mybot/1"]);
    assert!(has_header(&echo, "x-test", "one two"), "{echo:#}");
    assert!(has_header(&echo, "user-agent", "mybot/1"), "{echo:#}");
}

#[test]
fn a_user_is_authenticated() {
    let site = PracticeSite::start().unwrap();
    let refused = hazard(&site, "basic-auth", &["--json"]).exits(0).json();
    assert_eq!(refused["status"], 401);
    let json = hazard(&site, "basic-auth", &["--json", "--user", "us:pw"])
        .exits(0)
        .json();
    assert_eq!(json["status"], 200);
}

#[test]
fn a_body_that_is_too_large_is_an_error_and_no_silent_cut() {
    let site = PracticeSite::start().unwrap();
    let ran = hazard(&site, "big?mb=1", &["--json", "--max-body", "10KiB"]).exits(9);
    assert_eq!(ran.json()["error"]["kind"], "too_large");
    let plain = hazard(&site, "big?mb=1", &["--max-body", "10KiB"]).exits(9);
    assert!(plain.stdout.is_empty(), "{plain:#?}");
}

#[test]
fn a_name_can_be_given_an_address() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let (url, rule) = (
        format!("http://shop.example:{port}/hazards/echo"),
        format!("shop.example:{port}:127.0.0.1"),
    );
    let ran = crawl(&["fetch", &url, "--no-robots", "--resolve", &rule]).exits(0);
    assert!(
        has_header(&ran.json(), "host", &format!("shop.example:{port}")),
        "{ran:#?}"
    );
}

#[test]
fn robots_txt_is_asked_unless_that_is_not_wanted() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/hazards/echo");
    let ran = crawl(&["fetch", "--json", url.as_str()])
        .exits(9)
        .says("robots.txt forbids it");
    assert_eq!(ran.json()["error"]["kind"], "robots");
    assert_eq!(site.served().hits("/hazards/echo"), 0);
    hazard(&site, "echo", &[]).exits(0);
    assert_eq!(site.served().hits("/robots.txt"), 1);
}

#[test]
fn an_answer_that_does_not_end_in_time_is_an_error() {
    let site = PracticeSite::start().unwrap();
    let ran = hazard(&site, "stall", &["--timeout", "200ms", "--json"]).exits(9);
    assert_eq!(ran.json()["error"]["kind"], "timeout");
}
