//! [`FeedSpider`]: what feeds publish, as items or as pages, and feeds that mean no good.

use std::time::SystemTime;

use crawlworks::feed::{FeedEntry, date, parse};
use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, FeedSpider, Filter};

use crate::support::{Probe, Scratch, get, html, quick, run};

#[tokio::test]
async fn the_practice_sites_feeds_say_the_same() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::only(["/feed.xml", "/atom.xml"].map(|path| site.at(path)));
    let visited = probe.visited();
    run(quick(probe, |_| {})).await;
    let mut read: Vec<Vec<FeedEntry>> = Vec::new();
    for page in visited.responses() {
        read.push(parse(page.body(), page.url()).unwrap().entries);
    }
    let said = |entry: &FeedEntry| {
        (
            entry.id.clone(),
            entry.url.clone(),
            entry.title.clone(),
            entry.modified(),
            entry.summary.clone(),
        )
    };
    let [first, second] = &read[..] else {
        panic!("{read:?}")
    };
    assert_eq!(first.len(), 20);
    assert_eq!(
        first.iter().map(said).collect::<Vec<_>>(),
        second.iter().map(said).collect::<Vec<_>>()
    );
    let quote = site.quotes()[0].clone();
    assert_eq!(
        (first[0].title.as_ref(), first[0].summary.as_ref()),
        (Some(&quote.author), Some(&quote.text))
    );
    assert_eq!(first[0].published, date("2025-06-20T00:00:00Z"));
}

#[tokio::test]
async fn entries_are_items() {
    let site = PracticeSite::start().unwrap();
    let files = Scratch::new();
    let spider = FeedSpider::new([site.at("/atom.xml")]).named("news");
    assert_eq!(spider.name(), "news");
    let report = run(quick(spider, |_| {}).output(&files.path("news.jsonl"))).await;
    assert_eq!((report.items.kept, report.pages), (20, 1));
    let text = files.read("news.jsonl");
    let entry: FeedEntry = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(entry.feed, site.at("/atom.xml"));
}

/// A feed of pages without end, ten entries each, one a day, the newest first.
fn endless() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let query = request.url().query().unwrap_or("p=0");
        let page: i64 = query.trim_start_matches("p=").parse().unwrap();
        let entries = (page * 10..page * 10 + 10).map(|n| {
            let day = jiff::Timestamp::from_second(1_750_000_000 - n * 86_400).unwrap();
            format!("<entry><id>{n}</id><link href='/e/{n}#top'/><updated>{day}</updated></entry>")
        });
        let entries: String = entries.collect();
        let feed = format!(
            "<feed>{entries}<link rel='next' href='?p={}'/></feed>",
            page + 1
        );
        let is_feed = request.url().path() == "/feed";
        let feed = Response::new(request.clone(), 200).with_body("application/atom+xml", feed);
        Ok(if is_feed { feed } else { html(request, "") })
    })
}

fn spider() -> FeedSpider {
    FeedSpider::new([get("http://a.example/feed")])
}

async fn crawl(spider: impl Spider) -> (u64, u64) {
    let report = run(quick(spider, |_| {}).downloader(endless())).await;
    (report.items.kept, report.pages)
}

#[tokio::test]
async fn a_feed_in_pages_is_followed_to_its_limits() {
    assert_eq!(crawl(spider()).await, (1000, 100));
    assert_eq!(crawl(spider().max_pages(3)).await, (30, 3));
    assert_eq!(crawl(spider().max_entries(25)).await, (25, 3));
}

#[tokio::test]
async fn nothing_is_read_behind_a_page_without_anything_new() {
    let since = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000 - 14 * 86_400);
    assert_eq!(crawl(spider().since(since)).await, (15, 3));
}

#[tokio::test]
async fn a_feed_that_goes_round_in_circles_ends() {
    let fake = FakeDownloader::new(|request| {
        let feed = "<feed><entry><id>1</id></entry><link rel='next' href='/feed'/></feed>";
        Ok(Response::new(request, 200).with_body("text/xml", feed))
    });
    let report = run(quick(spider(), |_| {}).downloader(fake)).await;
    assert_eq!((report.items.kept, report.duplicates), (1, 1));
}

#[tokio::test]
async fn the_pages_of_entries_go_to_another_spider() {
    let probe = Probe::new([get("http://a.example/start")], |response, out| {
        let entry: Option<FeedEntry> = response.request().meta("entry")?;
        let id = entry.and_then(|entry| entry.id);
        out.item(format!(
            "{:?} {id:?} {}",
            response.label(),
            response.url().path()
        ));
        Ok(())
    });
    let visited = probe.visited();
    let rules = Rules::new([Rule::new().allow("/e/[012]$").label("entry").limit(2)]).unwrap();
    let spider = spider().max_pages(1).with_pages(probe).rules(rules);
    let report = run(quick(spider, |_| {}).downloader(endless())).await;
    assert_eq!((report.items.kept, report.pages), (3, 4));
    assert_eq!(report.filtered, [(Filter::RuleLimit, 1)].into());
    let responses = visited.responses();
    let page = responses
        .iter()
        .find(|page| page.url().path() == "/e/1")
        .unwrap();
    let entry: FeedEntry = page.request().meta("entry").unwrap().unwrap();
    assert_eq!(
        (page.label(), entry.id.as_deref()),
        (Some("entry"), Some("1"))
    );
}

#[tokio::test]
async fn feeds_that_mean_no_good_are_failed_pages() {
    let deep = format!("<rss>{}", "<a>".repeat(100_000));
    let lists = format!("{{\"items\":{}", "[".repeat(100_000));
    for text in [
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item><title>&a;</title></item></channel></rss>",
        "<html><p>Not found",
        "",
        &deep,
        &lists,
    ] {
        let text = text.to_owned();
        let fake = FakeDownloader::new(move |request| {
            Ok(Response::new(request, 200).with_body("text/xml", text.clone()))
        });
        let report = run(quick(spider(), |_| {}).downloader(fake)).await;
        assert_eq!(
            (report.items.kept, &report.errors),
            (0, &[(ErrorKind::Spider, 1)].into())
        );
    }
}
