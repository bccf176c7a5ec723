//! What pages say to robots in headers and `meta` elements, when `robots_tags` obeys it.

use crawlworks::prelude::*;
use crawlworks::settings::RobotsTags;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Filter, Report};

use crate::support::{Probe, get, html, quick, run};

/// `/` links to `/nofollow`, which links to `/deep`, and to `/noindex`, which links to `/found`.
fn site() -> FakeDownloader {
    FakeDownloader::new(|request| match request.url().path() {
        "/" => Ok(html(
            request,
            "<a href=/nofollow>a</a><a href=/noindex>b</a>",
        )),
        "/nofollow" => {
            html(request, "<a href=/deep>c</a>").with_header("x-robots-tag", "crawlworks: nofollow")
        }
        "/noindex" => Ok(html(
            request,
            "<meta name=robots content=noindex><a href=/found>d</a>",
        )),
        _ => Ok(html(request, "")),
    })
}

async fn crawl(tags: RobotsTags) -> (Vec<String>, Report) {
    let probe = Probe::links([get("http://a.example/")]);
    let visited = probe.visited();
    let crawler =
        quick(probe, |settings| settings.politeness.robots_tags = tags).downloader(site());
    let report = run(crawler).await;
    let paths = visited.responses().into_iter();
    let mut paths: Vec<String> = paths.map(|page| page.url().path().to_owned()).collect();
    paths.sort_unstable();
    (paths, report)
}

#[tokio::test]
async fn the_links_of_a_page_with_nofollow_are_not_followed() {
    for tags in [RobotsTags::Nofollow, RobotsTags::All] {
        let (paths, report) = crawl(tags).await;
        assert_eq!(paths, ["/", "/found", "/nofollow", "/noindex"]);
        assert_eq!(report.filtered[&Filter::Nofollow], 1);
    }
}

#[tokio::test]
async fn the_items_of_a_page_with_noindex_are_not_kept() {
    for tags in [RobotsTags::Noindex, RobotsTags::All] {
        let (_, report) = crawl(tags).await;
        assert_eq!(report.items.dropped["noindex"], 1);
        assert_eq!(report.items.kept, report.pages - 1);
    }
}

#[tokio::test]
async fn by_default_pages_are_not_asked() {
    let (paths, report) = crawl(Settings::default().politeness.robots_tags).await;
    assert_eq!(paths.len(), 5);
    assert_eq!((report.items.kept, report.filtered.len()), (5, 0));
}
