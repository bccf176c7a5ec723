//! Answers in the place of robots.txt that are too long, cut off or meant to harm.

use std::io::Write;

use crawlworks::prelude::*;
use crawlworks::{Filter, Report};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Probe, get, polite, run};

const RULES: &str = "User-agent: *\nDisallow: /private\n";

/// Answers a request for robots.txt with this head and body, the last part of which is repeated for ever; others with an
/// empty page.
async fn answer(mut stream: TcpStream, head: &str, body: &[u8], endless: &[u8]) {
    let mut request = [0; 4096];
    let read = stream.read(&mut request).await.unwrap_or_default();
    if !request[..read].starts_with(b"GET /robots.txt") {
        let page = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(page).await;
        return;
    }
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{head}\r\n");
    let mut written = stream.write_all(head.as_bytes()).await;
    if written.is_ok() {
        written = stream.write_all(body).await;
    }
    // Ends when the crawler hangs up.
    while written.is_ok() && !endless.is_empty() {
        written = stream.write_all(endless).await;
    }
}

/// Asks a site with such a robots.txt for `/public` and `/private`.
async fn crawl(head: &'static str, body: Vec<u8>, endless: &'static [u8]) -> Report {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let body = body.clone();
            tokio::spawn(async move { answer(stream, head, &body, endless).await });
        }
    });
    let start = ["public", "private"].map(|path| get(format!("http://{address}/{path}")));
    let report = run(polite(Probe::only(start), |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.failures.retries = 0;
    }))
    .await;
    server.abort();
    report
}

#[tokio::test]
async fn a_file_of_ten_gigabytes_is_read_as_far_as_it_counts() {
    for head in ["content-length: 10737418240\r\n", ""] {
        let report = crawl(head, RULES.into(), &[b'#'; 8_192]).await;
        assert_eq!((report.pages, report.filtered[&Filter::Robots]), (1, 1));
        assert!(report.bytes.wire < 2 << 20, "{}", report.bytes.wire);
    }
}

#[tokio::test]
async fn rules_without_end_are_read_as_far_as_they_count() {
    let rules = b"allow: *a*a*a*a*a*a*b\ndisallow: /p*e*e*e*x\n";
    let report = crawl("", RULES.into(), rules).await;
    assert_eq!((report.pages, report.filtered[&Filter::Robots]), (1, 1));
}

#[tokio::test]
async fn a_bomb_is_read_as_far_as_it_counts() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    bomb.write_all(RULES.as_bytes()).unwrap();
    for _ in 0..320 {
        bomb.write_all(&[b'#'; 8_192]).unwrap();
    }
    let report = crawl("content-encoding: gzip\r\n", bomb.finish().unwrap(), b"").await;
    assert_eq!((report.pages, report.filtered[&Filter::Robots]), (1, 1));
}

#[tokio::test]
async fn a_file_that_is_cut_off_or_damaged_keeps_out() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(RULES.as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() - 6);
    let table: [(&str, Vec<u8>); 4] = [
        ("content-encoding: gzip\r\n", packed),
        ("content-encoding: gzip\r\n", b"no gzip".to_vec()),
        ("content-length: 1000\r\n", RULES.into()),
        (
            "transfer-encoding: chunked\r\n",
            b"ff\r\nUser-agent: *\n".to_vec(),
        ),
    ];
    for (head, body) in table {
        let report = crawl(head, body, b"").await;
        let filtered = report.filtered.get(&Filter::RobotsUnreachable);
        assert_eq!((report.pages, filtered), (0, Some(&2)), "{head}");
    }
}
