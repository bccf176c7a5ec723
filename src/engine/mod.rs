//! The engine: one dispatcher task that owns all state, and one task per visit that owns none.
//!
//! The dispatcher starts every visit that may start, then waits for a finished visit, the next wake-up time or a
//! signal, and decides synchronously. Whether work is left needs no shared counter, no lock and no guess: the crawl is
//! over when the queue and the set of visits are empty.

mod commits;
pub(crate) mod crawler;
mod dispatch;
mod erased;
pub(crate) mod items;
pub mod job;
mod outages;
mod parsers;
mod robots;
mod seeding;
pub mod site;
mod sitemaps;
pub(crate) mod spider;
mod visit;

pub(crate) use commits::Commits;
pub(crate) use dispatch::{Dispatcher, Parts, Written};
pub(crate) use erased::{Plumbed, panicked};
pub(crate) use items::{
    Counts, Deliveries, Handed, Handover, ItemReceiver, ItemSender, ItemWriter, Memory, Place,
    Receipt, WriterCommits,
};
pub(crate) use parsers::Parsers;
pub(crate) use visit::Context;
pub(crate) use visit::Link;
