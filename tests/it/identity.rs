//! Policies of a program's own about which requests are one and the same.

use std::sync::{Arc, Mutex};

use crawlworks::ErrorKind;
use crawlworks::prelude::*;
use crawlworks::sink::{Record, Sink};
use crawlworks::testing::FakeDownloader;

use crate::support::{Probe, Scratch, get, html, page_of_links, quick, run};

/// A shop whose products have several URLs.
fn shop() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let links = [
            "/p/1",
            "/p/1?from=home",
            "/p/2?from=home",
            "/p/2",
            "/about",
            "/about?x",
        ];
        match request.url().path() {
            "/" => Ok(html(request, page_of_links(links))),
            _ => Ok(html(request, "")),
        }
    })
}

/// The number of a product.
fn product(request: &Request) -> Option<String> {
    request.url().path().strip_prefix("/p/").map(str::to_owned)
}

fn crawler() -> Crawler<Probe> {
    let one_by_one = |settings: &mut Settings| settings.politeness.concurrency = 1;
    quick(Probe::links([get("http://a.example/")]), one_by_one).downloader(shop())
}

#[tokio::test(start_paused = true)]
async fn requests_of_one_identity_are_made_once_and_counted_under_the_policy() {
    let fake = shop();
    let crawler = crawler()
        .downloader(fake.clone())
        .identity_by("product", product);
    let report = run(crawler).await;
    let urls: Vec<String> = fake.urls().iter().map(ToString::to_string).collect();
    let want = ["/", "/p/1", "/p/2?from=home", "/about", "/about?x"];
    assert_eq!(urls, want.map(|path| format!("http://a.example{path}")));
    assert_eq!(report.identified["product"], 2);
    assert_eq!(report.duplicates, 2);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_identity_of_its_own_has_the_usual_one() {
    let report = run(crawler().identity_by("none", |_| None)).await;
    assert_eq!(report.pages, 7);
    assert!(report.identified.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_identity_is_never_that_of_a_url() {
    // Also if it is the text of one.
    let report = run(crawler().identity_by("odd", |request| {
        let is_product = request.url().path() == "/p/1";
        is_product.then(|| "http://a.example/about".to_owned())
    }))
    .await;
    assert_eq!(report.pages, 6);
}

#[tokio::test(start_paused = true)]
async fn the_first_policy_that_knows_a_request_counts() {
    let crawler = crawler().identity_by("product", product);
    let report =
        run(crawler.identity_by("path", |request| Some(request.url().path().to_owned()))).await;
    assert_eq!(report.pages, 4);
    assert_eq!(
        (report.identified["product"], report.identified["path"]),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_panics_costs_no_request() {
    let report = run(crawler().identity_by("bad", |request| {
        assert!(request.url().path() != "/about", "it is not known");
        None
    }))
    .await;
    assert_eq!(report.pages, 7);
    assert_eq!(report.identified["bad (panicked)"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_the_same_identity_is_followed() {
    let fake = FakeDownloader::new(|request| match request.url().query() {
        Some(_) => Response::new(request, 301).with_header("location", "/p/1"),
        None => Ok(html(request, "")),
    });
    let spider = Probe::links([get("http://a.example/p/1?from=mail")]);
    let crawler = quick(spider, |_| {})
        .downloader(fake)
        .identity_by("product", product);
    let report = run(crawler).await;
    assert_eq!((report.pages, report.requests.redirected), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_job_goes_on_with_the_same_policies_only() {
    let files = Scratch::new();
    let job = || crawler().job(files.path("job")).go_on();
    run(job().identity_by("product", product).max_pages(2)).await;
    let error = job().run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(
        error
            .chain()
            .contains("its requests are told apart by product, not by their URLs"),
        "{}",
        error.chain()
    );
    let report = run(job().identity_by("product", product)).await;
    assert_eq!(report.pages, 5);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_left_out_does_not_stand_for_one_that_is_followed() {
    for links in [["/p/2?from=home", "/p/2"], ["/p/2", "/p/2?from=home"]] {
        let fake = FakeDownloader::new(move |request| match request.url().path() {
            "/" => Ok(html(request, page_of_links(links))),
            _ => Ok(html(request, "")),
        });
        let deny = |settings: &mut Settings| settings.links.deny = vec!["from=".to_owned()];
        let spider = Probe::links([get("http://a.example/")]);
        let crawler = quick(spider, deny).downloader(fake.clone());
        run(crawler.identity_by("product", product)).await;
        let urls: Vec<String> = fake.urls().iter().map(ToString::to_string).collect();
        assert_eq!(
            urls,
            ["http://a.example/", "http://a.example/p/2"],
            "{links:?}"
        );
    }
}

/// Keeps the keys of items.
struct Keys(Arc<Mutex<Vec<String>>>);

impl Sink for Keys {
    fn write(&mut self, record: &Record) -> crawlworks::Result<()> {
        self.0
            .lock()
            .unwrap()
            .push(record.key().unwrap().to_string());
        Ok(())
    }

    fn flush(&mut self) -> crawlworks::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_a_policy_tells_apart_have_items_with_different_keys() {
    let in_language = |language: &str| get("http://a.example/about").with_label(language);
    let spider = Probe::links([in_language("de"), in_language("en")]);
    let keys = Arc::new(Mutex::new(Vec::new()));
    let crawler = quick(spider, |_| {})
        .downloader(shop())
        .sink(Keys(Arc::clone(&keys)));
    let language = |request: &Request| {
        request
            .label()
            .map(|label| format!("{}{label}", request.url()))
    };
    let report = run(crawler.identity_by("language", language)).await;
    assert_eq!(report.pages, 2);
    let keys = keys.lock().unwrap();
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
}
