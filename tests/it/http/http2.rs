//! HTTP/2: one connection for all requests to a host, and a new one when the server is done with it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use crawlworks::prelude::*;
use crawlworks::{ErrorKind, HttpDownloader};
use futures_util::future::join_all;
use h2::server::SendResponse;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, watch};
use tokio_rustls::TlsAcceptor;

use super::server::{Counts, Server, ok};
use super::{downloader, text};
use crate::support::get;

/// What the server does with a request.
enum Reply {
    /// Answers it.
    Page,
    /// Answers it, and then goes away: no further request on this connection.
    LastPage,
    /// Refuses it, unprocessed.
    Refuse,
    /// Breaks it off.
    Break,
    /// Asks for HTTP/1.1.
    Http1,
    /// Answers it together with the others that wait there.
    Together(Arc<Barrier>),
}

/// A server on loopback that speaks HTTP/2 over TLS.
struct Site {
    port: u16,
    counts: watch::Receiver<Counts>,
    requests: Arc<Mutex<Vec<http::Request<()>>>>,
}

fn acceptor(protocols: &[&str]) -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let names = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = names.collect();
    TlsAcceptor::from(Arc::new(config))
}

impl Site {
    /// A server that is told what to do by the number of the connection and the number of the request on it.
    async fn start(script: impl Fn(usize, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (counts, watched) = watch::channel(Counts::default());
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let (log, script, acceptor) = (
            Arc::clone(&requests),
            Arc::new(script),
            acceptor(&["h2", "http/1.1"]),
        );
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                counts.send_modify(|counts| counts.accepted += 1);
                let (counts, log) = (counts.clone(), Arc::clone(&log));
                let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
                tokio::spawn(async move {
                    serve(acceptor, stream, |nth| script(number, nth), &log).await;
                    counts.send_modify(|counts| counts.closed += 1);
                });
            }
        });
        Self {
            port,
            counts: watched,
            requests,
        }
    }

    fn home(&self) -> Request {
        get(format!("https://127.0.0.1:{}/", self.port))
    }

    async fn fetch(&self, downloader: &HttpDownloader) -> Result<String, ErrorKind> {
        text(downloader.fetch(self.home()).await)
    }

    fn accepted(&self) -> usize {
        self.counts.borrow().accepted
    }

    fn requested(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    async fn until(&self, is_enough: impl FnMut(&Counts) -> bool) {
        self.counts.clone().wait_for(is_enough).await.unwrap();
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    reply: impl Fn(usize) -> Reply,
    log: &Mutex<Vec<http::Request<()>>>,
) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return serve_http1(stream).await;
    }
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    let mut nth = 0;
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        log.lock().unwrap().push(request.map(drop));
        match reply(nth) {
            Reply::Page => page(respond),
            Reply::LastPage => {
                page(respond);
                connection.graceful_shutdown();
            }
            Reply::Refuse => respond.send_reset(h2::Reason::REFUSED_STREAM),
            Reply::Break => respond.send_reset(h2::Reason::INTERNAL_ERROR),
            Reply::Http1 => respond.send_reset(h2::Reason::HTTP_1_1_REQUIRED),
            Reply::Together(barrier) => {
                tokio::spawn(async move {
                    barrier.wait().await;
                    page(respond);
                });
            }
        }
        nth += 1;
    }
}

async fn serve_http1(stream: tokio_rustls::server::TlsStream<TcpStream>) {
    let service = hyper::service::service_fn(|_| async {
        let body = http_body_util::Full::new(Bytes::from_static(b"page by HTTP/1.1"));
        Ok::<_, std::convert::Infallible>(hyper::Response::new(body))
    });
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
        .await;
}

fn page(mut respond: SendResponse<Bytes>) {
    let mut body = respond
        .send_response(http::Response::new(()), false)
        .unwrap();
    body.send_data(Bytes::from_static(b"page"), true).unwrap();
}

fn trusting(change: impl FnOnce(&mut Settings)) -> HttpDownloader {
    downloader(|settings| {
        settings.tls.insecure = true;
        change(settings);
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_the_same_time_share_one_connection() {
    let all_there = Arc::new(Barrier::new(50));
    let site = Site::start(move |_, _| Reply::Together(Arc::clone(&all_there))).await;
    let downloader = trusting(|_| {});
    for page in join_all((0..50).map(|_| site.fetch(&downloader))).await {
        assert_eq!(page.unwrap(), "page");
    }
    assert_eq!((site.accepted(), site.requested()), (1, 50));
}

#[tokio::test]
async fn requests_one_after_the_other_share_one_connection() {
    let site = Site::start(|_, _| Reply::Page).await;
    let downloader = trusting(|_| {});
    for _ in 0..10 {
        site.fetch(&downloader).await.unwrap();
    }
    assert_eq!((site.accepted(), site.requested()), (1, 10));
}

#[tokio::test]
async fn the_host_is_named_by_the_authority_alone() {
    let site = Site::start(|_, _| Reply::Page).await;
    site.fetch(&trusting(|_| {})).await.unwrap();
    let request = site.requests.lock().unwrap().remove(0);
    assert_eq!(request.uri().to_string(), site.home().url().as_str());
    assert!(!request.headers().contains_key("host"));
}

#[tokio::test]
async fn a_server_that_goes_away_is_asked_on_a_new_connection() {
    let site = Site::start(|_, _| Reply::LastPage).await;
    let downloader = trusting(|_| {});
    for visits in 1..5 {
        assert_eq!(site.fetch(&downloader).await.unwrap(), "page");
        assert_eq!(site.requested(), visits);
    }
    assert_eq!(site.accepted(), 4);
}

#[tokio::test]
async fn a_refused_request_is_sent_again_on_a_new_connection_whatever_its_method() {
    for method in [http::Method::GET, http::Method::POST] {
        let site = Site::start(|connection, nth| match (connection, nth) {
            (0, 0) | (1, _) => Reply::Page,
            _ => Reply::Refuse,
        })
        .await;
        let downloader = trusting(|_| {});
        site.fetch(&downloader).await.unwrap();
        let request = site.home().with_method(method);
        assert_eq!(text(downloader.fetch(request).await).unwrap(), "page");
        assert_eq!((site.accepted(), site.requested()), (2, 3));
    }
}

#[tokio::test]
async fn a_new_connection_that_refuses_is_not_tried_again() {
    let site = Site::start(|_, _| Reply::Refuse).await;
    let error = site.fetch(&trusting(|_| {})).await.unwrap_err();
    assert_eq!((error, site.accepted()), (ErrorKind::Connect, 1));
}

#[tokio::test]
async fn an_exchange_that_the_server_breaks_off_is_not_tried_again() {
    let site = Site::start(|_, nth| match nth {
        0 => Reply::Page,
        _ => Reply::Break,
    })
    .await;
    let downloader = trusting(|_| {});
    site.fetch(&downloader).await.unwrap();
    let error = site.fetch(&downloader).await.unwrap_err();
    assert_eq!((error, site.accepted()), (ErrorKind::Http, 1));
}

#[tokio::test]
async fn a_server_that_wants_http_1_gets_it_at_once_and_from_then_on() {
    for method in [http::Method::GET, http::Method::POST] {
        let site = Site::start(|_, _| Reply::Http1).await;
        let downloader = trusting(|_| {});
        for _ in 0..3 {
            let request = site.home().with_method(method.clone());
            let page = text(downloader.fetch(request).await);
            assert_eq!(page.unwrap(), "page by HTTP/1.1");
        }
        assert_eq!(site.requested(), 1, "over HTTP/2");
    }
}

#[tokio::test]
async fn what_is_in_flight_when_a_server_wants_http_1_is_not_lost() {
    let site = Site::start(|_, nth| if nth < 3 { Reply::Page } else { Reply::Http1 }).await;
    let downloader = trusting(|_| {});
    for page in join_all((0..8).map(|_| site.fetch(&downloader))).await {
        assert!(page.unwrap().starts_with("page"));
    }
}

#[tokio::test]
async fn an_idle_connection_makes_room_for_another() {
    let site = Site::start(|_, _| Reply::Page).await;
    let other = Server::start(|_, _| ok("other")).await;
    let downloader = trusting(|s| s.network.max_connections = Some(1));
    for visits in 1..4 {
        assert_eq!(site.fetch(&downloader).await.unwrap(), "page");
        let page = downloader.fetch(get(other.at("/"))).await;
        assert_eq!(text(page).unwrap(), "other");
        site.until(|counts| counts.closed == visits).await;
    }
    assert_eq!(site.accepted(), 3);
}

#[tokio::test]
async fn the_connection_ends_with_its_downloader() {
    let site = Site::start(|_, _| Reply::Page).await;
    site.fetch(&trusting(|_| {})).await.unwrap();
    site.until(|counts| counts.closed == 1).await;
}

#[tokio::test]
async fn a_host_that_speaks_http_1_only_gets_a_connection_for_each_visit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://127.0.0.1:{}/",
        listener.local_addr().unwrap().port()
    );
    let (acceptor, all_there) = (acceptor(&["http/1.1"]), Arc::new(Barrier::new(5)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, all_there) = (acceptor.clone(), Arc::clone(&all_there));
            let service = hyper::service::service_fn(move |_| {
                let all_there = Arc::clone(&all_there);
                async move {
                    all_there.wait().await;
                    let body = http_body_util::Full::new(Bytes::from_static(b"page"));
                    Ok::<_, std::convert::Infallible>(hyper::Response::new(body))
                }
            });
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    let downloader = trusting(|_| {});
    for page in join_all((0..5).map(|_| downloader.fetch(get(&url)))).await {
        assert_eq!(text(page).unwrap(), "page");
    }
}
