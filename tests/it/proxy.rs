//! Proxies: whole URLs for http, a tunnel for https, and what happens when there is none.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{ErrorKind, HttpDownloader};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::support::get;
use crate::tls::TlsSite;

/// A proxy that passes every connection on to one server and keeps the heads that it read.
struct Proxy {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, heads) = (listener.local_addr().unwrap().port(), Arc::default());
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, server, Arc::clone(&kept)));
            }
        });
        Self { port, heads }
    }

    fn head(&self) -> String {
        self.heads.lock().unwrap()[0].clone()
    }
}

async fn pass_on(mut client: TcpStream, server: u16, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let text = String::from_utf8(head.clone()).unwrap();
    let is_tunnel = text.starts_with("CONNECT ");
    heads.lock().unwrap().push(text);
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    } else {
        server.write_all(&head).await.unwrap();
    }
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

async fn fetch(
    url: &str,
    proxy: String,
    change: impl FnOnce(&mut Settings),
) -> crawlworks::Result<Response> {
    let mut settings = Settings::default();
    settings.proxy = Some(proxy);
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
    let response = fetch("https://far.example/secret", address, |s| s.insecure = true)
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
    for scheme in ["http", "socks5", "socks5h"] {
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
