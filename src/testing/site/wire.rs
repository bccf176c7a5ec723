//! The connection under hyper, which can be made to fail in ways that hyper never would.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Fault on a connection, instead of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Bytes that are not HTTP, then the end.
    NotHttp,
    /// The end of the connection, without a byte before it.
    EmptyReply,
    /// A TCP reset.
    Reset,
}

/// Switch by which the service tells its connection about a fault.
pub(super) type FaultSwitch = Arc<OnceLock<Fault>>;

/// A TCP connection that obeys its fault switch at the next write.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    switch: FaultSwitch,
}

const GARBAGE: &[u8] = b"220 practice ESMTP: this is no web server\r\n\x00\xff\r\n";

impl Wire {
    pub(super) fn new(stream: TcpStream, switch: FaultSwitch) -> Self {
        Self { stream, switch }
    }

    /// Carries out a fault. The error makes hyper give the connection up, and dropping the connection closes it.
    fn poll_fault(&mut self, fault: Fault, cx: &mut Context<'_>) -> Poll<io::Error> {
        match fault {
            Fault::NotHttp => {
                let _ = ready!(Pin::new(&mut self.stream).poll_write(cx, GARBAGE));
            }
            Fault::EmptyReply => {}
            Fault::Reset => {
                let _ = self.stream.set_zero_linger();
            }
        }
        Poll::Ready(io::Error::other("broken on purpose"))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(fault) = self.switch.get().copied() {
            return self.poll_fault(fault, cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(fault) = self.switch.get().copied() {
            return self.poll_fault(fault, cx).map(Err);
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
