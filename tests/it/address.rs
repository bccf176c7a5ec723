//! The address policy end to end: nothing that a page says leads a crawl into a private network.

use crawlworks::prelude::*;
use crawlworks::settings::AddressPolicy;
use crawlworks::testing::PracticeSite;
use crawlworks::{ErrorKind, HttpDownloader};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Probe, get, polite, quick, run};

fn public(settings: &mut Settings) {
    settings.network.address_policy = AddressPolicy::Public;
}

/// A proxy, which may be at any address, behind which every URL redirects to this one.
async fn redirecting_to(location: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            let answer =
                format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let _ = client.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://127.0.0.1:{port}")
}

#[tokio::test]
async fn a_page_at_a_private_address_is_not_fetched_and_not_tried_again() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::only([site.at("/quotes/")]);
    let report = run(quick(probe, |s| {
        public(s);
        s.failures.retries = 3;
    }))
    .await;
    assert_eq!((report.pages, report.ledger.failed), (0, 1));
    assert_eq!(report.errors[&ErrorKind::Address], 1);
    assert_eq!(report.requests.retried, 0);
    assert!(site.served().requests().is_empty());
}

#[tokio::test]
async fn robots_txt_at_a_private_address_is_not_fetched() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::only([site.at("/quotes/")]);
    let report = run(polite(probe, |s| {
        public(s);
        s.failures.retries = 0;
    }))
    .await;
    assert_eq!(report.pages, 0);
    assert!(site.served().requests().is_empty());
}

#[tokio::test]
async fn a_redirect_into_a_denied_range_is_not_followed_there() {
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "good@169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "[fe80::1]",
        "localhost",
        "localhost.",
    ] {
        let proxy = redirecting_to(format!("http://{host}/")).await;
        let probe = Probe::only([get("http://far.example/")]);
        let report = run(quick(probe, |s| {
            public(s);
            s.network.proxy = Some(proxy);
            s.links.scope = crawlworks::settings::ScopeMode::Any;
        }))
        .await;
        assert_eq!(report.requests.redirected, 1, "{host}");
        assert_eq!(report.errors[&ErrorKind::Address], 1, "{host}");
        assert_eq!(report.statuses[&302], 1, "{host}");
    }
}

#[tokio::test]
async fn the_error_names_the_host_and_the_address() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let mut settings = Settings::default();
    public(&mut settings);
    settings.network.resolve = vec![format!("inside.example:{port}:127.0.0.1")];
    let downloader = HttpDownloader::new(&settings).unwrap();
    let url = format!("http://inside.example:{port}/");
    let error = downloader.fetch(get(url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Address);
    let said = error.chain();
    assert!(
        said.contains("inside.example") && said.contains("127.0.0.1"),
        "{said}"
    );
}

#[tokio::test]
async fn a_denied_port_is_not_connected_to() {
    let site = PracticeSite::start().unwrap();
    let mut settings = Settings::default();
    settings.network.deny_ports = vec![site.url().port().unwrap().to_string()];
    let downloader = HttpDownloader::new(&settings).unwrap();
    for url in [site.url().as_str(), "http://127.0.0.1:22/"] {
        let error = downloader.fetch(get(url)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Address, "{url}");
    }
    assert!(site.served().requests().is_empty());
}

#[tokio::test]
async fn a_server_with_an_ipv6_address_is_reached() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        eprintln!("this machine has no IPv6: nothing to test");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        client.write_all(answer).await.unwrap();
        String::from_utf8(head).unwrap()
    });
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    let response = downloader.fetch(get(format!("http://[::1]:{port}/"))).await;
    assert_eq!(response.unwrap().text(), "ok");
    let head = server.await.unwrap();
    assert!(head.contains(&format!("host: [::1]:{port}\r\n")), "{head}");
}
