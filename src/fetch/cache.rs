//! The cache: responses on the disk, in the place of round trips.
//!
//! It is a layer right around the downloader, inside cookies and every other middleware, so the request that it sees is
//! the one that would go out. robots.txt passes it too. Without the setting `cache` there is no such layer.
//!
//! | part | what |
//! |---|---|
//! | [`stored`] | a response as a file |
//! | [`store`] | a directory of them |
//! | [`directives`], [`freshness`], [`vary`], [`rules`] | RFC 9111 for a private cache: pure, time is an argument |
//! | [`layer`] | the way of a request through all that |
//! | [`confirmed`] | what a 304 makes of a stored response |
//! | [`pages`] | the same files as the memory of a recrawl |

mod confirmed;
mod directives;
mod freshness;
pub(crate) mod key;
mod layer;
pub(crate) mod pages;
mod rules;
pub(crate) mod store;
pub(crate) mod stored;
mod vary;

pub(crate) use layer::CacheLayer;
