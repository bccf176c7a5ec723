//! What every crawl does: each page once, every item, and a report that adds up.

use std::collections::{BTreeSet, HashMap};

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Finish, Item};

use crate::support::{Probe, get, html, page_of_links, quick, run};

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Quote {
    text: String,
    author: String,
    tags: Vec<String>,
}

/// The tutorial's spider: every quote, page by page.
fn quotes(site: &PracticeSite) -> Probe<Quote> {
    Probe::new([site.at("/quotes/")], |response, out| {
        let page = response.html()?;
        for quote in page.select(".quote")? {
            out.item(Quote {
                text: quote.one(".text")?.text(),
                author: quote.one(".author")?.text(),
                tags: quote.select(".tag")?.map(Element::text).collect(),
            });
        }
        out.follow_all(page.links(".next a")?);
        Ok(())
    })
}

#[tokio::test]
async fn all_hundred_quotes_are_found_exactly() {
    let site = PracticeSite::start().unwrap();
    let mut items = quick(quotes(&site), |_| {}).stream();
    let mut found = Vec::new();
    while let Some(quote) = items.next().await {
        found.push(quote);
    }
    let report = items.finish().await.unwrap();
    let truth: Vec<Quote> = site
        .quotes()
        .iter()
        .map(|quote| Quote {
            text: quote.text.clone(),
            author: quote.author.clone(),
            tags: quote.tags.clone(),
        })
        .collect();
    assert_eq!(found, truth);
    assert_eq!(
        (report.pages, report.items.kept, report.finish),
        (10, 100, Finish::Finished)
    );
}

#[tokio::test]
async fn each_page_is_requested_once() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(Probe::links([site.at("/quotes/")]), |settings| {
        settings.links.deny = vec!["/login".to_owned()];
    }))
    .await;
    let served = site.served();
    assert!(
        served.paths().all(|(_, hits)| hits == 1),
        "{:?}",
        served.paths().find(|(_, hits)| *hits > 1)
    );
    assert_eq!((report.pages, served.total), (60, 60));
    assert!(report.duplicates > 100, "{}", report.duplicates);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_of_two_thousand_pages_is_crawled_completely() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(Probe::links([site.at("/web/2000/0")]), |s| {
        s.politeness.concurrency_per_host = 16;
    }))
    .await;
    let served = site.served();
    let hits: HashMap<&str, u64> = served.paths().collect();
    assert_eq!(hits.len(), 2_000);
    assert!(hits.values().all(|hits| *hits == 1));
    assert_eq!(
        (report.pages, report.items.kept, report.ledger.seen),
        (2_000, 2_000, 2_000)
    );
    // A page that links to another one twice asks for it once.
    let links: usize = (0..2_000)
        .map(|id| BTreeSet::from_iter(site.web_links(2_000, id)).len())
        .sum();
    assert_eq!(report.duplicates + report.ledger.seen, links as u64 + 1);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let site = PracticeSite::start().unwrap();
    run(quick(quotes(&site), |settings| {
        settings.politeness.concurrency_per_host = 1;
    }))
    .await;
    assert_eq!(site.served().connections, 1);
}

#[tokio::test]
async fn a_spider_without_a_start_is_done_at_once() {
    let report = run(quick(Probe::only(Vec::<Request>::new()), |_| {})).await;
    assert_eq!(
        (report.finish, report.ledger.seen, report.has_failed()),
        (Finish::Finished, 0, false)
    );
}

#[tokio::test]
async fn a_crawl_that_gets_no_page_has_failed() {
    let fake = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    let report = run(quick(Probe::only([get("http://a.example/")]), |_| {}).downloader(fake)).await;
    assert_eq!(report.finish, Finish::Finished);
    assert!(report.has_failed());
}

#[tokio::test]
async fn a_duplicate_is_counted_and_not_fetched() {
    let fake = FakeDownloader::new(|request| {
        Ok(html(
            request,
            page_of_links(["/b", "/b#part", "/", "/%c3%a9", "/%C3%A9"]),
        ))
    });
    let start = [get("http://a.example/"), get("HTTP://A.example:80/#top")];
    let report = run(quick(Probe::links(start), |_| {}).downloader(fake.clone())).await;
    let urls: BTreeSet<String> = fake.urls().into_iter().collect();
    assert_eq!(urls.len(), fake.urls().len());
    assert_eq!((report.pages, report.ledger.seen), (3, 3));
}

#[tokio::test]
async fn a_request_can_insist_on_being_fetched_again() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let start = [
        get("http://a.example/"),
        get("http://a.example/").dont_filter(),
    ];
    let report = run(quick(Probe::only(start), |_| {}).downloader(fake.clone())).await;
    assert_eq!(
        (fake.urls().len(), report.pages, report.duplicates),
        (2, 2, 0)
    );
}

#[tokio::test]
async fn method_and_body_are_part_of_a_requests_identity() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let post = |body| {
        Request::post("http://a.example/")
            .unwrap()
            .with_form([("q", body)])
    };
    let start = [get("http://a.example/"), post("1"), post("2"), post("2")];
    let report = run(quick(Probe::only(start), |_| {}).downloader(fake)).await;
    assert_eq!((report.pages, report.duplicates), (3, 1));
}

#[tokio::test]
async fn label_meta_and_depth_come_back_with_the_response() {
    let fake =
        FakeDownloader::with_pages([("http://a.example/", ""), ("http://a.example/list", "")]);
    let probe: Probe = Probe::new([get("http://a.example/")], |response, out| {
        if response.label().is_none() {
            out.follow(
                response
                    .follow("/list")?
                    .with_label("list")
                    .with_meta("page", 7)?,
            );
        }
        Ok(())
    });
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    let list = visited.responses().pop().unwrap();
    assert_eq!((list.label(), list.request().depth()), (Some("list"), 1));
    assert_eq!(list.request().meta::<u32>("page").unwrap(), Some(7));
}

#[tokio::test]
async fn a_json_api_is_crawled_by_post() {
    let site = PracticeSite::start().unwrap();
    let author = site.quotes()[0].author.clone();
    let search = Request::post(site.at("/api/search")).unwrap();
    let search = search
        .with_json(&serde_json::json!({ "author": author }))
        .unwrap();
    let probe = Probe::only([search]);
    let visited = probe.visited();
    run(quick(probe, |_| {})).await;
    let found: serde_json::Value = visited.one().json().unwrap();
    let truth: Vec<_> = site
        .quotes()
        .iter()
        .filter(|quote| quote.author == author)
        .collect();
    assert_eq!(found["quotes"], serde_json::to_value(truth).unwrap());
}

#[tokio::test]
async fn a_spiders_own_settings_are_the_crawls_defaults() {
    struct Slow;
    impl Spider for Slow {
        type Item = ();
        fn name(&self) -> &'static str {
            "slow"
        }
        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(Vec::new())
        }
        async fn parse(&self, _: Response, _: &mut Output<()>) -> Result<(), BoxError> {
            Ok(())
        }
        fn settings(&self, mut settings: Settings) -> Settings {
            settings.politeness.delay = Duration::from_secs(9);
            settings.politeness.concurrency = 3;
            settings
        }
    }
    let crawler = Crawler::new(Slow).concurrency(5);
    assert_eq!(
        (
            crawler.settings().politeness.delay,
            crawler.settings().politeness.concurrency
        ),
        (Duration::from_secs(9), 5)
    );
}

#[tokio::test]
async fn a_bad_setting_is_told_before_anything_is_fetched() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let crawler = quick(Probe::only([get("http://a.example/")]), |settings| {
        settings.links.allow = vec!["(".to_owned()];
    });
    let error = crawler.downloader(fake.clone()).run().await.unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::Settings);
    assert!(fake.urls().is_empty());
}

#[test]
fn anything_that_serialises_is_an_item() {
    fn is_item<I: Item>() {}
    is_item::<Quote>();
    is_item::<serde_json::Value>();
    is_item::<(String, Option<u32>)>();
}
