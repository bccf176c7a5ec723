//! The floor of items: the user's pipelines, quality checks, and the sinks that write files.

pub mod pipeline;
pub(crate) mod quality;
pub mod sink;
