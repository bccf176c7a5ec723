//! Which links are followed, and why the others are not, by the numbers of the report.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::settings::ScopeMode;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Filter, Report};

use crate::support::{Probe, get, html, page_of_links, quick, run};

const START: &str = "http://www.a.example/docs/index.html";

/// Crawls a page with these links; answers with what was fetched after it and the report.
async fn crawl(links: &[&str], change: impl FnOnce(&mut Settings)) -> (Vec<String>, Report) {
    let page = page_of_links(links);
    let fake = FakeDownloader::new(move |request| {
        let body = if request.depth() == 0 {
            page.clone()
        } else {
            String::new()
        };
        Ok(html(request, body))
    });
    let report = run(quick(Probe::links([get(START)]), change).downloader(fake.clone())).await;
    let mut fetched = fake.urls().split_off(1);
    fetched.sort();
    (fetched, report)
}

fn filtered(reason: Filter, count: u64) -> BTreeMap<Filter, u64> {
    BTreeMap::from([(reason, count)])
}

const PLACES: [&str; 4] = [
    "http://www.a.example/docs/b",
    "http://www.a.example/top",
    "http://blog.a.example/",
    "http://b.example/",
];

#[tokio::test]
async fn each_scope_has_its_own_boundary() {
    for (mode, inside) in [
        (ScopeMode::Prefix, 1),
        (ScopeMode::Host, 2),
        (ScopeMode::Domain, 3),
        (ScopeMode::Any, 4),
    ] {
        let (mut fetched, report) = crawl(&PLACES, |settings| settings.links.scope = mode).await;
        let mut expected = PLACES[..inside].to_vec();
        expected.sort_unstable();
        fetched.sort();
        assert_eq!(fetched, expected, "{mode:?}");
        let outside = report
            .filtered
            .get(&Filter::Scope)
            .copied()
            .unwrap_or_default();
        assert_eq!(
            (outside, report.ledger.seen),
            ((4 - inside) as u64, 5),
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn only_what_an_allow_pattern_matches_is_followed() {
    let (fetched, report) = crawl(&["/docs/a", "/blog/b"], |s| {
        s.links.allow = vec!["/docs/".to_owned()];
    })
    .await;
    assert_eq!(fetched, ["http://www.a.example/docs/a"]);
    assert_eq!(report.filtered, filtered(Filter::Allow, 1));
}

#[tokio::test]
async fn what_a_deny_pattern_matches_is_not_followed() {
    let (fetched, report) = crawl(&["/a.html", "/b.pdf", "/c.zip"], |s| {
        s.links.deny = vec![r"\.(pdf|zip)$".to_owned()];
    })
    .await;
    assert_eq!(fetched, ["http://www.a.example/a.html"]);
    assert_eq!(report.filtered, filtered(Filter::Deny, 2));
}

#[tokio::test]
async fn what_was_sorted_out_once_is_a_duplicate_the_next_time() {
    let fake = FakeDownloader::new(|request| {
        Ok(html(
            request,
            page_of_links(["http://b.example/", "/1", "/2"]),
        ))
    });
    let report =
        run(quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake)).await;
    assert_eq!(report.filtered, filtered(Filter::Scope, 1));
    assert_eq!((report.pages, report.duplicates), (3, 2 + 4));
}

#[tokio::test]
async fn depth_counts_links_from_the_start() {
    let fake = FakeDownloader::new(|request| {
        let next = format!("{}x", request.url().path());
        Ok(html(request, page_of_links([next])))
    });
    let report = run(quick(Probe::links([get("http://a.example/")]), |s| {
        s.links.depth = Some(3);
    })
    .downloader(fake))
    .await;
    assert_eq!(
        (report.pages, report.filtered),
        (4, filtered(Filter::Depth, 1))
    );
}

#[tokio::test]
async fn a_page_found_too_deep_is_fetched_when_it_is_found_less_deep() {
    let fake = FakeDownloader::new(|request| {
        let links: &[&str] = match request.url().path() {
            "/" => &["/long", "/slow"],
            "/long" => &["/longer"],
            "/slow" => &["/slower"],
            "/longer" | "/slower" => &["/target"],
            _ => &[],
        };
        Ok(html(request, page_of_links(links)))
    });
    let start = [get("http://a.example/"), get("http://a.example/longer")];
    let report =
        run(quick(Probe::links(start), |s| s.links.depth = Some(2)).downloader(fake.clone())).await;
    assert_eq!(
        fake.urls()
            .iter()
            .filter(|url| url.ends_with("/target"))
            .count(),
        1
    );
    assert_eq!(report.filtered, filtered(Filter::Depth, 1));
}

#[tokio::test]
async fn a_url_that_is_too_long_is_not_followed() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::links([site.at("/hazards/long-url?n=10000")]),
        |_| {},
    ))
    .await;
    assert_eq!(
        (report.pages, report.filtered),
        (1, filtered(Filter::UrlLength, 1))
    );
}

#[tokio::test]
async fn a_page_with_too_many_links_is_followed_as_far_as_allowed() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::links([site.at("/hazards/many-links?n=500")]),
        |s| s.links.max_links = 20,
    ))
    .await;
    assert_eq!(
        (report.pages, report.filtered),
        (21, filtered(Filter::MaxLinks, 480))
    );
}

#[tokio::test]
async fn media_types_that_are_not_wanted_are_left_after_their_head() {
    let site = PracticeSite::start().unwrap();
    let start = [
        "/hazards/binary",
        "/api/quotes",
        "/quotes/",
        "/hazards/no-content-type",
    ]
    .map(|path| site.at(path));
    let report = run(quick(Probe::only(start), |s| {
        s.answers.content_types = vec!["text/html".to_owned()];
    }))
    .await;
    assert_eq!(
        (report.pages, report.filtered),
        (2, filtered(Filter::ContentType, 2))
    );
    assert_eq!(report.ledger.failed, 0);
}

#[tokio::test]
async fn links_that_lead_to_no_page_are_none() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::links([site.at("/hazards/mail")]);
    let crawler = quick(probe, |settings| {
        settings.links.depth = Some(1);
        settings.links.deny = vec!["/author/".to_owned(), "/login".to_owned()];
    });
    let report = run(crawler).await;
    assert_eq!(report.pages, 3);
    assert_eq!(
        (
            site.served().hits("/quotes/"),
            site.served().hits("/quotes/page/2/")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_request_that_is_not_http_is_sorted_out() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let probe: Probe = Probe::new([get("http://a.example/")], |_, out| {
        out.follow(Url::parse("ftp://a.example/file")?);
        Ok(())
    });
    let report = run(quick(probe, |s| s.links.scope = ScopeMode::Any).downloader(fake)).await;
    assert_eq!(report.filtered, filtered(Filter::Scheme, 1));
}

#[tokio::test]
async fn a_base_element_is_what_links_are_relative_to() {
    let site = PracticeSite::start().unwrap();
    run(quick(Probe::links([site.at("/hazards/base")]), |s| {
        s.links.depth = Some(1);
    }))
    .await;
    for path in ["/quotes/page/2/", "/quotes/", "/shop/"] {
        assert_eq!(site.served().hits(path), 1, "{path}");
    }
}

/// Crawls pages by policies that leave out links with `x` in their path, which a start request may have, or with `?`.
async fn by_policy(pages: &'static [(&'static str, &'static str)]) -> (Vec<String>, Report) {
    let fake = FakeDownloader::new(move |request: Request| {
        let path = request.url().path().to_owned();
        let page = pages.iter().find(|(of, _)| *of == path);
        let body = page.map_or("", |(_, body)| body);
        match body.strip_prefix("to ") {
            Some(to) => Response::new(request, 302).with_header("location", to),
            None => Ok(html(request, body)),
        }
    });
    let crawler = quick(Probe::links([get("http://a.example/x")]), |_| {})
        .scope_by("no-x", |url| !url.path().contains('x'))
        .scope_by("no-bang", |url| {
            assert!(!url.path().contains('!'), "bang");
            !url.path().contains('?')
        });
    let report = run(crawler.downloader(fake.clone())).await;
    let mut fetched: Vec<String> = fake.urls();
    fetched.sort();
    (fetched, report)
}

fn left_out(report: &Report) -> Vec<(&str, u64)> {
    let counts = report.left_out.iter();
    counts.map(|(name, count)| (&**name, *count)).collect()
}

#[tokio::test]
async fn what_a_policy_of_the_program_leaves_out_is_counted_by_its_name_once() {
    let (fetched, report) = by_policy(&[
        (
            "/x",
            "<a href=/a>a</a><a href=/fox>b</a><a href=/fox#c>b</a><a href=/ox>c</a>",
        ),
        ("/a", "<a href=/fox>b</a>"),
    ])
    .await;
    assert_eq!(fetched, ["http://a.example/a", "http://a.example/x"]);
    assert_eq!(left_out(&report), [("no-x", 2)]);
    assert_eq!(report.filtered, filtered(Filter::Policy, 2));
    assert!(report.ledger.balances());
}

#[tokio::test]
async fn a_policy_is_asked_about_what_a_link_redirects_to() {
    let (fetched, report) = by_policy(&[("/x", "<a href=/a>a</a>"), ("/a", "to /fox")]).await;
    assert_eq!(fetched, ["http://a.example/a", "http://a.example/x"]);
    assert_eq!(left_out(&report), [("no-x", 1)]);
    assert!(report.ledger.balances());
}

#[tokio::test]
async fn a_link_for_which_a_policy_panics_is_left_out_and_counted_apart() {
    let (fetched, report) = by_policy(&[("/x", "<a href=/a!>a</a><a href=/b>b</a>")]).await;
    assert_eq!(fetched, ["http://a.example/b", "http://a.example/x"]);
    assert_eq!(left_out(&report), [("no-bang (panicked)", 1)]);
}
