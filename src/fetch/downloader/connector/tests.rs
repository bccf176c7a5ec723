//! Connections to sockets of this machine, with a stand-in for the DNS.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;

use super::*;
use crate::fetch::downloader::dns::LookUp;
use crate::model::settings::AddressPolicy;

/// A connector whose DNS gives `answers` in turns, the last one again and again.
fn connector(answers: &[&[&str]], change: impl FnOnce(&mut Settings)) -> Connector {
    let mut settings = Settings::default();
    change(&mut settings);
    let parse = |all: &&[&str]| all.iter().map(|a| a.parse().unwrap()).collect();
    let answers: Vec<Vec<IpAddr>> = answers.iter().map(parse).collect();
    let count = AtomicUsize::new(0);
    let look_up: LookUp = Arc::new(move |_, _| {
        let number = count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let answer = answers[number].clone();
        Box::pin(std::future::ready(Ok(answer)))
    });
    let resolver = Resolver::new(look_up, settings.network.dns_ttl);
    Connector::with_resolver(&settings, resolver).unwrap()
}

async fn connect(connector: &Connector, url: &str) -> Result<Connection> {
    let endpoint = connector.endpoint(&Request::get(url)?)?;
    connector.connect(&endpoint, Versions::Http1).await
}

/// A listener that only tells whether somebody came.
async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_name_that_is_rebound_to_loopback_is_never_connected_to() {
    let (listener, port) = listener().await;
    let connector = connector(&[&["203.0.114.1"], &["127.0.0.1"]], |s| {
        s.network.address_policy = AddressPolicy::Public;
        s.network.dns_ttl = Duration::ZERO;
    });
    let request = Request::get(format!("http://rebound.example:{port}/")).unwrap();
    let endpoint = connector.endpoint(&request).unwrap();
    // What is allowed is what is connected to; to go there would take the internet.
    let allowed = connector.shared.allowed(&endpoint).await.unwrap();
    assert_eq!(allowed, ["203.0.114.1".parse::<IpAddr>().unwrap()]);
    for _ in 0..1000 {
        let error = connector
            .connect(&endpoint, Versions::Http1)
            .await
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Address, "{}", error.chain());
    }
    let came = std::future::poll_fn(|cx| std::task::Poll::Ready(listener.poll_accept(cx)));
    assert!(came.await.is_pending());
}

#[tokio::test]
async fn names_and_literals_that_are_not_public_are_refused_with_a_reason() {
    let connector = connector(&[&["10.0.0.1", "::1"]], |s| {
        s.network.address_policy = AddressPolicy::Public;
        s.network.resolve = vec!["fixed.example:80:127.0.0.1".into()];
    });
    for (url, host, address) in [
        ("http://in.example/", "in.example", "10.0.0.1"),
        ("http://in.example./", "in.example.", "10.0.0.1"),
        ("http://127.1/", "127.0.0.1", "127.0.0.1"),
        (
            "https://[::ffff:7f00:1]/",
            "[::ffff:7f00:1]",
            "::ffff:127.0.0.1",
        ),
        ("http://fixed.example/", "fixed.example", "127.0.0.1"),
    ] {
        let error = connect(&connector, url).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Address, "{url}");
        let said = error.to_string();
        assert!(said.contains(host) && said.contains(address), "{said}");
    }
}

#[tokio::test]
async fn a_port_of_another_protocol_is_refused() {
    let connector = connector(&[&["127.0.0.1"]], |_| {});
    let error = connect(&connector, "http://a.example:25/")
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Address);
}

#[tokio::test]
async fn an_address_that_refuses_is_made_up_for_by_the_next_one() {
    let (_listener, port) = listener().await;
    let connector = connector(&[&["::1", "127.0.0.1"]], |_| {});
    let url = format!("http://two.example:{port}/");
    connect(&connector, &url).await.unwrap();
}

#[tokio::test]
async fn a_proxy_that_takes_addresses_gets_no_host_that_is_not_public() {
    let (listener, port) = listener().await;
    for scheme in ["socks5", "socks5h", "http"] {
        let connector = connector(&[&["10.0.0.1"]], |s| {
            s.network.address_policy = AddressPolicy::Public;
            s.network.proxy = Some(format!("{scheme}://127.0.0.1:{port}"));
        });
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let error = connect(&connector, &format!("http://{host}/")).await;
            assert_eq!(
                error.err().unwrap().kind(),
                ErrorKind::Address,
                "{scheme} {host}"
            );
        }
        if scheme == "socks5" {
            let error = connect(&connector, "http://in.example/")
                .await
                .err()
                .unwrap();
            assert_eq!(error.kind(), ErrorKind::Address);
        }
    }
    let came = std::future::poll_fn(|cx| std::task::Poll::Ready(listener.poll_accept(cx)));
    assert!(came.await.is_pending());
}

#[test]
fn endpoints_with_other_proxies_are_others() {
    let connector = connector(&[&["1.1.1.1"]], |_| {});
    let request = |proxy: &str| {
        Request::get("http://a.example/")
            .unwrap()
            .with_proxy(proxy)
            .unwrap()
    };
    let endpoint = |proxy: &str| connector.endpoint(&request(proxy)).unwrap();
    assert_eq!(endpoint("http://us:a@p:1"), endpoint("http://us:a@p:1"));
    assert_ne!(endpoint("http://us:a@p:1"), endpoint("http://us:b@p:1"));
    assert_ne!(endpoint("http://p:1"), endpoint("none"));
    let shown = format!("{:?}", endpoint("http://us:secret@p:1"));
    assert!(!shown.contains("secret"), "{shown}");
}
