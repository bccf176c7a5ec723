//! Proxies that others wrote.

use crawlworks::ErrorKind;
use crawlworks::testing::PracticeSite;

use super::debian::{Server, free_port};
use super::fetch;
use crate::tls::TlsSite;

const PASSWORD: &str = "BasicAuth us s3cret";

#[tokio::test]
async fn http_goes_through_tinyproxy_with_a_password_that_the_site_does_not_see() {
    let (site, proxy) = (PracticeSite::start().unwrap(), Server::tinyproxy(PASSWORD));
    let url = site.at("/quotes/");
    let address = format!("http://us:s3cret@127.0.0.1:{}", proxy.port);
    let response = fetch(url.as_str(), address, |_| {}).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(
        proxy.log().contains(&format!("GET {url} ")),
        "{}",
        proxy.log()
    );
    let served = site.served();
    let seen = &served.requests()[0];
    assert!(seen.header("via").unwrap().contains("tinyproxy"));
    assert_eq!(seen.header("proxy-authorization"), None);
}

#[tokio::test]
async fn https_goes_through_a_tunnel_of_tinyproxy() {
    let (site, proxy) = (TlsSite::start().await, Server::tinyproxy(PASSWORD));
    let url = format!("https://127.0.0.1:{}/", site.port);
    let address = format!("http://us:s3cret@127.0.0.1:{}", proxy.port);
    let response = fetch(&url, address, |s| s.tls.insecure = true)
        .await
        .unwrap();
    assert_eq!(response.text(), "secure");
    let line = format!("CONNECT 127.0.0.1:{} ", site.port);
    assert!(proxy.log().contains(&line), "{}", proxy.log());
}

#[tokio::test]
async fn a_wrong_or_missing_password_is_told_and_not_shown() {
    let http = Server::tinyproxy(PASSWORD);
    let socks = Server::microsocks(&["-u", "us", "-P", "s3cret"]);
    let (plain, secure) = ("http://127.0.0.1:9999/", "https://127.0.0.1:9999/");
    // What tinyproxy answers to a plain request with a wrong password could as well be the server's answer: 401.
    let ways = [
        ("http", http.port, secure),
        ("socks5", socks.port, plain),
        ("socks5h", socks.port, secure),
    ];
    for (scheme, port, url) in ways {
        for (user, told) in [("us:wr0ng@", "refuses"), ("", "wants a user name")] {
            let address = format!("{scheme}://{user}127.0.0.1:{port}");
            let error = fetch(url, address, |_| {}).await.unwrap_err();
            let said = format!("{error:?} {}", error.chain());
            assert_eq!(error.kind(), ErrorKind::Proxy, "{said}");
            assert!(said.contains(told), "{said}");
            assert!(
                said.contains(&format!("{scheme}://127.0.0.1:{port}")),
                "{said}"
            );
            assert!(!said.contains("wr0ng"), "{said}");
        }
    }
    let address = format!("http://127.0.0.1:{}", http.port);
    let error = fetch(plain, address, |_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy, "{}", error.chain());
}

#[tokio::test]
async fn a_host_that_the_proxy_cannot_reach_is_not_the_fault_of_the_proxy() {
    let (http, socks) = (Server::tinyproxy(""), Server::microsocks(&[]));
    let url = format!("https://127.0.0.1:{}/", free_port());
    for (scheme, port) in [("http", http.port), ("socks5h", socks.port)] {
        let address = format!("{scheme}://127.0.0.1:{port}");
        let error = fetch(&url, address, |_| {}).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{}", error.chain());
        assert!(
            error.chain().contains("cannot reach 127.0.0.1"),
            "{}",
            error.chain()
        );
    }
}

#[tokio::test]
async fn socks_5_is_told_names_or_addresses() {
    let site = PracticeSite::start().unwrap();
    let proxy = Server::microsocks(&["-u", "us", "-P", "s3cret"]);
    let port = site.url().port().unwrap();
    let url = format!("http://localhost:{port}/quotes/");
    for (scheme, told) in [("socks5h", "localhost"), ("socks5", "127.0.0.1")] {
        let address = format!("{scheme}://us:s3cret@127.0.0.1:{}", proxy.port);
        let response = fetch(&url, address, |_| {}).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let line = format!("connected to {told}:{port}");
        assert!(proxy.log().contains(&line), "{}", proxy.log());
    }
}

#[tokio::test]
async fn a_fixed_address_is_for_names_that_are_resolved_here() {
    let (site, proxy) = (PracticeSite::start().unwrap(), Server::microsocks(&[]));
    let port = site.url().port().unwrap();
    let url = format!("http://shop.invalid:{port}/quotes/");
    let address = |scheme: &str| format!("{scheme}://127.0.0.1:{}", proxy.port);
    let rule = vec![format!("shop.invalid:{port}:127.0.0.1")];
    let here = fetch(&url, address("socks5"), |s| {
        s.network.resolve = rule.clone();
    })
    .await;
    assert_eq!(here.unwrap().status().as_u16(), 200);
    let there = fetch(&url, address("socks5h"), |s| s.network.resolve = rule).await;
    assert_eq!(there.unwrap_err().kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn https_goes_through_socks_5() {
    let (site, proxy) = (TlsSite::start().await, Server::microsocks(&[]));
    let url = format!("https://127.0.0.1:{}/", site.port);
    let address = format!("socks5h://127.0.0.1:{}", proxy.port);
    let response = fetch(&url, address, |s| s.tls.insecure = true)
        .await
        .unwrap();
    assert_eq!(response.text(), "secure");
}
