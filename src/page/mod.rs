//! Requests and responses, and everything that is read out of a body. It uses no runtime, no network and no store, and so
//! works, and can be tested, without a crawl.

#[cfg(feature = "article")]
pub(crate) mod article;
pub mod charset;
pub mod clean;
pub(crate) mod compiled;
pub(crate) mod date_parts;
pub(crate) mod encoding;
pub(crate) mod error;
pub mod extract;
pub mod feed;
pub(crate) mod form;
pub mod html;
pub mod identity;
pub mod json;
pub(crate) mod request;
pub(crate) mod response;
pub mod sitemap;
pub mod sniff;
pub mod structured;
pub(crate) mod suggest;
pub(crate) mod time;
pub(crate) mod xml;
