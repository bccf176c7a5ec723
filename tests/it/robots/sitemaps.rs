//! Sitemaps that robots.txt lists, when `sitemaps` wants them.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Filter, Report};

use crate::support::{Probe, get, html, polite, run};

const INDEX: &str = "<sitemapindex><sitemap><loc>/pages.xml</loc></sitemap>\
    <sitemap><loc>http://cdn.example/more.txt</loc></sitemap><sitemap><loc>/index.xml</loc></sitemap></sitemapindex>";
const PAGES: &str = "<urlset><url><loc>/1</loc></url><url><loc>/1</loc></url><url><loc>/private</loc></url>\
    <url><loc>http://other.example/</loc></url></urlset>";

/// A site whose pages link to nothing.
fn site(robots: &'static str) -> FakeDownloader {
    FakeDownloader::new(move |request| {
        let xml =
            |request, text| Ok(Response::new(request, 200).with_body("application/xml", text));
        match request.url().as_str() {
            "http://a.example/robots.txt" => {
                Ok(Response::new(request, 200).with_body("text/plain", robots))
            }
            "http://a.example/index.xml" => xml(request, INDEX),
            "http://a.example/pages.xml" => xml(request, PAGES),
            "http://cdn.example/more.txt" => {
                xml(request, "http://a.example/2\nhttp://a.example/deny\n")
            }
            "http://a.example/loop.xml" => xml(
                request,
                "<sitemapindex><sitemap><loc>/loop.xml?a</loc></sitemap></sitemapindex>",
            ),
            url if url.starts_with("http://a.example/loop.xml?") => {
                let next = format!("{}a", request.url());
                let index =
                    format!("<sitemapindex><sitemap><loc>{next}</loc></sitemap></sitemapindex>");
                Ok(Response::new(request, 200).with_body("application/xml", index))
            }
            "http://a.example/prose" => Ok(html(request, "Page not found")),
            url if url.ends_with("/robots.txt") => Ok(Response::new(request, 404)),
            _ => Ok(html(request, "")),
        }
    })
}

async fn crawl(fake: &FakeDownloader, change: impl FnOnce(&mut Settings)) -> (Vec<String>, Report) {
    let probe = Probe::only([get("http://a.example/")]);
    let visited = probe.visited();
    let crawler = polite(probe, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.links.sitemaps = true;
        settings.links.depth = Some(0);
        change(settings);
    });
    let report = run(crawler.downloader(fake.clone())).await;
    let mut urls = visited.urls();
    urls.sort_unstable();
    (urls, report)
}

const LISTED: &str = "Sitemap: http://a.example/index.xml\nUser-agent: *\nDisallow: /private\n";

#[tokio::test]
async fn pages_that_only_a_sitemap_lists_are_fetched() {
    let fake = site(LISTED);
    let (urls, report) = crawl(&fake, |settings| {
        settings.links.deny = vec!["deny$".to_owned()];
    })
    .await;
    assert_eq!(
        urls,
        [
            "http://a.example/",
            "http://a.example/1",
            "http://a.example/2"
        ]
    );
    assert_eq!(report.requests.sitemaps, 3);
    let expected = [(Filter::Scope, 1), (Filter::Deny, 1), (Filter::Robots, 1)];
    assert_eq!(report.filtered, expected.into());
    assert!(!fake.urls().contains(&"http://other.example/".to_owned()));
}

#[tokio::test]
async fn a_sitemap_elsewhere_obeys_the_robots_txt_there() {
    let fake = site(LISTED);
    crawl(&fake, |_| {}).await;
    let asked = fake.urls();
    let at = |url: &str| asked.iter().position(|asked| asked == url).unwrap();
    assert!(at("http://cdn.example/robots.txt") < at("http://cdn.example/more.txt"));
}

#[tokio::test]
async fn a_sitemap_that_robots_txt_forbids_is_not_fetched() {
    let fake = site("Sitemap: /index.xml\nUser-agent: *\nDisallow: /index.xml\n");
    let (urls, report) = crawl(&fake, |_| {}).await;
    assert_eq!((urls.len(), report.filtered[&Filter::Robots]), (1, 1));
}

#[tokio::test]
async fn sitemaps_are_nested_three_deep_at_most() {
    let fake = site("Sitemap: http://a.example/loop.xml\n");
    let (_, report) = crawl(&fake, |_| {}).await;
    assert_eq!(
        (report.requests.sitemaps, report.filtered[&Filter::Depth]),
        (3, 1)
    );
}

#[tokio::test]
async fn a_media_type_that_is_not_wanted_is_still_a_sitemap() {
    let practice = crawlworks::testing::PracticeSite::start().unwrap();
    let site = crawlworks::Site::new([practice.at("/quotes/")]);
    let crawler = Crawler::new(site).delay(Duration::ZERO);
    let mut crawler = crawler.max_pages(20);
    crawler.settings_mut().links.sitemaps = true;
    crawler.settings_mut().links.depth = Some(0);
    let report = crawler.run().await.unwrap();
    assert_eq!((report.pages, report.requests.sitemaps), (20, 3));
}

#[tokio::test]
async fn a_sitemap_that_cannot_be_read_is_a_failed_request() {
    let fake = site("Sitemap: http://a.example/prose\nSitemap: nonsense://x\n");
    let (urls, report) = crawl(&fake, |_| {}).await;
    assert_eq!(urls, ["http://a.example/"]);
    assert_eq!((report.ledger.failed, report.requests.sitemaps), (1, 0));
}

#[tokio::test]
async fn sitemaps_are_found_although_robots_txt_is_not_obeyed() {
    let fake = site(LISTED);
    let (urls, report) = crawl(&fake, |settings| settings.politeness.robots = false).await;
    assert!(
        urls.contains(&"http://a.example/private".to_owned()),
        "{urls:?}"
    );
    assert_eq!(report.requests.robots, 1);
}

#[tokio::test(start_paused = true)]
async fn a_robots_txt_that_is_not_obeyed_delays_nothing() {
    let fake = site("Sitemap: http://a.example/pages.xml\nUser-agent: *\nCrawl-delay: 30\n");
    crawl(&fake, |settings| settings.politeness.robots = false).await;
    assert_eq!(fake.times().last(), Some(&Duration::ZERO));
}

#[tokio::test]
async fn by_default_no_sitemap_is_fetched() {
    let fake = site(LISTED);
    let (_, report) = crawl(&fake, |settings| settings.links.sitemaps = false).await;
    assert_eq!((report.pages, report.requests.total), (1, 2));
}

/// Lists a page that redirects to another host of the same domain, and ten that do not.
fn moving() -> FakeDownloader {
    FakeDownloader::new(|request| match request.url().as_str() {
        "http://www.a.example/robots.txt" => {
            Ok(Response::new(request, 200).with_body("text/plain", "Sitemap: /pages.txt"))
        }
        "http://www.a.example/pages.txt" => {
            let pages = (0..10).map(|n| format!("http://www.a.example/p{n}\n"));
            let pages: String = pages.chain(["http://www.a.example/moved".into()]).collect();
            Ok(Response::new(request, 200).with_body("text/plain", pages))
        }
        "http://www.a.example/moved" => {
            Response::new(request, 302).with_header("location", "http://shop.a.example/")
        }
        url if url.ends_with("/robots.txt") => Ok(Response::new(request, 404)),
        _ => Ok(html(request, "")),
    })
}

async fn crawl_moving(change: impl FnOnce(&mut Settings)) -> (FakeDownloader, Report) {
    let fake = moving();
    let probe = Probe::only([get("http://www.a.example/")]);
    let crawler = polite(probe, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.links.sitemaps = true;
        change(settings);
    });
    let report = run(crawler.downloader(fake.clone())).await;
    (fake, report)
}

#[tokio::test]
async fn a_listed_page_that_redirects_does_not_widen_the_scope() {
    let (fake, report) = crawl_moving(|_| {}).await;
    assert_eq!((report.pages, report.filtered[&Filter::Scope]), (11, 1));
    assert!(!fake.urls().contains(&"http://shop.a.example/".to_owned()));
}

#[tokio::test]
async fn limits_of_pages_hold_for_listed_ones() {
    let (_, report) = crawl_moving(|settings| settings.links.max_pages_per_host = Some(4)).await;
    assert!(report.pages <= 5, "{} pages", report.pages);
}
