//! `crawl demo`: the first command of a newcomer, and the practice site for spiders that are being written.

use std::net::TcpListener;

use super::{Directory, crawl};

#[test]
fn the_demo_shows_records_a_report_and_what_to_try_next() {
    let ran = crawl(&["demo"]).exits(0);
    assert!(ran.stdout.contains("\nCrawled 1,129 pages in "), "{ran:#?}");
    for next in [
        "crawl run quotes -O quotes.jsonl",
        "crawl site https://example.com/",
        "crawl new mybot",
    ] {
        assert!(ran.stdout.contains(next), "{next}: {ran:#?}");
    }
    assert!(
        !ran.stdout.contains('\u{1b}'),
        "no escapes in a pipe: {ran:#?}"
    );
}

#[test]
fn the_served_site_answers_where_it_says() {
    let mut serving = Directory::new().start(&["demo", "--serve", "--port", "0"]);
    let url = serving.first_line();
    let argument = format!("url={url}quotes/");
    let ran = crawl(&["run", "quotes", "-a", &argument, "-s", "delay=0"]).exits(0);
    assert_eq!(ran.records().len(), 100);
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let ran = crawl(&["demo", "--serve", "--port", &port.to_string()])
        .exits(1)
        .says(&format!("cannot listen on 127.0.0.1:{port}"));
    assert!(
        ran.stderr.contains("in use") && ran.stdout.is_empty(),
        "{ran:#?}"
    );
}

#[test]
fn a_port_without_a_server_is_a_usage_error() {
    crawl(&["demo", "--port", "8000"]).exits(2).says("--serve");
}
