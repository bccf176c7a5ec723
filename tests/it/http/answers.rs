//! What a server may answer over HTTP/1: tolerated as browsers do, or an error within limits.

use crawlworks::prelude::*;
use crawlworks::{Error, ErrorKind};

use super::server::{Reply, Server, last};
use super::{downloader, text};
use crate::support::{get, millis};

/// Fetches from a server that sends this and hangs up.
async fn answer(bytes: &str) -> Result<Response, Error> {
    answer_with(bytes, |_| {}).await
}

async fn answer_with(bytes: &str, change: impl FnOnce(&mut Settings)) -> Result<Response, Error> {
    let bytes = bytes.to_owned();
    let server = Server::start(move |_, _| last(&bytes)).await;
    downloader(change).fetch(get(server.at("/"))).await
}

#[tokio::test]
async fn a_header_in_several_lines_is_one_header() {
    let folded = "HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Length: 4\r\n\r\npage";
    let response = answer(folded).await.unwrap();
    assert_eq!(response.header("x-folded").as_deref(), Some("one two"));
    assert_eq!(response.text(), "page");
}

#[tokio::test]
async fn a_space_before_the_colon_is_overlooked() {
    let response = answer("HTTP/1.1 200 OK\r\nX-Space : a\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(response.unwrap().header("x-space").as_deref(), Some("a"));
}

#[tokio::test]
async fn a_line_that_is_no_header_is_overlooked() {
    let bytes = "HTTP/1.1 200 OK\r\nno header\r\nBad Name: a\r\nX-Good: b\r\n\r\npage";
    let response = answer(bytes).await.unwrap();
    assert_eq!(response.header("x-good").as_deref(), Some("b"));
    assert_eq!(response.text(), "page");
}

#[tokio::test]
async fn headers_are_taken_up_to_a_limit_of_number_and_size() {
    let many: Vec<_> = (0..300).map(|nth| format!("X-{nth}: v\r\n")).collect();
    let many = many.concat();
    let many = format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 0\r\n\r\n");
    let error = answer(&many).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Http);
    assert!(error.chain().contains("max_headers"), "{}", error.chain());
    let response = answer_with(&many, |s| s.answers.max_headers = 301)
        .await
        .unwrap();
    assert_eq!(response.header("x-299").as_deref(), Some("v"));
    let large = format!(
        "HTTP/1.1 200 OK\r\nX-Large: {}\r\n\r\n",
        "x".repeat(300_000)
    );
    assert_eq!(answer(&large).await.unwrap_err().kind(), ErrorKind::Http);
    let smaller = format!(
        "HTTP/1.1 200 OK\r\nX-Large: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    answer(&smaller).await.unwrap();
}

#[tokio::test]
async fn http_1_0_is_understood() {
    let response = answer("HTTP/1.0 200 OK\r\n\r\npage").await;
    assert_eq!(text(response).unwrap(), "page");
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_its_connection() {
    let response = answer("HTTP/1.1 200 OK\r\n\r\nwhole page").await;
    assert_eq!(text(response).unwrap(), "whole page");
    let response = answer("HTTP/1.1 200 OK\r\n\r\n").await;
    assert_eq!(text(response).unwrap(), "");
}

#[tokio::test]
async fn a_body_shorter_than_it_says_is_incomplete() {
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npage",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npage",
    ] {
        let error = text(answer(bytes).await).unwrap_err();
        assert_eq!(error, ErrorKind::Incomplete, "{bytes}");
    }
}

#[tokio::test]
async fn what_follows_a_body_is_neither_read_nor_the_next_answer() {
    let server = Server::start(|_, _| {
        let two = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npageHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake";
        Reply::Send(two.into())
    })
    .await;
    let downloader = downloader(|_| {});
    for _ in 0..3 {
        let page = downloader.fetch(get(server.at("/"))).await;
        assert_eq!(text(page).unwrap(), "page");
    }
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n".repeat(50);
    let response = answer(&format!("{hint}HTTP/1.1 200 OK\r\n\r\npage")).await;
    assert_eq!(text(response).unwrap(), "page");
}

/// How a fetch from a server ends that sends this again and again, within this time.
async fn endless(first: &str, again: &str, time: Duration) -> ErrorKind {
    let (first, again) = (first.to_owned(), again.repeat(100));
    let reply = move |_, _| Reply::Endless(first.clone().into(), again.clone().into());
    let server = Server::start(reply).await;
    let downloader = downloader(|s| {
        s.answers.idle_timeout = time;
        s.answers.timeout = time;
    });
    let error = text(downloader.fetch(get(server.at("/"))).await).unwrap_err();
    server.until(|counts| counts.closed == 1).await;
    error
}

#[tokio::test]
async fn interim_answers_without_end_are_no_answer() {
    let flood = endless("", "HTTP/1.1 103 Early Hints\r\n\r\n", millis(300)).await;
    // Whichever limit comes first: the one on time, or the one on what is read.
    assert!(matches!(flood, ErrorKind::Timeout | ErrorKind::Http));
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let ok = "HTTP/1.1 200 OK\r\n";
    let floods = [
        (ok.to_owned(), "X-Again: value\r\n"),
        (format!("{ok}X-Long: "), "x"),
        ("HTTP/1.1 200 ".to_owned(), "x"),
    ];
    for (first, again) in floods {
        // By its size, however long it takes to come.
        let kind = endless(&first, again, Duration::from_hours(24)).await;
        assert_eq!(kind, ErrorKind::Http, "{first:?}");
    }
}

#[tokio::test]
async fn a_body_that_expands_beyond_measure_is_refused() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b'x'; 8 << 20]).unwrap();
    let body = encoder.finish().unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    let bytes = [head.as_bytes(), &body].concat();
    let server = Server::start(move |_, _| Reply::Last(bytes.clone())).await;
    let error = downloader(|_| {}).fetch(get(server.at("/"))).await;
    assert_eq!(text(error).unwrap_err(), ErrorKind::TooLarge);
    let any = downloader(|s| s.answers.max_ratio = 0);
    let page = any.fetch(get(server.at("/"))).await.unwrap();
    assert_eq!(page.body().len(), 8 << 20);
}
