//! A tunnel through an HTTP proxy: `CONNECT` (RFC 9110, section 9.3.6).

use ::http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fetch::downloader::connector::Io;
use crate::page::error::Result;
use crate::page::request::Proxy;

/// Largest head of an answer to `CONNECT`.
const MAX_HEAD: usize = 16 * 1024;

/// # Errors
/// [`ErrorKind::Proxy`](crate::ErrorKind::Proxy), or [`ErrorKind::Connect`](crate::ErrorKind::Connect) when the proxy
/// says that the host cannot be reached.
pub(super) async fn lead(proxy: &Proxy, mut io: Io, host: &str, port: u16) -> Result<Io> {
    let lost = |e| proxy.error("closed the connection").with_source(e);
    let mut ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(authorization) = proxy.authorization() {
        ask.extend_from_slice(b"Proxy-Authorization: ");
        ask.extend_from_slice(authorization.as_bytes());
        ask.extend_from_slice(b"\r\n");
    }
    ask.extend_from_slice(b"\r\n");
    io.write_all(&ask).await.map_err(lost)?;
    io.flush().await.map_err(lost)?;

    let mut head = Vec::new();
    // The server speaks only after our handshake, so what follows the head is for nobody.
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > MAX_HEAD {
            return Err(proxy.error("answers CONNECT without an end"));
        }
        if io.read_buf(&mut head).await.map_err(lost)? == 0 {
            return Err(lost(std::io::ErrorKind::UnexpectedEof.into()));
        }
    }
    match status(&head) {
        Some(status) if status.is_success() => Ok(io),
        // The server is not asked yet, so 401, which tinyproxy says of a wrong password, is the proxy's as well.
        Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED | StatusCode::UNAUTHORIZED) => {
            Err(proxy.unauthorized())
        }
        Some(status) if status.is_server_error() => {
            Err(proxy.unreachable(host, &status.to_string()))
        }
        Some(status) => {
            Err(proxy.error(format_args!("answers CONNECT to {host}:{port} by {status}")))
        }
        None => Err(proxy.error("is no HTTP proxy: its answer to CONNECT is not HTTP")),
    }
}

/// The status in `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<StatusCode> {
    let line = head.strip_prefix(b"HTTP/1.")?;
    StatusCode::from_bytes(line.get(2..5)?).ok()
}
