//! A connection that was made, whatever lies under it.

use std::fmt::Debug;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes both ways: TCP, TLS, or TLS within TLS.
pub(in crate::fetch::downloader) type Io = Box<dyn ReadWrite>;

/// Byte stream over which hyper speaks HTTP.
pub(in crate::fetch::downloader) type Stream = TokioIo<Io>;

/// A trait object can have one trait only.
pub(in crate::fetch::downloader) trait ReadWrite:
    AsyncRead + AsyncWrite + Send + Unpin + Debug
{
}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + Debug> ReadWrite for T {}

/// A connection to speak HTTP over.
#[derive(Debug)]
pub(in crate::fetch::downloader) struct Connection {
    pub(in crate::fetch::downloader) io: Stream,
    /// `true` if the server chose HTTP/2 (by ALPN).
    pub(in crate::fetch::downloader) is_http2: bool,
}
