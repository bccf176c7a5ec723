//! Link rules in a crawl: what they follow, as what, and what the report says of what they left out.

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, Filter, Report};

use crate::support::{Probe, get, html, page_of_links, quick, run};

/// A spider that follows the rules and emits label and path of every page.
fn walker(start: impl Into<Request>, rules: Rules) -> Probe {
    Probe::new([start.into()], move |response, out| {
        let label = response.label().unwrap_or("-");
        out.item(format!("{label} {}", response.url().path()));
        Ok(rules.follow(&response.html()?, out)?)
    })
}

#[tokio::test]
async fn a_shop_is_walked_by_the_shape_of_its_urls() {
    let site = PracticeSite::start().unwrap();
    let rules = Rules::new([
        Rule::new()
            .allow(r"/shop/page-\d+\.html$")
            .within("li.next")
            .limit(2),
        Rule::new().allow("/book/").label("book").within("article"),
    ])
    .unwrap();
    let probe = walker(site.at("/shop/"), rules);
    let visited = probe.visited();
    let report = run(quick(probe, |_| {})).await;
    let pages = visited.responses();
    let books = pages.iter().filter(|page| page.label() == Some("book"));
    let books = books.count();
    assert!(books > 0, "{:?}", visited.urls());
    assert_eq!(report.pages, books as u64 + 3);
    // Each of the three lists has a link to the next; that of the last was one too many.
    assert_eq!(report.filtered, [(Filter::RuleLimit, 1)].into());
}

#[tokio::test]
async fn links_that_are_left_out_as_files_are_counted() {
    let site = FakeDownloader::new(|request| {
        let links =
            "<a href=/Node.js>a</a><a href=/x.pdf>b</a><a href=/x.pdf>b</a><a href=/page>c</a>";
        Ok(html(request, links))
    });
    let rules = Rules::new([Rule::new().label("page")]).unwrap();
    let report = run(quick(walker(get("http://a.example/"), rules), |_| {}).downloader(site)).await;
    // Both pages have the two links.
    assert_eq!(
        (report.pages, report.filtered),
        (2, [(Filter::File, 4)].into())
    );
}

/// Every page links to all.
fn menu() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let links = (0..10)
            .map(|n| format!("/p/{n}"))
            .chain(["/about".to_owned()]);
        Ok(html(request, page_of_links(links)))
    })
}

async fn crawl_menu(rule: Rule) -> Report {
    let rules = Rules::new([rule]).unwrap();
    let crawler = quick(walker(get("http://a.example/"), rules), |_| {});
    run(crawler.downloader(menu())).await
}

#[tokio::test]
async fn the_same_link_on_every_page_counts_once() {
    let report = crawl_menu(Rule::new().allow("/p/").limit(4)).await;
    // Five pages, each with six links over the limit.
    assert_eq!((report.pages, report.filtered[&Filter::RuleLimit]), (5, 30));
}

#[tokio::test]
async fn patterns_are_limited_over_the_whole_crawl() {
    let report = crawl_menu(Rule::new().limit_per_pattern(2)).await;
    assert_eq!((report.pages, report.filtered[&Filter::RuleLimit]), (4, 32));
}

#[tokio::test]
async fn a_streamed_page_and_a_parsed_one_give_the_same_requests() {
    let site = PracticeSite::start().unwrap();
    let rules = || {
        Rules::new([
            Rule::new().allow("/book/").label("b"),
            Rule::new().deny("/login"),
        ])
        .unwrap()
    };
    let probe = Probe::only(["/", "/shop/", "/quotes/", "/hazards/"].map(|path| site.at(path)));
    let visited = probe.visited();
    run(quick(probe, |_| {})).await;
    let described = |out: &Output<()>| -> std::collections::BTreeSet<String> {
        let requests = out.requests().iter();
        requests
            .map(|request| format!("{:?} {}", request.label(), request.url()))
            .collect()
    };
    for page in visited.responses() {
        let (mut parsed, mut streamed) = (Output::new(), Output::new());
        rules().follow(&page.html().unwrap(), &mut parsed).unwrap();
        rules().follow_urls(page.links(), &mut streamed);
        assert!(!parsed.requests().is_empty());
        assert_eq!(described(&parsed), described(&streamed), "{}", page.url());
    }
}

#[tokio::test]
async fn a_selector_that_costs_too_much_costs_its_page() {
    let rules = Rules::new([Rule::new().within("b ~ a")]).unwrap();
    let fake = FakeDownloader::new(|request| Ok(html(request, "<i></i>".repeat(20_000))));
    let crawler = quick(walker(get("http://a.example/"), rules), |_| {});
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(report.errors, [(ErrorKind::Spider, 1)].into());
}

#[tokio::test]
async fn no_page_makes_rules_follow_more_than_max_links() {
    let rules = Rules::new([Rule::new()]).unwrap();
    let fake = FakeDownloader::new(|request| {
        Ok(html(
            request,
            page_of_links((0..50).map(|n| format!("/{n}"))),
        ))
    });
    let crawler = quick(walker(get("http://a.example/"), rules), |settings| {
        settings.links.max_links = 20;
        settings.links.depth = Some(1);
    });
    let report = run(crawler.downloader(fake)).await;
    assert!(report.filtered[&Filter::MaxLinks] >= 30);
    assert_eq!(report.pages, 21);
}
