//! The server's thread, with a runtime of its own, so that it serves sync and async tests alike.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::body::Body;
use super::call::Call;
use super::content::Content;
use super::reply::Reply;
use super::routes;
use super::served::Recorder;
use super::wire::{FaultSwitch, Wire};

/// Maximum number of connections that may wait to be accepted, as far as the system allows.
const BACKLOG: u32 = 16_384;
/// Maximum size of the body of a request, in bytes.
const MAX_UPLOAD: usize = 1024 * 1024;
/// Time to wait when the system has no file descriptor left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// Content and recorder, which every connection needs.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) content: Arc<Content>,
    pub(super) recorder: Arc<Recorder>,
}

/// Runs the server's thread. Leaving it drops the runtime and with it every connection.
pub(super) fn run(
    port: u16,
    threads: usize,
    shared: Shared,
    ready: &mpsc::Sender<io::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let started = runtime(threads).and_then(|runtime| {
        let listener = runtime.block_on(async { listen(port) })?;
        Ok((listener.local_addr()?, listener, runtime))
    });
    match started {
        Ok((address, listener, runtime)) => {
            let _ = ready.send(Ok(address));
            runtime.block_on(async {
                let accepting = tokio::spawn(accept(listener, shared));
                // An error is the sender's drop, which is the sign to stop.
                let _ = stopped.await;
                accepting.abort();
            });
        }
        Err(error) => {
            let _ = ready.send(Err(error));
        }
    }
}

fn runtime(threads: usize) -> io::Result<Runtime> {
    let mut builder = match threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder
        .worker_threads(threads)
        .thread_name("practice-site")
        .enable_all()
        .build()
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // On Windows this option would let two servers share a port.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, shared: Shared) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                shared.recorder.connection();
                tokio::spawn(connection(stream, shared.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Shared) {
    let _ = stream.set_nodelay(true);
    let switch = FaultSwitch::default();
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(&switch)));
    let service = service_fn(|request| answer(request, &shared, &switch));
    // Connections that break are what this site is for.
    let _ = http1::Builder::new().serve_connection(wire, service).await;
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
    switch: &FaultSwitch,
) -> Result<Response<Body>, Infallible> {
    let in_flight = shared.recorder.enter();
    let (head, incoming) = request.into_parts();
    let visit = shared.recorder.request(&head);
    let mut reply = match Limited::new(incoming, MAX_UPLOAD).collect().await {
        Ok(body) => routes::answer(&Call {
            content: &shared.content,
            head: &head,
            body: &body.to_bytes(),
            visit,
        }),
        Err(_) => Reply::status(StatusCode::PAYLOAD_TOO_LARGE),
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if let Some(fault) = reply.fault {
        let _ = switch.set(fault);
    }
    reply.body.hold(in_flight);
    Ok(response(reply))
}

fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
