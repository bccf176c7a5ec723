//! What a spider does about requests that are given up.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Finish};
use serde_json::{Value, json};

use crate::support::{Probe, checked, get, html, page_of_links, quick, run};

/// What is done about a failure.
type Failed =
    Box<dyn Fn(&Request, &Error, &mut Output<Value>) -> Result<(), BoxError> + Send + Sync>;

/// A probe that does something about failures, and remembers them.
pub(crate) struct Mourner {
    probe: Probe<Value>,
    failed: Failed,
    told: Told,
}

/// Path, number of earlier tries and kind of error of each failure, in order.
type Told = Arc<Mutex<Vec<(String, u32, ErrorKind)>>>;

impl Mourner {
    pub(crate) fn new(
        probe: Probe<Value>,
        failed: impl Fn(&Request, &Error, &mut Output<Value>) -> Result<(), BoxError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            probe,
            failed: Box::new(failed),
            told: Told::default(),
        }
    }

    /// One that emits an item for each failure.
    pub(crate) fn of(probe: Probe<Value>) -> Self {
        Self::new(probe, |request, error, out| {
            let status = error.status().map(|status| status.as_u16());
            out.item(json!({"path": request.url().path(), "failed": error.kind().as_str(), "status": status}));
            Ok(())
        })
    }
}

impl Spider for Mourner {
    type Item = Value;

    fn name(&self) -> &'static str {
        "mourner"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        self.probe.start()
    }

    async fn parse(&self, response: Response, out: &mut Output<Value>) -> Result<(), BoxError> {
        self.probe.parse(response, out).await
    }

    async fn failed(
        &self,
        request: &Request,
        error: &Error,
        out: &mut Output<Value>,
    ) -> Result<(), BoxError> {
        let path = request.url().path().to_owned();
        let told = (path, request.attempt(), error.kind());
        self.told.lock().unwrap().push(told);
        (self.failed)(request, error, out)
    }
}

/// Some pages, each named after what becomes of it.
fn failing() -> Probe<Value> {
    let paths = ["missing", "refused", "busy", "bad", "panic", "fine"];
    let start = paths.map(|path| get(format!("http://a.example/{path}")));
    Probe::new(start, |response, out| {
        out.item(json!({"path": response.url().path()}));
        match response.url().path() {
            "/bad" => Err("no price".into()),
            "/panic" => panic!("out of shops"),
            _ => Ok(()),
        }
    })
}

fn downloader() -> FakeDownloader {
    FakeDownloader::new(|request| match request.url().path() {
        "/missing" | "/robots.txt" => Ok(Response::new(request, 404)),
        "/busy" => Ok(Response::new(request, 500)),
        "/refused" => Err(Error::new(ErrorKind::Connect, "refused")),
        _ => Ok(html(request, "")),
    })
}

/// Runs a crawl and returns its items, sorted.
async fn items(crawler: Crawler<Mourner>) -> (crawlworks::Report, Vec<String>) {
    let mut stream = crawler.stream();
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item.to_string());
    }
    items.sort_unstable();
    (checked(stream.finish().await.unwrap()), items)
}

#[tokio::test(start_paused = true)]
async fn a_spider_is_told_once_of_each_request_after_its_last_try() {
    let spider = Mourner::of(failing());
    let told = Arc::clone(&spider.told);
    let report = run(quick(spider, |s| s.failures.retries = 2).downloader(downloader())).await;
    let mut told = told.lock().unwrap().clone();
    told.sort_unstable();
    let expected = [
        ("/bad", 0, ErrorKind::Spider),
        ("/busy", 2, ErrorKind::Status),
        ("/missing", 0, ErrorKind::Status),
        ("/panic", 0, ErrorKind::Panic),
        ("/refused", 2, ErrorKind::Connect),
    ];
    let expected = expected.map(|(path, tries, kind)| (path.to_owned(), tries, kind));
    assert_eq!(told, expected);
    assert_eq!((report.ledger.failed, report.pages), (5, 1));
    // Three pages were parsed, and five failures were told.
    assert_eq!(report.items.kept, 8);
}

#[tokio::test(start_paused = true)]
async fn what_failed_emits_is_an_item_like_any_other() {
    let probe = Probe::new([get("http://a.example/missing")], |_, _| Ok(()));
    let crawler = quick(Mourner::of(probe), |_| {}).downloader(downloader());
    let (report, items) = items(crawler).await;
    assert_eq!(
        items,
        [r#"{"path":"/missing","failed":"status","status":404}"#]
    );
    assert_eq!(report.items.kept, 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_failed_emits_is_a_first_try_one_link_deeper() {
    let fake = FakeDownloader::new(|request| {
        let is_mirror = request.url().host_str() == Some("mirror.example");
        if is_mirror && request.attempt() == 1 {
            return Ok(html(request, ""));
        }
        Err(Error::new(ErrorKind::Connect, "refused"))
    });
    let probe = Probe::new([get("http://a.example/x")], |_, _| Ok(()));
    let visited = probe.visited();
    let spider = Mourner::new(probe, |request, _, out| {
        let mut mirror = request.url().clone();
        mirror.set_host(Some("mirror.example"))?;
        out.follow(request.clone().with_url(mirror.clone()));
        out.follow(mirror);
        Ok(())
    });
    let crawler = quick(spider, |s| {
        s.failures.retries = 1;
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    });
    let report = run(crawler.downloader(fake)).await;
    let page = visited.one();
    assert_eq!(page.url().as_str(), "http://mirror.example/x");
    assert_eq!((page.request().depth(), page.request().attempt()), (1, 1));
    assert_eq!((report.ledger.failed, report.duplicates), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_error_or_a_panic_in_failed_is_counted_and_keeps_what_was_emitted() {
    let spider = Mourner::new(failing(), |request, _, out| {
        out.item(json!({"told": request.url().path()}));
        match request.url().path() {
            "/missing" => Err("no words".into()),
            "/bad" => panic!("no hope"),
            _ => Ok(()),
        }
    });
    let report = run(quick(spider, |_| {}).downloader(downloader())).await;
    assert_eq!((report.ledger.failed, report.items.kept), (5, 8));
    // One of each kind is of `parse`.
    assert_eq!(report.errors[&ErrorKind::Spider], 2);
    assert_eq!(report.errors[&ErrorKind::Panic], 2);
    assert_eq!(report.finish, Finish::Finished);
}

#[tokio::test(start_paused = true)]
async fn robots_txt_and_sitemaps_are_no_matter_of_the_spider() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/robots.txt" => {
            let robots = "Sitemap: http://a.example/sitemap.xml";
            Ok(Response::new(request, 200).with_body("text/plain", robots))
        }
        "/sitemap.xml" => Ok(Response::new(request, 404)),
        _ => Ok(html(request, page_of_links(["/none"]))),
    });
    let spider = Mourner::of(Probe::new([get("http://a.example/")], |_, _| Ok(())));
    let told = Arc::clone(&spider.told);
    let crawler = quick(spider, |s| {
        s.politeness.robots = true;
        s.links.sitemaps = true;
    });
    let report = run(crawler.downloader(fake)).await;
    assert_eq!((report.ledger.failed, report.pages), (1, 1));
    assert!(told.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_crawl_stops_at_its_error_limit_with_what_was_said_of_the_errors() {
    let start = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    let probe = Probe::new(start, |_, _| Ok(()));
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let crawler = quick(Mourner::of(probe), |s| {
        s.end.max_errors = Some(3);
        s.politeness.concurrency = 1;
    });
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(report.finish, Finish::MaxErrors);
    assert_eq!(report.items.kept, report.ledger.failed);
    assert!((3..10).contains(&report.ledger.failed), "{report:?}");
}
