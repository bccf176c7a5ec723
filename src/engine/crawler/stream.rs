//! The stream of a crawl's items, typed and asynchronous.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::engine::{Handed, Receipt};
use crate::model::report::Report;
use crate::page::error::{Error, ErrorKind, Result};

/// Items of a running crawl. Read them with [`next`](Self::next) or as a [`Stream`]; then [`finish`](Self::finish)
/// returns the report of the crawl.
///
/// An item is delivered when the next one is asked for: see [`Crawler::stream`](crate::Crawler::stream) for the
/// consequences in a durable job.
#[must_use = "dropping the stream ends the crawl"]
pub struct ItemStream<I> {
    items: mpsc::Receiver<Handed<I>>,
    /// Receipt of the item that the reader holds.
    receipt: Option<Receipt>,
    halt: Arc<Notify>,
    crawl: JoinHandle<Result<Report>>,
}

impl<I> ItemStream<I> {
    pub(super) fn new(
        items: mpsc::Receiver<Handed<I>>,
        halt: Arc<Notify>,
        crawl: JoinHandle<Result<Report>>,
    ) -> Self {
        Self {
            items,
            receipt: None,
            halt,
            crawl,
        }
    }

    /// Returns the next item; `None` when the crawl is over, for whatever reason: [`finish`](Self::finish) returns that
    /// reason.
    pub async fn next(&mut self) -> Option<I> {
        std::future::poll_fn(|cx| self.poll_item(cx)).await
    }

    /// Stops the crawl: nothing more is fetched. Items on their way still come, until [`next`](Self::next) returns
    /// `None`.
    pub fn stop(&self) {
        self.halt.notify_one();
    }

    /// Ends the crawl if it is still running, and returns its report. This delivers the item that came last. Items that
    /// have not come yet are not delivered: a durable job hands them over in its next run. To get them first,
    /// [`stop`](Self::stop) the crawl and read until there are no more.
    ///
    /// # Errors
    /// Returns the errors of [`Crawler::run`](crate::Crawler::run).
    pub async fn finish(mut self) -> Result<Report> {
        self.deliver();
        drop(self.items);
        self.crawl.await.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Panic, "the crawl itself failed").with_source(error))
        })
    }

    /// Delivers the item that the reader holds.
    fn deliver(&mut self) {
        if let Some(receipt) = self.receipt.take() {
            receipt.sign();
        }
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<I>> {
        self.deliver();
        self.items.poll_recv(cx).map(|handed| {
            let Handed { item, receipt } = handed?;
            self.receipt = Some(receipt);
            Some(item)
        })
    }
}

impl<I> Stream for ItemStream<I> {
    type Item = I;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I>> {
        self.poll_item(cx)
    }
}

impl<I> fmt::Debug for ItemStream<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemStream")
    }
}
