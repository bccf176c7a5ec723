//! Destinations of items that are no plain files: databases, servers, and whatever a program delivers to itself.
//!
//! Items are written to an outbox first, a local file that is cut back to the last commit after a kill, as every output is.
//! Only what is committed goes from there to the destinations, in batches and in order. So a page that is fetched again
//! after a kill never has to be undone at the other end, even if it has changed meanwhile.
//!
//! A [`Destination`] that notes the [`Position`](crate::sink::Position) of a batch together with its items, in one transaction, has each item
//! once, whatever is killed. One that cannot gets, after a kill, at most the last batch again, under the same ids.

mod batch;
mod erased;
#[cfg(feature = "sql-postgres")]
mod postgres;
mod refusals;
#[cfg(feature = "sql-sqlite")]
mod sqlite;
#[cfg(any(feature = "sql-postgres", feature = "sql-sqlite"))]
mod table;
mod url;

pub use batch::{Batch, Batching, Delivery, ItemId, Reached, Run};
pub(crate) use erased::ErasedDestination;
pub use refusals::Refusals;
pub(crate) use refusals::{MAX_DESTINATIONS, refused_files};
pub use url::DestinationUrl;
pub(crate) use url::listed;

use crate::page::error::Result;

/// Output that gets committed items in batches; see the [module](self).
///
/// The methods are called one after another, within the runtime of the crawl, and each is waited for.
///
/// # Errors
///
/// All methods answer in the same way. [`ErrorKind::Unreachable`](crate::ErrorKind::Unreachable) means that the other end
/// does not answer now: [`open`](Self::open) is called again, after 0.5 s at first and every 30 s at last, until the setting
/// `sink_patience` is over. Every other error ends the crawl; its job can be resumed.
pub trait Destination: Send + 'static {
    /// Connects, makes what is missing, and returns how far the run is: before the first page, and after each lost
    /// connection.
    ///
    /// # Errors
    /// See the [trait](Self#errors).
    fn open(&mut self, run: &Run) -> impl Future<Output = Result<Reached>> + Send;

    /// Delivers all items of a batch, and notes [`Batch::end`] as the position of the run, or fails and leaves nothing.
    /// Items that the other end refuses for good are added to the [`Refusals`], and the others are delivered.
    ///
    /// # Errors
    /// See the [trait](Self#errors).
    fn deliver(
        &mut self,
        batch: &Batch,
        refusals: &mut Refusals,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Completes the output after the last item of a finished run. A kill can make it come twice. The default does nothing.
    ///
    /// # Errors
    /// See the [trait](Self#errors).
    fn finish(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Returns how large batches may be. The default is that of [`Batching`].
    fn batching(&self) -> Batching {
        Batching::default()
    }
}
