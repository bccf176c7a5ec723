//! The bytes under one connection: they hold its slot, and tell how often the server has said something.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::sync::watch;

use super::slots::Slot;
use crate::fetch::downloader::connector::Stream;

/// Reads until there is a head. hyper passes over interim answers (103 and the like) without end, and without a pause.
const MAX_HEAD_READS: u32 = 256;
/// Reads in a row, as long as there is no head, before others get their turn.
const PATIENCE: u32 = 8;

/// A stream that is open as long as its slot is taken: hyper drops it when, and only when, it closes.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    reads: Reads,
    /// Reads until others get their turn.
    patience: u32,
    // Dropped in this order: who hears that the socket is closed finds its slot free.
    _slot: Slot,
    open: watch::Sender<()>,
}

/// Number of reads since the last request was sent; the end of the stream counts as a read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    count: AtomicU32,
    awaits_head: AtomicBool,
}

impl Reads {
    /// Begins to count, for a request whose answer is to have a head within so many reads as any has.
    pub(super) fn begin(&self) {
        self.0.count.store(0, Ordering::Relaxed);
        self.0.awaits_head.store(true, Ordering::Relaxed);
    }

    /// The head is there: a body may take as many reads as it likes.
    pub(super) fn has_head(&self) {
        self.0.awaits_head.store(false, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u32 {
        self.0.count.load(Ordering::Relaxed)
    }
}

impl Socket {
    pub(super) fn new(stream: Stream, slot: Slot) -> Self {
        Self {
            stream,
            reads: Reads::default(),
            patience: PATIENCE,
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
        if self.reads.0.awaits_head.load(Ordering::Relaxed) {
            if self.reads.count() >= MAX_HEAD_READS {
                let endless = "the head of the answer does not end";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, endless)));
            }
            // A socket that always has something would keep the other connections of this thread from their turn.
            if self.patience == 0 {
                self.patience = PATIENCE;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.patience -= 1;
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.reads.0.count.fetch_add(1, Ordering::Relaxed);
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
