//! The bytes under one connection: they hold its slot, and tell how often the server has said something.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::sync::watch;

use super::slots::Slot;
use crate::downloader::connector::Stream;

/// A stream that is open as long as its slot is taken: hyper drops it when, and only when, it closes.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    reads: Reads,
    // Dropped in this order: who hears that the socket is closed finds its slot free.
    _slot: Slot,
    open: watch::Sender<()>,
}

/// How often something was read since the last request went out; the end of the stream counts as a read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads(Arc<AtomicU32>);

impl Reads {
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Socket {
    pub(super) fn new(stream: Stream, slot: Slot) -> Self {
        Self {
            stream,
            reads: Reads::default(),
            _slot: slot,
            open: watch::Sender::new(()),
        }
    }

    pub(super) fn reads(&self) -> Reads {
        self.reads.clone()
    }

    /// Ends when the socket is closed.
    pub(super) fn open(&self) -> watch::Receiver<()> {
        self.open.subscribe()
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.reads.0.fetch_add(1, Ordering::Relaxed);
        }
        read
    }
}

impl Write for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
