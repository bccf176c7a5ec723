//! Whose turn it is: among hosts, and among one host's requests.

use crawlworks::prelude::*;
use crawlworks::settings::Order;
use crawlworks::testing::FakeDownloader;

use crate::support::{Probe, get, html, page_of_links, quick, run, secs};

fn ok() -> FakeDownloader {
    FakeDownloader::new(|request| Ok(html(request, "")))
}

/// One visit at a time, so that the order is total.
fn one_by_one(settings: &mut Settings) {
    settings.politeness.concurrency = 1;
    settings.politeness.concurrency_per_host = 1;
}

/// The last part of each path that was asked for.
fn names(fake: &FakeDownloader) -> Vec<String> {
    fake.urls()
        .iter()
        .map(|url| url.rsplit('/').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn hosts_take_turns() {
    let fake = ok();
    let host = |name: &'static str, count: usize| (0..count).map(move |_| name).enumerate();
    let start = host("big", 100)
        .chain(host("small", 3))
        .map(|(nth, name)| get(format!("http://{name}.example/{nth}")));
    run(quick(Probe::only(start), one_by_one).downloader(fake.clone())).await;
    let first: Vec<bool> = fake
        .urls()
        .iter()
        .take(6)
        .map(|url| url.contains("small"))
        .collect();
    assert_eq!(
        first.iter().filter(|small| **small).count(),
        3,
        "{:?}",
        &fake.urls()[..6]
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_host_holds_no_slots_that_others_could_use() {
    let fake = ok().latency(secs(10));
    let slow = (0..50).map(|nth| get(format!("http://slow.example/{nth}")));
    let others = (0..20).map(|nth| get(format!("http://{nth}.example/")));
    run(quick(Probe::only(slow.chain(others)), |s| {
        s.politeness.concurrency = 22;
    })
    .downloader(fake.clone()))
    .await;
    assert!(fake.times()[..22].iter().all(Duration::is_zero));
}

#[tokio::test(start_paused = true)]
async fn a_higher_priority_goes_first() {
    let fake = ok();
    let start = [("a", 0), ("b", -5), ("c", 5), ("d", 0), ("e", 5)];
    let start = start
        .map(|(name, priority)| get(format!("http://a.example/{name}")).with_priority(priority));
    run(quick(Probe::only(start), one_by_one).downloader(fake.clone())).await;
    assert_eq!(names(&fake), ["c", "e", "a", "d", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_of_high_priority_overtakes_what_waited_already() {
    let fake = ok();
    let start: Vec<Request> = (0..40)
        .map(|nth| get(format!("http://a.example/{nth}")))
        .collect();
    let probe: Probe = Probe::new(start, |response, out| {
        if response.url().path() == "/3" {
            out.follow(response.follow("/urgent")?.with_priority(1));
        }
        Ok(())
    });
    run(quick(probe, one_by_one).downloader(fake.clone())).await;
    assert_eq!(names(&fake)[3..6], ["3", "urgent", "4"]);
}

/// A tree of three levels: `r`, `r1` and `r2`, `r11` to `r22`.
fn tree() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let path = request.url().path().to_owned();
        let children = [format!("{path}1"), format!("{path}2")];
        Ok(html(
            request,
            if path.len() < 4 {
                page_of_links(children)
            } else {
                String::new()
            },
        ))
    })
}

#[tokio::test(start_paused = true)]
async fn breadth_first_is_the_default() {
    let fake = tree();
    run(quick(Probe::links([get("http://a.example/r")]), one_by_one).downloader(fake.clone()))
        .await;
    assert_eq!(names(&fake), ["r", "r1", "r2", "r11", "r12", "r21", "r22"]);
}

#[tokio::test(start_paused = true)]
async fn depth_first_goes_down_before_it_goes_on() {
    let fake = tree();
    let crawler = quick(Probe::links([get("http://a.example/r")]), |s| {
        one_by_one(s);
        s.links.order = Order::Depth;
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(names(&fake), ["r", "r2", "r22", "r21", "r1", "r12", "r11"]);
}
