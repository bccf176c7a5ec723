//! A recording: a directory with a crawl on a cassette, what the spider made of it, and how that came about.
//!
//! | file | what |
//! |---|---|
//! | `cassette.jsonl` | the [`Cassette`]; its last lines are the requests that were not made any more, and what no longer has to be asked for |
//! | `items.jsonl` | the items that the spider is expected to give, and its errors, each with its page |
//! | `recording.toml` | which spider, with which arguments and settings |

mod about;
mod align;
mod changes;
mod draft;
mod fields;
mod matching;
mod offline;
mod results;

use std::fs;
use std::path::Path;

use crate::engine::job::Job;
use crate::fetch::cassette::{Cassette, Exchange};
use crate::page::error::{Error, ErrorKind, Result};
pub(crate) use about::About;
pub use changes::Changes;
pub(crate) use draft::Draft;
pub(crate) use offline::{Replayed, replay};
pub(crate) use results::Results;

const CASSETTE: &str = "cassette.jsonl";
const ITEMS: &str = "items.jsonl";
const ABOUT: &str = "recording.toml";

/// Crawls a recording that `crawl record` has made, without a network, and says what the spider makes of it now that it
/// did not before: the test that `crawl check` is, as a test of your project.
///
/// The settings are those of `crawl check`: the spider's own, then `crawl.toml` and the environment, then what was
/// recorded. No host is waited for. Outputs, jobs and files of cookies that the job names are left alone.
///
/// ```
/// use crawlworks::prelude::*;
/// use crawlworks::{Job, testing};
/// # struct Quotes;
/// # #[derive(Debug, Serialize)]
/// # struct Quote { text: String, author: String, tags: Vec<String> }
/// # impl Spider for Quotes {
/// #     type Item = Quote;
/// #     fn name(&self) -> &str { "quotes" }
/// #     fn start(&self) -> Result<Vec<Request>, BoxError> { Ok(vec![Request::get("http://127.0.0.1:8451/quotes/")?]) }
/// #     async fn parse(&self, response: Response, out: &mut Output<Quote>) -> Result<(), BoxError> {
/// #         let html = response.html()?;
/// #         for quote in html.select("div.quote")? {
/// #             out.item(Quote {
/// #                 text: quote.one("span.text")?.text(),
/// #                 author: quote.one("small.author")?.text(),
/// #                 tags: quote.select("a.tag")?.map(Element::text).collect(),
/// #             });
/// #         }
/// #         out.follow_all(html.links("li.next a")?);
/// #         Ok(())
/// #     }
/// # }
/// # fn job() -> Job { Job::new("quotes", |args| args.get::<Url>("url").map(|_| Crawler::new(Quotes)).map_err(Into::into)) }
/// # /*
///
/// #[tokio::test]
/// async fn quotes_are_as_recorded() -> Result<(), BoxError> {
/// # */
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
///     let changes = testing::check(&job(), "tests/recorded/quotes").await?;
///     assert!(changes.is_empty(), "{changes}");
///     Ok(())
/// }
/// ```
///
/// # Errors
/// [`ErrorKind::File`] when the recording cannot be read; those of a crawl that cannot begin.
pub async fn check(job: &Job, directory: impl AsRef<Path>) -> Result<Changes> {
    let recording = Recording::read(directory.as_ref())?;
    let replayed = replay(job, &recording.about, recording.exchanges.clone()).await?;
    Ok(Changes::between(&recording, &replayed))
}

/// Content of the directory of a recording.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) about: About,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) results: Results,
}

impl Recording {
    /// # Errors
    /// [`ErrorKind::File`] for a file that is missing, torn or wrong, or when there is no page; the message names file and
    /// line.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let about = About::of(directory)?;
        if about.pages == 0 {
            let path = directory.join(ABOUT);
            let message = "a recording without a page, of which nothing can be checked";
            return Err(Error::new(
                ErrorKind::File,
                format!("{}: {message}", path.display()),
            ));
        }
        Ok(Self {
            about,
            exchanges: Cassette::read_whole(&directory.join(CASSETTE))?.into_exchanges(),
            results: Results::read(&directory.join(ITEMS))?,
        })
    }

    /// Writes all files into a directory that is there.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when that fails.
    fn write(&self, directory: &Path) -> Result<()> {
        Cassette::from_exchanges(self.exchanges.iter().cloned()).write(directory.join(CASSETTE))?;
        for (name, text) in [(ITEMS, self.results.write()), (ABOUT, self.about.write()?)] {
            let path = directory.join(name);
            fs::write(&path, text).map_err(|error| unwritable(&path, error))?;
        }
        Ok(())
    }

    /// Returns whether the directory has a recording, or room for one because it is empty.
    pub(crate) fn may_be_in(directory: &Path) -> bool {
        let is_empty = || fs::read_dir(directory).is_ok_and(|mut files| files.next().is_none());
        Self::is_in(directory) || is_empty()
    }

    /// Returns whether the directory is a recording, even a broken one.
    pub(crate) fn is_in(directory: &Path) -> bool {
        [ABOUT, CASSETTE]
            .iter()
            .any(|name| directory.join(name).is_file())
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot read {}", path.display())).with_source(error)
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("cannot write {}", path.display()),
    )
    .with_source(error)
}
