//! Proxies: whole URLs for http, a tunnel for https, and what happens when there is none.

mod debian;
mod pool;
mod real;
mod stub;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{ErrorKind, HttpDownloader};

use crate::support::get;
use crate::tls::TlsSite;
use debian::Server;
use stub::Proxy;

async fn fetch(
    url: &str,
    proxy: String,
    change: impl FnOnce(&mut Settings),
) -> crawlworks::Result<Response> {
    let mut settings = Settings::default();
    settings.network.proxy = Some(proxy);
    change(&mut settings);
    HttpDownloader::new(&settings)
        .unwrap()
        .fetch(get(url))
        .await
}

#[tokio::test]
async fn a_plain_request_names_the_whole_url_to_the_proxy() {
    let site = PracticeSite::start().unwrap();
    let proxy = Proxy::to(site.url().port().unwrap()).await;
    let address = format!("http://us:pw@127.0.0.1:{}", proxy.port);
    let response = fetch("http://far.example/quotes/", address, |_| {})
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let head = proxy.head();
    assert!(
        head.starts_with("GET http://far.example/quotes/ HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains("proxy-authorization: Basic dXM6cHc=\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let site = TlsSite::start().await;
    let proxy = Proxy::to(site.port).await;
    let address = format!("http://us:pw@127.0.0.1:{}", proxy.port);
    let response = fetch("https://far.example/secret", address, |s| {
        s.tls.insecure = true;
    })
    .await
    .unwrap();
    assert_eq!(response.text(), "secure");
    let head = proxy.head();
    assert!(
        head.starts_with("CONNECT far.example:443 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.to_ascii_lowercase()
            .contains("proxy-authorization: basic dxm6chc=\r\n"),
        "{head}"
    );
    assert!(!head.contains("/secret"));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_a_proxy_error() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for scheme in ["http", "https", "socks5", "socks5h"] {
        let error = fetch(
            "http://127.0.0.9/",
            format!("{scheme}://127.0.0.1:{port}"),
            |_| {},
        )
        .await
        .unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::Proxy,
            "{scheme}: {}",
            error.chain()
        );
    }
}

#[tokio::test]
async fn a_proxy_can_be_spoken_to_within_tls() {
    let (site, secure) = (PracticeSite::start().unwrap(), TlsSite::start().await);
    for (url, server) in [
        ("http://far.example/quotes/", site.url().port().unwrap()),
        ("https://far.example/", secure.port),
    ] {
        let proxy = Proxy::within_tls(server).await;
        let address = format!("https://us:pw@127.0.0.1:{}", proxy.port);
        let response = fetch(url, address, |s| s.tls.insecure = true)
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert!(
            proxy.head().contains("Basic dXM6cHc=\r\n"),
            "{}",
            proxy.head()
        );
    }
}

#[tokio::test]
async fn a_proxy_never_sees_credentials_for_a_host_behind_a_tunnel() {
    let site = TlsSite::start().await;
    let proxy = Proxy::to(site.port).await;
    let mut settings = Settings::default();
    settings.network.proxy = Some(format!("http://127.0.0.1:{}", proxy.port));
    settings.tls.insecure = true;
    let request = get("https://us:pw@far.example/");
    let downloader = HttpDownloader::new(&settings).unwrap();
    downloader.fetch(request).await.unwrap();
    let head = proxy.head().to_ascii_lowercase();
    assert!(!head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn cve_2021_41124_no_server_sees_credentials_for_a_proxy() {
    let (site, proxy) = (PracticeSite::start().unwrap(), Server::microsocks(&[]));
    let request = get(site.at("/hazards/echo"))
        .with_header("Proxy-Authorization", "Basic c2VjcmV0")
        .unwrap();
    let mut settings = Settings::default();
    settings.network.proxy = Some(format!("socks5h://127.0.0.1:{}", proxy.port));
    let downloader = HttpDownloader::new(&settings).unwrap();
    downloader.fetch(request).await.unwrap();
    let seen = site.served();
    assert_eq!(seen.requests()[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn hosts_in_no_proxy_are_reached_directly() {
    let site = PracticeSite::start().unwrap();
    let nowhere = "http://127.0.0.1:9".to_owned();
    let url = site.at("/quotes/");
    let response = fetch(url.as_str(), nowhere, |s| {
        s.network.no_proxy = vec!["127.0.0.0/8".into()];
    });
    assert_eq!(response.await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_request_can_have_a_proxy_of_its_own() {
    let site = PracticeSite::start().unwrap();
    let proxy = Proxy::to(site.url().port().unwrap()).await;
    let own = format!("http://127.0.0.1:{}", proxy.port);
    let request = get("http://far.example/quotes/").with_proxy(&own).unwrap();
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    downloader.fetch(request).await.unwrap();
    assert!(proxy.head().starts_with("GET http://far.example/quotes/"));
    let error = get("http://a/").with_proxy("ftp://x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
}
