//! The floor that speaks to crawled sites: downloader, caches, cassettes, and the middleware around them.

pub(crate) mod cache;
pub(crate) mod cassette;
pub(crate) mod clock;
pub(crate) mod downloader;
pub mod middleware;
