#![doc = include_str!("docs/crate.md")]

// The nouns, in the order in which a page meets them.
mod request;
pub use request::Request;

mod response;
pub use response::{FromCache, Recrawled, Response, Timings};

pub mod html;
pub use html::{Element, Html};

pub mod clean;

pub mod extract;
#[cfg(feature = "derive")]
pub use crawlworks_derive::Extract;
pub use extract::{Extract, FromText};
pub mod structured;
pub use structured::Structured;

#[cfg(feature = "article")]
mod article;
#[cfg(feature = "article")]
pub use article::Article;
mod form;
pub use form::Form;

mod item;
pub use item::Item;

mod output;
pub use output::Output;

mod error;
pub use error::{BoxError, Error, ErrorKind, Result};

pub mod settings;
pub use settings::Settings;

pub mod report;
pub use report::{Filter, Finish, Report};

pub mod event;
pub use event::{Event, Events, Progress, ProgressWatch};

// The stations.
mod spider;
pub use spider::{FeedPages, FeedSpider, SitemapSpider, Spider};

mod crawler;
pub use crawler::{Crawler, ItemStream};

mod clock;
mod engine;

mod scheduler;

mod frontier;

mod state;

mod cache;

mod downloader;
pub use downloader::{Downloader, HttpDownloader};

pub mod policy;

pub mod middleware;
pub use middleware::{Middleware, Next};

pub mod pipeline;
pub use pipeline::{Pipeline, Verdict};

pub mod sink;
pub use sink::Sink;

// Ready-made for parts of a spider.
pub mod rules;
pub use rules::{Rule, Rules};
mod quality;

// What several of them read.
pub mod charset;
mod compiled;
pub mod feed;
pub mod identity;
pub mod json;
mod queued;
mod replace;
mod saved_record;
pub mod sitemap;
pub mod sniff;
mod suggest;
mod text_file;
mod xml;

// The ways in.
pub mod site;
pub use site::Site;

pub mod job;
pub use job::{Args, Job};

#[cfg(feature = "recipe")]
pub mod recipe;
#[cfg(feature = "recipe")]
pub use recipe::Recipe;

#[cfg(feature = "cli")]
pub mod cli;

mod cassette;
pub mod testing;

#[cfg(test)]
mod scratch;

pub mod prelude;

pub mod guide;

#[doc(hidden)]
pub mod internals;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
