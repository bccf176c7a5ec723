//! HTTP on the wire: how connections are used, and what servers may send over them.

mod answers;
mod http2;
mod pool;
mod server;

use crawlworks::prelude::*;
use crawlworks::{Error, ErrorKind, HttpDownloader};

/// A downloader with the default settings, but for what `change` says.
fn downloader(change: impl FnOnce(&mut Settings)) -> HttpDownloader {
    let mut settings = Settings::default();
    change(&mut settings);
    HttpDownloader::new(&settings).unwrap()
}

/// The body, or the kind of the error.
fn text(result: Result<Response, Error>) -> Result<String, ErrorKind> {
    match result {
        Ok(response) => Ok(response.text().into_owned()),
        Err(error) => Err(error.kind()),
    }
}
