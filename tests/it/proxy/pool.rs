//! Several proxies: turns, dead ones, banned ones, and whose password goes where.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{ErrorKind, HttpDownloader};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::debian::{Server, free_port};
use super::stub::Proxy;
use crate::support::{Probe, Scratch, get, quick, run};

/// A server that forbids everything.
async fn forbidding() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
            let _ = client.write_all(answer).await;
        }
    });
    port
}

fn downloader(proxies: Vec<String>) -> HttpDownloader {
    let mut settings = Settings::default();
    settings.network.proxies = proxies;
    HttpDownloader::new(&settings).unwrap()
}

#[tokio::test]
async fn a_dead_proxy_is_left_out_after_its_first_failure() {
    let (site, alive) = (PracticeSite::start().unwrap(), Server::tinyproxy(""));
    let downloader = downloader(vec![
        format!("http://127.0.0.1:{}", free_port()),
        format!("http://127.0.0.1:{}", alive.port),
    ]);
    let url = site.at("/quotes/");
    let error = downloader.fetch(get(&url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy);
    for _ in 0..5 {
        let response = downloader.fetch(get(&url)).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
    }
}

#[tokio::test]
async fn a_page_that_a_proxy_is_banned_from_is_fetched_through_another() {
    let site = PracticeSite::start().unwrap();
    let banned = Proxy::to(forbidding().await).await;
    let other = Proxy::to(site.url().port().unwrap()).await;
    let probe = Probe::only([get("http://far.example/quotes/")]);
    let report = run(quick(probe, |s| {
        s.failures.retries = 1;
        s.network.proxies = [&banned, &other]
            .map(|proxy| format!("http://127.0.0.1:{}", proxy.port))
            .to_vec();
    }))
    .await;
    assert_eq!((report.pages, report.ledger.failed), (1, 0));
    assert_eq!(report.retries["banned"], 1);
    assert_eq!((banned.heads().len(), other.heads().len()), (1, 1));
}

#[tokio::test]
async fn ghsa_9x8m_2xpf_crp3_no_proxy_sees_the_password_of_another() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let (a, b) = (Proxy::to(port).await, Proxy::to(port).await);
    let downloader = downloader(vec![
        format!("http://ua:pa@127.0.0.1:{}", a.port),
        format!("http://ub:pb@127.0.0.1:{}", b.port),
    ]);
    for n in 0..6 {
        let request = get(format!("http://far{n}.example/quotes/"))
            .with_header("Proxy-Authorization", "Basic bWluZQ==")
            .unwrap();
        downloader.fetch(request).await.unwrap();
    }
    for (proxy, own) in [(&a, "Basic dWE6cGE="), (&b, "Basic dWI6cGI=")] {
        assert_eq!(proxy.heads().len(), 3);
        for head in proxy.heads() {
            let lines: Vec<_> = head.lines().filter(|line| line.contains("Basic")).collect();
            assert_eq!(lines, [format!("proxy-authorization: {own}")]);
        }
    }
}

#[tokio::test]
async fn ghsa_jm3v_qxmh_hxwv_each_hop_of_a_redirect_takes_its_own_way() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let (a, b) = (Proxy::to(port).await, Proxy::to(port).await);
    let probe = Probe::only([get("http://far.example/hazards/redirect/1")]);
    let report = run(quick(probe, |s| {
        s.network.proxies = [&a, &b]
            .map(|proxy| format!("http://127.0.0.1:{}", proxy.port))
            .to_vec();
    }))
    .await;
    assert_eq!(report.pages, 1);
    assert!(a.head().contains("/hazards/redirect/1 "));
    assert!(b.head().contains("/hazards/redirect/0 "));
}

#[tokio::test]
async fn proxies_can_be_listed_in_a_file() {
    let (site, scratch) = (PracticeSite::start().unwrap(), Scratch::new());
    let proxy = Proxy::to(site.url().port().unwrap()).await;
    let list = format!("# ours\n\n  http://127.0.0.1:{}  \n", proxy.port);
    let mut settings = Settings::default();
    settings.network.proxies_file = Some(scratch.write("proxies", &list).into());
    let downloader = HttpDownloader::new(&settings).unwrap();
    let response = downloader.fetch(get("http://far.example/quotes/")).await;
    assert_eq!(response.unwrap().status().as_u16(), 200);
    assert_eq!(proxy.heads().len(), 1);

    settings.network.proxies_file =
        Some(scratch.write("proxies", "http://a\nftp://us:pw@b\n").into());
    let error = HttpDownloader::new(&settings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.chain().contains("line 2 of "), "{}", error.chain());
    assert!(!error.chain().contains("pw"), "{}", error.chain());
    settings.network.proxies_file = Some(scratch.path("none").into());
    let error = HttpDownloader::new(&settings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
}
