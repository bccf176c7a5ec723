//! The server that keeps the truth: it serves a graph and takes down which run of the crawler asked for which page.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use super::graph::{Graph, Kind, Page};
use super::log::Log;

/// The header by which a run of the crawler gives its number. What a killed run has sent may be read when the next one
/// is at work already, so the time of a request does not tell whose it is.
pub(super) const RUN: &str = "x-run";

/// A running server; dropping it stops it.
pub(super) struct Truth {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

struct Shared {
    graph: Graph,
    log: Mutex<Log>,
}

impl Truth {
    pub(super) fn serve(graph: Graph) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("truth")
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let log = Mutex::new(Log::new(&graph));
        let shared = Arc::new(Shared { graph, log });
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            _runtime: runtime,
        }
    }

    /// The URL of a page.
    pub(super) fn url(&self, page: Page) -> String {
        format!("http://{}/p/{page}", self.address)
    }

    pub(super) fn graph(&self) -> &Graph {
        &self.shared.graph
    }

    /// Looks at what was asked for so far.
    pub(super) fn log<T>(&self, look: impl FnOnce(&Log) -> T) -> T {
        look(&self.shared.log.lock().unwrap())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&shared)));
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, &shared));
    // A client that was killed breaks its connections.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let run = request
        .headers()
        .get(RUN)
        .and_then(|run| run.to_str().ok()?.parse().ok())
        .unwrap_or_default();
    let path = request.uri().path();
    let page = path
        .strip_prefix("/p/")
        .and_then(|page| page.parse().ok())
        .filter(|page| shared.graph.has(*page));
    let (response, wait) = match page {
        Some(page) => shared.page(page, run),
        None => (shared.stray(path, run), Duration::ZERO),
    };
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    shared.log.lock().unwrap().answered += 1;
    Ok(response)
}

impl Shared {
    fn page(&self, page: Page, run: usize) -> (Response<Full<Bytes>>, Duration) {
        let kind = self.graph.kind(page);
        let is_busy = self.log.lock().unwrap().ask(page, run, kind);
        if is_busy {
            let busy = response(StatusCode::SERVICE_UNAVAILABLE, String::new());
            return (busy, Duration::ZERO);
        }
        match kind {
            Kind::Missing => (
                response(StatusCode::NOT_FOUND, "gone".into()),
                Duration::ZERO,
            ),
            Kind::Moved(target) => {
                let mut moved = response(StatusCode::FOUND, String::new());
                let target = format!("/p/{target}").parse().unwrap();
                moved.headers_mut().insert(LOCATION, target);
                (moved, Duration::ZERO)
            }
            Kind::Slow(wait) => (response(StatusCode::OK, self.html(page)), wait),
            Kind::Plain | Kind::Busy(_) => {
                (response(StatusCode::OK, self.html(page)), Duration::ZERO)
            }
        }
    }

    /// robots.txt, or a page that nobody linked to.
    fn stray(&self, path: &str, run: usize) -> Response<Full<Bytes>> {
        self.log.lock().unwrap().ask_stray(path, run);
        response(StatusCode::NOT_FOUND, String::new())
    }

    fn html(&self, page: Page) -> String {
        let title = self.graph.title(page);
        let links = self.graph.links(page).into_iter();
        let links = links.map(|to| format!("<li><a href=\"/p/{to}\">{to}</a></li>\n"));
        format!(
            "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>Page {page}</h1>\n<ul>\n{}</ul>\n",
            links.collect::<String>()
        )
    }
}

fn response(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        .body(Full::from(body))
        .unwrap()
}
