//! Content codings and character sets: whatever the bytes on the wire, the same page.

use crawlworks::prelude::*;
use crawlworks::testing::{ENCODED_PAGE, PracticeSite, charset_text};
use crawlworks::{ErrorKind, HttpDownloader};

use crate::support::{Probe, quick, run};

async fn fetch(site: &PracticeSite, path: &str) -> Response {
    HttpDownloader::new(&Settings::default())
        .unwrap()
        .fetch(Request::from(site.at(path)))
        .await
        .unwrap()
}

#[tokio::test]
async fn every_content_coding_gives_the_same_page() {
    let site = PracticeSite::start().unwrap();
    for coding in ["gzip", "deflate", "raw-deflate", "br", "zstd", "gzip-gzip"] {
        let response = fetch(&site, &format!("/hazards/encoding/{coding}")).await;
        assert_eq!(response.text(), ENCODED_PAGE, "{coding}");
        assert_eq!(response.links(), [site.at("/quotes/")], "{coding}");
        assert!(
            coding == "br" || response.wire_bytes() < response.body().len() as u64,
            "{coding}"
        );
    }
}

#[tokio::test]
async fn bytes_are_counted_on_the_wire_and_decoded() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::only([site.at("/hazards/encoding/gzip")]),
        |_| {},
    ))
    .await;
    assert_eq!(report.bytes.body, ENCODED_PAGE.len() as u64);
    assert!(report.bytes.wire > 0 && report.bytes.wire < report.bytes.body);
}

#[tokio::test]
async fn every_charset_gives_its_text() {
    let site = PracticeSite::start().unwrap();
    for label in [
        "windows-1251",
        "shift_jis",
        "iso-8859-1",
        "gb18030",
        "utf-16le",
        "meta-only",
    ] {
        let response = fetch(&site, &format!("/hazards/charset/{label}")).await;
        assert_eq!(
            response.html().unwrap().one("h1").unwrap().text(),
            charset_text(label).unwrap(),
            "{label}"
        );
    }
}

#[tokio::test]
async fn a_charset_that_only_the_page_names_is_found() {
    let site = PracticeSite::start().unwrap();
    for label in ["windows-1251", "shift_jis", "iso-8859-1", "gb18030"] {
        let response = fetch(&site, &format!("/hazards/charset/{label}?header=no")).await;
        assert_eq!(
            response.html().unwrap().one("h1").unwrap().text(),
            charset_text(label).unwrap(),
            "{label}"
        );
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_become_replacement_characters() {
    let site = PracticeSite::start().unwrap();
    let response = fetch(&site, "/hazards/invalid-utf8").await;
    assert_eq!(
        response.html().unwrap().one("h1").unwrap().text(),
        "Before \u{fffd}\u{fffd}( after"
    );
}

#[tokio::test]
async fn html_is_not_looked_for_in_an_image() {
    let site = PracticeSite::start().unwrap();
    let response = fetch(&site, "/hazards/wrong-type").await;
    assert_eq!(response.html().unwrap_err().kind(), ErrorKind::NotHtml);
    assert!(response.links().is_empty());
}

#[tokio::test]
async fn a_page_without_a_media_type_is_read_as_html() {
    let site = PracticeSite::start().unwrap();
    let response = fetch(&site, "/hazards/no-content-type").await;
    assert_eq!(response.links(), [site.at("/quotes/")]);
}

#[tokio::test]
async fn a_page_nested_beyond_reason_is_parsed_without_harm() {
    let site = PracticeSite::start().unwrap();
    let response = fetch(&site, "/hazards/deep?n=20000").await;
    assert!(response.html().unwrap().was_too_deep());
}
