//! Tools for a spider's own tests: recorded crawls, a practice site, a fake downloader, and a way to parse a saved
//! page.
//!
//! A spider on a saved page, in three lines and without a network:
//!
//! ```
//! # use crawlworks::prelude::*;
//! # struct Titles;
//! # impl Spider for Titles {
//! #     type Item = String;
//! #     fn name(&self) -> &str { "titles" }
//! #     fn start(&self) -> Result<Vec<Request>, BoxError> { Ok(vec![]) }
//! #     async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
//! #         out.item(response.html()?.one("h1")?.text());
//! #         Ok(())
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let page = "<h1>Hello</h1>"; // or include_str!("saved.html")
//! let out = crawlworks::testing::parse(&Titles, "https://example.com/", page).await?;
//! assert_eq!(out.items(), ["Hello"]);
//! # Ok(())
//! # }
//! ```

mod destination;
mod fake;
#[cfg(feature = "recipe")]
pub(crate) mod recording;
mod site;

pub use crate::fetch::cassette::{Cassette, Exchange, MAX_RECORDED_BODY, Recorder, Replay};
pub use destination::destination_crash_test;
pub use fake::FakeDownloader;
#[cfg(feature = "recipe")]
pub use recording::{Changes, check};
pub use site::*;

use crate::engine::spider::Spider;
use crate::model::output::Output;
use crate::page::error::BoxError;
use crate::page::request::Request;
use crate::page::response::Response;

/// Parses an HTML page with a spider, as if it had been fetched from this URL, and returns the spider's output.
///
/// # Errors
/// The error of `parse`, or a bad URL. For a page with a label or other headers, build a [`Response`] and call the
/// spider's `parse` with it.
pub async fn parse<S: Spider>(
    spider: &S,
    url: &str,
    html: &str,
) -> Result<Output<S::Item>, BoxError> {
    let response = Response::new(Request::get(url)?, 200)
        .with_body("text/html; charset=utf-8", html.to_owned());
    let mut out = Output::new();
    spider.parse(response, &mut out).await?;
    Ok(out)
}
