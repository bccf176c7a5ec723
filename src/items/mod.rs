//! The floor of items: the user's pipelines, quality checks, the sinks that write files, and the destinations that get items in batches.

pub mod destination;
pub(crate) mod outbox;
pub(crate) mod output;
pub mod pipeline;
pub(crate) mod quality;
pub mod sink;
