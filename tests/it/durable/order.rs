//! Requests are made in the order in which one run would have made them.

use crawlworks::Site;
use crawlworks::prelude::*;
use crawlworks::settings::Order;
use crawlworks::testing::FakeDownloader;

use super::{Halt, Job, stop};
use crate::support::{Probe, get, html, page_of_links, quick, run};

/// A tree: every page links to three below it, four levels deep.
fn tree() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let path = request.url().path().trim_end_matches('/').to_owned();
        let below = (0..3).map(|nth| format!("{path}/{nth}"));
        let links = if path.len() < 8 {
            below.collect()
        } else {
            vec![]
        };
        Ok(html(request, page_of_links::<String>(links)))
    })
}

/// Follows every link; even ones first, when there are priorities.
fn spider(halt: &Halt, priorities: bool) -> Probe {
    let halt = halt.clone();
    Probe::new([get("http://a.example/")], move |response, out| {
        halt.page();
        for url in response.links() {
            let is_first = priorities && url.path().ends_with('2');
            out.follow(Request::from(url).with_priority(i32::from(is_first)));
        }
        Ok(())
    })
}

async fn keeps_its_order(order: Order, priorities: bool) {
    let whole = tree();
    let settings = |s: &mut Settings| {
        s.links.order = order;
        s.politeness.concurrency = 1;
    };
    let crawler = quick(spider(&Halt::never(), priorities), settings);
    run(crawler.downloader(whole.clone())).await;

    let (job, pieces) = (Job::new(), tree());
    for _ in 0..5 {
        let halt = Halt::after(7);
        let crawler = job.of(spider(&halt, priorities), settings);
        stop(crawler.downloader(pieces.clone()), &halt).await;
    }
    let crawler = job.of(spider(&Halt::never(), priorities), settings);
    run(crawler.downloader(pieces.clone())).await;
    assert_eq!(pieces.urls(), whole.urls());
    assert_eq!(whole.urls().len(), 1 + 3 + 9 + 27 + 81);
}

#[tokio::test]
async fn breadth_first_stays_breadth_first() {
    keeps_its_order(Order::Breadth, false).await;
}

#[tokio::test]
async fn depth_first_stays_depth_first() {
    keeps_its_order(Order::Depth, false).await;
}

#[tokio::test]
async fn priorities_stay_breadth_first() {
    keeps_its_order(Order::Breadth, true).await;
}

#[tokio::test]
async fn priorities_stay_depth_first() {
    keeps_its_order(Order::Depth, true).await;
}

#[tokio::test]
async fn the_depth_of_a_page_is_remembered() {
    let (job, fake) = (Job::new(), tree());
    let site = || Site::new(["http://a.example/".parse::<url::Url>().unwrap()]);
    let settings = |s: &mut Settings| s.links.depth = Some(2);
    let asked = fake.clone();
    let crawler = job.of(site(), settings).downloader(fake.clone());
    let stopped = crawler
        .run_until(async move {
            while asked.urls().len() < 2 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    assert!(stopped.ledger.pending > 0, "{stopped:#?}");
    let report = run(job.of(site(), settings).downloader(fake.clone())).await;
    assert_eq!(report.pages, 1 + 3 + 9);
}
