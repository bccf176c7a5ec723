//! Getting to a server at all: names, ports, refusals and connections.

use std::net::TcpListener;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{Error, ErrorKind, HttpDownloader};

use crate::support::{Probe, get, quick, run};

async fn fetch(url: &str, change: impl FnOnce(&mut Settings)) -> Result<Response, Error> {
    let mut settings = Settings::default();
    change(&mut settings);
    HttpDownloader::new(&settings)
        .unwrap()
        .fetch(get(url))
        .await
}

/// A port of this machine that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[tokio::test]
async fn a_refused_connection_is_a_failed_connection() {
    let error = fetch(&format!("http://127.0.0.1:{}/", free_port()), |_| {})
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.chain().contains("refused"), "{}", error.chain());
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_dns_error() {
    let error = fetch("http://no-such-host.invalid/", |_| {})
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dns, "{}", error.chain());
}

#[tokio::test]
async fn a_fixed_address_stands_for_a_name() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let url = format!("http://Shop.Example:{port}/hazards/echo");
    let rule = format!("shop.example:{port}:127.0.0.1");
    let response = fetch(&url, |s| s.network.resolve = vec![rule])
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(
        site.served().requests()[0].header("host"),
        Some(format!("shop.example:{port}").as_str())
    );
}

#[tokio::test]
async fn tls_to_a_port_that_speaks_none_is_a_tls_error() {
    let site = PracticeSite::start().unwrap();
    let url = format!("https://127.0.0.1:{}/", site.url().port().unwrap());
    let error = fetch(&url, |_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{}", error.chain());
}

#[tokio::test]
async fn basic_auth_is_sent_from_the_request_or_from_its_url() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/hazards/basic-auth");
    let with_user = format!(
        "http://us:pw@127.0.0.1:{}/hazards/basic-auth?2",
        url.port().unwrap()
    );
    let start = [
        Request::from(url.clone()).with_basic_auth("us", "pw"),
        get(with_user),
    ];
    let report = run(quick(Probe::only(start), |_| {})).await;
    assert_eq!((report.pages, report.statuses[&200]), (2, 2));
    let refused = run(quick(Probe::only([url]), |_| {})).await;
    assert_eq!((refused.pages, refused.statuses[&401]), (0, 1));
}

#[tokio::test]
async fn a_url_keeps_what_the_url_standard_leaves_in_it() {
    let site = PracticeSite::start().unwrap();
    let url = format!("{}hazards/echo?a|b^c`d{{e}}&f=%20g#h", site.url());
    assert_eq!(fetch(&url, |_| {}).await.unwrap().status().as_u16(), 200);
    let path = site.served().requests()[0].path.clone();
    assert_eq!(
        percent_encoding::percent_decode_str(&path)
            .decode_utf8()
            .unwrap(),
        "/hazards/echo?a|b^c`d{e}&f= g"
    );
}

#[tokio::test]
async fn a_long_query_in_utf8_arrives_as_it_was_sent() {
    let site = PracticeSite::start().unwrap();
    let url = format!("{}hazards/echo?q=grün", site.url());
    fetch(&url, |_| {}).await.unwrap();
    assert_eq!(site.served().hits("/hazards/echo?q=gr%C3%BCn"), 1);
}

#[test]
fn bad_network_settings_are_told_when_the_downloader_is_made() {
    let bad: [(&str, &str, ErrorKind); 5] = [
        ("proxy", "ftp://proxy.example", ErrorKind::Settings),
        ("resolve", "a.example:80", ErrorKind::Settings),
        ("headers", "no colon", ErrorKind::Settings),
        ("ca_file", "/no/such/file.pem", ErrorKind::File),
        ("ca_file", "/dev/null", ErrorKind::Tls),
    ];
    for (name, value, kind) in bad {
        let mut settings = Settings::default();
        settings.set(name, value).unwrap();
        assert_eq!(
            HttpDownloader::new(&settings).unwrap_err().kind(),
            kind,
            "{name}={value}"
        );
    }
}
