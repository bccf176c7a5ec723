//! A server that answers each request, byte by byte, as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the server does with a request.
pub(crate) enum Reply {
    /// Sends this and waits for the next request.
    Send(Vec<u8>),
    /// Sends this and hangs up.
    Last(Vec<u8>),
    /// Sends the first once and the second again and again, until the client hangs up.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends this when the watched value is true.
    When(watch::Receiver<bool>, Vec<u8>),
}

/// A whole answer that keeps the connection open.
pub(crate) fn ok(body: &str) -> Reply {
    let length = body.len();
    Reply::Send(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
}

/// These bytes, and the end.
pub(crate) fn last(bytes: &str) -> Reply {
    Reply::Last(bytes.as_bytes().to_vec())
}

type Script = dyn Fn(usize, usize) -> Reply + Send + Sync;

/// A server on loopback.
pub(crate) struct Server {
    pub(crate) port: u16,
    counts: watch::Receiver<Counts>,
    requests: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Connections that came in.
    pub(crate) accepted: usize,
    /// Connections that have ended.
    pub(crate) closed: usize,
}

impl Server {
    /// A server that is told what to do by the number of the connection and the number of the request on it.
    pub(crate) async fn start(
        script: impl Fn(usize, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (counts, watched) = watch::channel(Counts::default());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&requests);
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                counts.send_modify(|counts| counts.accepted += 1);
                let (counts, log, script) = (counts.clone(), Arc::clone(&log), Arc::clone(&script));
                tokio::spawn(async move {
                    serve(stream, |nth| script(number, nth), &log).await;
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

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn accepted(&self) -> usize {
        self.counts.borrow().accepted
    }

    /// The requests, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until so much has happened.
    pub(crate) async fn until(&self, is_enough: impl FnMut(&Counts) -> bool) {
        self.counts.clone().wait_for(is_enough).await.unwrap();
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    reply: impl Fn(usize) -> Reply,
    log: &Mutex<Vec<String>>,
) {
    for nth in 0.. {
        let Some(request) = read_request(&mut stream).await else {
            return;
        };
        log.lock().unwrap().push(request);
        let bytes = match reply(nth) {
            Reply::Send(bytes) => bytes,
            Reply::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Endless(first, again) => {
                let mut bytes = first;
                while stream.write_all(&bytes).await.is_ok() {
                    bytes.clone_from(&again);
                }
                return;
            }
            Reply::When(mut gate, bytes) => {
                gate.wait_for(|open| *open).await.unwrap();
                bytes
            }
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// One request with its body; `None` when the client has hung up.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.parse().unwrap());
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}
