//! What crawlworks promises, held against the library as a user sees it: crawls of the practice site over real sockets,
//! and, for everything about time, a fake downloader under a clock that jumps.
//!
//! No test needs the internet, sleeps or looks at the wall clock.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

mod address;
mod advisories;
#[cfg(feature = "article")]
mod article;
mod auth;
mod basics;
mod cache;
mod cassette;
#[cfg(feature = "cli")]
mod command;
mod computing;
mod cookies;
mod destinations;
mod docs;
mod downloads;
mod durable;
mod encodings;
mod events;
#[cfg(feature = "derive")]
mod extract;
mod failed;
mod fairness;
mod feeds;
mod forms;
mod hostile;
mod hostile_pages;
mod http;
mod identity;
mod into_result;
mod invariants;
mod items;
#[cfg(all(feature = "cli", unix))]
mod kill;
mod layers;
mod limits;
mod middleware;
mod network;
mod offline;
mod outages;
mod outputs;
mod politeness;
mod proxy;
mod quality;
#[cfg(feature = "recipe")]
mod recipes;
mod recrawl;
mod redirects;
mod referrer;
mod retries;
mod robots;
mod rules;
mod scope;
mod selecting;
mod signatures;
mod sitemap_spider;
mod spider_faults;
mod stopping;
mod streaming;
mod structured;
mod tls;
mod traps;
