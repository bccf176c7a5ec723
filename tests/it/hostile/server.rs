//! A server that is many hosts: what a host does is in its name. Shared with `benches/hostile.rs`.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::behaviours;

/// Pages of a good host: the first and those that it links to.
pub(crate) const GOOD_PAGES: usize = 20;

/// One listener for all hosts.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    good: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let good = Arc::new(AtomicU64::new(0));
        Ok(Self {
            address: listener.local_addr()?,
            good: Arc::clone(&good),
            task: tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&good)));
                }
            }),
        })
    }

    /// Pages that good hosts have served, robots.txt not counted.
    pub(crate) fn good_pages(&self) -> u64 {
        self.good.load(Ordering::Relaxed)
    }

    /// The first page of this host.
    pub(crate) fn url(&self, host: &str) -> String {
        format!("http://{host}.example:{}/", self.address.port())
    }

    /// The rule that makes the name of this host lead here.
    pub(crate) fn resolve(&self, host: &str) -> String {
        let port = self.address.port();
        format!("{host}.example:{port}:{}", self.address.ip())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers one connection, request by request. How a bad host ends one is its own affair.
async fn serve(mut stream: TcpStream, good: Arc<AtomicU64>) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Ok(Some((host, path))) = next_request(&mut stream, &mut buffer).await {
        let is_robots = path == "/robots.txt";
        let result = match host.strip_suffix(".example") {
            Some(name) if name.starts_with("good") => {
                good.fetch_add(u64::from(!is_robots), Ordering::Relaxed);
                good_page(&mut stream, &path).await
            }
            Some(name) if !is_robots || name.starts_with("robots") => {
                behaviours::answer(&mut stream, name, &path).await
            }
            _ => reply(&mut stream, "404 Not Found", "text/plain", b"none").await,
        };
        if result.is_err() {
            return;
        }
    }
}

/// Reads a request's head; answers host and path.
async fn next_request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<(String, String)>> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
        if buffer.len() > 64 << 10 || stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head: Vec<u8> = buffer.drain(..end).collect();
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let host = head.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_owned();
    Ok(Some((host, path)))
}

async fn good_page(stream: &mut TcpStream, path: &str) -> io::Result<()> {
    if path == "/robots.txt" {
        return reply(stream, "404 Not Found", "text/plain", b"none").await;
    }
    let mut html = String::from("<!doctype html><title>good</title>");
    for page in 1..GOOD_PAGES {
        let _ = write!(
            html,
            "<p>Some words of page {page}. <a href=/{page}>more</a>"
        );
    }
    reply(stream, "200 OK", "text/html", html.as_bytes()).await
}

/// An ordinary answer.
pub(crate) async fn reply(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    body: &[u8],
) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await
}

/// Sends this again and again, until nobody reads it any more.
pub(crate) async fn for_ever(
    stream: &mut TcpStream,
    piece: &[u8],
    pause: Duration,
) -> io::Result<()> {
    loop {
        stream.write_all(piece).await?;
        if pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(pause).await;
        }
    }
}

/// Says nothing until the other side has gone.
pub(crate) async fn silence(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 256];
    while stream.read(&mut buffer).await? > 0 {}
    Err(io::ErrorKind::ConnectionAborted.into())
}
