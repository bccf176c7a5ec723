//! A crawl as an async stream of typed items.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind, Result};
use crate::report::Report;

/// The items of a running crawl. Read them with [`next`](Self::next) or as a [`Stream`]; then
/// [`finish`](Self::finish) tells how the crawl went.
#[must_use = "dropping the stream ends the crawl"]
pub struct ItemStream<I> {
    items: mpsc::Receiver<I>,
    crawl: JoinHandle<Result<Report>>,
}

impl<I> ItemStream<I> {
    pub(super) fn new(items: mpsc::Receiver<I>, crawl: JoinHandle<Result<Report>>) -> Self {
        Self { items, crawl }
    }

    /// The next item; `None` when the crawl is over, for whatever reason: [`finish`](Self::finish) tells.
    pub async fn next(&mut self) -> Option<I> {
        self.items.recv().await
    }

    /// Ends the crawl if it is still running, and reports.
    ///
    /// # Errors
    /// Like [`Crawler::run`](crate::Crawler::run).
    pub async fn finish(self) -> Result<Report> {
        drop(self.items);
        self.crawl.await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Panic, "the crawl itself failed").with_source(error))
        })
    }
}

impl<I> Stream for ItemStream<I> {
    type Item = I;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I>> {
        self.items.poll_recv(cx)
    }
}

impl<I> fmt::Debug for ItemStream<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemStream")
    }
}
