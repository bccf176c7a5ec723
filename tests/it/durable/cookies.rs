//! Cookies outlive the process.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use serde_json::Value;

use super::{Halt, Job};
use crate::support::{Probe, get, html, page_of_links, run};

/// How many pages the site has, in a row.
const PAGES: u64 = 100;

/// A site that is for those who logged in at `/login/NAME`, and tells them their name.
fn club() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let path = request.url().path().to_owned();
        if let Some(name) = path.strip_prefix("/login/") {
            // One that ends with the browser's session: most logins are such.
            let line = format!("member={name}; Path=/; HttpOnly");
            return html(request, page_of_links(["/1"])).with_header("set-cookie", &line);
        }
        let cookie = request
            .header("cookie")
            .map(|value| value.to_str().unwrap().to_owned());
        let page: u64 = path[1..].parse().unwrap();
        Ok(match cookie {
            Some(cookie) if page < PAGES => {
                let body = format!(
                    "<p>{cookie}</p>{}",
                    page_of_links([format!("/{}", page + 1)])
                );
                html(request, body)
            }
            Some(_) => html(request, ""),
            None => Response::new(request, 403),
        })
    })
}

/// Logs two people in, each in a session, and walks through the site as both.
fn walkers(halt: &Halt) -> Probe<Value> {
    let halt = halt.clone();
    let start = ["anna", "ben"]
        .map(|name| get(format!("http://a.example/login/{name}")).with_session(name));
    Probe::new(start, move |response, out| {
        halt.page();
        let session = response.request().session().unwrap_or_default().to_owned();
        let links = response.links().into_iter().map(Request::from);
        out.follow_all(links.map(|request| request.with_session(session.as_str())));
        let text = response.text();
        if let Some((_, rest)) = text.split_once("<p>member=") {
            let name = rest.split('<').next().unwrap();
            out.item(serde_json::json!({"session": session, "name": name}));
        }
        Ok(())
    })
}

async fn walk_in_pieces(breaks_off: bool) {
    let job = Job::new();
    for pages in [4, 5] {
        let halt = Halt::after(pages);
        let crawler = job.of(walkers(&halt), |_| {}).downloader(club());
        if breaks_off {
            job.break_off(crawler.output(&job.files.path("a.jsonl")), &halt)
                .await;
        } else {
            super::stop(crawler.output(&job.files.path("a.jsonl")), &halt).await;
        }
    }
    let crawler = job.of(walkers(&Halt::never()), |_| {}).downloader(club());
    let report = run(crawler.output(&job.files.path("a.jsonl"))).await;
    // The last page says nothing.
    assert_eq!((report.pages, report.ledger.failed), (2 * (1 + PAGES), 0));
    let items = job.files.read("a.jsonl");
    let items: Vec<Value> = items
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(items.len() as u64, 2 * (PAGES - 1));
    assert!(
        items.iter().all(|item| item["session"] == item["name"]),
        "{items:?}"
    );
}

#[tokio::test]
async fn whoever_was_logged_in_still_is_after_a_stop() {
    walk_in_pieces(false).await;
}

#[tokio::test]
async fn whoever_was_logged_in_still_is_when_the_crawl_was_broken_off() {
    walk_in_pieces(true).await;
}

#[tokio::test]
async fn a_crawl_that_is_resumed_has_its_own_cookies_not_those_of_the_file() {
    let job = Job::new();
    let file = job
        .files
        .write("in.txt", "a.example\tFALSE\t/\tFALSE\t0\tmember\tfile\n");
    let crawler = |halt: &Halt| {
        let probe = walkers(halt);
        let settings = |s: &mut Settings| s.requests.cookie_file = Some(file.clone().into());
        job.of(probe, settings)
            .downloader(club())
            .output(&job.files.path("a.jsonl"))
    };
    let halt = Halt::after(4);
    super::stop(crawler(&halt), &halt).await;
    std::fs::remove_file(&file).unwrap();
    assert_eq!(run(crawler(&Halt::never())).await.pages, 2 * (1 + PAGES));
}

#[tokio::test]
async fn a_fresh_run_is_a_stranger_again() {
    let job = Job::new();
    let halt = Halt::after(4);
    super::stop(job.of(walkers(&halt), |_| {}).downloader(club()), &halt).await;
    let probe = Probe::<Value>::new([get("http://a.example/1").with_session("anna")], |_, _| {
        Ok(())
    });
    let report = run(job.of(probe, |_| {}).downloader(club()).fresh()).await;
    assert_eq!((report.pages, report.ledger.failed), (0, 1));
}
