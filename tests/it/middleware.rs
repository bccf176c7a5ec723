//! Middleware: an onion around one download.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crawlworks::middleware::from_fn;
use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind};

use crate::support::{Probe, get, html, quick, run};

fn ok() -> FakeDownloader {
    FakeDownloader::new(|request| Ok(html(request, "")))
}

/// Says when it is entered and left.
struct Layer {
    name: &'static str,
    log: Arc<Mutex<Vec<String>>>,
}

impl Middleware for Layer {
    async fn handle(&self, request: Request, next: Next) -> crawlworks::Result<Response> {
        self.log.lock().unwrap().push(format!("{} in", self.name));
        let response = next.run(request).await;
        self.log.lock().unwrap().push(format!("{} out", self.name));
        response
    }
}

#[tokio::test]
async fn the_one_added_first_is_outermost() {
    let log = Arc::default();
    let layer = |name| Layer {
        name,
        log: Arc::clone(&log),
    };
    let crawler = quick(Probe::only([get("http://a.example/")]), |_| {}).downloader(ok());
    run(crawler.middleware(layer("a")).middleware(layer("b"))).await;
    assert_eq!(log.lock().unwrap()[..], ["a in", "b in", "b out", "a out"]);
}

#[tokio::test]
async fn a_middleware_can_answer_by_itself() {
    let fake = ok();
    let cache = from_fn(|request: Request, next: Next| async move {
        if request.url().path() == "/cached" {
            Ok(html(request, "from the cache"))
        } else {
            next.run(request).await
        }
    });
    let probe = Probe::only(["http://a.example/cached", "http://a.example/new"].map(get));
    let visited = probe.visited();
    let report = run(quick(probe, |_| {})
        .downloader(fake.clone())
        .middleware(cache))
    .await;
    assert_eq!(
        (report.pages, fake.urls()),
        (2, vec!["http://a.example/new".to_owned()])
    );
    assert!(
        visited
            .responses()
            .iter()
            .any(|page| page.text() == "from the cache")
    );
}

#[tokio::test]
async fn a_closure_can_change_the_request_and_the_response() {
    let signed = from_fn(|request: Request, next: Next| async move {
        let response = next.run(request.with_header("x-signature", "abc")?).await?;
        response.with_header("x-seen", "yes")
    });
    let probe = Probe::only([get("http://a.example/")]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(ok()).middleware(signed)).await;
    assert_eq!(
        visited.one().request().header("x-signature").unwrap(),
        "abc"
    );
    assert_eq!(visited.one().header("x-seen").as_deref(), Some("yes"));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_middleware_is_retried_and_counted_by_its_kind() {
    let first = AtomicU64::new(0);
    let moody = from_fn(move |request: Request, next: Next| {
        let refuse = first.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if refuse {
                Err(Error::new(ErrorKind::Timeout, "not now"))
            } else {
                next.run(request).await
            }
        }
    });
    let probe = Probe::only([get("http://a.example/")]);
    let report = run(quick(probe, |s| s.failures.retries = 1)
        .downloader(ok())
        .middleware(moody))
    .await;
    assert_eq!(
        (
            report.pages,
            report.retries["timeout"],
            report.errors[&ErrorKind::Timeout]
        ),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn a_panic_in_a_middleware_costs_that_page_only() {
    let fragile = from_fn(|request: Request, next: Next| async move {
        assert!(request.url().path() != "/1", "fragile");
        next.run(request).await
    });
    let probe = Probe::only((0..3).map(|nth| get(format!("http://a.example/{nth}"))));
    let report = run(quick(probe, |_| {}).downloader(ok()).middleware(fragile)).await;
    assert_eq!((report.pages, report.errors[&ErrorKind::Panic]), (2, 1));
}

#[tokio::test]
async fn every_hop_of_a_redirect_passes_the_middlewares() {
    let log = Arc::default();
    let layer = Layer {
        name: "a",
        log: Arc::clone(&log),
    };
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/" => Ok(Response::new(request, 302)
            .with_header("location", "/b")
            .unwrap()),
        _ => Ok(html(request, "")),
    });
    run(quick(Probe::only([get("http://a.example/")]), |_| {})
        .downloader(fake)
        .middleware(layer))
    .await;
    assert_eq!(log.lock().unwrap().len(), 4);
}
