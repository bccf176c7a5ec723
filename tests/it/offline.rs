//! What a spider's own tests use: saved pages and fake downloaders.

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, parse};
use crawlworks::{Error, ErrorKind};

use crate::support::{Probe, get, millis, quick, run};

fn titles() -> Probe {
    Probe::new(Vec::<Request>::new(), |response, out| {
        out.item(response.html()?.one("h1")?.text());
        out.follow_all(response.links());
        Ok(())
    })
}

#[tokio::test]
async fn a_saved_page_gives_items_and_requests() {
    let page = "<h1>Hello</h1><a href='next'>next</a><a href='mailto:us@a.example'>mail</a>";
    let out = parse(&titles(), "https://a.example/dir/", page)
        .await
        .unwrap();
    assert_eq!(out.items(), ["Hello"]);
    assert_eq!(out.requests(), [get("https://a.example/dir/next")]);
}

#[tokio::test]
async fn a_spiders_error_comes_out_of_parse() {
    let error = parse(&titles(), "https://a.example/", "<p>no heading")
        .await
        .unwrap_err();
    assert_eq!(
        error.downcast::<Error>().unwrap().kind(),
        ErrorKind::Missing
    );
}

#[tokio::test]
async fn a_bad_url_comes_out_of_parse() {
    assert!(parse(&titles(), "not a url", "").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_fake_downloader_remembers_what_it_was_asked_and_when() {
    let fake =
        FakeDownloader::with_pages([("http://a.example/", "<h1>Hi</h1>")]).latency(millis(250));
    let clone = fake.clone();
    let known = clone.fetch(get("http://a.example/")).await.unwrap();
    let unknown = clone
        .fetch(get("http://a.example/robots.txt"))
        .await
        .unwrap();
    assert_eq!(
        (known.status().as_u16(), unknown.status().as_u16()),
        (200, 404)
    );
    assert_eq!(
        fake.urls(),
        ["http://a.example/", "http://a.example/robots.txt"]
    );
    assert_eq!(fake.times(), [millis(0), millis(250)]);
}

#[tokio::test(start_paused = true)]
async fn a_downloader_that_tells_no_times_is_timed() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]).latency(millis(250));
    let probe = Probe::only([get("http://a.example/")]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    assert_eq!(visited.one().timings().total, millis(250));
}
