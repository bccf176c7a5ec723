//! Redirects: new requests that remember their chain.

mod matrix;
mod refresh;

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, Filter};

use crate::support::{Probe, get, html, polite, quick, run};

/// Redirects by this table, answers everything else with a page.
fn redirecting(table: &'static [(&'static str, &'static str)]) -> FakeDownloader {
    FakeDownloader::new(move |request| {
        let to = table
            .iter()
            .find(|(from, _)| *from == request.url().as_str());
        Ok(match to {
            Some((_, to)) => Response::new(request, 302)
                .with_header("location", to)
                .unwrap(),
            None => html(request, ""),
        })
    })
}

#[tokio::test]
async fn a_response_knows_the_way_to_it() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::only([site.at("/hazards/redirect/3")]);
    let visited = probe.visited();
    let report = run(quick(probe, |_| {})).await;
    let way: Vec<String> = visited
        .one()
        .request()
        .redirects()
        .iter()
        .map(|url| url.path().to_owned())
        .collect();
    assert_eq!(
        way,
        [
            "/hazards/redirect/3",
            "/hazards/redirect/2",
            "/hazards/redirect/1"
        ]
    );
    assert_eq!(visited.one().url(), &site.at("/hazards/redirect/0"));
    assert_eq!(
        (
            report.pages,
            report.requests.redirected,
            report.statuses[&302]
        ),
        (1, 3, 3)
    );
}

/// What becomes of a page that sets a cookie on its way back to itself, or sets none.
async fn failure_of_a_loop(sets_cookie: bool, cookies: bool) -> String {
    let fake = FakeDownloader::new(move |request| {
        let to = if request.url().query().is_some() {
            "/"
        } else {
            "/?back"
        };
        let sets_cookie = sets_cookie && to == "/?back";
        let answer = Response::new(request, 302).with_header("location", to)?;
        if sets_cookie {
            answer.with_header("set-cookie", "seen=1")
        } else {
            Ok(answer)
        }
    });
    let mut crawler = quick(Probe::only([get("http://a.example/")]), |s| {
        s.requests.cookies = cookies;
    });
    let mut events = crawler.events();
    run(crawler.downloader(fake)).await;
    while let Some(event) = events.next().await {
        if let crawlworks::Event::Failed { message, .. } = event {
            return message;
        }
    }
    String::new()
}

#[tokio::test]
async fn a_loop_that_a_cookie_might_end_says_so_only_then() {
    assert!(
        failure_of_a_loop(true, false)
            .await
            .contains("cookies=true")
    );
    for (sets_cookie, cookies) in [(false, false), (true, true), (false, true)] {
        let message = failure_of_a_loop(sets_cookie, cookies).await;
        assert!(
            message.contains("loop") && !message.contains("cookies"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_redirect_loop_ends_as_an_error() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::only([site.at("/hazards/redirect-loop/a")]),
        |_| {},
    ))
    .await;
    assert_eq!(
        (
            report.pages,
            report.ledger.failed,
            report.errors[&ErrorKind::Redirect]
        ),
        (0, 1, 1)
    );
    // The second answer leads back to the first: there is no need to ask again.
    assert_eq!(site.served().total, 2);
}

#[tokio::test]
async fn a_loop_is_called_one_and_a_new_cookie_breaks_it() {
    let fake = FakeDownloader::new(|request| {
        if request.header("cookie").is_some() {
            return Ok(html(request, ""));
        }
        Response::new(request, 302)
            .with_header("location", "http://a.example/b")?
            .with_header("set-cookie", "a=1")
    });
    let crawler = quick(Probe::only([get("http://a.example/b")]), |_| {});
    assert_eq!(run(crawler.downloader(fake.clone())).await.pages, 1);
    assert_eq!(fake.urls().len(), 2);
    let mut crawler = quick(Probe::only([get("http://a.example/b")]), |s| {
        s.requests.cookies = false;
    });
    let mut events = crawler.events();
    run(crawler.downloader(fake)).await;
    let mut told = None;
    while let Some(event) = events.next().await {
        if let crawlworks::Event::Failed { message, .. } = event {
            told = Some(message);
        }
    }
    assert_eq!(
        told.as_deref(),
        Some(
            "redirect loop: it leads back to http://a.example/b: a cookie was set on the way, which `cookies=true` would send back"
        )
    );
}

#[tokio::test]
async fn a_form_that_leads_to_a_page_of_the_same_url_is_no_loop() {
    let fake = FakeDownloader::new(|request| match request.method().as_str() {
        "POST" => Response::new(request, 303).with_header("location", "/form"),
        _ => Ok(html(request, "")),
    });
    let form = Request::post("http://a.example/form")
        .unwrap()
        .with_form([("a", "1")]);
    assert_eq!(
        run(quick(Probe::only([form]), |_| {}).downloader(fake))
            .await
            .pages,
        1
    );
}

#[tokio::test]
async fn a_chain_has_the_length_that_the_setting_allows() {
    let site = PracticeSite::start().unwrap();
    let allowed = run(quick(Probe::only([site.at("/hazards/redirect/4")]), |s| {
        s.failures.redirects = 4;
    }))
    .await;
    let refused = run(quick(Probe::only([site.at("/hazards/redirect/5")]), |s| {
        s.failures.redirects = 4;
    }))
    .await;
    assert_eq!(
        (
            allowed.pages,
            refused.pages,
            refused.errors[&ErrorKind::Redirect]
        ),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn a_page_that_sets_a_cookie_and_redirects_to_itself_arrives() {
    let site = PracticeSite::start().unwrap();
    let report = run(quick(
        Probe::only([site.at("/hazards/redirect-self")]),
        |_| {},
    ))
    .await;
    assert_eq!((report.pages, site.served().total), (1, 2));
}

#[tokio::test]
async fn a_landing_page_is_not_crawled_twice() {
    let fake = redirecting(&[
        ("http://a.example/old", "/new"),
        ("http://a.example/older", "/new"),
    ]);
    let start = ["old", "older", "new"].map(|path| get(format!("http://a.example/{path}")));
    let report = run(quick(Probe::only(start), |_| {}).downloader(fake.clone())).await;
    assert_eq!(
        fake.urls()
            .iter()
            .filter(|url| url.ends_with("/new"))
            .count(),
        1
    );
    assert_eq!((report.pages, report.duplicates), (1, 2));
}

#[tokio::test]
async fn credentials_do_not_leave_their_origin() {
    let fake = redirecting(&[
        ("http://a.example/near", "/here"),
        ("http://a.example/far", "http://b.example/there"),
        ("http://a.example/port", "http://a.example:81/there"),
    ]);
    let start = ["near", "far", "port"].map(|path| {
        let request = get(format!("http://a.example/{path}")).with_basic_auth("us", "pw");
        request
            .with_header("cookie", "a=1")
            .unwrap()
            .with_header("x-own", "1")
            .unwrap()
    });
    let probe = Probe::only(start);
    let visited = probe.visited();
    run(quick(probe, |s| {
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    })
    .downloader(fake))
    .await;
    for response in visited.responses() {
        let same = response.url().as_str() == "http://a.example/here";
        assert_eq!(
            response.request().header("authorization").is_some(),
            same,
            "{}",
            response.url()
        );
        assert_eq!(
            response.request().header("cookie").is_some(),
            same,
            "{}",
            response.url()
        );
        assert!(response.request().header("x-own").is_some());
    }
    assert_eq!(visited.responses().len(), 3);
}

#[tokio::test]
async fn where_a_start_request_leads_is_part_of_the_crawl() {
    let fake = FakeDownloader::new(|request| match request.url().as_str() {
        "http://a.example/" => Ok(Response::new(request, 301)
            .with_header("location", "http://www.a.example/")
            .unwrap()),
        _ => Ok(html(request, "<a href=/next>next</a>")),
    });
    let probe = Probe::links([get("http://a.example/")]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    assert_eq!(
        visited.urls(),
        ["http://www.a.example/", "http://www.a.example/next"]
    );
}

#[tokio::test]
async fn a_start_request_that_leads_to_another_site_does_not_widen_the_crawl() {
    let fake = FakeDownloader::new(|request| {
        Response::new(request, 301).with_header("location", "http://portal.example/")
    });
    let report =
        run(quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake.clone())).await;
    assert_eq!(fake.urls(), ["http://a.example/"]);
    assert_eq!(report.filtered[&Filter::Scope], 1);
}

#[tokio::test]
async fn a_link_found_before_the_scope_was_widened_is_followed_after() {
    let fake = FakeDownloader::new(|request| match request.url().as_str() {
        "http://a.example/1" => Ok(html(request, "<a href=http://www.a.example/x>x</a>")),
        "http://a.example/2" => {
            Response::new(request, 301).with_header("location", "http://www.a.example/")
        }
        _ => Ok(html(request, "<a href=/x>x</a>")),
    });
    let start = ["http://a.example/1", "http://a.example/2"].map(get);
    let crawler = quick(Probe::links(start), |s| s.politeness.concurrency = 1);
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.urls().last().unwrap(), "http://www.a.example/x");
}

#[tokio::test]
async fn where_a_link_leads_does_not_widen_the_crawl() {
    let fake = FakeDownloader::new(|request| match request.url().path() {
        "/" => Ok(html(request, "<a href=/away>away</a>")),
        _ => Ok(Response::new(request, 302)
            .with_header("location", "http://b.example/")
            .unwrap()),
    });
    let report =
        run(quick(Probe::links([get("http://a.example/")]), |_| {}).downloader(fake.clone())).await;
    assert_eq!(fake.urls(), ["http://a.example/", "http://a.example/away"]);
    assert_eq!(report.filtered[&Filter::Scope], 1);
}

#[tokio::test]
async fn a_redirect_target_is_held_against_its_robots_txt() {
    let site = PracticeSite::start().unwrap();
    let fake = FakeDownloader::new(|request| match request.url().as_str() {
        "http://b.example/robots.txt" => {
            Ok(Response::new(request, 200).with_body("text/plain", "User-agent: *\nDisallow: /"))
        }
        "http://a.example/robots.txt" => Ok(Response::new(request, 404)),
        _ => Ok(Response::new(request, 302)
            .with_header("location", "http://b.example/x")
            .unwrap()),
    });
    let crawler = polite(Probe::only([get("http://a.example/")]), |s| {
        s.politeness.delay = Duration::ZERO;
        s.links.scope = crawlworks::settings::ScopeMode::Any;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert!(!fake.urls().contains(&"http://b.example/x".to_owned()));
    assert_eq!(
        (report.filtered[&Filter::Robots], site.served().total),
        (1, 0)
    );
}

#[tokio::test]
async fn a_form_is_followed_by_a_get_after_303_and_sent_again_after_307() {
    let site = PracticeSite::start().unwrap();
    for (code, method, body) in [
        (301, "GET", ""),
        (302, "GET", ""),
        (303, "GET", ""),
        (307, "POST", "a=1"),
        (308, "POST", "a=1"),
    ] {
        let post = Request::post(site.at(&format!("/hazards/redirect-{code}")))
            .unwrap()
            .with_form([("a", "1")]);
        let probe = Probe::only([post]);
        let visited = probe.visited();
        run(quick(probe, |_| {})).await;
        let echo: serde_json::Value = visited.one().json().unwrap();
        assert_eq!(
            (echo["method"].as_str(), echo["body"].as_str()),
            (Some(method), Some(body)),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_target_that_is_no_page_is_an_error() {
    let site = PracticeSite::start().unwrap();
    let targets = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://[broken",
        "data:text/html,x",
    ];
    let start = targets.map(|target| {
        let mut url = site.at("/hazards/redirect-to");
        url.query_pairs_mut().append_pair("url", target);
        url
    });
    let report = run(quick(Probe::only(start), |_| {})).await;
    assert_eq!(
        (report.ledger.failed, report.errors[&ErrorKind::Redirect]),
        (4, 4)
    );
}

#[tokio::test]
async fn label_and_meta_survive_a_redirect() {
    let fake = redirecting(&[("http://a.example/old", "/new")]);
    let probe = Probe::only([get("http://a.example/old")
        .with_label("kind")
        .with_meta("page", 1)
        .unwrap()]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(fake)).await;
    assert_eq!(visited.one().label(), Some("kind"));
    assert_eq!(
        visited.one().request().meta::<u32>("page").unwrap(),
        Some(1)
    );
}
