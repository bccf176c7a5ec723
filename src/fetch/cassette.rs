//! A [`Cassette`]: a recorded crawl in one file, and a downloader that plays it.
//!
//! The file is JSON lines: the first says what it is, then there is one exchange per line, in the order in which they
//! ended.
//!
//! ```text
//! {"format":"crawlworks cassette","version":1}
//! {"request":{"method":"GET","url":"https://example.com/"},"status":200,"headers":[["content-type","text/html"]],"text":"<h1>…"}
//! {"request":{"method":"GET","url":"https://example.com/logo.png"},"status":200,"headers":[…],"base64":"iVBORw0…"}
//! {"request":{"method":"GET","url":"https://example.com/slow"},"error":{"kind":"timeout","message":"no answer from the server"}}
//! ```

mod asked;
mod exchange;
mod line;
mod mask;
mod recorder;
mod replay;
mod secrets;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::page::error::{Error, ErrorKind, Result};
pub use exchange::Exchange;
pub(crate) use line::json_error;
pub(crate) use mask::{MASK, is_name_of_secret, masked, masked_value};
pub use recorder::{MAX_RECORDED_BODY, Recorder};
pub use replay::Replay;
pub(crate) use secrets::{Secrets, is_telling};

/// The longest line that is read, in bytes. The largest body that is recorded makes a line of less.
const LONGEST_LINE: u64 = 128 << 20;

/// A recorded crawl: requests, and what came of them.
///
/// A [`Recorder`] writes one, [`replay`](Self::replay) plays it: the same spider gets the same pages, without a network
/// and at once.
///
/// The recorded parts of an answer are its status, its body (decoded, as text if it is text in a known charset, else in
/// base64) and these headers: `Content-Type`, `Content-Language`, `Content-Location`, `Content-Disposition`,
/// `Last-Modified`, `Link`, `Location`, `Refresh`, `Retry-After`, `X-Content-Type-Options` and `X-Robots-Tag`. A
/// [recorder](Recorder::keep_header) can be told of more.
///
/// Secrets are not recorded: no header of a request, and no `Set-Cookie`. User names and passwords are removed from URLs;
/// parameters and fields of forms and JSON whose names say that they are passwords, keys or tokens are masked (`***`; where
/// they may tell pages apart, with some digits of a digest). Other bodies of requests are recorded as their SHA-256. The
/// pages are recorded as they are: data of a user that they show is on the cassette too.
///
/// ```
/// use crawlworks::prelude::*;
/// use crawlworks::{HttpDownloader, Site};
/// use crawlworks::testing::{Cassette, PracticeSite, Recorder};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let path = std::env::temp_dir().join(format!("crawlworks-cassette-{}.jsonl", std::process::id()));
/// # /*
/// let path = "tests/quotes.jsonl";
/// # */
/// let site = PracticeSite::start()?;
/// let quotes = site.at("/quotes/");
/// let crawler = || Crawler::new(Site::new([quotes.clone()])).delay(Duration::ZERO).max_pages(5);
///
/// let recorder = Recorder::new(&path, HttpDownloader::new(&Settings::default())?)?;
/// let recorded = crawler().downloader(recorder).run().await?;
/// drop(site); // From here on there is nobody to ask.
///
/// let replay = Cassette::read(&path)?.replay();
/// let report = crawler().downloader(replay.clone()).run().await?;
/// assert_eq!((report.pages, report.items.kept), (recorded.pages, recorded.items.kept));
/// assert!(replay.unused().is_empty());
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cassette {
    exchanges: Vec<Exchange>,
}

impl Cassette {
    /// A cassette of these exchanges, in this order.
    #[must_use]
    pub fn from_exchanges(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Self {
            exchanges: exchanges.into_iter().collect(),
        }
    }

    /// Reads a cassette. A last line that is torn, because the process that wrote it was killed, is left out with a
    /// warning.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read, is none, or has a line that is wrong or longer than 128 MiB; the
    /// message names file and line.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_lines(path.as_ref(), true)
    }

    /// Reads a cassette whose last line is whole.
    ///
    /// # Errors
    /// Like [`read`](Self::read); a torn line is one.
    pub(crate) fn read_whole(path: &Path) -> Result<Self> {
        Self::read_lines(path, false)
    }

    fn read_lines(path: &Path, may_be_torn: bool) -> Result<Self> {
        let failed = |error| {
            let message = format!("cannot read the cassette {}", path.display());
            Error::new(ErrorKind::File, message).with_source(error)
        };
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let (mut exchanges, mut line) = (Vec::new(), Vec::new());
        for number in 1_u64.. {
            line.clear();
            file.by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
                .map_err(failed)?;
            let is_whole = line.ends_with(b"\n");
            let bad = |why: String| {
                Error::new(
                    ErrorKind::File,
                    format!("{}:{number}: {why}", path.display()),
                )
            };
            if !is_whole && line.len() as u64 == LONGEST_LINE {
                return Err(bad(format!(
                    "a line of more than {} MiB",
                    LONGEST_LINE >> 20
                )));
            }
            if number == 1 {
                line::check_header(&line).map_err(bad)?;
                continue;
            }
            if line.trim_ascii().is_empty() {
                if is_whole {
                    continue;
                }
                break;
            }
            match line::read(&line) {
                Ok(exchange) => exchanges.push(exchange),
                Err(_) if !is_whole && may_be_torn => {
                    tracing::warn!(cassette = %path.display(), line = number, "the last line is torn and left out");
                }
                Err(why) => return Err(bad(format!("not an exchange: {why}"))),
            }
        }
        Ok(Self { exchanges })
    }

    /// Writes the cassette. A file that is there already is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut text = line::header();
        for exchange in &self.exchanges {
            text.push_str(&line::write(exchange));
        }
        fs::write(path.as_ref(), text).map_err(|error| recorder::unwritable(path.as_ref(), error))
    }

    /// The exchanges, in the order in which they ended.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    pub(crate) fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
    }

    /// A downloader that answers from this cassette.
    ///
    /// ```
    /// use crawlworks::testing::{Cassette, Exchange};
    /// use crawlworks::{Downloader, ErrorKind, Request, Response};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> crawlworks::Result<()> {
    /// let page = Request::get("https://example.com/a")?;
    /// let answers = [503, 200].map(|status| Exchange::new(&page, &Response::new(page.clone(), status)));
    /// let replay = Cassette::from_exchanges(answers).replay();
    /// assert_eq!(replay.unused().len(), 2);
    /// for status in [503, 200, 200] {
    ///     assert_eq!(replay.fetch(page.clone()).await?.status(), status);
    /// }
    /// assert!(replay.unused().is_empty());
    ///
    /// let error = replay.fetch(Request::get("https://example.com/b")?).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unrecorded);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "not on the cassette: GET https://example.com/b; the nearest on it is GET https://example.com/a",
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn replay(&self) -> Replay {
        Replay::new(self.exchanges.clone())
    }
}
