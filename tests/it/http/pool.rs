//! HTTP/1 connections: used again, in turn, and never more than so many.

use crawlworks::prelude::*;
use crawlworks::settings::ByteSize;
use crawlworks::{ErrorKind, HttpDownloader};
use futures_util::future::join_all;
use tokio::sync::watch;

use super::server::{Reply, Server, last, ok};
use super::{downloader, text};
use crate::support::{get, millis, secs};

async fn fetch(downloader: &HttpDownloader, url: String) -> Result<String, ErrorKind> {
    text(downloader.fetch(get(url)).await)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::start(|_, _| ok("page")).await;
    let downloader = downloader(|_| {});
    for _ in 0..10 {
        assert_eq!(fetch(&downloader, server.at("/")).await.unwrap(), "page");
    }
    assert_eq!((server.accepted(), server.requests().len()), (1, 10));
}

#[tokio::test]
async fn clones_share_their_connections() {
    let server = Server::start(|_, _| ok("page")).await;
    let first = downloader(|_| {});
    fetch(&first, server.at("/")).await.unwrap();
    fetch(&first.clone(), server.at("/")).await.unwrap();
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_is_used_again_after_requests_of_any_method() {
    let server = Server::start(|_, _| ok("")).await;
    let downloader = downloader(|_| {});
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    for method in methods {
        let method: http::Method = method.parse().unwrap();
        let request = get(server.at("/")).with_method(method).with_body("body");
        assert_eq!(text(downloader.fetch(request).await).unwrap(), "");
    }
    assert_eq!(server.accepted(), 1);
    for (request, method) in server.requests().iter().zip(methods) {
        assert!(request.starts_with(&format!("{method} / HTTP/1.1\r\n")));
        assert!(request.ends_with("\r\n\r\nbody"), "{request}");
    }
}

#[tokio::test]
async fn no_more_idle_connections_are_kept_for_a_host_than_it_has_visits() {
    let (open, gate) = watch::channel(false);
    let page = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(move |_, _| Reply::When(gate.clone(), page.to_vec())).await;
    let downloader = downloader(|s| s.politeness.concurrency_per_host = 3);
    let fetches = join_all((0..5).map(|_| fetch(&downloader, server.at("/"))));
    let opening = async {
        server.until(|counts| counts.accepted == 5).await;
        open.send(true).unwrap();
    };
    let (pages, ()) = tokio::join!(fetches, opening);
    assert!(pages.iter().all(Result::is_ok));
    server.until(|counts| counts.closed == 2).await;
}

/// A server whose first connection ends when its second request comes, and what happens then.
async fn stale(then: fn() -> Reply, request: Request) -> (Result<String, ErrorKind>, Server) {
    let server = Server::start(move |connection, nth| match (connection, nth) {
        (0, 0) => ok("first"),
        (0, _) => then(),
        _ => ok("second"),
    })
    .await;
    let downloader = downloader(|s| s.failures.retries = 0);
    fetch(&downloader, server.at("/first")).await.unwrap();
    let mut url = request.url().clone();
    url.set_port(Some(server.port)).unwrap();
    let mut again = get(url.as_str()).with_method(request.method().clone());
    if !request.body().is_empty() {
        again = again.with_body("body");
    }
    (text(downloader.fetch(again).await), server)
}

fn home() -> Request {
    get("http://127.0.0.1/")
}

#[tokio::test]
async fn a_request_on_a_stale_connection_is_sent_again_on_a_new_one() {
    let (page, server) = stale(|| last(""), home()).await;
    assert_eq!(page.unwrap(), "second");
    assert_eq!((server.accepted(), server.requests().len()), (2, 3));
}

#[tokio::test]
async fn a_request_that_may_have_been_processed_is_not_sent_again() {
    let post = home().with_method(http::Method::POST).with_body("body");
    let (page, server) = stale(|| last(""), post).await;
    assert_eq!(page.unwrap_err(), ErrorKind::Connect);
    assert_eq!((server.accepted(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_asked_for_again() {
    let (page, server) = stale(|| last("HTTP/1.1 200 OK\r\nX-Cut: of"), home()).await;
    assert_eq!(page.unwrap_err(), ErrorKind::Connect);
    assert_eq!((server.accepted(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn a_request_is_sent_again_once_and_only_once() {
    let server = Server::start(|connection, nth| match (connection, nth) {
        (0, 0) => ok("first"),
        _ => last(""),
    })
    .await;
    let downloader = downloader(|_| {});
    fetch(&downloader, server.at("/")).await.unwrap();
    let error = fetch(&downloader, server.at("/")).await.unwrap_err();
    assert_eq!(error, ErrorKind::Connect);
    assert_eq!((server.accepted(), server.requests().len()), (2, 3));
}

#[tokio::test]
async fn a_new_connection_that_fails_is_not_tried_again() {
    let server = Server::start(|_, _| last("")).await;
    let error = fetch(&downloader(|_| {}), server.at("/")).await;
    assert_eq!(error.unwrap_err(), ErrorKind::Connect);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_is_not_used_again() {
    let server = Server::start(|_, _| {
        last("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\npage")
    })
    .await;
    let downloader = downloader(|_| {});
    for visits in 1..4 {
        assert_eq!(fetch(&downloader, server.at("/")).await.unwrap(), "page");
        assert_eq!(
            (server.accepted(), server.requests().len()),
            (visits, visits)
        );
    }
}

#[tokio::test]
async fn a_body_that_is_not_read_to_its_end_closes_its_connection() {
    let server = Server::start(|connection, _| match connection {
        0 => Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 65_536]),
        _ => ok("page"),
    })
    .await;
    let downloader = downloader(|s| s.answers.max_body = ByteSize(100_000));
    let error = fetch(&downloader, server.at("/")).await.unwrap_err();
    assert_eq!(error, ErrorKind::TooLarge);
    server.until(|counts| counts.closed == 1).await;
    assert_eq!(fetch(&downloader, server.at("/")).await.unwrap(), "page");
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_visit_that_is_given_up_closes_its_connection() {
    let (_shut, gate) = watch::channel(false);
    let server = Server::start(move |_, _| Reply::When(gate.clone(), Vec::new())).await;
    let downloader = downloader(|_| {});
    let impatient = get(server.at("/")).with_timeout(millis(20));
    let error = text(downloader.fetch(impatient).await).unwrap_err();
    assert_eq!(error, ErrorKind::Timeout);
    let server = Server::start(|_, _| ok("page")).await;
    drop(tokio::time::timeout(millis(0), fetch(&downloader, server.at("/"))).await);
    assert_eq!(fetch(&downloader, server.at("/")).await.unwrap(), "page");
}

#[tokio::test]
async fn the_longest_unused_connection_makes_room_for_a_new_one() {
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(Server::start(|_, _| ok("page")).await);
    }
    let downloader = downloader(|s| s.network.max_connections = Some(2));
    for server in &servers {
        fetch(&downloader, server.at("/")).await.unwrap();
    }
    servers[0].until(|counts| counts.closed == 1).await;
    fetch(&downloader, servers[1].at("/")).await.unwrap();
    fetch(&downloader, servers[2].at("/")).await.unwrap();
    let accepted: Vec<_> = servers.iter().map(Server::accepted).collect();
    assert_eq!(accepted, [1, 1, 1]);
    fetch(&downloader, servers[0].at("/")).await.unwrap();
    servers[1].until(|counts| counts.closed == 1).await;
}

#[tokio::test]
async fn a_visit_waits_when_every_connection_is_in_use() {
    let (open, gate) = watch::channel(false);
    let page = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage";
    let busy = Server::start(move |_, _| Reply::When(gate.clone(), page.to_vec())).await;
    let other = Server::start(|_, _| ok("other")).await;
    let bystander = Server::start(|_, _| ok("")).await;
    let one = downloader(|s| s.network.max_connections = Some(1));
    let first = fetch(&one, busy.at("/"));
    let second = async {
        busy.until(|counts| counts.accepted == 1).await;
        fetch(&one, other.at("/")).await
    };
    let opening = async {
        busy.until(|counts| counts.accepted == 1).await;
        // Time enough for the second visit to connect, if it did not wait.
        for _ in 0..10 {
            let bystanding = downloader(|_| {});
            fetch(&bystanding, bystander.at("/")).await.unwrap();
        }
        assert_eq!(other.accepted(), 0);
        open.send(true).unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, opening);
    assert_eq!(
        (first.unwrap(), second.unwrap()),
        ("page".into(), "other".into())
    );
    busy.until(|counts| counts.closed == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_visits_to_many_hosts_get_through_few_connections() {
    let mut servers = Vec::new();
    for _ in 0..8 {
        servers.push(Server::start(|_, _| ok("page")).await);
    }
    for max in [1, 2, 5] {
        let downloader = downloader(|s| s.network.max_connections = Some(max));
        let visits = (0..200).map(|nth| fetch(&downloader, servers[nth * 7 % 8].at("/")));
        let pages = join_all(visits).await;
        assert!(pages.iter().all(Result::is_ok), "{max}: {pages:?}");
    }
}

#[tokio::test]
async fn a_visit_that_waits_takes_a_connection_of_its_host_that_becomes_free() {
    let server = Server::start(|_, _| ok("page")).await;
    let downloader = downloader(|s| s.network.max_connections = Some(1));
    let pages = join_all((0..20).map(|_| fetch(&downloader, server.at("/")))).await;
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    assert_eq!((server.accepted(), server.requests().len()), (1, 20));
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_a_while() {
    let server = Server::start(|_, _| ok("page")).await;
    let downloader = downloader(|_| {});
    fetch(&downloader, server.at("/")).await.unwrap();
    tokio::time::pause();
    let paused = tokio::time::Instant::now();
    tokio::time::advance(secs(14)).await;
    fetch(&downloader, server.at("/")).await.unwrap();
    assert_eq!(server.accepted(), 1);
    tokio::time::advance(secs(16)).await;
    server.until(|counts| counts.closed == 1).await;
    assert!(paused.elapsed() < secs(31), "{:?}", paused.elapsed());
}

#[tokio::test]
async fn the_connections_end_with_their_downloader() {
    let server = Server::start(|_, _| ok("page")).await;
    let downloader = downloader(|_| {});
    fetch(&downloader, server.at("/")).await.unwrap();
    drop(downloader);
    server.until(|counts| counts.closed == 1).await;
}

#[tokio::test]
async fn many_endless_bodies_at_once_are_all_cut_off() {
    let server = Server::start(|_, _| {
        Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 65_536])
    })
    .await;
    let downloader = downloader(|s| s.answers.max_body = ByteSize::mib(1));
    let visits = (0..64).map(|_| fetch(&downloader, server.at("/")));
    for page in join_all(visits).await {
        assert_eq!(page.unwrap_err(), ErrorKind::TooLarge);
    }
    server.until(|counts| counts.closed == 64).await;
}
