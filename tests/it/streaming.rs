//! A crawl as a stream of typed items.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Finish};
use futures_util::StreamExt;

use crate::support::{Probe, checked, get, html, page_of_links, quick, secs};

#[derive(Debug, PartialEq, Serialize)]
struct Page {
    depth: u32,
}

/// A site without end whose pages give an item each, or nothing.
fn endless(items: bool) -> (Crawler<Probe<Page>>, FakeDownloader) {
    let fake = FakeDownloader::new(|request| {
        let path = request.url().path().to_owned();
        // Each is another page: the same one below itself, over and over, is a trap.
        let (next, text) = (page_of_links([format!("{path}x")]), path.len());
        Ok(html(request, format!("<p>{text}</p>{next}")))
    });
    let probe = Probe::new([get("http://a.example/")], move |response, out| {
        if items {
            out.item(Page {
                depth: response.request().depth(),
            });
        }
        out.follow_all(response.links());
        Ok(())
    });
    let crawler = quick(probe, |settings| {
        settings.politeness.delay = secs(1);
        settings.links.max_url_length = usize::MAX;
    });
    (crawler.downloader(fake.clone()), fake)
}

#[tokio::test(start_paused = true)]
async fn items_come_typed_and_in_order_while_the_crawl_runs() {
    let mut items = endless(true).0.stream();
    for depth in 0..5 {
        assert_eq!(items.next().await, Some(Page { depth }));
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_a_stream_like_any_other() {
    let items = endless(true).0.max_items(3).stream();
    let depths: Vec<u32> = items.map(|page| page.depth).collect().await;
    assert_eq!(depths, [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn finish_ends_the_crawl_and_reports() {
    let mut items = endless(true).0.stream();
    items.next().await.unwrap();
    let report = checked(items.finish().await.unwrap());
    assert_eq!((report.finish, report.ledger.pending), (Finish::Stopped, 1));
}

#[tokio::test(start_paused = true)]
async fn finish_after_the_last_item_reports_the_whole_crawl() {
    let mut items = endless(true).0.max_pages(3).stream();
    while items.next().await.is_some() {}
    let report = checked(items.finish().await.unwrap());
    assert_eq!(
        (report.finish, report.pages, report.items.kept),
        (Finish::MaxPages, 3, 3)
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_ends_the_crawl() {
    let (crawler, fake) = endless(true);
    let mut items = crawler.stream();
    items.next().await.unwrap();
    let before = fake.urls().len();
    drop(items);
    tokio::time::sleep(secs(1_000)).await;
    assert!(
        fake.urls().len() <= before + 1,
        "{} after {before}",
        fake.urls().len()
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_stream_ends_a_crawl_that_gives_no_items() {
    let (crawler, fake) = endless(false);
    let mut items = crawler.stream();
    assert!(tokio::time::timeout(secs(10), items.next()).await.is_err());
    let before = fake.urls().len();
    drop(items);
    tokio::time::sleep(secs(1_000)).await;
    assert!(
        fake.urls().len() <= before + 1,
        "{} after {before}",
        fake.urls().len()
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_slows_the_crawl_down() {
    let (mut crawler, fake) = endless(true);
    crawler.settings_mut().politeness.delay = Duration::ZERO;
    let mut items = crawler.stream();
    items.next().await.unwrap();
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(secs(1_000)).await;
    // The one that was read, 64 in the stream and one at its door, 64 before the pipelines, and the host's two visits.
    assert!(fake.urls().len() <= 132, "{}", fake.urls().len());
}

#[tokio::test]
async fn a_crawl_that_cannot_begin_gives_no_items_and_its_error() {
    let (mut crawler, _) = endless(true);
    crawler.settings_mut().links.deny = vec!["(".to_owned()];
    let mut items = crawler.stream();
    assert_eq!(items.next().await, None);
    assert_eq!(
        items.finish().await.unwrap_err().kind(),
        ErrorKind::Settings
    );
}
