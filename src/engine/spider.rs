//! The [`Spider`] trait: the start requests of a crawl, and the parsing of its pages.

mod documents;
mod failed;
mod feed;
mod feed_pages;
mod seeds;
mod sitemap;

use crate::model::item::Item;
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Error};
use crate::page::request::Request;
use crate::page::response::Response;
pub(crate) use failed::handles_failures;
pub use feed::FeedSpider;
pub use feed_pages::FeedPages;
pub use seeds::Seeds;
pub use sitemap::SitemapSpider;

/// A spider, which a user writes: it provides the requests that a crawl starts with, and takes items and requests from
/// each page.
///
/// Implement `parse` as an ordinary `async fn`. It does no I/O: it reads the [`Response`] and emits items and requests.
/// Anything that needs the network is a request; tell pages apart by [`Response::label`].
///
/// ```
/// use crawlworks::prelude::*;
///
/// #[derive(Debug, Serialize)]
/// struct Title {
///     url: String,
///     title: Option<String>,
/// }
///
/// struct Titles;
///
/// impl Spider for Titles {
///     type Item = Title;
///
///     fn name(&self) -> &str {
///         "titles"
///     }
///
///     fn start(&self) -> Result<Vec<Request>, BoxError> {
///         Ok(vec![Request::get("https://example.com/")?])
///     }
///
///     async fn parse(&self, response: Response, out: &mut Output<Title>) -> Result<(), BoxError> {
///         let html = response.html()?;
///         out.item(Title { url: response.url().to_string(), title: html.title() });
///         out.follow_all(html.links("a")?);
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a spider",
    note = "implement `Spider` for it: `type Item`, `name`, `start` and `parse`"
)]
pub trait Spider: Send + Sync + 'static {
    /// Type of the items that the spider finds.
    type Item: Item;

    /// Returns the spider's name in logs, reports and on the command line.
    fn name(&self) -> &str;

    /// Returns the requests that a crawl begins with. They define the [`scope`](crate::settings::Links::scope).
    ///
    /// It is called once for a crawl, and not again when a [job](crate::guide::durable) goes on after a stop or a kill: its
    /// requests are kept there, and start requests that changed code would add are not made until the job starts over. The one
    /// exception are start requests with a user name and a password in their URL. Those are stored nowhere, so `start` is called
    /// again for them alone, and what else it returns is not used.
    ///
    /// # Errors
    /// Any error ends the crawl before it begins.
    fn start(&self) -> Result<Vec<Request>, BoxError>;

    /// Returns further requests to begin with, one after the other: none by default.
    ///
    /// It is for more start requests than fit in memory, such as the lines of a large file. A crawl takes them while fewer
    /// than 10,000 requests wait. Like those of [`start`](Self::start) they define the
    /// [`scope`](crate::settings::Links::scope): a host belongs to the crawl from its first seed on.
    ///
    /// A job that goes on after a stop or a kill asks for the sequence again and passes over as many as it had taken. It
    /// has to be the same each time: seeds that have changed up to there are an error. It is not asked again when all were taken,
    /// unless their URLs had user names and passwords, which are stored nowhere.
    ///
    /// # Errors
    /// Any error, and any in the sequence, ends the crawl; a job can go on from there.
    fn seeds(&self) -> Result<Seeds, BoxError> {
        Ok(Seeds::none())
    }

    /// Takes items and further requests from one page.
    ///
    /// # Errors
    /// An error (or a panic) fails this page only and is counted; what was emitted before it is kept.
    fn parse(
        &self,
        response: Response,
        out: &mut Output<Self::Item>,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Takes items and further requests from a request that is given up, for example to record what is missing. The default
    /// does nothing.
    ///
    /// It is called once for each request that counts as [failed](crate::report::Ledger::failed): after the last try,
    /// or after `parse` failed on the page, which [`Error::kind`] tells. What it emits counts with that request: in a
    /// [job](crate::guide::durable) both are committed together, and a kill between the two repeats neither. The request is kept
    /// among the dead letters all the same. A request that is followed from here is a first try, one link deeper; to make
    /// the same again takes [`Request::dont_filter`].
    ///
    /// ```
    /// # use crawlworks::prelude::*;
    /// # use crawlworks::Error;
    /// # struct Links;
    /// #[derive(Debug, Serialize)]
    /// struct Broken {
    ///     url: String,
    ///     status: Option<u16>,
    ///     why: String,
    /// }
    ///
    /// impl Spider for Links {
    /// #    type Item = Broken;
    /// #    fn name(&self) -> &str {
    /// #        "links"
    /// #    }
    /// #    fn start(&self) -> Result<Vec<Request>, BoxError> {
    /// #        Ok(vec![])
    /// #    }
    /// #    async fn parse(&self, response: Response, out: &mut Output<Broken>) -> Result<(), BoxError> {
    /// #        out.follow_all(response.links());
    /// #        Ok(())
    /// #    }
    ///     // …
    ///     async fn failed(
    ///         &self,
    ///         request: &Request,
    ///         error: &Error,
    ///         out: &mut Output<Broken>,
    ///     ) -> Result<(), BoxError> {
    ///         out.item(Broken {
    ///             url: request.url().to_string(),
    ///             status: error.status().map(|status| status.as_u16()),
    ///             why: error.chain(),
    ///         });
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// An error (or a panic) is counted by its kind, as one of `parse` is; what was emitted before it is kept. It is not
    /// handed to `failed` again.
    fn failed(
        &self,
        request: &Request,
        error: &Error,
        out: &mut Output<Self::Item>,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = (request, error, out);
        failed::Nothing
    }

    /// Returns the spider's own defaults. `crawl.toml`, the environment and the command line take precedence over them.
    fn settings(&self, settings: Settings) -> Settings {
        settings
    }
}
