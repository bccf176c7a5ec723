//! Bodies and documents: what was too large, too slow or too trusting elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, sitemap};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Probe, get, html, quick, run};

const MIB: usize = 1 << 20;

/// Sends bodies of a terabyte; counts the bytes that somebody takes.
async fn terabytes() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n";
                let _ = stream.write_all(head.as_bytes()).await;
                while let Ok(sent) = stream.write(&[b'x'; 0x4000]).await {
                    count.fetch_add(sent, Ordering::Relaxed);
                }
            });
        }
    });
    (url, taken)
}

#[tokio::test]
async fn cve_2017_14158_many_large_bodies_are_given_up_at_the_limit() {
    let (url, taken) = terabytes().await;
    let start = (0..64).map(|n| get(format!("{url}/{n}")));
    let crawler = quick(Probe::only(start), |settings| {
        settings.answers.max_body.0 = MIB as u64;
        settings.politeness.concurrency_per_host = 64;
    });
    let report = run(crawler).await;
    assert_eq!(report.errors[&ErrorKind::TooLarge], 64);
    // What is in the buffers of the system is neither read nor kept.
    assert!(taken.load(Ordering::Relaxed) < 64 * 8 * MIB);
}

async fn kind_of(path: &str, max_body: u64) -> ErrorKind {
    let site = PracticeSite::builder().log(false).start().unwrap();
    let url = site.url().join(path).unwrap();
    let crawler = quick(Probe::only([url]), |s| s.answers.max_body.0 = max_body);
    let report = run(crawler).await;
    assert_eq!(report.errors.len(), 1, "{report:#?}");
    *report.errors.keys().next().unwrap()
}

#[tokio::test]
async fn cve_2024_3572_the_limit_is_on_the_decoded_body() {
    let kind = kind_of("/hazards/bomb/gzip?mb=64", MIB as u64).await;
    assert_eq!(kind, ErrorKind::TooLarge);
}

/// A megabyte on the wire is a gigabyte then: it must be given up long before it is decoded.
#[tokio::test]
async fn cve_2025_6176_a_chunk_is_not_decoded_as_a_whole() {
    let kind = kind_of("/hazards/bomb/gzip?mb=4096", 32 * MIB as u64).await;
    assert_eq!(kind, ErrorKind::TooLarge);
}

fn base() -> Url {
    Url::parse("http://a.example/sitemap.xml").unwrap()
}

/// What is quadratic would not end within a test run.
#[test]
fn cve_2024_1892_ten_megabytes_of_adversarial_xml_are_read_in_one_pass() {
    let attributes: Vec<String> = (0..800_000).map(|n| format!("a{n}='1'")).collect();
    let hostile = [
        "<".repeat(10 * MIB),
        "<url><loc>".repeat(MIB),
        format!("<urlset {}><url>", attributes.join(" ")),
        format!("<urlset>{}", "<!-- ".repeat(2 * MIB)),
        format!("<urlset><url><loc>{}", "&amp;".repeat(2 * MIB)),
    ];
    for xml in hostile {
        let found = sitemap::parse(xml.as_bytes(), &base());
        assert!(found.is_err() || found.unwrap().entries.is_empty());
    }
}

#[test]
fn scrapy_2_11_2_entities_of_a_document_are_not_resolved() {
    let xml = "<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&x;</loc></url></urlset>";
    let error = sitemap::parse(xml.as_bytes(), &base()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Xml);
}

#[tokio::test]
async fn ghsa_cwxj_rr6w_m6w7_the_value_of_a_referrer_policy_means_nothing() {
    let fake = FakeDownloader::new(|request| {
        assert!(request.header("referer").is_none());
        html(request, "<a href=/next>next</a>").with_header("referrer-policy", "os.system")
    });
    let report =
        run(quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake)).await;
    assert_eq!(report.pages, 2);
}
