//! Pages that are more than a page should be: what is cut off is counted, by limit, and the rest is there.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::report::Limit;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, Filter, HttpDownloader, Report, Site};

use crate::support::{Probe, get, html, page_of_links, quick, run};

/// Crawls one page with a spider that makes a tree of it.
async fn crawl(page: String, change: impl FnOnce(&mut Settings)) -> Report {
    let fake = FakeDownloader::new(move |request| Ok(html(request, page.clone())));
    let spider = Probe::<String>::new([get("http://a.example/")], |response, out| {
        let page = response.html()?;
        out.item(page.root().text());
        out.follow_all(response.links());
        Ok(())
    });
    run(quick(spider, change).downloader(fake)).await
}

fn reached(limits: &[Limit]) -> BTreeMap<Limit, u64> {
    limits.iter().map(|limit| (*limit, 1)).collect()
}

#[tokio::test]
async fn nothing_is_cut_off_of_an_ordinary_page() {
    let report = crawl("<p>x".repeat(1_000), |_| {}).await;
    assert_eq!(report.limited, reached(&[]));
}

#[tokio::test]
async fn what_is_nested_too_deeply_is_cut_off() {
    let deep = "<div>".repeat(600);
    assert_eq!(
        crawl(deep, |_| {}).await.limited,
        reached(&[Limit::DomDepth])
    );
    let report = crawl("<div>".repeat(60), |s| s.answers.max_dom_depth = 50).await;
    assert_eq!(report.limited, reached(&[Limit::DomDepth]));
}

#[tokio::test]
async fn nodes_that_are_too_many_are_cut_off() {
    let wide = "<br>".repeat((1 << 20) + 10);
    assert_eq!(
        crawl(wide, |_| {}).await.limited,
        reached(&[Limit::DomNodes])
    );
    let report = crawl("<p>x".repeat(200), |s| s.answers.max_dom_nodes = 100).await;
    assert_eq!(report.limited, reached(&[Limit::DomNodes]));
}

#[tokio::test]
async fn attributes_that_are_too_many_are_cut_off() {
    let attributes = |count| {
        let all: Vec<_> = (0..count).map(|n| format!(" a{n}=x")).collect();
        all.concat()
    };
    let report = crawl(format!("<p{}>x", attributes(100_000)), |_| {}).await;
    assert_eq!(report.limited, reached(&[Limit::DomAttributes]));
    let report = crawl(format!("<p{}>x", attributes(20)), |s| {
        s.answers.max_dom_attributes = 10;
    })
    .await;
    assert_eq!(report.limited, reached(&[Limit::DomAttributes]));
}

#[tokio::test]
async fn links_that_are_too_many_are_counted_by_page_and_by_link() {
    let links = (0..30).map(|n| format!("/{n}"));
    let report = crawl(page_of_links(links), |s| {
        s.links.max_links = 20;
        s.links.depth = Some(0);
    })
    .await;
    assert_eq!(report.limited, reached(&[Limit::Links]));
    assert_eq!(report.filtered[&Filter::MaxLinks], 10);
}

async fn fetch(site: &PracticeSite, path: &str) -> Response {
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    downloader
        .fetch(Request::from(site.at(path)))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_page_without_a_media_type_is_told_by_its_bytes() {
    let site = PracticeSite::start().unwrap();
    let page = fetch(&site, "/hazards/no-content-type").await;
    assert_eq!(
        (page.content_type(), page.media_type().as_str()),
        (None, "text/html")
    );
    let request = || get("http://a.example/");
    let picture = Response::new(request(), 200).with_body("*/*", &b"GIF89a"[..]);
    assert_eq!(picture.html().unwrap_err().kind(), ErrorKind::NotHtml);
    let text = Response::new(request(), 200).with_body("", "Hello <a href=/b>b</a>");
    assert_eq!(text.links().len(), 1);
    let strict = text
        .with_header("x-content-type-options", "NoSniff")
        .unwrap();
    assert_eq!(strict.html().unwrap_err().kind(), ErrorKind::NotHtml);
    let image = fetch(&site, "/hazards/wrong-type").await;
    assert_eq!(image.media_type(), "image/png");
}

#[tokio::test]
async fn a_site_crawl_leaves_out_what_turns_out_to_be_no_page() {
    let fake = FakeDownloader::new(|request| {
        let body = match request.url().path() {
            "/" => &b"<!doctype html><a href=/picture>p</a><a href=/text>t</a>"[..],
            "/picture" => b"\x89PNG\r\n\x1a\n",
            _ => b"Just text",
        };
        Ok(Response::new(request, 200).with_body("", body))
    });
    let crawler = quick(Site::new([get("http://a.example/")]), |_| {});
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(
        (report.pages, report.filtered[&Filter::ContentType]),
        (2, 1)
    );
}
