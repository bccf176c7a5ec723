//! robots.txt (RFC 9309): fetched once per origin, obeyed, and never with secrets.

mod kept_out;
mod over_http;
mod sitemaps;
mod tags;
mod waiting;

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Error, ErrorKind, Filter};

use crate::support::{Probe, Visited, get, html, page_of_links, polite, run};

/// A crawl of two pages of one host that obeys robots.txt, at full speed.
fn obedient(fake: &FakeDownloader) -> (Crawler<Probe>, Visited) {
    let probe = Probe::only(["http://a.example/", "http://a.example/private"].map(get));
    let visited = probe.visited();
    let crawler = polite(probe, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.politeness.concurrency_per_host = 1;
        settings.failures.retries = 1;
    });
    (crawler.downloader(fake.clone()), visited)
}

/// Answers robots.txt with `robots` and everything else with a page.
fn site(
    robots: impl Fn(Request) -> crawlworks::Result<Response> + Send + Sync + 'static,
) -> FakeDownloader {
    FakeDownloader::new(move |request| match request.url().path() {
        "/robots.txt" => robots(request),
        _ => Ok(html(request, "")),
    })
}

fn rules(text: &'static str) -> impl Fn(Request) -> crawlworks::Result<Response> + Send + Sync {
    move |request| Ok(Response::new(request, 200).with_body("text/plain", text))
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_requested() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::links([site.at("/")]);
    let report = run(polite(probe, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.links.depth = Some(1);
    }))
    .await;
    assert!(
        site.served()
            .paths()
            .all(|(path, _)| !path.starts_with("/hazards") && path != "/account")
    );
    assert_eq!(report.filtered[&Filter::Robots], 2);
    assert_eq!(
        (report.robots.read, site.served().hits("/robots.txt")),
        (1, 1)
    );
}

#[tokio::test]
async fn robots_txt_is_fetched_before_anything_else_and_once_per_origin() {
    let fake = site(rules("User-agent: *\nAllow: /"));
    let start = [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example:81/1",
        "https://a.example/1",
    ];
    let crawler = polite(Probe::only(start.map(get)), |s| {
        s.politeness.delay = Duration::ZERO;
    })
    .downloader(fake.clone());
    let report = run(crawler).await;
    for origin in [
        "http://a.example/",
        "http://a.example:81/",
        "https://a.example/",
    ] {
        let asked: Vec<String> = fake
            .urls()
            .into_iter()
            .filter(|url| url.starts_with(origin))
            .collect();
        assert_eq!(asked[0], format!("{origin}robots.txt"));
        assert_eq!(
            asked
                .iter()
                .filter(|url| url.ends_with("robots.txt"))
                .count(),
            1
        );
    }
    assert_eq!(
        (report.robots.read, report.requests.robots, report.pages),
        (3, 3, 4)
    );
}

#[tokio::test]
async fn a_forbidden_link_is_counted_and_the_rest_goes_on() {
    let fake = site(rules("User-agent: *\nDisallow: /private"));
    let (crawler, visited) = obedient(&fake);
    let report = run(crawler).await;
    assert_eq!(visited.urls(), ["http://a.example/"]);
    assert_eq!(
        (report.filtered[&Filter::Robots], report.ledger.filtered),
        (1, 1)
    );
}

#[tokio::test]
async fn the_group_of_the_user_agents_first_word_counts() {
    let fake = site(rules(
        "User-agent: *\nAllow: /\n\nUser-agent: ferret\nDisallow: /private",
    ));
    let (mut crawler, visited) = obedient(&fake);
    crawler.settings_mut().requests.user_agent = "ferret/2.0 (+https://example.com)".to_owned();
    run(crawler).await;
    assert_eq!(visited.urls(), ["http://a.example/"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_error_keeps_out_and_is_counted() {
    for status in [500, 503, 599, 429] {
        let fake = site(move |request| Ok(Response::new(request, status)));
        let (crawler, visited) = obedient(&fake);
        let report = run(crawler).await;
        assert!(visited.urls().is_empty(), "{status}");
        assert_eq!(
            (
                report.robots.unreachable,
                report.filtered[&Filter::RobotsUnreachable]
            ),
            (1, 2),
            "{status}"
        );
        assert_eq!(report.requests.robots, 2, "{status} is tried again once");
        assert!(report.has_failed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_network_error_keeps_out_and_is_counted() {
    let fake = site(|_| Err(Error::new(ErrorKind::Connect, "refused")));
    let (crawler, visited) = obedient(&fake);
    let report = run(crawler).await;
    assert!(visited.urls().is_empty());
    assert_eq!(
        (
            report.robots.unreachable,
            report.filtered[&Filter::RobotsUnreachable]
        ),
        (1, 2)
    );
    assert_eq!(report.retries["connect"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_robots_txt_that_recovers_is_obeyed() {
    let fake = site(|request| match request.attempt() {
        0 => Ok(Response::new(request, 503)),
        _ => rules("User-agent: *\nDisallow: /private")(request),
    });
    let (crawler, visited) = obedient(&fake);
    let report = run(crawler).await;
    assert_eq!(visited.urls(), ["http://a.example/"]);
    assert_eq!(
        (
            report.robots.read,
            report.robots.unreachable,
            report.requests.robots
        ),
        (1, 0, 2)
    );
}

#[tokio::test]
async fn a_missing_robots_txt_allows_everything() {
    for status in [400, 401, 403, 404, 410] {
        let fake = site(move |request| Ok(Response::new(request, status)));
        let (crawler, visited) = obedient(&fake);
        let report = run(crawler).await;
        assert_eq!(
            (visited.urls().len(), report.robots.none),
            (2, 1),
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_robots_txt_that_moved_is_read_where_it_is() {
    let fake = FakeDownloader::new(|request| match request.url().as_str() {
        "http://a.example/robots.txt" => Ok(Response::new(request, 301)
            .with_header("location", "http://b.example/rules")
            .unwrap()),
        "http://b.example/rules" => rules("User-agent: *\nDisallow: /private")(request),
        _ => Ok(html(request, "")),
    });
    let (crawler, visited) = obedient(&fake);
    let report = run(crawler).await;
    assert_eq!(visited.urls(), ["http://a.example/"]);
    assert_eq!((report.robots.read, report.requests.robots), (1, 2));
}

#[tokio::test]
async fn a_robots_txt_that_moves_for_ever_counts_as_missing() {
    let fake = site(|request| {
        Ok(Response::new(request, 302)
            .with_header("location", "/robots.txt")
            .unwrap())
    });
    let (crawler, visited) = obedient(&fake);
    let report = run(crawler).await;
    assert_eq!(
        (
            visited.urls().len(),
            report.robots.none,
            report.requests.robots
        ),
        (2, 1, 6)
    );
}

#[tokio::test]
async fn robots_txt_is_asked_for_as_the_page_that_waits_for_it_would_be() {
    let fake = site(|request| {
        // Of the URL; what a middleware would add is the page's own.
        assert_eq!(request.header("authorization").unwrap(), "Basic dXM6cHc=");
        let cookie = request.header("cookie").unwrap().to_str().unwrap();
        assert!(cookie.split("; ").any(|pair| pair == "b=2"), "{cookie}");
        Response::new(request, 200)
            .with_body("text/plain", "")
            .with_header("set-cookie", "a=1")
    });
    let start = ["http://us:pw@a.example/", "http://us:pw@a.example:81/"]
        .map(|url| get(url).with_header("cookie", "b=2"));
    let probe = Probe::only(start.map(Result::unwrap));
    let visited = probe.visited();
    let tagged =
        crawlworks::middleware::from_fn(|request: Request, next: crawlworks::Next| async move {
            next.run(request.with_basic_auth("a", "b")).await
        });
    run(polite(probe, |s| s.politeness.delay = Duration::ZERO)
        .downloader(fake)
        .middleware(tagged))
    .await;
    assert_eq!(visited.responses().len(), 2);
}

#[tokio::test]
async fn robots_txt_can_be_ignored() {
    let fake = site(rules("User-agent: *\nDisallow: /"));
    let (mut crawler, visited) = obedient(&fake);
    crawler.settings_mut().politeness.robots = false;
    let report = run(crawler).await;
    assert_eq!((visited.urls().len(), report.requests.robots), (2, 0));
    assert!(
        !fake
            .urls()
            .contains(&"http://a.example/robots.txt".to_owned())
    );
}

#[tokio::test]
async fn robots_txt_is_not_a_page() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/robots.txt" => Ok(Response::new(request, 404)),
        _ => Ok(html(request, page_of_links(["/robots.txt"]))),
    });
    let probe = Probe::links([get("http://a.example/")]);
    let report =
        run(polite(probe, |s| s.politeness.delay = Duration::ZERO).downloader(fake.clone())).await;
    assert_eq!(
        (report.pages, report.requests.total, report.requests.robots),
        (1, 3, 1)
    );
}
