//! The page that a request was found on, and what servers are told of it.

use std::collections::BTreeMap;

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};

use crate::support::{Probe, get, html, page_of_links, quick, run};

/// Pages that lead to each other: `/` to `/list#top`, that to `/moved`, and that, redirected, to `/end`.
fn site() -> FakeDownloader {
    FakeDownloader::new(|request| match request.url().path() {
        "/" => Ok(html(request, page_of_links(["/list#top"]))),
        "/list" => Ok(html(request, page_of_links(["/moved", "/list"]))),
        "/moved" => Response::new(request, 302).with_header("location", "/end"),
        _ => Ok(html(request, "")),
    })
}

#[tokio::test(start_paused = true)]
async fn a_request_knows_the_page_that_it_was_found_on_also_when_it_is_redirected() {
    let probe = Probe::links([get("http://a.example/")]);
    let visited = probe.visited();
    run(quick(probe, |_| {}).downloader(site())).await;
    let found: BTreeMap<String, Option<String>> = visited
        .responses()
        .iter()
        .map(|response| {
            let referrer = response.request().referrer();
            (
                response.url().path().to_owned(),
                referrer.map(ToString::to_string),
            )
        })
        .collect();
    let on = |page: &str| Some(format!("http://a.example{page}"));
    let expected = [("/", None), ("/list", on("/")), ("/end", on("/list"))];
    let expected = expected.map(|(path, page)| (path.to_owned(), page));
    assert_eq!(found, expected.into());
}

/// The `Referer` of each path that a crawl of two pages asks the practice site for.
async fn sent(change: impl FnOnce(&mut Settings)) -> Vec<(String, Option<String>)> {
    let site = PracticeSite::start().unwrap();
    let probe: Probe = Probe::new([site.at("/quotes/")], |response, out| {
        if response.request().depth() == 0 {
            out.follow(response.follow("/quotes/page/2/?a=b")?);
        }
        Ok(())
    });
    let report = run(quick(probe, change)).await;
    assert_eq!(report.pages, 2);
    let served = site.served();
    let of = |header: Option<&str>| header.map(|value| value.replace(site.at("/").as_str(), "/"));
    let seen = served.requests().iter();
    seen.map(|seen| (seen.path.clone(), of(seen.header("referer"))))
        .collect()
}

#[tokio::test]
async fn a_server_is_told_of_its_own_pages() {
    let told = sent(|_| {}).await;
    let expected = [
        ("/quotes/", None),
        ("/quotes/page/2/?a=b", Some("/quotes/")),
    ];
    assert_eq!(
        told,
        expected.map(|(path, page)| (path.to_owned(), page.map(str::to_owned)))
    );
}

#[tokio::test]
async fn a_server_is_told_nothing_if_the_settings_say_so() {
    let told = sent(|s| s.requests.referer = false).await;
    assert!(
        told.iter().all(|(_, referer)| referer.is_none()),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_referer_of_somebodys_choice_stays() {
    let told =
        sent(|s| s.requests.headers = vec!["Referer: https://example.com/".to_owned()]).await;
    let referer = Some("https://example.com/".to_owned());
    assert!(told.iter().all(|(_, sent)| *sent == referer), "{told:?}");
}
