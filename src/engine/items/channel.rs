//! The item channel: ordered, with a bounded number of places.
//!
//! A visit waits for a place with its items in hand; the dispatcher lets them go in, without waiting, when it hears of
//! the visit. So the order in the line is the order in which the dispatcher knows of visits, and what is before a
//! commit belongs to it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use url::Url;

use crate::store::state::store::Cut;

/// How many pages' items may wait for the pipelines before visits wait for them.
const PLACES: usize = 64;

/// A message of the item channel.
#[derive(Debug)]
pub(crate) enum Arrival<I> {
    /// The items of one page, why others are lost, why all are dropped if they are, and their place among those that wait.
    Page {
        url: Url,
        items: Vec<I>,
        lost: Vec<String>,
        dropped: Option<&'static str>,
        place: OwnedSemaphorePermit,
    },
    /// All items before this belong to a commit.
    Commit(Box<Cut>),
    /// There are no more.
    End,
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

    /// Waits for a free place; none when the line is gone.
    pub(crate) async fn place(&self) -> Option<Place<I>> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        let arrivals = self.arrivals.clone();
        Some(Place { arrivals, place })
    }

    /// Sends a commit after what has come so far.
    pub(crate) fn commit(&self, cut: Box<Cut>) {
        // Fails only when the line is gone; then the crawl is ending and says why.
        let _ = self.arrivals.send(Arrival::Commit(cut));
    }

    /// Ends the line after what has come so far.
    pub(crate) fn end(&self) {
        let _ = self.arrivals.send(Arrival::End);
    }
}

impl<I> Place<I> {
    /// Lets the items of a page go in, to be kept or to be `dropped` for a reason.
    pub(crate) fn deliver(
        self,
        url: Url,
        items: Vec<I>,
        lost: Vec<String>,
        dropped: Option<&'static str>,
    ) {
        let Self { arrivals, place } = self;
        let _ = arrivals.send(Arrival::Page {
            url,
            items,
            lost,
            dropped,
            place,
        });
    }
}

/// Nobody shall wait for a place in a line that is gone.
impl<I> Drop for ItemReceiver<I> {
    fn drop(&mut self) {
        self.places.close();
    }
}
