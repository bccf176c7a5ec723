//! `crawl url`: how a URL is read, compared and grouped.

use super::{Directory, crawl};

#[track_caller]
fn answers(arguments: &[&str], expected: &str) {
    let ran = crawl(&[&["url"], arguments].concat()).exits(0);
    assert_eq!(ran.lines(), [expected], "{arguments:?}");
}

#[test]
fn a_url_is_shown_as_it_is_read() {
    answers(
        &["HTTP://Example.COM:80/a/../b c"],
        "http://example.com/b%20c",
    );
    answers(
        &["../d?e", "--base", "http://example.com/a/b/c"],
        "http://example.com/a/d?e",
    );
}

#[test]
fn the_canonical_form_has_no_fragment() {
    answers(
        &["http://example.com/%7ea#b", "--canonical"],
        "http://example.com/%7Ea",
    );
}

#[test]
fn the_site_is_the_registrable_domain() {
    answers(&["http://a.b.example.co.uk/x", "--site"], "example.co.uk");
}

#[test]
fn what_has_no_site_exits_1() {
    let ran = crawl(&["url", "http://127.0.0.1/", "--site"])
        .exits(1)
        .says("no site");
    assert!(ran.stdout.is_empty(), "{ran:#?}");
}

#[test]
fn what_is_no_url_exits_1() {
    crawl(&["url", "quotes"]).exits(1).says("not a valid URL");
    crawl(&["url", "ftp://example.com/"]).exits(1);
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let lines = concat!(
        r#"{"url":"/a#b","base":"http://example.com","op":"href"}"#,
        "\n",
        r#"{"url":"http://[x","base":null,"op":"canonical"}"#,
        "\n"
    );
    let ran = Directory::new()
        .crawl_with_input(&["url", "--batch"], lines)
        .exits(0);
    assert_eq!(
        ran.lines(),
        [r#"{"ok":"http://example.com/a#b"}"#, r#"{"ok":null}"#]
    );
}
