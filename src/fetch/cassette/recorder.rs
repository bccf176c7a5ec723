//! A [`Recorder`]: a downloader that writes what another one answers into a cassette.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use http::header::HeaderName;
use tokio::sync::Notify;

use super::exchange::{Exchange, is_secret};
use super::line;
use super::secrets::Secrets;
use crate::fetch::downloader::{Downloader, ErasedDownloader};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// The largest body that is recorded, in bytes after decoding: 16 MiB.
pub const MAX_RECORDED_BODY: usize = 16 << 20;

/// Wraps a downloader, and writes every exchange into a [`Cassette`](super::Cassette): pages, redirects, errors,
/// robots.txt.
///
/// Each exchange is written, whole, as soon as it is over, so that a process that is killed leaves what it had. A body of
/// more than 16 MiB ([`MAX_RECORDED_BODY`]) is an error of kind [`TooLarge`](ErrorKind::TooLarge) for the crawl too: what
/// is recorded is what the crawl got.
///
/// ```
/// use crawlworks::prelude::*;
/// use crawlworks::testing::{Cassette, FakeDownloader, Recorder};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let path = std::env::temp_dir().join(format!("crawlworks-recorder-{}.jsonl", std::process::id()));
/// # /*
/// let path = "cassette.jsonl";
/// # */
/// let downloader = FakeDownloader::with_pages([("https://example.com/", "<h1>Hello</h1>")]);
/// let recorder = Recorder::new(&path, downloader)?; // in earnest: an HttpDownloader
/// recorder.fetch(Request::get("https://example.com/")?).await?;
///
/// let replay = Cassette::read(&path)?.replay();
/// let response = replay.fetch(Request::get("https://example.com/")?).await?;
/// assert_eq!(response.text(), "<h1>Hello</h1>");
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
pub struct Recorder {
    downloader: Box<dyn ErasedDownloader>,
    path: PathBuf,
    // Held for the write of one line, never across an await.
    file: Mutex<File>,
    headers: Vec<HeaderName>,
    secrets: Secrets,
    /// Told when the file cannot be written.
    failed: Arc<Notify>,
}

impl Recorder {
    /// Records what this downloader answers. A file that is there already is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the file cannot be written.
    pub fn new(path: impl AsRef<Path>, downloader: impl Downloader) -> Result<Self> {
        Self::around(path.as_ref(), Box::new(downloader))
    }

    pub(crate) fn around(path: &Path, downloader: Box<dyn ErasedDownloader>) -> Result<Self> {
        let create = || {
            let mut file = File::create(path)?;
            file.write_all(line::header().as_bytes())?;
            Ok(file)
        };
        let file = create().map_err(|error| unwritable(path, error))?;
        Ok(Self {
            downloader,
            path: path.to_owned(),
            file: Mutex::new(file),
            headers: Vec::new(),
            secrets: Secrets::default(),
            failed: Arc::default(),
        })
    }

    /// Masks these wherever they are, in pages, too.
    pub(crate) fn hiding(mut self, secrets: Secrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Told as soon as an exchange could not be written: what is fetched from then on is lost.
    pub(crate) fn failed(&self) -> Arc<Notify> {
        Arc::clone(&self.failed)
    }

    /// Also records this header of the answers, beside those that the [cassette](super::Cassette) lists.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when it is no name of a header, or that of one which holds secrets, such as `Set-Cookie`.
    pub fn keep_header(mut self, name: &str) -> Result<Self> {
        self.headers.push(header_to_record(name)?);
        Ok(self)
    }

    fn write(&self, exchange: &Exchange) -> Result<()> {
        let line = line::write(exchange);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).map_err(|error| {
            self.failed.notify_one();
            unwritable(&self.path, error)
        })
    }
}

/// The name of a header that may be recorded.
///
/// # Errors
/// [`ErrorKind::Settings`] when it may not, or is none.
fn header_to_record(name: &str) -> Result<HeaderName> {
    let bad = |why: &str| Error::new(ErrorKind::Settings, format!("header {name:?} {why}"));
    let header =
        HeaderName::try_from(name).map_err(|error| bad("is no name").with_source(error))?;
    if is_secret(&header) {
        return Err(bad("holds secrets, and is never recorded"));
    }
    Ok(header)
}

impl Downloader for Recorder {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let mut result = self.downloader.fetch_boxed(request.clone()).await;
        if let Ok(response) = &result
            && response.body().len() > MAX_RECORDED_BODY
        {
            let message = format!(
                "a body of {} bytes is more than a cassette takes",
                response.body().len()
            );
            result = Err(Error::new(ErrorKind::TooLarge, message).with_url(request.url()));
        }
        self.write(&match &result {
            Ok(response) => Exchange::keeping(&self.headers, &self.secrets, &request, response),
            Err(error) => Exchange::failed_hiding(&self.secrets, &request, error),
        })?;
        result
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

pub(super) fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("cannot write the cassette {}", path.display()),
    )
    .with_source(error)
}
