//! What a spider's own mistakes cost: one page each.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Finish};

use crate::support::{Probe, checked, get, html, quick, run};

fn ok() -> FakeDownloader {
    FakeDownloader::new(|request| Ok(html(request, "")))
}

fn pages(count: usize) -> Vec<Request> {
    (0..count)
        .map(|nth| get(format!("http://a.example/{nth}")))
        .collect()
}

#[tokio::test]
async fn a_panic_in_parse_costs_that_page_only() {
    let probe: Probe = Probe::new(pages(5), |response, out| {
        out.item(response.url().path().to_owned());
        assert!(response.url().path() != "/2", "the third page");
        Ok(())
    });
    let mut crawler = quick(probe, |_| {}).downloader(ok());
    let mut events = crawler.events();
    let report = run(crawler).await;
    assert_eq!(
        (
            report.pages,
            report.ledger.failed,
            report.errors[&ErrorKind::Panic]
        ),
        (4, 1, 1)
    );
    assert_eq!((report.items.kept, report.finish), (5, Finish::Finished));
    let mut failure = None;
    while let Some(event) = events.next().await {
        if let crawlworks::Event::Failed { url, message, .. } = event {
            failure = Some((url.path().to_owned(), message));
        }
    }
    assert_eq!(
        failure,
        Some(("/2".to_owned(), "panicked: the third page".to_owned()))
    );
}

#[tokio::test]
async fn what_was_emitted_before_an_error_is_kept() {
    let probe: Probe = Probe::new([get("http://a.example/")], |response, out| {
        if response.request().depth() > 0 {
            return Ok(());
        }
        out.item("before".to_owned());
        out.follow(response.follow("/next")?);
        let title = response.html()?.one("h1")?.text();
        out.item(title);
        Ok(())
    });
    let report = run(quick(probe, |_| {}).downloader(ok())).await;
    assert_eq!(
        (report.items.kept, report.pages, report.ledger.failed),
        (1, 1, 1)
    );
    assert_eq!(report.errors[&ErrorKind::Spider], 1);
}

#[tokio::test]
async fn an_error_in_parse_is_not_tried_again() {
    let probe: Probe = Probe::new(pages(1), |_, _| Err("cannot read this".into()));
    let fake = ok();
    let report = run(quick(probe, |s| s.failures.retries = 3).downloader(fake.clone())).await;
    assert_eq!((fake.urls().len(), report.requests.retried), (1, 0));
}

#[tokio::test]
async fn a_panic_in_the_downloader_costs_that_page_only() {
    let fake = FakeDownloader::new(|request| {
        assert!(request.url().path() != "/1", "cannot");
        Ok(html(request, ""))
    });
    let report = run(quick(Probe::only(pages(3)), |_| {}).downloader(fake)).await;
    assert_eq!((report.pages, report.errors[&ErrorKind::Panic]), (2, 1));
}

/// A spider whose start does what it is told.
struct Starts(fn() -> Result<Vec<Request>, BoxError>);

impl Spider for Starts {
    type Item = ();

    fn name(&self) -> &'static str {
        "starts"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        (self.0)()
    }

    async fn parse(&self, _: Response, _: &mut Output<()>) -> Result<(), BoxError> {
        Ok(())
    }
}

async fn start_error(start: fn() -> Result<Vec<Request>, BoxError>) -> Error {
    quick(Starts(start), |_| {})
        .downloader(ok())
        .run()
        .await
        .map(checked)
        .unwrap_err()
}

#[tokio::test]
async fn a_spider_that_cannot_start_ends_the_crawl() {
    let error = start_error(|| Err("no list of URLs".into())).await;
    assert_eq!(
        (error.kind(), error.chain().contains("no list of URLs")),
        (ErrorKind::Spider, true)
    );
}

#[tokio::test]
async fn an_error_of_the_library_in_start_keeps_its_kind() {
    let error = start_error(|| Ok(vec![Request::get("not a url")?])).await;
    assert_eq!(error.kind(), ErrorKind::Url);
}

#[tokio::test]
async fn a_panic_in_start_is_an_error() {
    assert_eq!(start_error(|| panic!("no")).await.kind(), ErrorKind::Panic);
}
