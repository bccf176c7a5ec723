//! Spider traps: sites without end come to one, and honest ones lose no page.

use crawlworks::prelude::*;
use crawlworks::report::TrapKind;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Filter, Finish, Report};

use crate::support::{Probe, get, html, page_of_links, quick, run};

/// Crawls a maze of the practice site; it would take far more pages than `max_pages` to go on for ever.
async fn crawl(path: &str, change: impl FnOnce(&mut Settings)) -> Report {
    let site = PracticeSite::start().unwrap();
    run(quick(Probe::links([site.at(path)]), |settings| {
        settings.politeness.concurrency_per_host = 8;
        settings.end.max_pages = Some(3_000);
        change(settings);
    }))
    .await
}

fn links(report: &Report, kind: TrapKind) -> u64 {
    report.traps.get(&kind).map_or(0, |trap| trap.links)
}

#[tokio::test]
async fn relative_links_that_repeat_come_to_an_end() {
    let report = crawl("/hazards/loop/", |_| {}).await;
    assert_eq!(report.finish, Finish::Finished);
    assert!(report.pages < 500, "{}", report.pages);
    assert!(links(&report, TrapKind::Repeats) > 0);
}

#[tokio::test]
async fn a_query_that_grows_comes_to_an_end() {
    let report = crawl("/hazards/growth?p=0", |_| {}).await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 100));
    assert_eq!(links(&report, TrapKind::Growth), 1);
    assert!(report.traps[&TrapKind::Growth].examples[0].contains("p99=99&p100=100"));
}

#[tokio::test]
async fn calendars_come_to_an_end() {
    let report = crawl("/hazards/calendar/2025/06/", |settings| {
        settings.end.max_pages = Some(8_000);
    })
    .await;
    assert_eq!(report.finish, Finish::Finished);
    assert_eq!(links(&report, TrapKind::Calendar), 2);
    assert_eq!(report.filtered[&Filter::Trap], 2);
}

#[tokio::test]
async fn months_to_come_end_without_the_word_calendar_and_past_ones_may_be_an_archive() {
    let report = crawl("/hazards/months?year=2025&month=06", |settings| {
        settings.end.max_pages = Some(1_000);
    })
    .await;
    assert_eq!(report.finish, Finish::MaxPages);
    assert_eq!(links(&report, TrapKind::Calendar), 1);
}

#[tokio::test]
async fn a_page_with_many_session_ids_is_fetched_once() {
    let report = crawl("/hazards/session/a", |_| {}).await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 5));
    assert_eq!(
        report.filtered[&Filter::Trap],
        links(&report, TrapKind::Session)
    );
    assert_eq!(report.traps[&TrapKind::Session].examples.len(), 3);
}

#[tokio::test]
async fn visitors_with_a_name_each_see_a_page_whose_url_has_a_session_id() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let spider = Probe::<()>::new([get("http://a.example/")], |response, out| {
        if response.url().path() == "/" {
            for (visitor, id) in [("anna", 1), ("ben", 2), ("anna", 3)] {
                let page = get(format!("http://a.example/b;jsessionid={id}"));
                out.follow(page.with_session(visitor));
            }
        }
        Ok(())
    });
    let report = run(quick(spider, |_| {}).downloader(fake)).await;
    assert_eq!((report.pages, links(&report, TrapKind::Session)), (3, 1));
}

#[tokio::test]
async fn sessions_can_be_taken_out_of_links() {
    let report = crawl("/hazards/session/a", |settings| {
        settings.links.strip_params = vec!["session".to_owned()];
    })
    .await;
    assert_eq!((report.pages, report.ledger.filtered), (5, 0));
}

#[tokio::test]
async fn numbers_without_end_are_left_to_a_limit_of_their_pattern() {
    let report = crawl("/hazards/numbers/1/", |settings| {
        settings.links.max_per_pattern = Some(50);
    })
    .await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 50));
    assert_eq!(links(&report, TrapKind::Pattern), 2);
}

#[tokio::test]
async fn facets_are_left_to_a_limit_of_their_pattern() {
    let report = crawl("/hazards/facets", |settings| {
        settings.links.max_per_pattern = Some(20);
    })
    .await;
    assert_eq!(report.finish, Finish::Finished);
    // As many patterns as there are sets of five choices.
    assert!(report.pages <= 32 * 20, "{}", report.pages);
}

#[tokio::test]
async fn pages_for_everything_there_is_not_are_left_to_a_limit_of_their_host() {
    let report = crawl("/hazards/nowhere/", |settings| {
        settings.links.max_pages_per_host = Some(30);
    })
    .await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 30));
    assert!(report.filtered[&Filter::MaxPagesPerHost] > 0);
}

#[tokio::test]
async fn traps_are_followed_when_they_are_not_looked_for() {
    let report = crawl("/hazards/growth?p=0", |settings| {
        settings.links.traps = false;
        settings.end.max_pages = Some(150);
    })
    .await;
    assert_eq!((report.pages, report.traps.len()), (150, 0));
}

#[tokio::test]
async fn a_start_request_is_no_trap() {
    let url = "http://a.example/x/x/x/x/x/x/";
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let report = run(quick(Probe::only([get(url)]), |_| {}).downloader(fake)).await;
    assert_eq!(report.pages, 1);
}

#[tokio::test]
async fn a_trap_that_is_found_again_counts_once() {
    let trap = "/x/x/x/x/x/";
    let fake =
        FakeDownloader::new(move |request| Ok(html(request, page_of_links([trap, "/a", "/b"]))));
    let start = get("http://a.example/");
    let report = run(quick(Probe::links([start]), |_| {}).downloader(fake)).await;
    assert_eq!((report.pages, report.filtered[&Filter::Trap]), (3, 1));
    assert_eq!(
        report.traps[&TrapKind::Repeats].examples,
        ["http://a.example/x/x/x/x/x/"]
    );
}

#[tokio::test]
async fn a_large_shop_loses_no_page() {
    let fake = FakeDownloader::new(|request| {
        let links = (0..2_000).map(|id| format!("/product/{id}?ref=top"));
        let is_start = request.depth() == 0;
        Ok(html(
            request,
            if is_start {
                page_of_links(links)
            } else {
                String::new()
            },
        ))
    });
    let start = get("http://a.example/");
    let report = run(quick(Probe::links([start]), |_| {}).downloader(fake)).await;
    assert_eq!((report.pages, report.ledger.filtered), (2_001, 0));
}

#[tokio::test]
async fn a_redirect_to_ones_own_url_with_a_session_id_is_followed() {
    let fake = FakeDownloader::new(|request| {
        if request.url().path() == "/b" {
            let to = "/b;jsessionid=1A2B";
            return Response::new(request, 302).with_header("location", to);
        }
        Ok(html(request, page_of_links(["/b", "/b;jsessionid=3C4D"])))
    });
    let start = get("http://a.example/");
    let report = run(quick(Probe::links([start]), |_| {}).downloader(fake.clone())).await;
    assert!(
        fake.urls()
            .contains(&"http://a.example/b;jsessionid=1A2B".to_owned())
    );
    assert_eq!((report.pages, links(&report, TrapKind::Session)), (2, 1));
}

#[tokio::test]
async fn parameters_are_taken_out_before_a_link_is_fetched() {
    let fake = FakeDownloader::new(|request| {
        let links = [
            "/a?id=1&utm_source=x",
            "/a?id=1&utm_source=y",
            "/a?gclid=z&id=1",
        ];
        Ok(html(request, page_of_links(links)))
    });
    let start = get("http://a.example/?utm_source=start");
    let crawler = quick(Probe::links([start]), |settings| {
        settings.links.strip_params = vec!["tracking".to_owned()];
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!(
        fake.urls(),
        [
            "http://a.example/?utm_source=start",
            "http://a.example/a?id=1"
        ]
    );
    assert_eq!(report.duplicates, 5);
}
