#![doc = include_str!("docs/links.txt")]
#![doc = include_str!("docs/crate.md")]
#![cfg_attr(
    not(feature = "cli"),
    expect(
        dead_code,
        unused_imports,
        reason = "much is there for the command alone, and costs a library user nothing"
    )
)]

// The floors, from the lowest to the highest. A module imports from its own floor and from those below; a test in
// `tests/it/layers.rs` holds it. Below them is what they have for users, in the order in which a page meets it.
mod page;

mod model;

pub mod policy;

mod queue;

mod fetch;

mod items;

mod store;

mod engine;

pub mod testing;

#[cfg(feature = "recipe")]
pub mod recipe;

#[cfg(feature = "cli")]
pub mod cli;

// Pages, and what is read out of them.
#[cfg(feature = "derive")]
pub use crawlworks_derive::Extract;
#[cfg(feature = "article")]
pub use page::article::Article;
pub use page::error::{BoxError, Error, ErrorKind, Result};
pub use page::extract::{Extract, FromText};
pub use page::form::Form;
pub use page::html::{Element, Html};
pub use page::request::Request;
pub use page::response::{FromCache, Recrawled, Response, Timings};
pub use page::structured::Structured;
pub use page::{charset, clean, extract, feed, html, identity, json, sitemap, sniff, structured};

// What a spider emits, what can be chosen, what happened.
pub use model::event::{Event, Events, Progress, ProgressWatch};
pub use model::item::Item;
pub use model::output::Output;
pub use model::report::{Filter, Finish, Report};
pub use model::settings::Settings;
pub use model::{event, report, settings};

// The parts of a crawl that can be replaced or added to.
pub use fetch::downloader::{Downloader, HttpDownloader};
pub use fetch::middleware;
pub use fetch::middleware::{Middleware, Next};
pub use items::destination::Destination;
pub use items::pipeline::{Pipeline, Verdict};
pub use items::sink::{AsyncSink, Sink};
pub use items::{destination, pipeline, sink};
#[doc(inline)]
pub use policy::rules;
pub use policy::rules::{Rule, Rules};

// The ways in.
pub use engine::crawler::{Crawler, ItemStream};
pub use engine::job::{Args, Job};
pub use engine::site::Site;
pub use engine::spider::{FeedPages, FeedSpider, Seeds, SitemapSpider, Spider};
pub use engine::{job, site};
#[cfg(feature = "recipe")]
pub use recipe::Recipe;

// Crates whose types stand in signatures: nobody has to find the version that fits.
pub use {bytes, http, url};

/// Parts that this package's benchmarks and fuzz targets drive as they are. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::fetch::downloader::Decoder;
    pub use crate::queue::frontier::{Candidate, SeenSet};
    pub use crate::queue::queued::{HostId, Queued};
    pub use crate::queue::scheduler::{Feedback, Memory};
    pub use crate::queue::{Queue, Turn};
    pub use crate::store::checkpoint::{Checkpoint, Delivered, HostRecord, JobStore, Saved};
    pub use crate::store::state::store::Store;
}

pub mod prelude;

pub mod guide;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
