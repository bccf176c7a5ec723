//! What is asked of items: how often their fields are filled, that none comes twice, and that they fit a schema.
//!
//! What becomes of it in a durable job is in `durable`; what the command makes of it in `command`.

mod fill;
#[cfg(feature = "schema")]
mod schema;
mod unique;

use crawlworks::prelude::*;
use crawlworks::sink::Record;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Sink};
use serde_json::Value;

use crate::support::{Probe, get, quick};

const HOME: &str = "http://a.example/";

/// A crawl of one page that gives these items.
fn giving(items: impl IntoIterator<Item = Value>) -> Crawler<Probe<Value>> {
    let items: Vec<Value> = items.into_iter().collect();
    let probe = Probe::new([get(HOME)], move |_, out| {
        for item in &items {
            out.item(item.clone());
        }
        Ok(())
    });
    quick(probe, |_| {}).downloader(FakeDownloader::with_pages([(HOME, "")]))
}

/// A sink that refuses items in which something is `bad`.
struct Fussy;

impl Sink for Fussy {
    fn write(&mut self, record: &Record) -> crawlworks::Result<()> {
        if record.json().contains("\"bad\"") {
            return Err(Error::new(ErrorKind::Pipeline, "bad"));
        }
        Ok(())
    }

    fn flush(&mut self) -> crawlworks::Result<()> {
        Ok(())
    }
}

/// Runs a crawl that cannot begin; answers why, and that nothing was asked for.
async fn refused<S: Spider>(crawler: Crawler<S>) -> (ErrorKind, String) {
    let fake = FakeDownloader::with_pages([(HOME, "")]);
    let error = crawler.downloader(fake.clone()).run().await.unwrap_err();
    assert!(fake.urls().is_empty(), "{:?}", fake.urls());
    (error.kind(), error.chain())
}
