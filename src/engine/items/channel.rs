//! The item channel: ordered, with a bounded number of places.
//!
//! A visit waits for a place, holding its items; the dispatcher lets the items go in, without waiting, when the visit
//! is reported to it. So the order in the channel is the order in which the dispatcher handles visits, and the items in
//! front of a commit belong to that commit.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use url::Url;

use crate::page::identity::Fingerprint;
use crate::store::checkpoint::Checkpoint;

/// Maximum number of pages whose items wait for the pipelines; beyond it, visits wait.
const PLACES: usize = 64;

/// A message of the item channel.
#[derive(Debug)]
pub(crate) enum Arrival<I> {
    /// The fingerprint of a request, the items of its page, the errors of items that were lost, the reason why all items are dropped (if they are),
    /// and the page's place in the channel.
    Page {
        request: Fingerprint,
        url: Url,
        items: Vec<I>,
        lost: Vec<String>,
        dropped: Option<&'static str>,
        place: OwnedSemaphorePermit,
    },
    /// A commit, to which all items before it belong.
    Commit(Box<Checkpoint>),
    /// End of the items.
    End,
}

/// The item channel without the type of its items: what the dispatcher sends down it.
pub(crate) trait ItemChannel: Send + Sync {
    /// Sends a commit after all items sent so far.
    fn commit(&self, checkpoint: Box<Checkpoint>);

    /// Ends the channel after all items sent so far.
    fn end(&self);
}

/// The sending end of the channel.
#[derive(Debug)]
pub(crate) struct ItemSender<I> {
    arrivals: mpsc::UnboundedSender<Arrival<I>>,
    places: Arc<Semaphore>,
}

/// A free place among the pages that wait.
#[derive(Debug)]
pub(crate) struct Place<I> {
    arrivals: mpsc::UnboundedSender<Arrival<I>>,
    place: OwnedSemaphorePermit,
}

/// Receiving end of the item channel.
#[derive(Debug)]
pub(crate) struct ItemReceiver<I> {
    pub(super) arrivals: mpsc::UnboundedReceiver<Arrival<I>>,
    places: Arc<Semaphore>,
}

impl<I> ItemSender<I> {
    pub(crate) fn new() -> (Self, ItemReceiver<I>) {
        let (arrivals, receiver) = mpsc::unbounded_channel();
        let places = Arc::new(Semaphore::new(PLACES));
        let exit = ItemReceiver {
            arrivals: receiver,
            places: Arc::clone(&places),
        };
        (Self { arrivals, places }, exit)
    }

    /// Waits for a free place; returns `None` when the receiver is gone.
    pub(crate) async fn place(&self) -> Option<Place<I>> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        let arrivals = self.arrivals.clone();
        Some(Place { arrivals, place })
    }
}

impl<I: Send> ItemChannel for ItemSender<I> {
    fn commit(&self, checkpoint: Box<Checkpoint>) {
        // Fails only when the receiver is gone; then the crawl is ending and reports why.
        let _ = self.arrivals.send(Arrival::Commit(checkpoint));
    }

    fn end(&self) {
        let _ = self.arrivals.send(Arrival::End);
    }
}

impl<I> Clone for ItemSender<I> {
    fn clone(&self) -> Self {
        Self {
            arrivals: self.arrivals.clone(),
            places: Arc::clone(&self.places),
        }
    }
}

impl<I> Place<I> {
    /// Sends the items of a page, to be kept or to be `dropped` for a reason.
    pub(crate) fn deliver(
        self,
        request: Fingerprint,
        url: Url,
        items: Vec<I>,
        lost: Vec<String>,
        dropped: Option<&'static str>,
    ) {
        let Self { arrivals, place } = self;
        let _ = arrivals.send(Arrival::Page {
            request,
            url,
            items,
            lost,
            dropped,
            place,
        });
    }
}

/// Closes the places on drop, so that nothing waits for a place in a channel whose receiver is gone.
impl<I> Drop for ItemReceiver<I> {
    fn drop(&mut self) {
        self.places.close();
    }
}
