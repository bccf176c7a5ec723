//! The engine: one dispatcher task that owns all state, and one task per visit that owns none.
//!
//! The dispatcher starts every visit that may start, then waits for a finished visit, the next wake-up time or a
//! signal, and decides synchronously. There is no shared counter, no lock and no guess whether work is left: the
//! crawl is over when the queue and the set of visits are empty.

mod commits;
mod dispatch;
mod erased;
mod outages;
mod parsers;
mod robots;
mod sitemaps;
mod tally;
mod visit;

use std::pin::Pin;

pub(crate) use commits::{Commits, MAX_READS};
pub(crate) use dispatch::{Dispatcher, Parts, Written};
pub(crate) use erased::{Plumbed, panicked};
pub(crate) use parsers::Parsers;
pub(crate) use tally::Tally;
pub(crate) use visit::Context;
#[cfg(feature = "cli")]
pub(crate) use visit::Link;

/// A future on the heap, for traits whose implementors write `async fn`.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
